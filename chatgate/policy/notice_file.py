"""Reading a notice file: a TOML front matter between ``+++`` lines, then one section for each locale."""

import hashlib
import re
import tomllib
from functools import partial
from typing import Any, Final

from chatgate.errors import OperatorError
from chatgate.models.purposes import LegalBasis, Purpose
from chatgate.policy.notices import Notice, check_publishable, notice_from_content

REQUIRED_KEYS: Final = (
    "notice",
    "version",
    "preset",
    "locales",
    "controller",
    "clauses",
    "policy_version",
    "storage_location",
    "jurisdiction",
    "complaint_authority",
)
OPTIONAL_KEYS: Final = (
    "site",
    "policy_url",
    "recipients",
    "recipients_version",
    "equivalent_channel",
    "automation",
    "consent_proof_days",
)
PROOF_DAYS: Final = "{consent_proof_days}"
MAX_DAYS: Final = 36_500
# Function words that no text of the other language does without: enough to catch swapped sections.
STOPWORDS: Final = {
    "en": {"the", "and", "this", "may", "you", "your", "can", "with", "chat", "is", "of"},
    "pl": {"i", "w", "na", "do", "nie", "może", "się", "z", "oraz", "tej", "jest", "to"},
}
LABEL_WORDS: Final = {
    "en": {"read", "full", "clause", "privacy", "policy", "text", "terms"},
    "pl": {"przeczytaj", "pełna", "pełną", "klauzula", "klauzulę", "polityka", "politykę", "prywatności", "treść"},
}
"""Labels are too short for function words: these are what labels of links to a clause or a policy are made of."""


def read_notice_file(text: str, site_id: str) -> list[Notice]:
    """Return the notice in each of its locales, checked and with ``{controller}`` resolved.

    Args:
        text: the whole file. docs/configuration.md shows its form.
        site_id: the site that asks with it.

    Raises:
        OperatorError: one line that names what is missing and the mend.
    """
    head, body = _split(text)
    _check_keys(head)
    locales: dict[str, Any] = head["locales"]
    sections = _sections(body)
    for extra in sorted(set(sections) - set(locales)):
        raise OperatorError(f'section "# {extra}" has no [locales.{extra}] in the front matter')
    notices = []
    for locale, labels in locales.items():
        if locale not in sections:
            raise OperatorError(f'locale "{locale}" is declared but its section "# {locale}" is missing')
        content = _content(head, site_id, locale, labels, sections[locale])
        notice = notice_from_content(content)
        check_publishable(notice)
        _check_language(notice)
        notices.append(notice)
    _check_labels(notices)
    if not notices:
        raise OperatorError("a notice needs at least one [locales.<locale>]")
    return notices


def _split(text: str) -> tuple[dict[str, Any], str]:
    match = re.fullmatch(r"\s*\+\+\+\r?\n(.*?)\r?\n\+\+\+\r?\n(.*)", text, re.DOTALL)
    if match is None:
        raise OperatorError('a notice file starts with a TOML front matter between two "+++" lines')
    try:
        return tomllib.loads(match.group(1)), match.group(2)
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"the front matter is not valid TOML: {error}") from None


def _check_keys(head: dict[str, Any]) -> None:
    for name in REQUIRED_KEYS:
        if name not in head:
            raise OperatorError(f'the front matter has no "{name}"')
    for name in head:
        if name not in REQUIRED_KEYS + OPTIONAL_KEYS:
            raise OperatorError(f'the front matter has an unknown key "{name}"')
    for name in ("controller", "clauses", "locales"):
        if not isinstance(head[name], dict):
            raise OperatorError(f'the front matter\'s "{name}" is no table; write [{name}]')
    for locale, labels in head["locales"].items():
        if not isinstance(labels, dict):
            raise OperatorError(f"[locales.{locale}] is no table with full_text and policy")
    days = head.get("consent_proof_days", 0)
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MAX_DAYS:
        raise OperatorError(f"consent_proof_days is no whole number of days from 0 to {MAX_DAYS}")
    if not isinstance(head.get("recipients", []), list):
        raise OperatorError('"recipients" is no list; write recipients = []')


