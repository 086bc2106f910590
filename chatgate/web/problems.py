"""Refusals over HTTP: ``application/problem+json`` (RFC 9457) with a stable code."""

from types import MappingProxyType
from typing import Any, Final

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from chatgate.errors import Refusal
from chatgate.web.entrance import refused, unexpected

STATUS: Final = MappingProxyType(
    {
        "site_unknown": 404,
        "not_found": 404,
        "sign_in_required": 401,
        "sign_in_failed": 401,
        "second_factor_required": 401,
        "session_invalid": 401,
        "consent_stale": 409,
        "closed": 409,
        "payload_invalid": 400,
        "message_too_long": 400,
        "attachment_refused": 415,
        "attachment_too_large": 413,
        "attachment_limit": 409,
        "attachment_unknown": 409,
        "purpose_choice_missing": 400,
        "clause_mismatch": 400,
        "display_required": 400,
        "rate_limited": 429,
        "no_active_notice": 503,
        "middleware_error": 503,
        "storage_unavailable": 503,
    }
)
"""HTTP status by refusal code; everything else is 403."""


def problem(refusal: Refusal) -> Response:
    """Return the problem document of a refusal."""
    status = STATUS.get(refusal.code, 403)
    body = {
        "type": f"urn:chatgate:{refusal.code}",
        "title": refusal.code.replace("_", " "),
        "status": status,
        "code": refusal.code,
        "params": refusal.detail,
    }
    response = Response(orjson.dumps(body), status=status, mimetype="application/problem+json")
    if "retry_after_seconds" in refusal.detail:
        response.headers["Retry-After"] = str(refusal.detail["retry_after_seconds"])
    return response


def install(app: Flask) -> None:
    """Make every error of the application a problem document."""

    @app.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        refused(refusal)
        return problem(refusal)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        code = {404: "not_found", 405: "not_found", 413: "payload_invalid"}.get(error.code or 500, "payload_invalid")
        response = problem(Refusal(code))
        response.status_code = error.code or 500
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        response = problem(unexpected("http", error))
        response.status_code = 500
        return response
