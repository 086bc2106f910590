"""A small, complete body of consent evidence: one record, its events, a ledger and checkpoints."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chatgate.policy.canonical import leaf_hash, sha256_hex
from chatgate.policy.evidence.checkpoints import Checkpoint, inclusion_document, sign_checkpoint
from chatgate.policy.evidence.ledger import MemoryNodes, append, extend, inclusion_proof, root
from chatgate.policy.evidence.receipts import build_receipt
from chatgate.policy.evidence.records import new_event, record_document, stored_event
from chatgate.policy.notices import content_sha256
from chatgate.policy.signing import public_key

KEY = bytes(range(32))
PUBLIC = public_key(KEY)
SALT = hashlib.sha256(b"salt of the record").digest()
TOKEN = "cgr_" + "t" * 43
AT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
ORIGIN = "kilnandcup.example/consent"

NOTICE: dict[str, Any] = {
    "schema": "chatgate/notice/v1",
    "site": "demo",
    "notice_id": "default",
    "version": "1.0.0",
    "locale": "pl",
    "preset": "split",
    "welcome": "Zanim zaczniemy, prosimy o decyzję.",
    "clauses": [
        {
            "purpose": "support",
            "required": True,
            "legal_basis": "consent",
            "retention_days": 365,
            "text": "Kiln & Cup może przetwarzać tę rozmowę, aby na nią odpowiedzieć.",
            "link_label": "Polityka prywatności",
        },
        {
            "purpose": "training",
            "required": False,
            "legal_basis": "consent",
            "retention_days": 730,
            "text": "Kiln & Cup może wykorzystać tę rozmowę do ulepszania automatycznej obsługi.",
            "link_label": "Polityka prywatności",
        },
    ],
    "full_text": "Pełny tekst klauzuli.",
    "full_text_label": "Przeczytaj pełną klauzulę",
    "policy_label": "Polityka prywatności",
    "policy_text": "Polityka.",
    "policy_url": "",
    "policy_version": "1.0",
    "policy_sha256": sha256_hex(b"Polityka."),
    "controller": {
        "name": "Kiln & Cup",
        "address": "ul. Garncarska 7, 31-115 Kraków, Poland",
        "contact": "privacy@kilnandcup.example",
    },
    "recipients": [],
    "recipients_version": "1.0",
    "storage_location": "Poland, on the shop's own server",
    "jurisdiction": "PL",
    "complaint_authority": "Prezes Urzędu Ochrony Danych Osobowych",
    "equivalent_channel": "",
    "automation": False,
}
NOTICE_SHA256 = content_sha256(NOTICE)


def record_fields() -> dict[str, Any]:
    """The members of a record, as a service gathers them."""
    choices = {"support": True, "training": False}
    names = ("purpose", "required", "legal_basis", "text", "retention_days")
    return {
        "schema_version": "chatgate/consent-record/v1",
        "record_id": "01936000-0000-7000-8000-000000000001",
        "subject_id": "b6e0a0f2c1d84f0f9d1e7a55aa00bb11",
        "site_id": "demo",
        "notice_id": "default",
        "notice_version": "1.0.0",
        "notice_sha256": NOTICE_SHA256,
        "locale": "pl",
        "clauses": [
            {**{name: clause[name] for name in names}, "choice": choices[clause["purpose"]]}
            for clause in NOTICE["clauses"]
        ],
        "controller": NOTICE["controller"],
        "recipients_version": "1.0",
        "policy_version": "1.0",
        "policy_sha256": NOTICE["policy_sha256"],
        "retention": {"support": 365, "training": 730},
        "storage_location": NOTICE["storage_location"],
        "withdrawal_method": "In the chat window under Change, or with this receipt.",
        "jurisdiction": "PL",
        "conditionality": "unconditional",
        "method": "checkbox",
        "rendered_sha256": sha256_hex(b"rendered"),
        "widget_build": "0123abcd",
        "page_path": "/products/kettle",
        "served_at": AT - timedelta(seconds=9),
        "shown_for_ms": 9000,
        "given_at": AT,
    }


def make_record(**changes: Any) -> dict[str, Any]:
    """A complete record document."""
    return record_document({**record_fields(), **changes})


def make_event(
    record: Mapping[str, Any] | None = None,
    *,
    number: int = 1,
    kind: str = "answered",
    choices: Mapping[str, bool] | None = None,
) -> dict[str, Any]:
    """An event of the record."""
    columns = new_event(
        record or make_record(),
        event_id=f"01936000-0000-7000-8000-00000000010{number}",
        number=number,
        kind=kind,
        choices=choices or {"support": True, "training": False},
        actor="visitor",
        notice_sha256=NOTICE_SHA256,
        at=AT + timedelta(minutes=number - 1),
        salt=SALT.hex(),
    )
    return stored_event(columns)


@dataclass(frozen=True)
class Evidence:
    """A ledger of eleven leaves with the record's two events in it, and two checkpoints."""

    store: MemoryNodes
    size: int
    seqs: tuple[int, int]
    events: tuple[dict[str, Any], dict[str, Any]]
    checkpoints: tuple[Checkpoint, Checkpoint]
    proofs: dict[int, dict[str, Any]]


def build_evidence(record: Mapping[str, Any] | None = None) -> Evidence:
    """Five leaves of others, the consent, two of others, the withdrawal, two of others."""
    events = (make_event(record), make_event(record, number=2, kind="withdrawn", choices={"support": False}))
    store = MemoryNodes()
    size = extend(store, 0, [hashlib.sha256(bytes([number])).digest() for number in range(5)])
    size = append(store, size, bytes.fromhex(leaf_hash(SALT, events[0])))
    size = extend(store, size, [hashlib.sha256(bytes([number])).digest() for number in range(6, 8)])
    size = append(store, size, bytes.fromhex(leaf_hash(SALT, events[1])))
    size = extend(store, size, [hashlib.sha256(bytes([number])).digest() for number in range(9, 11)])
    early, late = (
        sign_checkpoint(KEY, origin=ORIGIN, tree_size=count, root=root(store, count), at=AT + timedelta(hours=count))
        for count in (7, size)
    )
    proofs = {seq: inclusion_document(seq, inclusion_proof(store, seq, size), late) for seq in range(size)}
    return Evidence(store, size, (5, 8), events, (early, late), proofs)


def make_receipt(
    *,
    record: Mapping[str, Any] | None = None,
    event: Mapping[str, Any] | None = None,
    choices: Mapping[str, bool] | None = None,
    proof: Mapping[str, Any] | None = None,
    private_key: bytes = KEY,
) -> dict[str, Any]:
    """A receipt for the record's first event, or for another one."""
    return build_receipt(
        private_key,
        record=record or make_record(),
        event=event or make_event(),
        salt=SALT,
        seq=5,
        choices=choices or {"support": True, "training": False},
        complaint_authority="Prezes Urzędu Ochrony Danych Osobowych",
        receipt_url="https://chat.kilnandcup.example/receipt",
        token_sha256=sha256_hex(TOKEN.encode()),
        token=TOKEN,
        proof=proof,
    )
