"""``chatgate keys``: the keys that the data was made with, put back when missing, or given up when lost for good."""

from pathlib import Path

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data
from chatgate.config import load_settings
from chatgate.services.upkeep.installation_keys import KINDS


@click.group()
def keys() -> None:
    """List the keys that the data was made with, put missing ones back, or go on without one.

    Example: chatgate keys list
    """


@keys.command("list")
@config_options
@json_option
def list_keys(config_file: Path | None, data_dir: Path | None, as_json: bool) -> int:
    """List each key with its state and what it would cost; exit 1 when one is missing or another.

    Example: chatgate keys list
    """
    from chatgate.services.upkeep import renewal

    rows = renewal.state_of_keys(load_settings(config_file, data_dir=data_dir))
    print_data(
        rows,
        as_json,
        lambda row: (
            f"{row['kind']:<9}{row['state']:<13}{row['fingerprint']}  since {row['since_at'][:10]}  "
            + (f"given up {row['given_up_at'][:10]}" if row["given_up_at"] else row["cost"])
        ),
    )
    return 1 if any(row["state"].startswith("key_") for row in rows) else 0


@keys.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@config_options
@json_option
def restore_keys(file: Path, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Put missing keys back from a file that `chatgate backup --keys FILE` wrote; the database stays as it is.

    Example: chatgate keys restore /media/safe/keys.zip
    """
    from chatgate.services.upkeep import renewal

    kinds = renewal.restore_keys(load_settings(config_file, data_dir=data_dir), file)
    print_data(kinds, as_json, lambda kind: f"put back: {kind}.key", "No key was missing.")


@keys.command("renew")
@click.argument("kinds", nargs=-1, required=True, type=click.Choice(KINDS), metavar="KIND...")
@click.option("--give-up", is_flag=True, help="Do it; without this, only say what is given up.")
@click.option("--reason", default="", help="How the key was lost, for the audit log.")
@config_options
def renew_keys(
    kinds: tuple[str, ...], give_up: bool, reason: str, config_file: Path | None, data_dir: Path | None
) -> int:
    """Go on without keys that are lost for good: session, signing, training or erasure.

    Says what is given up and changes nothing (exit 1), unless --give-up is given.

    Example: chatgate keys renew training --give-up --reason "disk of 3 May, no copy"
    """
    from chatgate.services.upkeep import renewal

    settings = load_settings(config_file, data_dir=data_dir)
    wanted = list(dict.fromkeys(kinds))
    if not give_up:
        for item in renewal.lost(settings, wanted):
            click.echo(f"{item.path}: {renewal.GIVEN_UP[item.kind]}")
        click.echo("Nothing was changed. To go on like that: the same command with --give-up.", err=True)
        return 1
    renewal.renew(
        settings, wanted, reason, lambda kinds: opened_core(config_file, data_dir, making=True, accepting=kinds)
    )
    for kind in wanted:
        click.echo(f"{kind}.key: given up; a new one goes on. Copy keys/ to its other place now.")
    return 0
