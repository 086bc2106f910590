"""Receipts: a signed copy of the record that the visitor keeps, and that anybody can verify offline.

The signature covers ``content``. Outside of it are only the capability token (the content has its hash) and
the ledger proof (it proves itself, and comes later), so that nothing but the record's own fields must be
stored to issue the same receipt again, byte for byte.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chatgate.policy.canonical import canonical_bytes, leaf_hash, parse_json
from chatgate.policy.evidence.checkpoints import verify_inclusion_document
from chatgate.policy.evidence.records import record_sha256
from chatgate.policy.signing import hex_bytes, key_id, public_key, sign, verify

RECEIPT_TYPE: Final = "chatgate/receipt/v1"
RIGHTS: Final = (
    "withdrawal",
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "complaint",
)
"""What a receipt opens or points to. Source: GDPR Art. 7(3), 15, 16, 17, 18, 20, 21, 77."""
CONTENT_FIELDS: Final = frozenset(
    {
        "type",
        "receipt_id",
        "kind",
        "issued_at",
        "record",
        "event",
        "salt",
        "seq",
        "choices",
        "contact",
        "rights",
        "complaint_authority",
        "how_to_withdraw",
        "receipt_url",
        "token_sha256",
    }
)
ENVELOPE_FIELDS: Final = frozenset({"content", "key_id", "public_key", "signature", "token", "proof"})
MAX_FILE_BYTES: Final = 1 << 20
PROBLEMS: Final[Mapping[str, str]] = {
    "receipt_too_large": "The file is larger than any receipt.",
    "receipt_not_json": "The file is not a JSON document.",
    "receipt_malformed": "The document does not have the members of a receipt.",
    "receipt_reformatted": "The content holds, but the file is not byte for byte one that was issued.",
    "receipt_record_altered": "The record is not the one that the consent event and the ledger know.",
    "receipt_event_altered": "The consent event belongs to another record.",
    "receipt_signature_invalid": "The signature does not fit the content.",
    "receipt_token_altered": "The access token is not the one that was issued with this receipt.",
    "key_id_mismatch": "The key id is not the hash of the public key.",
    "key_unknown": "The receipt is signed with a key that is not among the known keys.",
    "proof_malformed": "The ledger proof does not have the members of a proof.",
    "proof_invalid": "The ledger proof does not lead from this event to the signed root.",
    "proof_place_mismatch": "The ledger proof is for another place in the ledger.",
    "checkpoint_malformed": "The checkpoint does not have the members of a checkpoint.",
    "checkpoint_signature_invalid": "The checkpoint's signature does not fit.",
}
"""Every problem that verification names, in plain words."""


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """What verification found. ``problems`` are codes of ``PROBLEMS``, the most telling first.

    ``proof`` is ``held``, ``pending`` (no checkpoint covered the event yet) or ``invalid``; ``key_trusted``
    is None when no known keys were given: then the reader compares ``key_id`` with the shop's published one.
    """

    problems: tuple[str, ...]
    key_id: str | None = None
    key_trusted: bool | None = None
    proof: str = "pending"
    content: Mapping[str, Any] | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def build_receipt(
    private_key: bytes,
    *,
    record: Mapping[str, Any],
    event: Mapping[str, Any],
    salt: bytes,
    seq: int,
    choices: Mapping[str, bool],
    complaint_authority: str,
    receipt_url: str,
    token_sha256: str,
    token: str | None = None,
    proof: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the receipt for one consent event: the first answer, a change, a renewal or a withdrawal.

    Args:
        private_key: the installation's Ed25519 key.
        record: document of :func:`chatgate.policy.evidence.records.record_document`.
        event: document of :func:`chatgate.policy.evidence.records.stored_event`.
        salt: the record's salt, 32 bytes.
        seq: the event's place in the ledger, from 0.
        choices: the state after this event.
        receipt_url: where the token is used, without the token.
        token_sha256: what is stored of the capability token.
        token: the token itself, only at the moment in which it is made.
        proof: document of ``inclusion_document``, once a checkpoint covers ``seq``.
    """
    if event["record_sha256"] != record_sha256(record):
        raise ValueError("the event is not about this record")
    content = {
        **_told_by_record(record, event),
        "salt": salt.hex(),
        "seq": seq,
        "choices": choices,
        "complaint_authority": complaint_authority,
        "receipt_url": receipt_url,
        "token_sha256": token_sha256,
    }
    public = public_key(private_key)
    envelope = {
        "content": content,
        "key_id": key_id(public),
        "public_key": public.hex(),
        "signature": sign(private_key, content),
        "token": token,
        "proof": proof,
    }
    receipt: dict[str, Any] = parse_json(canonical_bytes(envelope))
    return receipt


def receipt_link(receipt: Mapping[str, Any]) -> str | None:
    """Return the address that opens every right, or None without the token.

    The token stands in the fragment: browsers never send it, so no log and no Referer header gets it.
    """
    token = receipt["token"]
    return f"{receipt['content']['receipt_url']}#{token}" if token else None


