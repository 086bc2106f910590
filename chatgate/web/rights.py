"""Views of the rights: the receipt's page, subject requests, and the evidence for the privacy role."""

import re
import secrets
from collections.abc import Iterable
from typing import Any, Final

from flask import Response, g, render_template, request

from chatgate.errors import Refusal
from chatgate.i18n import locales, text_direction, translations
from chatgate.policy.evidence.receipt_page import receipt_page
from chatgate.services import consents
from chatgate.services.accounts import audit, roles
from chatgate.services.core import Core
from chatgate.services.evidence import proofs
from chatgate.services.rights import export_archive, subjects
from chatgate.web import protocol
from chatgate.web.api import answer, payload

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
COPIES: Final = ("access", "portability")


class Rights:
    """What a receipt opens, and what the privacy role answers with."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self) -> Response:
        """``GET /receipt``: a static page; the capability stands in the fragment, which no browser sends."""
        wanted = request.accept_languages.best_match(locales()) or "en"
        nonce = secrets.token_urlsafe(16)
        body = render_template(
            "receipt.html",
            locale=wanted.replace("_", "-"),
            direction=text_direction(wanted),
            nonce=nonce,
            _=translations(wanted).gettext,
        )
        return _html(body, nonce)

    def printable(self) -> Response:
        """``GET /v1/receipt``: the receipt as a page that prints well, for a session or a receipt token."""
        receipt = consents.current_consent(self._core, g.conversation_id)["receipt"]
        locale = str(receipt["content"]["record"]["locale"])
        nonce = secrets.token_urlsafe(16)
        words, direction = translations(locale).gettext, text_direction(locale)
        page = receipt_page(receipt, words, locale=locale.replace("_", "-"), direction=direction, nonce=nonce)
        return _html(page, nonce)

    def ask(self) -> Response:
        """``POST /v1/subject-requests``: for a session or a receipt token."""
        parsed = payload(protocol.SubjectRequestCreate)
        if parsed.format == "zip" and parsed.kind in COPIES:
            return _zip(export_archive.ask_for_archive(self._core, g.conversation_id, parsed.kind), "my-data")
        return answer(subjects.ask(self._core, g.conversation_id, parsed.kind), 202)

    def requests(self) -> Response:
        """``GET /inbox/subject-requests``: what people asked for, with due dates."""
        roles.check(g.agent.role, "subject_requests")
        return answer({"requests": subjects.list_requests(self._core)})

    def ask_for(self) -> Response:
        """``POST /inbox/subject-requests``: the privacy role acts on a request that came by mail or phone."""
        roles.check(g.agent.role, "subject_requests")
        parsed = payload(protocol.SubjectRequestFor)
        action = f"subject_{parsed.kind}"
        audit.record(self._core, g.agent, action, parsed.conversation_id, parsed.reason)
        actor = f"agent:{g.agent.id}"
        if parsed.format == "zip" and parsed.kind in COPIES:
            pieces = export_archive.ask_for_archive(
                self._core, parsed.conversation_id, parsed.kind, actor=actor, reason=parsed.reason
            )
            return _zip(pieces, f"{parsed.kind}-{parsed.conversation_id}")
        done = subjects.ask(self._core, parsed.conversation_id, parsed.kind, actor=actor, reason=parsed.reason)
        return answer(done, 202)

    def proof(self) -> Response:
        """``POST /inbox/proof``: the evidence of one consent, by its number or by a receipt."""
        roles.check(g.agent.role, "proof_read")
        asked = payload(protocol.ProofAsk)
        if (asked.name is None) is (asked.receipt is None):
            raise Refusal("payload_invalid", field="name")
        if asked.receipt is not None:
            return answer(proofs.check_receipt(self._core, g.agent, asked.receipt, asked.reason))
        found = proofs.show_proof(self._core, g.agent, str(asked.name).strip(), asked.reason)
        return answer({"receipt": None, "proof": found})

    def proof_pack(self) -> Response:
        """``POST /inbox/proof/pack``: the proof pack of one consent."""
        roles.check(g.agent.role, "proof_read")
        asked = payload(protocol.ProofPackAsk)
        pack = proofs.export_pack(self._core, g.agent, asked.name, asked.reason)
        return _zip([pack], f"proof-{asked.name}")


def _zip(pieces: Iterable[bytes], stem: str) -> Response:
    response = Response(pieces, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{re.sub(r"[^0-9A-Za-z-]", "", stem)[:80]}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _html(body: Any, nonce: str) -> Response:
    response = Response(body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PAGE_POLICY.format(nonce=nonce)
    response.headers["Cache-Control"] = "no-store"
    return response
