"""What a consent notice is: its content in one locale, its hash, and what makes it publishable."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chatgate.errors import OperatorError
from chatgate.models.purposes import LegalBasis, Purpose
from chatgate.policy.canonical import canonical_bytes, sha256_hex

MAX_CLAUSE_WORDS: Final = 60
EXAMPLE: Final = {
    "name": "Kiln & Cup",
    "address": "ul. Garncarska 7, 31-115 Kraków, Poland",
    "contact": "privacy@kilnandcup.example",
}
"""What the shipped notices say until an owner edits them."""
PRESETS: Final = ("split", "single")


@dataclass(frozen=True, slots=True)
class Clause:
    """One tick box for one purpose. No field can tick it."""

    purpose: Purpose
    required: bool
    legal_basis: LegalBasis
    retention_days: int
    text: str
    link_label: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A published notice in one locale, with resolved texts; ``content`` is what ``sha256`` covers."""

    sha256: str
    site_id: str
    notice_id: str
    version: str
    locale: str
    preset: str
    clauses: tuple[Clause, ...]
    content: Mapping[str, Any]

    @property
    def purposes(self) -> frozenset[Purpose]:
        """Return the purposes that have a clause."""
        return frozenset(clause.purpose for clause in self.clauses)

    def policy_url(self) -> str:
        """Return the policy's address: the file's own, or the policy text served beside the notice."""
        return str(self.content["policy_url"]) or f"/notices/{self.sha256}#policy"

    def full_text_url(self) -> str:
        """Return the permanent address of the full text."""
        return f"/notices/{self.sha256}"


def content_sha256(content: Mapping[str, Any]) -> str:
    """Return the name of a notice: SHA-256 (hex) over the RFC 8785 bytes (in NFC) of its resolved content."""
    return sha256_hex(canonical_bytes(content))


def notice_from_content(content: Mapping[str, Any], sha256: str | None = None) -> Notice:
    """Return the typed notice of a stored or freshly read content."""
    clauses = tuple(
        Clause(
            purpose=Purpose(item["purpose"]),
            required=item["required"],
            legal_basis=LegalBasis(item["legal_basis"]),
            retention_days=item["retention_days"],
            text=item["text"],
            link_label=item["link_label"],
        )
        for item in content["clauses"]
    )
    return Notice(
        sha256=sha256 or content_sha256(content),
        site_id=content["site"],
        notice_id=content["notice_id"],
        version=content["version"],
        locale=content["locale"],
        preset=content["preset"],
        clauses=clauses,
        content=content,
    )


def version_number(version: str) -> tuple[int, int, int]:
    """Return ``(major, minor, patch)``.

    Raises:
        OperatorError: it is not three numbers with dots.
    """
    match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if match is None:
        raise OperatorError(f'version "{version}" is not major.minor.patch, for example 1.0.0')
    major, minor, patch = (int(part) for part in match.groups())
    return major, minor, patch


def check_publishable(notice: Notice) -> None:
    """Refuse a notice that would not be an informed, granular question. Source: GDPR Art. 7, 13.

    Raises:
        OperatorError: names the locale, the field and the mend.
    """
    where = f"notice {notice.notice_id} {notice.version} [{notice.locale}]"
    version_number(notice.version)
    _check_preset(notice, where)
    controller = notice.content["controller"]
    for field in ("name", "address", "contact"):
        if not str(controller.get(field, "")).strip():
            raise OperatorError(f"{where}: controller.{field} is missing; say who is responsible")
    for field in ("welcome", "full_text", "full_text_label", "policy_label"):
        if not str(notice.content[field]).strip():
            raise OperatorError(f'{where}: "{field}" is missing')
    for clause in notice.clauses:
        if not clause.text.strip():
            raise OperatorError(f'{where}: clause "{clause.purpose}" has no text')
        count = len(clause.text.split())
        if count > MAX_CLAUSE_WORDS:
            raise OperatorError(
                f'{where}: clause "{clause.purpose}" has {count} words; at most {MAX_CLAUSE_WORDS}, '
                "and the rest in the full text"
            )
        if str(controller["name"]) not in clause.text:
            raise OperatorError(f'{where}: clause "{clause.purpose}" does not name the controller; use {{controller}}')
        if clause.retention_days < 1:
            raise OperatorError(f'{where}: clause "{clause.purpose}" needs retention_days of at least 1')
    _check_link(str(notice.content["policy_url"]), bool(str(notice.content["policy_text"]).strip()), where)


def example_fields(content: Mapping[str, Any]) -> list[str]:
    """Return which fields of the controller still say what the shipped notices say."""
    return [field for field, example in EXAMPLE.items() if content["controller"][field] == example]


def _check_preset(notice: Notice, where: str) -> None:
    if notice.preset not in PRESETS:
        raise OperatorError(f'{where}: preset "{notice.preset}" is unknown; use split or single')
    purposes = [clause.purpose for clause in notice.clauses]
    if len(set(purposes)) != len(purposes):
        raise OperatorError(f"{where}: two clauses for one purpose; one purpose has one clause and one legal basis")
    required = {clause.purpose for clause in notice.clauses if clause.required}
    wanted = {Purpose.SUPPORT} if notice.preset == "split" else {Purpose.TRAINING}
    if required != wanted:
        name = next(iter(wanted)).value
        raise OperatorError(f"{where}: preset {notice.preset} requires exactly the clause {name!r}")
    if any(clause.legal_basis is not LegalBasis.CONSENT for clause in notice.clauses):
        raise OperatorError(f"{where}: a clause with a box has the legal basis consent; another basis needs no box")


def _check_link(url: str, has_policy_text: bool, where: str) -> None:
    if not url:
        if not has_policy_text:
            raise OperatorError(f"{where}: no policy; give policy_url or a policy section")
        return
    own_path = url.startswith("/") and not url.startswith("//")
    if not own_path and not re.fullmatch(r"https://[^\s/]+\S*", url):
        raise OperatorError(f'{where}: policy_url "{url}" is neither https nor a path on this server')
