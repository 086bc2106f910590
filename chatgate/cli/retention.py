"""``chatgate retention``: deleting what outlived its time."""

from pathlib import Path

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data


@click.group()
def retention() -> None:
    """Delete chats whose time is over; the worker does so every day.

    Example: chatgate retention sweep --dry-run
    """


@retention.command("sweep")
@click.option("--dry-run", is_flag=True, help="Only list what is due.")
@config_options
@json_option
def sweep(dry_run: bool, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Erase closed chats that outlived the days their notice names.

    Example: chatgate retention sweep --dry-run
    """
    from chatgate.services.rights import retention as service

    with opened_core(config_file, data_dir) as core:
        rows = service.due(core)
        if not dry_run:
            rows = [{"erased": service.sweep(core)}]
    print_data(
        rows, as_json, lambda row: "  ".join(f"{name}: {value}" for name, value in row.items()), "Nothing is due."
    )