def receipt_file(receipt: Mapping[str, Any]) -> bytes:
    """Return the file that a visitor saves: indented JSON, members sorted, the same bytes every time."""
    return _indented(receipt) + b"\n"


def receipt_fields(receipt: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return every value of a receipt with its path, in a fixed order; the printable page has the same."""
    return list(_flat(parse_json(canonical_bytes(receipt)), ""))


def verify_receipt_file(data: bytes, trusted_keys: Mapping[str, bytes] | None = None) -> ReceiptCheck:
    """Verify a receipt as it came in a file; any changed byte is a problem, a reformatting too.

    Accepted are the bytes of :func:`receipt_file` and the canonical bytes, with or without a last line feed.
    """
    if len(data) > MAX_FILE_BYTES:
        return ReceiptCheck(("receipt_too_large",))
    try:
        receipt = parse_json(data)
        canonical = canonical_bytes(receipt)
    except ValueError:
        return ReceiptCheck(("receipt_not_json",))
    check = verify_receipt(receipt, trusted_keys)
    if check.holds and data.removesuffix(b"\n") not in (canonical, _indented(receipt)):
        return ReceiptCheck(("receipt_reformatted",), check.key_id, check.key_trusted, check.proof, check.content)
    return check


def verify_receipt(receipt: object, trusted_keys: Mapping[str, bytes] | None = None) -> ReceiptCheck:
    """Verify a receipt without a network and without a database, and name everything that is wrong.

    Args:
        receipt: the JSON document, from anywhere.
        trusted_keys: public keys by id that the reader knows to be the shop's; None when there are none.
    """
    if not _well_formed(receipt) or not isinstance(receipt, Mapping):
        return ReceiptCheck(("receipt_malformed",))
    content, name = receipt["content"], receipt["key_id"]
    public = bytes.fromhex(receipt["public_key"])
    problems: list[str] = []
    if key_id(public) != name:
        problems.append("key_id_mismatch")
    trusted = None if trusted_keys is None else trusted_keys.get(name) == public
    if trusted is False:
        problems.append("key_unknown")
    problems += _content_problems(content)
    if not verify(public, content, receipt["signature"]):
        problems.append("receipt_signature_invalid")
    token = receipt["token"]
    if token is not None and hashlib.sha256(token.encode()).hexdigest() != content["token_sha256"]:
        problems.append("receipt_token_altered")
    proof, state = receipt["proof"], "pending"
    if proof is not None:
        problem = _proof_problem(proof, content, public)
        state = "invalid" if problem else "held"
        problems += [problem] if problem else []
    return ReceiptCheck(tuple(problems), name, trusted, state, content)


def _told_by_record(record: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": RECEIPT_TYPE,
        "receipt_id": f"{record['record_id']}.{event['number']}",
        "kind": event["kind"],
        "issued_at": event["event_at"],
        "record": record,
        "event": event,
        "contact": record["controller"]["contact"],
        "rights": RIGHTS,
        "how_to_withdraw": record["withdrawal_method"],
    }


def _well_formed(receipt: object) -> bool:
    if not isinstance(receipt, Mapping) or set(receipt) != ENVELOPE_FIELDS:
        return False
    content, token = receipt["content"], receipt["token"]
    if not isinstance(content, Mapping) or set(content) != CONTENT_FIELDS:
        return False
    try:
        canonical_bytes(receipt)
    except ValueError:
        return False
    return (
        content["type"] == RECEIPT_TYPE
        and isinstance(content["record"], Mapping)
        and isinstance(content["event"], Mapping)
        and type(content["seq"]) is int
        and (token is None or isinstance(token, str))
        and hex_bytes(content["salt"], 32) is not None
        and hex_bytes(receipt["key_id"], 32) is not None
        and hex_bytes(receipt["public_key"], 32) is not None
    )


def _content_problems(content: Mapping[str, Any]) -> list[str]:
    record, event = content["record"], content["event"]
    if record_sha256(record) != event.get("record_sha256"):
        return ["receipt_record_altered"]
    if record.get("record_id") != event.get("record_id"):
        return ["receipt_event_altered"]
    return []


def _proof_problem(proof: object, content: Mapping[str, Any], public: bytes) -> str | None:
    leaf = leaf_hash(bytes.fromhex(content["salt"]), content["event"])
    problem = verify_inclusion_document(proof, leaf, public)
    if problem is None and isinstance(proof, Mapping) and proof["index"] != content["seq"]:
        return "proof_place_mismatch"
    return problem


def _indented(receipt: Any) -> bytes:
    document = parse_json(canonical_bytes(receipt))
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def _flat(value: Any, path: str) -> list[tuple[str, str]]:
    items: Sequence[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    if items:
        prefix = f"{path}." if path else ""
        return [pair for name, item in items for pair in _flat(item, f"{prefix}{name}")]
    return [(path, value if isinstance(value, str) else json.dumps(value))]
