"""The visitor's receipt: the record in their hands."""

from typing import Any

from sqlalchemy import Connection

from chatgate.services import views
from chatgate.services.core import Core, View, iso
from chatgate.storage.queries import consents

RIGHTS = ("access", "rectification", "erasure", "restriction", "portability", "withdrawal", "complaint")


def receipt(core: Core, db: Connection, record_id: str, token: str | None = None) -> View:
    """Return the receipt of a record in its current state.

    Args:
        core: the installation.
        db: an open read.
        record_id: the record.
        token: the capability, known only at the moment when the record is made; None leaves it out.

    Source: ISO/IEC TS 27560:2023; GDPR Art. 7(1), 13(2).
    """
    record, _state, current = views.read_consent(db, record_id, core.clock.now())
    notice = consents.notice(db, record.notice_sha256)
    assert notice is not None
    result: dict[str, Any] = {
        "kind": "chatgate/receipt/v1",
        "record": record_fields(record),
        "current": current,
        "events": [event_fields(row) for row in consents.events(db, record_id)],
        "controller": dict(record.controller),
        "notice_url": f"/notices/{record.notice_sha256}",
        "rights": list(RIGHTS),
        "complaint_authority": notice.content["complaint_authority"],
        "how_to_withdraw": record.withdrawal_method,
    }
    if token is not None:
        result["token"] = token
    return result


def record_fields(record: Any) -> View:
    """Return the record as JSON values; its salt and the hash of its capability stay here."""
    fields = {
        name: (iso(value) if name.endswith("_at") else value)
        for name, value in record._mapping.items()
        if name not in ("salt", "receipt_token_hash")
    }
    return dict(fields)


def event_fields(event: Any) -> View:
    """Return a consent event as JSON values."""
    return {
        name: (iso(value) if name.endswith("_at") else value)
        for name, value in event._mapping.items()
        if name != "record_id"
    }
