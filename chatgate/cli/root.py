"""The root of the command line, and what every command shares."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.exc import DBAPIError

from chatgate import __version__, logs
from chatgate.config import CONFIG_FILE, Settings, load_settings
from chatgate.errors import REFUSAL_CODES, OperatorError, Refusal
from chatgate.services.core import Core
from chatgate.storage.opening import trouble_told

F = TypeVar("F", bound=Callable[..., Any])
GROUPS = {
    "demo": "serve",
    "run": "serve",
    "worker": "serve",
    "dev": "dev",
    "init": "setup",
    "doctor": "setup",
    "middleware": "setup",
    "config": "setup",
    "agent": "agents",
    "ledger": "ledger",
    "receipt": "receipts",
    "subject": "subjects",
    "site": "sites",
    "notice": "notices",
    "training": "training",
    "retention": "retention",
    "keys": "keys",
    "backup": "backups",
    "restore": "backups",
    "replay": "replay",
    "bench": "bench",
}
"""Each command and the module that has it; a module is imported when its command is called."""


class Lazy(click.Group):
    """A group that imports a command's module on use: ``chatgate run`` does not pay for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return sorted(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None for an unknown name."""
        if cmd_name not in GROUPS:
            return None
        from importlib import import_module

        module = import_module(f"chatgate.cli.{GROUPS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chatgate")
def root() -> None:
    """A self-hosted store chat that opens only after consent.

    Example: chatgate demo
    """


def run_command() -> int:
    """Run the command line; return the exit code."""
    logs.configure("text")
    try:
        result = root.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(_wrong_use(error), err=True)
        return 2
    except OperatorError as error:
        click.echo(f"chatgate: {error}", err=True)
        return error.exit_code
    except Refusal as error:
        click.echo(
            f"chatgate: {error}: {REFUSAL_CODES.get(error.code.split(':')[0], 'A middleware refused it.')}", err=True
        )
        return 1
    except DBAPIError as error:
        line = trouble_told(error)
        if line is None:
            raise
        click.echo(f"chatgate: {line}", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    return result if isinstance(result, int) else 0


def _wrong_use(error: click.ClickException) -> str:
    """Return what was wrong in one line, with where to read on; a group that was called alone shows its help."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message()
    said = " ".join(error.format_message().split())
    return f"chatgate: {said.rstrip('.')}; see `{context.command_path if context else 'chatgate'} --help`"


def config_options(command: F) -> F:
    """Add ``--config`` and ``--data-dir`` to a command."""
    for option in (
        click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is stored."),
        click.option("--config", "config_file", type=click.Path(path_type=Path), help="The configuration file."),
    ):
        command = option(command)
    return command


def json_option(command: F) -> F:
    """Add ``--json`` to a command that prints data."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@contextmanager
def opened_core(
    config_file: Path | None,
    data_dir: Path | None,
    *,
    making: bool = False,
    restoring: bool = False,
    accepting: Collection[str] = (),
) -> Iterator[Core]:
    """Open the installation for one command and close it after.

    Args:
        config_file: the configuration file, if the command names one.
        data_dir: the data directory, if the command names one.
        making: the command may make an installation; any other refuses, or a slip in a path would answer "nothing".
        restoring: open it in the middle of a restore.
        accepting: kinds of keys that are given up, and may be others than the data's.
    """
    from chatgate.app import create_core
    from chatgate.services.upkeep.backup import check_installed

    if making:
        settings = settings_to_make(config_file, data_dir)
    else:
        settings = load_settings(config_file, data_dir=data_dir)
        check_installed(settings)
    core = create_core(settings, restoring=restoring, accepting=accepting)
    try:
        yield core
    finally:
        core.close()


def settings_to_make(config_file: Path | None, data_dir: Path | None, **flags: Any) -> Settings:
    """Return the settings of a command that may make an installation.

    Raises:
        OperatorError: nothing says where; making one in whatever directory this is would be a surprise.
    """
    from chatgate.services.upkeep.backup import check_installed

    settings = load_settings(config_file, data_dir=data_dir, **flags)
    if config_file is None and not Path(CONFIG_FILE).exists() and "data_dir" not in settings.model_fields_set:
        check_installed(settings)
    return settings


def read_text(file: Path) -> str:
    """Return what a file that the command line names says.

    Raises:
        OperatorError: it is not there, may not be read, or is no text.
    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{file} cannot be read ({error.strerror}); name another file") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{file} is no UTF-8 text; name another file") from None


def print_or_write(text: str, out: Path | None, told: str) -> None:
    """Print a text, or write it to the file that the command line names and print what is told of it.

    Raises:
        OperatorError: the file cannot be written.
    """
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{out} cannot be written ({error.strerror})") from None
    click.echo(told)


def print_data(data: Any, as_json: bool, line: Callable[[Any], str], empty: str = "Nothing here yet.") -> None:
    """Print JSON, or one line for each row (``empty`` when there is none)."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    rows = data if isinstance(data, list) else [data]
    for row in rows:
        click.echo(line(row))
    if not rows:
        click.echo(empty)
