"""The shapes that clients see, made from rows; ``web/protocol/`` declares them and a test compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.policy import consent as consent_policy
from chatgate.policy.consent import ConsentState
from chatgate.policy.notices import Notice, notice_from_content
from chatgate.policy.version_diff import VersionLevel, version_step
from chatgate.services.core import AnyRow, Core, View, iso, iso_or_none
from chatgate.services.desk.extras import with_extras
from chatgate.storage.queries import attachments, consents, conversations, messages, sites, work

_NO_FILES: Final[list[View]] = []


def message_view(row: Mapping[Any, Any], files: list[View] | None = None) -> View:
    """Return a stored message with the files that it carries."""
    return {
        "id": row["id"],
        "conversation_id": row["conversation_id"],
        "seq": row["seq"],
        "author_kind": row["author_kind"],
        "author_name": row["author_name"],
        "body": row["body"],
        "stored_at": iso(row["stored_at"]),
        "client_id": row["client_id"],
        "attachments": files or _NO_FILES,
    }


def message_views(db: Connection, rows: Sequence[AnyRow]) -> list[View]:
    """Return stored messages of one conversation in order."""
    if not rows:
        return []
    files = attachments.by_message(attachments.of_conversation(db, rows[0].conversation_id))
    return [message_view(row._mapping, files.get(row.id)) for row in rows]


def notice_view(core: Core, notice: Notice, age_limit: int | None) -> View:
    """Return the notice as the widget shows it, with the age to ask about."""
    content = notice.content
    return {
        "id": notice.notice_id,
        "version": notice.version,
        "locale": notice.locale,
        "sha256": notice.sha256,
        "preset": notice.preset,
        "welcome": content["welcome"],
        "clauses": clause_views(notice),
        "full_text_url": notice.full_text_url(),
        "full_text_label": content["full_text_label"],
        "policy_url": notice.policy_url(),
        "policy_label": content["policy_label"],
        "controller": dict(content["controller"]),
        "equivalent_channel": core.settings.consent.equivalent_channel if notice.preset == "single" else None,
        "age_limit": age_limit,
    }


def clause_views(notice: Notice) -> list[View]:
    """Return the clauses in order; no field of theirs could tick a box."""
    return [
        {
            "purpose": clause.purpose.value,
            "text": clause.text,
            "required": clause.required,
            "link_label": clause.link_label,
            "link_url": notice.policy_url(),
        }
        for clause in notice.clauses
    ]


def site_view(core: Core, site: AnyRow) -> View:
    """Return what the widget needs to know about the shop."""
    settings = site.settings
    return {
        "id": site.id,
        "name": site.name,
        "accent": settings["accent"],
        "position": settings["position"],
        "default_locale": settings["default_locale"],
        "channels": settings["channels"],
        "reply_time": settings["reply_time"],
        "agents_online": core.presence.agents_online(site.id),
        "prechat": settings.get("prechat", []),
        "attachment_max_bytes": attachment_max_bytes(settings),
    }


def attachment_max_bytes(settings: Mapping[str, Any]) -> int:
    """Return how large a file of a site may be; 0 when it takes none."""
    # Sites that were added before there were files have neither setting.
    return int(settings.get("attachment_max_megabytes", 10)) * 1_000_000 if settings.get("attachments", True) else 0


def consent_view(
    record: AnyRow,
    events: Sequence[AnyRow],
    state: consent_policy.ConsentState,
    notice_version: str,
    *,
    ask_again: bool = False,
    inform: bool = False,
) -> View:
    """Return the current state of one record."""
    last = events[-1]
    return {
        "record_id": record.id,
        "choices": {purpose.value: given for purpose, given in state.choices.items()},
        "notice_id": record.notice_id,
        "notice_version": notice_version,
        "notice_sha256": last.notice_sha256,
        "locale": record.locale,
        "given_at": iso(record.given_at),
        "changed_at": iso(last.event_at),
        "may_talk": state.may_talk,
        "may_train": state.may_train,
        "ends_at": iso_or_none(state.ends_at),
        "ask_again": ask_again,
        "inform": inform,
        "minor": record.minor,
    }


def read_state(
    db: Connection, record_id: str, at: datetime, *, open: bool = True
) -> tuple[AnyRow, Sequence[AnyRow], ConsentState]:
    """Return a record, its events and its state, all read now; ``open``: whether its conversation is."""
    record = consents.record(db, record_id)
    assert record is not None
    events = consents.events(db, record_id)
    return record, events, fold(db, record, events, at, open=open)


def fold(
    db: Connection, record: AnyRow, events: Sequence[consent_policy.Event], at: datetime, *, open: bool = True
) -> ConsentState:
    """Return the state of a record's events at ``at``, each yes with the life that its own notice gave it."""
    retention = {record.notice_sha256: record.retention}
    for sha256 in {event.notice_sha256 for event in events} - set(retention):
        notice = consents.notice(db, sha256)
        assert notice is not None
        retention[sha256] = {clause["purpose"]: clause["retention_days"] for clause in notice.content["clauses"]}
    return consent_policy.state(events, preset_of(record), at, open=open, minor=bool(record.minor), retention=retention)


