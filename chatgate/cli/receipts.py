"""``chatgate receipt``: verifying what a visitor or an authority holds, without a network and without a database."""

import json
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import json_option
from chatgate.errors import OperatorError


@click.group()
def receipt() -> None:
    """Verify receipts and proof packs.

    Example: chatgate receipt verify receipt.json
    """


@receipt.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key-id", help="The shop's published key id; without it, compare the printed one yourself.")
@json_option
def verify(file: Path, key_id: str | None, as_json: bool) -> int:
    """Verify a receipt (JSON) or a proof pack (zip): needs no network, no database and no configuration.

    Exit 0: everything holds. Exit 1: something is wrong, and each line says what.

    Example: chatgate receipt verify receipt.json --key-id 3f2a91c0...
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise OperatorError(f"{file} cannot be read ({error.strerror})") from None
    told = _pack(data) if data[:2] == b"PK" else _receipt(data)
    if key_id is not None and told["key_id"] is not None and told["key_id"] != key_id:
        told["problems"].append("key_unknown")
    told["holds"] = not told["problems"]
    if as_json:
        click.echo(json.dumps(told))
        return 0 if told["holds"] else 1
    for problem in told["problems"]:
        click.echo(f"{problem}: {_words(problem)}")
    what = "The proof pack" if told["kind"] == "pack" else "The receipt"
    click.echo(f"{what} {'holds' if told['holds'] else 'does NOT hold'}. Ledger proof: {told['proof']}.")
    if told["key_id"]:
        known = "as you gave it" if key_id == told["key_id"] else "compare it with the one that the shop publishes"
        click.echo(f"Key id {told['key_id']} ({known}).")
    return 0 if told["holds"] else 1


def _receipt(data: bytes) -> dict[str, Any]:
    from chatgate.policy.evidence.receipts import verify_receipt_file

    check = verify_receipt_file(data)
    return {"kind": "receipt", "problems": list(check.problems), "key_id": check.key_id, "proof": check.proof}


def _pack(data: bytes) -> dict[str, Any]:
    from chatgate.policy.evidence.proof_pack import verify_pack

    check = verify_pack(data)
    proof = "pending" if check.pending else "held"
    return {"kind": "pack", "problems": list(check.problems), "key_id": check.key_id, "proof": proof}


def _words(problem: str) -> str:
    from chatgate.policy.evidence.ledger_audit import CODES
    from chatgate.policy.evidence.receipts import PROBLEMS

    code, _, place = problem.partition(":")
    text = PROBLEMS.get(code) or CODES.get(code) or "see docs/consent.md, When verification finds something."
    return f"{text} ({place})" if place else text
