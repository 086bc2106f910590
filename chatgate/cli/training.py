"""``chatgate training``: what the training store holds, releases of it, and trying redaction and the assistant."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data, read_text
from chatgate.errors import OperatorError

STATES = ("pending", "waiting", "held", "admitted", "skipped", "quarantined", "retracted")


@click.group()
def training() -> None:
    """Look into the training store, release from it, try redaction and the assistant.

    Example: chatgate training stats
    """


@training.command("stats")
@config_options
@json_option
def stats(config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Count transcripts by state.

    Example: chatgate training stats --json
    """
    from chatgate.services.learning.training import training_stats

    with opened_core(config_file, data_dir) as core:
        found = training_stats(core)
    print_data(found, as_json, lambda row: "\n".join(f"{name:12} {count}" for name, count in row.items()))


@training.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@config_options
@json_option
def list_items(state: str | None, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """List transcripts with their state and its reason.

    Example: chatgate training list --state held
    """
    from chatgate.services.learning import training as service

    with opened_core(config_file, data_dir) as core:
        rows = service.list_items(core, state)
    print_data(rows, as_json, lambda row: f"{row['item_id']}  {row['state']}  {row['reason'] or ''}")


@training.command("lineage")
@click.argument("item")
@config_options
@json_option
def lineage(item: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Show where an item comes from: consent event, notice, digest, redaction.

    Example: chatgate training lineage 0190a6c2-...
    """
    from chatgate.services.learning.training import item_lineage

    with opened_core(config_file, data_dir) as core:
        found = item_lineage(core, item)
    print_data(found, as_json, lambda row: "\n".join(f"{name:20} {value}" for name, value in row.items()))


@training.command("approve")
@click.argument("item")
@click.option("--reason", required=True, help="Why this transcript may be learned from.")
@config_options
def approve(item: str, reason: str, config_file: Path | None, data_dir: Path | None) -> None:
    """Admit a transcript that was held because it touches a special category of data.

    Example: chatgate training approve 0190a6c2-... --reason "only a product name"
    """
    from chatgate.services.learning.training import approve_item

    with opened_core(config_file, data_dir) as core:
        click.echo(approve_item(core, item, "command line", reason))


@training.command("release")
@click.option("--name", default="store-chats", show_default=True)
@click.option("--recipient", required=True, help="Who gets it.")
@click.option("--expires-days", type=click.IntRange(1, 3650), default=365, show_default=True)
@click.option("--include-conditional", metavar="REASON", help="Take chats of the one-box form too, and say why.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="The folder to make. Default: under the data directory."
)
@config_options
@json_option
def release(
    name: str,
    recipient: str,
    expires_days: int,
    include_conditional: str | None,
    output: Path | None,
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Build a release: JSON Lines of chats, a signed manifest, a card and a revocation feed.

    Example: chatgate training release --recipient "Model team" --output release-1
    """
    from chatgate.services.learning.releases import ReleaseRequest, build_release

    with opened_core(config_file, data_dir) as core:
        made = build_release(core, ReleaseRequest(name, recipient, expires_days, include_conditional), output)
    _print_release(made, as_json)


@training.command("rebuild")
@click.argument("release_id", metavar="RELEASE")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="The folder to make.")
@config_options
@json_option
def rebuild(release_id: str, output: Path, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Write the files of a release once more, the same to the byte; exit 3 when something in it was withdrawn.

    Example: chatgate training rebuild 0190a6c2-... --output release-1-again
    """
    from chatgate.services.learning.releases import rebuild_release

    with opened_core(config_file, data_dir) as core:
        made = rebuild_release(core, release_id, output)
    _print_release(made, as_json)


@training.command("prune")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(path_type=Path), help="The folder to make. Default: under the data directory."
)
@config_options
@json_option
def prune(folder: Path, output: Path | None, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Build the next version of a release without what was withdrawn.

    Example: chatgate training prune release-1 --output release-2
    """
    from chatgate.services.learning.releases import prune_release

    try:
        release_id = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["release"]
    except (OSError, ValueError, KeyError):
        raise OperatorError(f"{folder} is no release: it has no readable manifest.json") from None
    with opened_core(config_file, data_dir) as core:
        made = prune_release(core, release_id, output)
    _print_release(made, as_json)


@training.command("verify")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--feed", type=click.Path(path_type=Path), help="A fresher revocation feed than the folder's own.")
@json_option
def verify(folder: Path, feed: Path | None, as_json: bool) -> int:
    """Check a release offline: exit 0 when every line may be used, 3 when not; names the lines.

    Example: chatgate training verify release-1
    """
    from chatgate.services.learning.releases import verify_folder

    check = verify_folder(folder, feed, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps({"problems": check.problems, "revoked_lines": check.revoked_lines}))
    else:
        for problem in check.problems:
            click.echo(problem)
        for line in check.revoked_lines:
            click.echo(f"revoked: line {line}")
        if check.usable:
            click.echo("Every line may be used.")
    return 0 if check.usable else 3


@training.command("feed")
@click.argument("release_id")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write it. Default: standard output.")
@config_options
def feed(release_id: str, output: Path | None, config_file: Path | None, data_dir: Path | None) -> None:
    """Sign the revocation feed of a release as of now, to hand to its recipient.

    Example: chatgate training feed 0190a6c2-... --output feed.json
    """
    from chatgate.services.learning.releases import write_feed

    with opened_core(config_file, data_dir) as core:
        signed = write_feed(core, release_id)
    if output is None:
        click.echo(signed.decode(), nl=False)
        return
    try:
        output.write_bytes(signed)
    except OSError as error:
        raise OperatorError(f"{output} cannot be written ({error.strerror}); choose another with --output") from None


@training.command("redact")
@click.option("--spans", is_flag=True, help='Print {"text", "spans": [{"type", "start", "end"}]} for each line.')
@click.option("--name", "names", multiple=True, help="A name known in the conversation; repeatable.")
def redact(spans: bool, names: tuple[str, ...]) -> None:
    """Read text lines and print them with personal data replaced. Nothing leaves the machine.

    Example: echo "call +48 600 700 800" | chatgate training redact
    """
    from chatgate.redaction import redact_stream

    lines = [line.rstrip("\n") for line in sys.stdin]
    for line, result in zip(lines, redact_stream(lines, names), strict=True):
        if not spans:
            click.echo(result.text)
            continue
        found: list[dict[str, Any]] = [{"type": s.type, "start": s.start, "end": s.end} for s in result.spans]
        click.echo(json.dumps({"text": line, "spans": found}, ensure_ascii=False))


@training.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def evaluate(file: Path, as_json: bool) -> None:
    """Measure the assistant in memory, on labelled questions: {"split": "train|test|oos_test", "text", "intent"}.

    Example: chatgate training evaluate questions.jsonl --json
    """
    from chatgate.middleware.assistant.evaluate import evaluate as measure

    text = read_text(file)
    try:
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        complete = all(line["split"] and line["text"] and "intent" in line for line in lines)
    except (ValueError, KeyError, TypeError):
        lines, complete = [], False
    if not lines or not complete:
        raise OperatorError(f'{file}: each line is an object with "split", "text" and "intent"')
    found = measure(lines)
    print_data(found, as_json, lambda row: "\n".join(f"{name:16} {value}" for name, value in row.items()))


def _print_release(made: dict[str, Any], as_json: bool) -> None:
    print_data(
        made, as_json, lambda row: f"{row['name']} version {row['version']}: {row['items']} chats in {row['folder']}"
    )
