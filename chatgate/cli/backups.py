"""``chatgate backup`` and ``restore``: a copy while the server runs, and putting it back."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data
from chatgate.clock import SystemClock
from chatgate.config import load_settings
from chatgate.errors import OperatorError

NOT_INSIDE = "It holds chats in the clear: keep it as safe as the database, and no longer than you keep chats."
LISTS = (
    "Outside of it stay keys/ and, in there, the lists of erased and withdrawn chats: copy that directory to another "
    "place as well, often; a restore needs its newest state."
)


class Backups(click.Group):
    """A group whose first command needs no name: ``chatgate backup DIR``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that makes a backup when no other one is meant."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Backups)
def backup() -> None:
    """Make a backup while the server runs, or verify one.

    Example: chatgate backup /var/backups/chatgate --keep 14
    """


@backup.command("make")
@click.argument("target", type=click.Path(path_type=Path), default=Path("backups"))
@click.option("--keep", type=click.IntRange(1), help="Delete all but the newest N backups of the directory.")
@click.option(
    "--keys",
    "keys_file",
    type=click.Path(path_type=Path),
    help="Write session, signing and training key to a file of their own.",
)
@config_options
@json_option
def make(
    target: Path,
    keep: int | None,
    keys_file: Path | None,
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Write one file with both databases and all attachments, as of now; TARGET is a directory or a .zip file.

    Exit 1: the backup is whole, and a key without which it is of less use is not there to be copied beside it.

    Example: chatgate backup make /var/backups/chatgate --keep 14
    """
    from chatgate.services.upkeep import backup as service

    settings = load_settings(config_file, data_dir=data_dir)
    now = SystemClock().now()
    path = target if target.suffix == ".zip" else target / service.default_name(now)
    if keep is not None and path == target:
        raise OperatorError("--keep works on a directory of backups; leave the file's name out")
    if path.resolve().is_relative_to(settings.data_dir.resolve()):
        raise OperatorError(f"{path} is inside of the data directory; a backup belongs to another place")
    with progress_bar("Backing up", service.total_size(settings), as_json) as progress:
        manifest = service.make_backup(settings, path, now, progress)
    keys = service.make_keys_file(settings, keys_file, now) if keys_file is not None else None
    missing = service.missing_keys(settings)
    # An old backup may be the only one that was made while the key was there.
    gone = service.forget_old(target, keep) if keep is not None and not missing else []
    told = {"file": str(path), "bytes": path.stat().st_size, **_shown(manifest), "deleted": [str(old) for old in gone]}
    if as_json:
        click.echo(json.dumps({**told, "keys_file": str(keys_file) if keys else None, "missing_keys": missing}))
        return 1 if missing else 0
    click.echo(f"Wrote {path}, {told['bytes']:,} bytes: " + _counted(manifest))
    for old in gone:
        click.echo(f"Deleted {old}.")
    click.echo(f"{NOT_INSIDE}\n{LISTS}", err=True)
    if keys is not None:
        click.echo(
            f"Wrote {keys_file}: whoever has it and a training database can read it. Never keep it beside the backups.",
            err=True,
        )
    if missing:
        names = ", ".join(f"{kind}.key" for kind in missing)
        click.echo(f"chatgate: key_missing: {names}: the data was made with it; see `chatgate keys list`.", err=True)
    return 1 if missing else 0


@backup.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def verify(file: Path, as_json: bool) -> None:
    """Read a whole backup and compare every part with its manifest; exit 1 when anything differs.

    Example: chatgate backup verify /var/backups/chatgate/chatgate-20261127T020000Z.zip
    """
    from chatgate.services.upkeep import backup as service

    size = file.stat().st_size if file.is_file() else 0
    with progress_bar("Verifying", size, as_json) as progress:
        manifest = service.verify_backup(file, progress)
    data = {"file": str(file), **_shown(manifest)}
    print_data(data, as_json, lambda row: f"{file} is whole: {_counted(manifest)}, made {row['made_at']}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Throw away what the installation holds now.")
@click.option("--keys", "keys_file", type=click.Path(path_type=Path), help="Take missing keys from this file.")
@click.option("--without-lists", is_flag=True, help="Go on without the lists of erased and withdrawn chats.")
@click.option("--without-training", is_flag=True, help="Leave the training copies out: their key is lost.")
@click.option("--without-session", is_flag=True, help="Go on with another session key: the old one is lost.")
@config_options
@json_option
def restore(
    file: Path,
    replace: bool,
    keys_file: Path | None,
    without_lists: bool,
    without_training: bool,
    without_session: bool,
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Put a backup back, and erase and withdraw again what was erased and withdrawn since.

    Example: chatgate restore /var/backups/chatgate/chatgate-20261127T020000Z.zip --replace
    """
    from chatgate.services.upkeep import restore as service

    settings = load_settings(config_file, data_dir=data_dir)
    options = service.Options(replace, without_lists, without_training, without_session, keys_file)
    with progress_bar("Checking", file.stat().st_size if file.is_file() else 0, as_json) as progress:
        done = service.restore_backup(
            settings,
            file,
            options,
            lambda kinds: opened_core(config_file, data_dir, making=True, restoring=True, accepting=kinds),
            progress,
        )
    print_data(done, as_json, _restored)


def _restored(done: dict[str, Any]) -> str:
    return (
        f"Restored the state of {done['made_at']} with {done['rows']['conversation']} conversations.\n"
        f"Again: {done['erased']} erased, {done['withdrawn']} withdrawn, {done['restricted']} restricted. "
        f"Training copies: {done['training_removed']} removed, {done['training_exported_again']} exported again soon. "
        f"{done['sign_ins_ended']} sign-ins of agents ended.\n"
        "Agents, roles and settings are as they were then: look at `chatgate agent list` and `chatgate doctor`."
    )


def _shown(manifest: dict[str, Any]) -> dict[str, Any]:
    shown = ("made_at", "chatgate", "schema", "main", "training", "rows", "tombstones")
    return {**{name: manifest[name] for name in shown if name in manifest}, "parts": len(manifest["parts"])}


def _counted(manifest: dict[str, Any]) -> str:
    rows = manifest.get("rows")
    if rows is None:
        return f"{len(manifest['parts'])} keys"
    return (
        f"{rows['conversation']} conversations, {rows['message']} messages, "
        f"{rows.get('training_item', 0)} training copies, {len(manifest['parts'])} parts, schema {manifest['schema']}"
    )


@contextmanager
def progress_bar(label: str, size: int, as_json: bool) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal; give what tells it how many more bytes are done."""
    if as_json or not sys.stderr.isatty():
        yield lambda _size: None
        return
    bar: Any = click.progressbar(length=max(size, 1), label=label, file=sys.stderr)
    with bar:
        yield bar.update
