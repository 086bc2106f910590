"""Evidence for the privacy role: one consent with its texts, events and verification, and the pack that proves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.policy.canonical import leaf_hash
from chatgate.policy.evidence.checkpoints import Checkpoint
from chatgate.policy.evidence.ledger import consistency_proof
from chatgate.policy.evidence.ledger_audit import CODES
from chatgate.policy.evidence.proof_pack import build_pack, consistency_document, verify_pack
from chatgate.policy.evidence.receipts import PROBLEMS, verify_receipt
from chatgate.policy.evidence.records import stored_event, stored_record
from chatgate.services.accounts import audit
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.core import AnyRow, Core, View, iso_or_none
from chatgate.services.evidence import receipts
from chatgate.services.evidence.ledger import known_keys
from chatgate.storage.queries import consents, conversations, ledger


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is stored about one consent."""

    conversation_id: str
    transcript_erased_at: str | None
    """When the chat went; None while it is there."""
    record: dict[str, Any]
    salt: bytes
    events: list[tuple[int, dict[str, Any]]]
    notices: list[dict[str, Any]]
    proofs: dict[int, dict[str, Any]]
    checkpoints: list[Checkpoint]
    consistency: list[dict[str, Any]]
    complaint_authority: str
    stray: list[str]
    """Problems that only the database can show: a leaf that is not the event's."""


def show_proof(core: Core, agent: SignedInAgent, name: str, reason: str) -> View:
    """Return a consent with the exact texts, every event and what the verification says (``ProofView``).

    Args:
        core: the installation.
        agent: who asks.
        name: the id of a conversation, of a record, or of a receipt.
        reason: why; it is noted in the audit trail with who asked.

    Raises:
        Refusal: ``not_found``.
    """
    found = evidence(core, name)
    audit.record(core, agent, "proof_read", found.conversation_id, reason)
    return _shown(core, found)


def check_receipt(core: Core, agent: SignedInAgent, receipt: Mapping[str, Any], reason: str) -> View:
    """Verify a receipt that somebody brings, and find the consent that it is about (``ProofAnswer``).

    A receipt outlives what it is about: after an erasure it still verifies, and there is nothing to show with it.

    Args:
        core: the installation.
        agent: who asks.
        receipt: the document as it was saved. Its access token is not needed, and not looked at.
        reason: why; it is noted in the audit trail.
    """
    check = verify_receipt({**receipt, "token": None}, known_keys(core))
    problems, found = list(check.problems), None
    record = (check.content or {}).get("record", {})
    try:
        found = evidence(core, str(record.get("record_id", "")))
    except Refusal:
        audit.record(core, agent, "receipt_checked", None, reason)
    else:
        audit.record(core, agent, "proof_read", found.conversation_id, reason)
        if check.holds and record != found.record:
            problems.append("record_altered")
    told = {"proof": check.proof, "key_id": check.key_id, "kind": (check.content or {}).get("kind")}
    return {
        "receipt": {"holds": not problems, "problems": _explained(problems), **told},
        "proof": _shown(core, found) if found is not None else None,
    }


def _shown(core: Core, found: Evidence) -> View:
    check = verify_pack(_pack(core, found))
    problems = [*found.stray, *check.problems]
    return {
        "conversation_id": found.conversation_id,
        "transcript_erased_at": found.transcript_erased_at,
        "record": found.record,
        "events": [
            {"seq": seq, "event": event, "proof": found.proofs.get(seq), "pending": seq not in found.proofs}
            for seq, event in found.events
        ],
        "notices": found.notices,
        "verification": {
            "holds": not problems,
            "problems": _explained(problems),
            "pending": list(check.pending),
            "key_id": check.key_id,
        },
    }


def export_pack(core: Core, agent: SignedInAgent, name: str, reason: str) -> bytes:
    """Return the proof pack of a consent: one zip that verifies offline; the export is noted in the audit trail.

    Raises:
        Refusal: ``not_found``.
    """
    found = evidence(core, name)
    audit.record(core, agent, "proof_exported", found.conversation_id, reason)
    return _pack(core, found)


