"""Notices: publishing them, choosing the one to show, and the answer to the widget's first request."""

import hashlib
import re
import secrets
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.config import check_preset
from chatgate.errors import OperatorError, Refusal
from chatgate.hooks.contexts import AvailabilityContext, Closed, NoticeChoice, NoticeContext
from chatgate.ids import new_id
from chatgate.models.purposes import Purpose
from chatgate.policy import tokens
from chatgate.policy.minors import age_of_consent
from chatgate.policy.notice_file import read_notice_file
from chatgate.policy.notices import Notice, example_fields, version_number
from chatgate.policy.version_diff import VersionLevel, check_version_level, diff_lines, required_level, version_step
from chatgate.services import views
from chatgate.services.core import AnyRow, Core, View
from chatgate.services.sites import active_site
from chatgate.storage.queries import consents, sites, work

BETWEEN_VISITORS_SECONDS: Final = 0.001
"""Messages go on meanwhile. Not 0: a greenlet that comes back in the same turn keeps the loop from its sockets."""


def publish_notice(core: Core, site_id: str, text: str) -> list[Notice]:
    """Publish a notice file for a site, in all its locales at once.

    Returns:
        The published notices; publishing the very same content again changes nothing.

    After a major step the visitors of open conversations are asked again before their next message; those who have the
    window open learn of it, and of a minor one, at once.

    Raises:
        OperatorError: names what is wrong in the file, or that its version is not newer.
        Refusal: ``version_level_too_low`` when the number hides how much changed.

    Stores: immutable notices, named by their content's SHA-256.
    """
    notices = read_notice_file(text, site_id)
    check_preset(core.settings, notices[0].preset)
    with core.storage.read() as db:
        _check_site(db, site_id)
        current = [row for row in consents.current_notices(db, site_id) if row.notice_id == notices[0].notice_id]
    if {row.sha256 for row in current} == {notice.sha256 for notice in notices}:
        return notices
    if current and version_number(current[0].version) >= version_number(notices[0].version):
        raise OperatorError(
            f"version {notices[0].version} is not newer than the published {current[0].version}; raise it in the file"
        )
    _check_levels(current, notices)
    step = version_step(current[0].version, notices[0].version) if current else VersionLevel.NONE
    now = core.clock.now()

    def job(db: Any) -> None:
        publication = consents.next_publication(db, site_id)
        consents.add_notices(db, [_row(notice, now, publication) for notice in notices])
        if step is VersionLevel.MAJOR:
            consents.ask_again(db, site_id, notices[0].notice_id)
        if step >= VersionLevel.MINOR:
            # Whoever runs the worker tells the open sockets: this may be the command line beside the server.
            event = {"id": new_id(), "kind": "notice_published", "site_id": site_id, "conversation_id": ""}
            work.add_outbox(db, {**event, "subject": notices[0].notice_id, "created_at": now})

    core.storage.write_now(job)
    core.wake_worker()
    return notices


def tell_visitors(core: Core, site_id: str, notice_id: str) -> int:
    """Tell the visitors with an open window that a new version concerns them; return how many.

    Those whom nobody tells now learn it at their next message, or when they come back.
    """
    with core.storage.read() as db:
        rows = consents.open_under(db, site_id, notice_id)
    told = 0
    for row in rows:
        if not core.presence.visitor_present(row.id):
            continue
        with core.storage.read() as db:
            consent = views.read_consent(db, row.consent_record_id, core.clock.now())[2]
        if consent["ask_again"] or consent["inform"]:
            event = {"conversation_id": row.id, "consent": consent}
            core.broadcast.to_both(site_id, row.id, "consent_changed", event)
            told += 1
        time.sleep(BETWEEN_VISITORS_SECONDS)
    return told


def _check_levels(current: Sequence[AnyRow], notices: Sequence[Notice]) -> None:
    """Refuse a disguised step in any locale; a locale that is new changes nothing for those who read another."""
    known = {row.locale: row.content for row in current}
    for notice in notices:
        if notice.locale in known:
            check_version_level(known[notice.locale], notice.content)


def _check_site(db: Connection, site_id: str) -> None:
    if sites.site(db, site_id) is None:
        raise OperatorError(f'there is no site "{site_id}"; add it with `chatgate site add`')


def notice_differences(core: Core, site_id: str, text: str) -> list[View]:
    """Return, for each locale of a notice file, what changes against the published version, and the step it needs.

    Raises:
        OperatorError: what is wrong in the file, or that there is no such site.
    """
    notices = read_notice_file(text, site_id)
    with core.storage.read() as db:
        _check_site(db, site_id)
        rows = [row for row in consents.current_notices(db, site_id) if row.notice_id == notices[0].notice_id]
    known = {row.locale: row for row in rows}
    found = []
    for notice in notices:
        old = known.get(notice.locale)
        found.append(
            {
                "locale": notice.locale,
                "old_version": old.version if old else None,
                "new_version": notice.version,
                "needs": required_level(old.content, notice.content).word if old else "none",
                "lines": diff_lines(old.content, notice.content) if old else [],
            }
        )
    return found


