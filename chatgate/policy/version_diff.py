"""What changed between two versions of a notice, and the least version step that the change needs.

A major step asks everybody again, a minor one informs once, a patch does nothing; so a change of what people
agreed to must not hide behind a small step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from typing import Any, Final

from chatgate.errors import Refusal
from chatgate.policy.notices import version_number


class VersionLevel(IntEnum):
    """How far a version number moves: ``NONE`` when nothing changed."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """The level in lower case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``what`` names the place, ``before`` and ``after`` its values (empty when absent)."""

    level: VersionLevel
    what: str
    before: str
    after: str


MAJOR_FIELDS: Final = ("preset", "jurisdiction")
MINOR_FIELDS: Final = ("storage_location", "complaint_authority", "equivalent_channel")
MINOR_TEXTS: Final = ("full_text", "policy_text", "welcome")
PATCH_FIELDS: Final = (
    "full_text_label",
    "policy_label",
    "policy_url",
    "recipients_version",
    "policy_version",
)
TYPOGRAPHY: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-"})


def notice_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return every difference between two contents of one notice and locale, the weightiest first.

    Source: EDPB Guidelines 05/2020, paragraphs 65 and 110; GDPR Art. 13(3).
    """
    changes = [
        *_controller(old, new),
        *_clauses(old, new),
        *_named(old, new, "recipients", "recipient"),
        *_named(old, new, "data_categories", "data category"),
        *_automation(old, new),
        *_proof(old, new),
        *_plain(old, new, MAJOR_FIELDS, VersionLevel.MAJOR),
        *_plain(old, new, MINOR_FIELDS, VersionLevel.MINOR),
        *_texts(old, new),
        *_plain(old, new, PATCH_FIELDS, VersionLevel.PATCH),
    ]
    return sorted(changes, key=lambda change: -change.level)


def required_level(old: Mapping[str, Any], new: Mapping[str, Any]) -> VersionLevel:
    """Return the least version step that the differences need."""
    return max((change.level for change in notice_changes(old, new)), default=VersionLevel.NONE)


def version_step(old_version: str, new_version: str) -> VersionLevel:
    """Return how far the number moved; ``NONE`` when it is the same or smaller."""
    old, new = version_number(old_version), version_number(new_version)
    if new <= old:
        return VersionLevel.NONE
    if new[0] > old[0]:
        return VersionLevel.MAJOR
    return VersionLevel.MINOR if new[1] > old[1] else VersionLevel.PATCH


def check_version_level(old: Mapping[str, Any], new: Mapping[str, Any]) -> VersionLevel:
    """Refuse a new version whose number hides how much changed; return the step that it takes.

    Raises:
        Refusal: ``version_level_too_low`` with ``needed``, ``got``, ``old_version``, ``new_version`` and the
            ``changes`` that need the larger step.
    """
    needed = required_level(old, new)
    got = version_step(old["version"], new["version"])
    if got < needed:
        changes = [change.what for change in notice_changes(old, new) if change.level > got]
        raise Refusal(
            "version_level_too_low",
            needed=needed.word,
            got=got.word,
            old_version=old["version"],
            new_version=new["version"],
            changes=changes,
        )
    return got