def _sections(body: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    locale = name = ""
    for line in body.splitlines():
        if match := re.fullmatch(r"# ([A-Za-z_-]+)\s*", line):
            locale, name = match.group(1), ""
            found[locale] = {}
        elif locale and (match := re.fullmatch(r"## (.+?)\s*", line)):
            name = match.group(1).lower()
            found[locale][name] = ""
        elif locale and name:
            found[locale][name] += line + "\n"
    return {place: {key: text.strip() for key, text in parts.items()} for place, parts in found.items()}


def _content(
    head: dict[str, Any], site_id: str, locale: str, labels: dict[str, Any], parts: dict[str, str]
) -> dict[str, Any]:
    controller = {name: str(head["controller"].get(name, "")) for name in ("name", "address", "contact")}
    resolved = partial(_resolved, head, controller)

    clauses = [
        {
            "purpose": purpose,
            "required": bool(clause.get("required", False)),
            "legal_basis": clause.get("legal_basis", "consent"),
            "retention_days": clause.get("retention_days", 0),
            "text": " ".join(resolved(parts.get(purpose, "")).split()),
            "link_label": str(labels.get("policy", "")),
        }
        for purpose, clause in _checked_clauses(head["clauses"]).items()
    ]
    policy_text = resolved(parts.get("policy", ""))
    policy_url = str(head.get("policy_url", ""))
    recipients = list(head.get("recipients", []))
    return {
        "schema": "chatgate/notice/v1",
        "site": site_id,
        "notice_id": str(head["notice"]),
        "version": str(head["version"]),
        "locale": locale,
        "preset": str(head["preset"]),
        "welcome": resolved(parts.get("welcome", "")),
        "clauses": clauses,
        "full_text": resolved(parts.get("full text", "")),
        "full_text_label": str(labels.get("full_text", "")),
        "policy_label": str(labels.get("policy", "")),
        "policy_text": policy_text,
        "policy_url": policy_url,
        "policy_version": str(head["policy_version"]),
        "policy_sha256": hashlib.sha256((policy_text or policy_url).encode()).hexdigest(),
        "controller": controller,
        "recipients": recipients,
        "recipients_version": str(head.get("recipients_version", head["policy_version"])),
        "storage_location": str(head["storage_location"]),
        "jurisdiction": str(head["jurisdiction"]),
        "complaint_authority": str(head["complaint_authority"]),
        "equivalent_channel": str(head.get("equivalent_channel", "")),
        "automation": bool(head.get("automation", False)),
        # A file without them keeps the content, and so the hash, that it always had.
        **{name: head[name] for name in ("consent_proof_days",) if name in head},
    }


def _resolved(head: dict[str, Any], controller: dict[str, str], text: str) -> str:
    for name, value in controller.items():
        text = text.replace("{controller}" if name == "name" else f"{{controller_{name}}}", value)
    if PROOF_DAYS in text and "consent_proof_days" not in head:
        raise OperatorError(f"{PROOF_DAYS} stands in a text, and the front matter has no consent_proof_days")
    return text.replace(PROOF_DAYS, str(head.get("consent_proof_days")))


def _checked_clauses(clauses: dict[str, Any]) -> dict[str, dict[str, Any]]:
    allowed = {"required", "legal_basis", "retention_days"}
    for purpose, clause in clauses.items():
        if purpose not in set(Purpose):
            raise OperatorError(f'clause "{purpose}" is no known purpose ({", ".join(Purpose)})')
        if not isinstance(clause, dict) or set(clause) - allowed:
            raise OperatorError(f'clause "{purpose}" takes only required, legal_basis and retention_days')
        days = clause.get("retention_days", 0)
        if not isinstance(days, int) or isinstance(days, bool):
            raise OperatorError(f'clause "{purpose}": retention_days is no whole number of days')
        if isinstance(clause.get("legal_basis", ""), list):
            raise OperatorError(f'clause "{purpose}" has more than one legal basis; one purpose has exactly one')
        if clause.get("legal_basis", "consent") not in set(LegalBasis):
            raise OperatorError(f'clause "{purpose}": legal_basis is unknown ({", ".join(LegalBasis)})')
    return clauses


def _check_labels(notices: list[Notice]) -> None:
    """Refuse labels that stand under another language: the same words under two, or words of the other one."""
    seen: dict[str, tuple[str, str]] = {}
    for notice in notices:
        language = _language(notice)
        for name in ("full_text", "policy"):
            label = str(notice.content[f"{name}_label"])
            other = seen.setdefault(label.casefold(), (language, notice.locale))
            if other[0] != language:
                raise OperatorError(f'locale mix-up: "{label}" is a label of both {other[1]} and {notice.locale}')
            words = set(re.findall(r"\w+", label.casefold()))
            for known, vocabulary in LABEL_WORDS.items():
                if known != language and language in LABEL_WORDS and len(words & vocabulary) > len(words) / 2:
                    raise OperatorError(
                        f'locale mix-up: the label "{label}" of [locales.{notice.locale}] reads as {known}'
                    )


def _language(notice: Notice) -> str:
    return notice.locale.split("-")[0].split("_")[0]


def _check_language(notice: Notice) -> None:
    """Refuse swapped locales: a text whose function words belong to the other language."""
    own = STOPWORDS.get(_language(notice))
    if own is None:
        return
    content = notice.content
    texts = [
        ("full text", str(content["full_text"])),
        *[(f"clause {c.purpose}", c.text) for c in notice.clauses],
    ]
    for name, text in texts:
        words = re.findall(r"\w+", text.lower())
        score = sum(word in own for word in words)
        for other, stopwords in STOPWORDS.items():
            if stopwords is not own and sum(word in stopwords for word in words) > score:
                raise OperatorError(f'locale mix-up: the {name} under "# {notice.locale}" reads as {other}')
