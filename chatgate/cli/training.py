"""``chatgate training``: what the training store holds."""

from pathlib import Path

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data


@click.group()
def training() -> None:
    """Look into the training store.

    Example: chatgate training stats
    """


@training.command("stats")
@config_options
@json_option
def stats(config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Count transcripts by state.

    Example: chatgate training stats --json
    """
    from chatgate.services.training import training_stats

    with opened_core(config_file, data_dir) as core:
        found = training_stats(core)
    print_data(found, as_json, lambda row: "\n".join(f"{name:12} {count}" for name, count in row.items()))