def read_consent(db: Connection, record_id: str, at: datetime) -> tuple[AnyRow, ConsentState, View]:
    """Return a record, its state and its view for the visitor, all read now."""
    record, events, state = read_state(db, record_id, at)
    notice = consents.notice(db, events[-1].notice_sha256)
    assert notice is not None
    row = conversations.conversation_of_record(db, record_id)
    ask_again = bool(row is not None and row.must_renew and state.may_talk)
    inform = state.may_talk and not ask_again and _has_news(db, notice)
    return record, state, consent_view(record, events, state, notice.version, ask_again=ask_again, inform=inform)


def _has_news(db: Connection, known: AnyRow) -> bool:
    """Return whether a minor version came out since the one that the visitor knows: they are told once."""
    rows = consents.current_notices(db, known.site_id)
    current = next((row for row in rows if row.notice_id == known.notice_id), None)
    return current is not None and version_step(known.version, current.version) >= VersionLevel.MINOR


def preset_of(record: AnyRow) -> str:
    """Return the preset under which a record was made."""
    return "single" if record.conditionality == "conditional" else "split"


def visitor_conversation(db: Connection, row: AnyRow) -> View:
    """Return the conversation as its visitor sees it."""
    names = sites.agent_names(db, [row.assigned_agent_id]) if row.assigned_agent_id else {}
    return {
        "id": row.id,
        "site_id": row.site_id,
        "state": row.state,
        "closed_reason": row.closed_reason,
        "opened_at": iso(row.opened_at),
        "last_seq": row.last_seq,
        "agent": _agent_ref(row.assigned_agent_id, names),
        "agent_seen_seq": row.agent_seen_seq,
        "visitor_seen_seq": row.visitor_seen_seq,
        "rev": row.rev,
    }


def agent_conversations(core: Core, db: Connection, rows: Sequence[AnyRow], agent_id: str | None = None) -> list[View]:
    """Return conversations as the inbox sees them, with a handful of queries for the whole page.

    ``agent_id`` is who asks, None for what goes to every agent.
    """
    page = _page(db, rows)
    now = core.clock.now()
    return with_extras(db, rows, [_agent_conversation(core, db, row, page, now) for row in rows], agent_id)


@dataclass(frozen=True, slots=True)
class _Page:
    """What the inbox shows of some conversations beside their rows, read for all of them at once."""

    records: Mapping[str, AnyRow]
    events: Mapping[str, Sequence[AnyRow]]
    versions: Mapping[str, str]
    last: Mapping[str, AnyRow]
    files: Mapping[str, list[View]]
    lineages: Mapping[str, AnyRow]
    profiles: Mapping[str, Sequence[AnyRow]]
    names: Mapping[str, str]