def diff_lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the differences as lines for a person: what, its level, then what went and what came."""
    lines: list[str] = []
    for change in notice_changes(old, new):
        lines.append(f"{change.level.word}: {change.what}")
        lines += [f"  - {line}" for line in change.before.splitlines()]
        lines += [f"  + {line}" for line in change.after.splitlines()]
    return lines


def _controller(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old["controller"], new["controller"]
    for name in sorted({*before, *after}):
        # Another name is another controller; a new street or mailbox is the same one.
        level = VersionLevel.MAJOR if name == "name" else VersionLevel.MINOR
        yield from _change(level, f"controller.{name}", before.get(name, ""), after.get(name, ""))


def _clauses(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before = {clause["purpose"]: clause for clause in old["clauses"]}
    after = {clause["purpose"]: clause for clause in new["clauses"]}
    for purpose in sorted({*before, *after}):
        if purpose not in after:
            # Asking for less takes nothing away from anybody, but people are told.
            yield Change(VersionLevel.MINOR, f"purpose {purpose} is gone", before[purpose]["text"], "")
        elif purpose not in before:
            yield Change(VersionLevel.MAJOR, f"purpose {purpose} is new", "", after[purpose]["text"])
        else:
            yield from _clause(purpose, before[purpose], after[purpose])
    if list(before) != list(after) and set(before) == set(after):
        yield from _change(VersionLevel.PATCH, "order of clauses", ", ".join(before), ", ".join(after))


def _clause(purpose: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from _change(VersionLevel.MAJOR, f"legal basis of {purpose}", before["legal_basis"], after["legal_basis"])
    yield from _change(VersionLevel.MAJOR, f"{purpose} required", before["required"], after["required"])
    days_before, days_after = before["retention_days"], after["retention_days"]
    longer = VersionLevel.MAJOR if days_after > days_before else VersionLevel.MINOR
    yield from _change(longer, f"retention_days of {purpose}", days_before, days_after)
    # The clause is what people agreed to: other words may say something else, so they ask again.
    yield from _text(VersionLevel.MAJOR, f"clause {purpose}", before["text"], after["text"])
    yield from _change(VersionLevel.PATCH, f"link label of {purpose}", before["link_label"], after["link_label"])


def _named(old: Mapping[str, Any], new: Mapping[str, Any], field: str, label: str) -> Iterator[Change]:
    before, after = _by_name(old.get(field, [])), _by_name(new.get(field, []))
    for name in sorted({*before, *after}):
        if name not in after:
            yield Change(VersionLevel.MINOR, f"{label} {name} is gone", before[name], "")
        elif name not in before:
            yield Change(VersionLevel.MAJOR, f"{label} {name} is new", "", after[name])
        else:
            yield from _change(VersionLevel.MAJOR, f"{label} {name}", before[name], after[name])


def _by_name(items: Sequence[Any]) -> dict[str, str]:
    result: dict[str, str] = {}
    for item in items:
        if isinstance(item, Mapping):
            parts = [str(value) for _, value in sorted(item.items())]
            result[str(item.get("name", "")) or parts[0]] = ", ".join(parts)
        else:
            result[str(item)] = str(item)
    return result


def _automation(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = bool(old.get("automation", False)), bool(new.get("automation", False))
    level = VersionLevel.MAJOR if after else VersionLevel.MINOR
    yield from _change(level, "automated decisions", before, after)


def _proof(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old.get("consent_proof_days", 0), new.get("consent_proof_days", 0)
    level = VersionLevel.MAJOR if after > before else VersionLevel.MINOR
    yield from _change(level, "consent_proof_days", before, after)


def _plain(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Sequence[str], level: VersionLevel
) -> Iterator[Change]:
    for name in names:
        yield from _change(level, name, old.get(name, ""), new.get(name, ""))


def _texts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in MINOR_TEXTS:
        yield from _text(VersionLevel.MINOR, name, str(old.get(name, "")), str(new.get(name, "")))


def _change(level: VersionLevel, what: str, before: Any, after: Any) -> Iterator[Change]:
    if before != after:
        yield Change(level, what, _shown(before), _shown(after))


def _text(level: VersionLevel, what: str, before: str, after: str) -> Iterator[Change]:
    if before == after:
        return
    if _words(before) == _words(after):
        level = VersionLevel.PATCH
    gone, come = _changed_lines(before, after)
    yield Change(level, what, gone, come)


def _words(text: str) -> list[str]:
    """Return what a text says without spacing and the shape of its quotes and dashes."""
    return text.translate(TYPOGRAPHY).split()


def _changed_lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.splitlines() or [before], after.splitlines() or [after]
    gone: list[str] = []
    come: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[i1:i2]
            come += new[j1:j2]
    return "\n".join(gone), "\n".join(come)


def _shown(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
