"""``chatgate bench``: ChatGate beside other servers, measured in one run on this machine."""

import json
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import json_option


@click.command()
@click.option("--quick", is_flag=True, help="At most three minutes instead of twenty, with a wider spread.")
@click.option(
    "--only",
    multiple=True,
    help="A scenario: start, closed, open, idle, slow_reader, slow_disk, growth, processes; repeatable.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the JSON here too, after each scenario.")
@json_option
def bench(quick: bool, only: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """Measure ChatGate, durable and consent-checked, beside relays that do none of it. Ratios, not seconds.

    Example: chatgate bench --quick
    """
    from chatgate import bench as measuring
    from chatgate.bench import report

    unknown = sorted(set(only) - set(measuring.SCENARIOS))
    if unknown:
        raise click.BadParameter(f"{unknown[0]} is none of {', '.join(measuring.SCENARIOS)}", param_hint="--only")

    if output is not None and not output.parent.is_dir():
        raise click.BadParameter(f"there is no directory {output.parent}", param_hint="--output")

    def keep(result: dict[str, Any]) -> None:
        if output is not None:
            output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")

    found = measuring.run(quick, say=lambda line: click.echo(line, err=True), only=only, keep=keep)
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(report.lines(found)))
