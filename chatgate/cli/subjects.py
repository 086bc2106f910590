"""``chatgate subject``: what a data subject asked for, done from the command line."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data, print_or_write
from chatgate.errors import OperatorError, Refusal
from chatgate.services.core import Core, View


@click.group()
def subject() -> None:
    """Export, erase or restrict what is stored about a visitor.

    Example: chatgate subject export 01a20ab0-cc5c-7462-8c52-be6d2632601a
    """


@subject.command("export")
@click.argument("name")
@click.option("--portable", is_flag=True, help="Only what the visitor gave (Art. 20).")
@click.option("--out", type=click.Path(path_type=Path), help="Write it to this file; default: subject-<id>.zip here.")
@click.option("--reason", default=None, help="How the request came, for the audit log.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead, with files as base64.")
@config_options
def export(
    name: str,
    portable: bool,
    out: Path | None,
    reason: str | None,
    as_json: bool,
    config_file: Path | None,
    data_dir: Path | None,
) -> None:
    """Export everything about one visitor as a zip; NAME is the id of a conversation, record or receipt.

    It has a page to read, the data for machines, the files with their names, and a manifest with the hash of each.

    Example: chatgate subject export 01a20ab0-cc5c-7462-8c52-be6d2632601a --out data.zip
    """
    kind = "portability" if portable else "access"
    if as_json:
        done = _ask(name, kind, reason, config_file, data_dir)
        print_or_write(json.dumps(done["export"], ensure_ascii=False, indent=2), out, f"written to {out}")
        return
    from chatgate.services.rights import export_archive

    with opened_core(config_file, data_dir) as core:
        conversation_id = _found(core, name, kind, reason)
        pieces = export_archive.ask_for_archive(core, conversation_id, kind, actor="operator", reason=reason)
        _write(out or Path(f"subject-{conversation_id}.zip"), pieces)


def _write(out: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that nobody else may read; one that could not be written whole is not left behind."""
    from chatgate.storage.files.whole import write_private

    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        write_private(draft, pieces)
        draft.replace(out)
    except OSError as error:
        raise OperatorError(f"{out} cannot be written ({error.strerror})") from None
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"written to {out}")


@subject.command("erase")
@click.argument("name")
@click.option("--reason", required=True, help="How the request came; kept only until it is done.")
@config_options
@json_option
def erase(name: str, reason: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> int:
    """Erase one visitor's conversation with everything derived from it, also when it is held.

    Exit 1: the rows are gone, and something is in the way of the files; the worker goes on.

    Example: chatgate subject erase 01a20ab0-cc5c-7462-8c52-be6d2632601a --reason "letter of 3 May"
    """
    done = _ask(name, "erasure", reason, config_file, data_dir)
    words = {
        "done": "erased: nothing is left in any file",
        "deleted": "deleted; the files are scrubbed as soon as nobody reads them",
        "received": "blocked for everybody; a copy elsewhere could not be erased yet, and the worker goes on",
    }
    print_data(done, as_json, lambda row: words[row["state"]])
    return 0 if done["state"] == "done" else 1


@subject.command("restrict")
@click.argument("name")
@click.option("--reason", required=True, help="Why it is held; the visitor is told.")
@config_options
@json_option
def restrict(name: str, reason: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Keep one visitor's data and use it for nothing else; erasing by the visitor is refused meanwhile.

    Example: chatgate subject restrict 01a20ab0-cc5c-7462-8c52-be6d2632601a --reason "claim 7"
    """
    done = _ask(name, "restriction", reason, config_file, data_dir)
    print_data(done, as_json, lambda row: f"restricted since {row['received_at']}")


@subject.command("list")
@config_options
@json_option
def list_requests(config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """List what people asked for, what is due first on top.

    Example: chatgate subject list
    """
    from chatgate.services.rights import subjects

    with opened_core(config_file, data_dir) as core:
        rows = subjects.list_requests(core)
    print_data(rows, as_json, lambda row: f"{row['kind']}  {row['state']}  due {row['due_at']}", "Nobody asked yet.")


def _ask(name: str, kind: str, reason: str | None, config_file: Path | None, data_dir: Path | None) -> View:
    from chatgate.services.rights import subjects

    with opened_core(config_file, data_dir) as core:
        conversation_id = _found(core, name, kind, reason)
        return subjects.ask(core, conversation_id, kind, actor="operator", reason=reason)


def _found(core: Core, name: str, kind: str, reason: str | None) -> str:
    """Return the conversation that a name stands for, and note in the audit trail what is done to it."""
    from chatgate.services.accounts import audit
    from chatgate.services.evidence import proofs

    try:
        conversation_id = proofs.conversation_of(core, name)
    except Refusal:
        raise OperatorError(
            f"nothing is stored under {name}; give the id of a conversation, a consent record or a receipt", 1
        ) from None
    audit.record(core, None, f"subject_{kind}", conversation_id, "" if kind == "erasure" else reason or "")
    return conversation_id