def _row(notice: Notice, at: datetime, publication: int) -> dict[str, Any]:
    return {
        "sha256": notice.sha256,
        "site_id": notice.site_id,
        "notice_id": notice.notice_id,
        "version": notice.version,
        "locale": notice.locale,
        "content": dict(notice.content),
        "published_at": at,
        "publication": publication,
    }


def list_notices(core: Core, site_id: str | None = None) -> list[View]:
    """Return every published notice, newest first, and whether it is the one shown now.

    Raises:
        OperatorError: there is no such site.
    """
    with core.storage.read() as db:
        if site_id:
            _check_site(db, site_id)
        names = [site_id] if site_id else [row.id for row in sites.all_sites(db)]
        found = []
        for name in names:
            current = {row.sha256 for row in consents.current_notices(db, name)}
            found += [
                {
                    "site": row.site_id,
                    "notice": row.notice_id,
                    "version": row.version,
                    "locale": row.locale,
                    "sha256": row.sha256,
                    "published_at": row.published_at.isoformat(),
                    "state": "published" if row.sha256 in current else "superseded",
                }
                for row in consents.notices_of(db, name)
            ]
    return found


def published_notice(core: Core, sha256: str) -> Notice:
    """Return a notice by its hash, current or long superseded.

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        row = consents.notice(db, sha256) if re.fullmatch(r"[0-9a-f]{64}", sha256) else None
    if row is None:
        raise Refusal("not_found")
    return views.stored_notice(row)


def notice_to_show(core: Core, site: AnyRow, locale: str) -> Notice:
    """Choose the notice for a visitor: the middlewares may choose, otherwise by locale.

    Raises:
        Refusal: ``no_active_notice``: nobody can agree to what was never published.
    """
    with core.storage.read() as db:
        rows = consents.current_notices(db, site.id)
    if not rows:
        raise Refusal("no_active_notice")
    default = _by_locale(rows, locale, site.settings["default_locale"])
    choices = tuple(
        NoticeChoice(row.sha256, row.notice_id, row.version, row.locale, row.sha256 == default.sha256) for row in rows
    )
    context = NoticeContext(site.id, locale, choices)
    chosen = core.chain.choose("choose_notice", None, context=context)
    row = next((row for row in rows if row.sha256 == chosen), default)
    return views.stored_notice(row)


def _by_locale(rows: Sequence[AnyRow], wanted: str, fallback: str) -> AnyRow:
    """Return the exact locale, else the same language, else the site's default, else the first."""
    newest = [row for row in rows if row.notice_id == rows[0].notice_id]
    for locale in (wanted, wanted.replace("_", "-").split("-")[0], fallback):
        for row in newest:
            if row.locale.lower() == locale.lower():
                return row
    return newest[0]


def notice_answer(core: Core, site_id: str, locale: str) -> View:
    """Return the notice, a display token and the site: what the widget fetches on the visitor's click.

    Stores: nothing. The display token is signed and stateless.
    """
    site = active_site(core, site_id)
    notice = notice_to_show(core, site, locale)
    return answer_with(core, site, notice)


def answer_with(core: Core, site: AnyRow, notice: Notice) -> View:
    """Return ``{notice, display_token, site}`` for this notice, served now."""
    now = core.clock.now()
    token = tokens.sign(
        core.session_key,
        "display",
        {
            "site": site.id,
            "sha256": notice.sha256,
            "served_at": now.timestamp(),
            "nonce": secrets.token_urlsafe(16),
            "expires_at": now.timestamp() + core.settings.consent.display_token_minutes * 60,
        },
    )
    return {
        "notice": views.notice_view(core, notice, age_limit(site, notice)),
        "display_token": token,
        "site": views.site_view(core, site),
        "closed": _closed(core, site.id, notice.locale, now),
    }


def _closed(core: Core, site_id: str, locale: str, now: datetime) -> View | None:
    """Return that the shop is closed now, or None. A middleware that fails here only keeps its hint to itself.

    Whether a session opens is asked of ``check_session_open``, which fails closed.
    """
    try:
        found: Closed | None = core.chain.choose(
            "choose_availability", None, context=AvailabilityContext(site_id, locale, now)
        )
    except Refusal:
        return None
    if found is None:
        return None
    return {"opens_at": found.opens_at.isoformat() if found.opens_at else None, "messages": found.messages}


def age_limit(site: AnyRow, notice: Notice) -> int | None:
    """Return under which age to ask for, or None: the shop offers nothing to children, or trains on nothing."""
    if not site.settings.get("offered_to_children", False) or Purpose.TRAINING not in notice.purposes:
        return None
    return age_of_consent(str(notice.content["jurisdiction"]))


def nonce_hash(nonce: str) -> str:
    """Return the hash under which a used display token is remembered."""
    return hashlib.sha256(f"chatgate/nonce/v1:{nonce}".encode()).hexdigest()


def published_locales(core: Core, site_id: str) -> list[str]:
    """Return the locales in which the site can ask today."""
    with core.storage.read() as db:
        return sorted({row.locale for row in consents.current_notices(db, site_id)})


def example_fields_of(core: Core, site_id: str) -> list[str]:
    """Return which fields of the site's current notice still say what the shipped ones say."""
    with core.storage.read() as db:
        rows = consents.current_notices(db, site_id)
    return example_fields(rows[0].content) if rows else []