def evidence(core: Core, name: str) -> Evidence:
    """Read everything about one consent in one snapshot.

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        record, conversation = _find(db, name)
        first = consents.notice(db, record.notice_sha256)
        assert first is not None
        rows = consents.events(db, record.id)
        document = stored_record(record._asdict(), first.content)
        events = [(row.ledger_seq, stored_event(row._asdict())) for row in rows]
        hashes = dict.fromkeys([record.notice_sha256, *[row.notice_sha256 for row in rows]])
        notices = [row.content for row in (consents.notice(db, sha256) for sha256 in hashes) if row is not None]
        proofs = {seq: proof for seq, _event in events if (proof := receipts.proof(db, seq)) is not None}
        checkpoints = _checkpoints(db, [seq for seq, _event in events])
        return Evidence(
            conversation_id=conversation.id,
            transcript_erased_at=iso_or_none(conversation.transcript_erased_at),
            record=document,
            salt=bytes.fromhex(record.salt),
            events=events,
            notices=notices,
            proofs=proofs,
            checkpoints=checkpoints,
            consistency=_consistency(db, checkpoints),
            complaint_authority=first.content["complaint_authority"],
            stray=_stray(db, bytes.fromhex(record.salt), events),
        )


def conversation_of(core: Core, name: str) -> str:
    """Return the conversation of a conversation's, a record's or a receipt's id.

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        return str(_find(db, name)[1].id)


def _find(db: Connection, name: str) -> tuple[AnyRow, AnyRow]:
    """Return record and conversation of a conversation's, a record's or a receipt's id."""
    conversation = conversations.conversation(db, name, proof=True)
    if conversation is None:
        conversation = conversations.conversation_of_record(db, name.rsplit(".", 1)[0])
    record = consents.record(db, conversation.consent_record_id) if conversation is not None else None
    if record is None or conversation is None:
        raise Refusal("not_found")
    return record, conversation


def _checkpoints(db: Connection, places: list[int]) -> list[Checkpoint]:
    """Return the checkpoints that the proofs use, and the newest one, in order."""
    rows = [ledger.checkpoint_over(db, seq) for seq in places]
    rows.append(ledger.last_checkpoint(db))
    unique = {row.number: row for row in rows if row is not None}
    return [ledger.checkpoint_of(unique[number]) for number in sorted(unique)]


def _consistency(db: Connection, checkpoints: list[Checkpoint]) -> list[dict[str, Any]]:
    found = []
    for older, newer in pairwise(checkpoints):
        path = ledger.computed(db, partial(consistency_proof, old_size=older.tree_size, new_size=newer.tree_size))
        found.append(consistency_document(older, newer, path))
    return found


def _stray(db: Connection, salt: bytes, events: list[tuple[int, dict[str, Any]]]) -> list[str]:
    leaves = ledger.nodes(db, [(0, seq) for seq, _event in events])
    return [
        f"event_altered:{seq}" for seq, event in events if leaves.get((0, seq), b"").hex() != leaf_hash(salt, event)
    ]


def _pack(core: Core, found: Evidence) -> bytes:
    return build_pack(
        core.signing_key,
        record=found.record,
        salt=found.salt,
        events=found.events,
        notices=found.notices,
        proofs=found.proofs,
        checkpoints=found.checkpoints,
        consistency=found.consistency,
        base_url=receipts.base_url(core),
        complaint_authority=found.complaint_authority,
        exported_at=core.clock.now(),
    )


def _explained(problems: Sequence[str]) -> list[View]:
    return [{"code": code, "text": _words(code)} for code in problems]


def _words(problem: str) -> str:
    code = problem.split(":", maxsplit=1)[0]
    return PROBLEMS.get(code) or CODES.get(code) or code.replace("_", " ")
