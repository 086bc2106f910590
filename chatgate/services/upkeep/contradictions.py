"""Where the running configuration contradicts what the published notice promises to visitors."""

from collections.abc import Iterator, Mapping
from typing import Any

from chatgate.services.core import Core

Finding = tuple[str, str]
"""What is wrong, and what mends it."""


def contradictions(core: Core, content: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what the configuration does and a published notice (its content) does not say, or says otherwise."""
    clauses = {clause["purpose"]: clause for clause in content["clauses"]}
    for row in core.chain.describe():
        manifest = row["manifest"] or {"recipients": [], "purposes": [], "stores": []}
        yield from _of_middleware(row["name"], manifest, content, clauses)
    yield from _of_settings(core, content, clauses)


def _of_middleware(
    name: str, manifest: Mapping[str, Any], content: Mapping[str, Any], clauses: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    told = " ".join(map(str, content.get("recipients") or [])).casefold()
    for recipient in manifest["recipients"]:
        if recipient["name"].casefold() not in told:
            yield (
                f"the middleware {name} sends data to {recipient['name']}, and the notice names no such recipient.",
                "Add it to recipients in the notice file and publish a major version, or take the middleware out.",
            )
    for purpose in sorted(set(manifest["purposes"]) - set(clauses) - {"support"}):
        yield (
            f"the middleware {name} is for {purpose}, and the notice asks for no such consent, so it is never called.",
            "Add a clause for it, or take the middleware out.",
        )
    for stored in manifest["stores"]:
        clause = clauses.get(str(stored["purpose"]))
        if clause is not None and stored["retention_days"] > int(clause.get("retention_days") or 0):
            yield (
                f"the middleware {name} keeps {stored['what']} for {stored['retention_days']} days, the notice "
                f"promises {clause.get('retention_days')}.",
                "Shorten it in the middleware, or promise what is true in a new version.",
            )


def _of_settings(core: Core, content: Mapping[str, Any], clauses: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    settings = core.settings
    answers = settings.middleware_settings.get("assistant", {}).get("answer_visitors")
    if answers and "assistant" in settings.middleware and not content.get("automation"):
        yield (
            "the assistant answers visitors, and the notice does not say that answers are made automatically.",
            "Set automation in the notice file and publish a major version, or answer_visitors = false.",
        )
    days = {purpose: int(clause.get("retention_days") or 0) for purpose, clause in clauses.items()}
    if "training" in days and settings.training.cooling_off_days >= days["training"]:
        yield (
            f"transcripts wait {settings.training.cooling_off_days:g} days and may be kept {days['training']}: "
            "none is ever used.",
            "Lower training.cooling_off_days.",
        )
    if "support" in days and settings.session_days > days["support"]:
        yield (
            f"a visitor's session lives {settings.session_days} days, the notice promises to keep chats "
            f"{days['support']}.",
            "Lower session_days.",
        )
