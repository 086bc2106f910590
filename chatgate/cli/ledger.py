"""``chatgate ledger``: the consent ledger, verified and signed."""

import json
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_or_write
from chatgate.errors import OperatorError


@click.group()
def ledger() -> None:
    """Verify the consent ledger and sign its head.

    Example: chatgate ledger verify
    """


@ledger.command("verify")
@click.option("--incremental", is_flag=True, help="Only what is new since the last checkpoint.")
@click.option(
    "--checkpoint",
    "saved",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A checkpoint that you kept elsewhere; it tells an older copy of the database from the true one.",
)
@config_options
@json_option
def verify(
    incremental: bool,
    saved: tuple[Path, ...],
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Verify every event, record, notice, tombstone and checkpoint; exit 1 and name the first bad place otherwise.

    Example: chatgate ledger verify --checkpoint checkpoint.json
    """
    from chatgate.policy.evidence.ledger_audit import CODES
    from chatgate.services.evidence.ledger import verify_ledger

    documents = [_read(path) for path in saved]
    with opened_core(config_file, data_dir) as core:
        result = verify_ledger(core, incremental=incremental, saved=documents)
    audit = result.audit
    told = {
        "holds": result.holds,
        "from": result.start,
        "size": audit.size,
        "root": audit.root.hex(),
        "opened": audit.opened,
        "erased_lawfully": audit.erased,
        "tombstones": audit.tombstones,
        "checkpoints": result.checkpoints,
        "findings": [{"code": item.code, "seq": item.seq, "detail": item.detail} for item in audit.findings],
    }
    if as_json:
        click.echo(json.dumps(told))
        return 0 if result.holds else 1
    for item in audit.findings:
        place = "" if item.seq is None else f" at {item.seq}"
        more = f" ({item.detail})" if item.detail else ""
        click.echo(f"{item.code}{place}: {CODES[item.code]}{more}")
    erased = f", {audit.erased} erased lawfully" if audit.erased else ""
    click.echo(
        f"{'The ledger holds' if result.holds else 'The ledger does NOT hold'}: {audit.size} leaves (from "
        f"{result.start}), {audit.opened} events{erased}, {result.checkpoints} checkpoints."
    )
    return 0 if result.holds else 1


@ledger.command("checkpoint")
@click.option("--out", type=click.Path(path_type=Path), help="Write it to this file instead; keep it elsewhere.")
@config_options
def checkpoint(out: Path | None, config_file: Path | None, data_dir: Path | None) -> None:
    """Sign the ledger's root of now, and print the checkpoint: copy it to another place.

    Example: chatgate ledger checkpoint --out checkpoint.json
    """
    from chatgate.services.evidence.ledger import make_checkpoint

    with opened_core(config_file, data_dir) as core:
        made = make_checkpoint(core)
    text = json.dumps(made.as_dict(), indent=2)
    print_or_write(text, out, f"{made.tree_size} leaves, root {made.root[:16]}: {out}")


def _read(path: Path) -> Any:
    from chatgate.policy.canonical import parse_json

    try:
        return parse_json(path.read_bytes())
    except (OSError, ValueError):
        raise OperatorError(
            f"{path} is not a checkpoint file; make one with `chatgate ledger checkpoint --out`"
        ) from None