def _page(db: Connection, rows: Sequence[AnyRow]) -> _Page:
    record_ids = [row.consent_record_id for row in rows]
    events = consents.events_of(db, record_ids)
    last = messages.latest(db, rows)
    return _Page(
        records=consents.records(db, record_ids),
        events=events,
        versions=_versions(db, events),
        last=last,
        files=attachments.of_messages(db, [message.id for message in last.values()]),
        lineages=work.lineages_of(db, [row.id for row in rows]),
        profiles=conversations.profile_fields(db, [row.visitor_id for row in rows]),
        names=sites.agent_names(db, [row.assigned_agent_id for row in rows if row.assigned_agent_id]),
    )


def _agent_conversation(core: Core, db: Connection, row: AnyRow, page: _Page, now: datetime) -> View:
    record = page.records[row.consent_record_id]
    events = page.events[record.id]
    last = page.last.get(row.id)
    version = page.versions[events[-1].notice_sha256]
    return {
        "id": row.id,
        "rev": row.rev,
        "site_id": row.site_id,
        "state": row.state,
        "closed_reason": row.closed_reason,
        "locale": row.locale,
        "visitor": _visitor(core, row, page.profiles.get(row.visitor_id, [])),
        "assigned_agent": _agent_ref(row.assigned_agent_id, page.names),
        "last_message": message_view(last._mapping, page.files.get(last.id)) if last else None,
        "last_seq": row.last_seq,
        "agent_seen_seq": row.agent_seen_seq,
        "visitor_seen_seq": row.visitor_seen_seq,
        "unread": max(0, row.last_seq - row.agent_seen_seq),
        "waiting_since": iso_or_none(row.waiting_since_at),
        "opened_at": iso(row.opened_at),
        "closed_at": iso_or_none(row.closed_at),
        "consent": consent_view(record, events, fold(db, record, events, now), version, ask_again=row.must_renew),
        "training": training_view(page.lineages.get(row.id)),
    }


def agent_conversation(core: Core, db: Connection, row: AnyRow, agent_id: str | None = None) -> View:
    """Return one conversation as the inbox sees it."""
    return agent_conversations(core, db, [row], agent_id)[0]


def training_view(lineage: AnyRow | None) -> View:
    """Return where the transcript is."""
    if lineage is None:
        return {"state": "none", "reason": None, "at": None}
    state = "waiting" if lineage.state == "pending" else lineage.state
    moment = lineage.due_at if lineage.state == "waiting" else lineage.changed_at
    return {"state": state, "reason": lineage.reason, "at": iso_or_none(moment)}


def _visitor(core: Core, row: AnyRow, fields: Sequence[AnyRow]) -> View:
    told = {field.field: field.value for field in fields}
    return {
        "id": row.visitor_id,
        "label": told.get("name") or visitor_label(row.visitor_id),
        "present": core.presence.visitor_present(row.id),
        "profile": [{"name": field.field, "value": field.value, "vouched": field.vouched} for field in fields],
    }


def visitor_label(visitor_id: str) -> str:
    """Return a short label that is no name, such as ``Visitor 7A4F2``: among two hundred, two alike are rare."""
    return f"Visitor {visitor_id[-5:].upper()}"


def stored_notice(row: AnyRow) -> Notice:
    """Return the typed notice of a stored row."""
    return notice_from_content(row.content, row.sha256)


def _versions(db: Connection, events: Mapping[str, Sequence[AnyRow]]) -> dict[str, str]:
    hashes = {rows[-1].notice_sha256 for rows in events.values() if rows}
    found = {}
    for sha256 in hashes:
        row = consents.notice(db, sha256)
        assert row is not None
        found[sha256] = row.version
    return found


def _agent_ref(agent_id: str | None, names: Mapping[str, str]) -> View | None:
    return {"id": agent_id, "name": names.get(agent_id, "")} if agent_id else None
