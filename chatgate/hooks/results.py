"""What a hook may answer: anything else counts as a failed middleware, and failing means refusing."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from chatgate.hooks.contexts import Closed, NoticeContext, Reply, Suggestion
from chatgate.policy.transcript import Transcript, TranscriptLine

BODY_MAX_CHARACTERS: Final = 4000
"""Must equal the wire protocol's limit; a test compares them (this layer may not import it)."""

Arguments = Mapping[str, Any]
_UNALTERABLE: Final = frozenset({str, bytes, int, float, bool, type(None), datetime})


class WrongResultError(TypeError):
    """A hook returned something that it may not return."""


def plain_text(value: Any) -> str:
    """Return the text as an exact ``str`` (a subclass could answer differently each time it is asked)."""
    if not isinstance(value, str):
        raise WrongResultError
    return str.__str__(value)


def nothing(value: Any, arguments: Arguments) -> None:
    """A check has no answer: False in place of a refusal would let through what should be stopped."""
    if value is not None:
        raise WrongResultError


def notice_sha256(value: Any, arguments: Arguments) -> str:
    """One of the notices that were offered."""
    sha256 = plain_text(value)
    context = arguments["context"]
    if not isinstance(context, NoticeContext) or sha256 not in {n.sha256 for n in context.notices}:
        raise WrongResultError
    return sha256


def closed(value: Any, arguments: Arguments) -> Closed:
    """That the shop is closed now, with an aware time of the next opening or None."""
    if not isinstance(value, Closed) or not isinstance(value.messages, bool):
        raise WrongResultError
    if value.opens_at is not None and (type(value.opens_at) is not datetime or value.opens_at.tzinfo is None):
        raise WrongResultError
    return Closed(value.opens_at, value.messages)


def sink_name(value: Any, arguments: Arguments) -> str:
    """One of the sinks that were offered."""
    name = plain_text(value)
    if name not in arguments["sinks"]:
        raise WrongResultError
    return name


def message_body(value: Any, arguments: Arguments) -> str:
    """A body as the protocol allows it: 1 to 4,000 characters, not only white space, no NUL."""
    body = plain_text(value)
    if not body.strip() or "\0" in body or len(body) > BODY_MAX_CHARACTERS:
        raise WrongResultError
    return body


def transcript(value: Any, arguments: Arguments) -> Transcript:
    """A transcript, rebuilt from its values so that no foreign subclass travels on."""
    if not isinstance(value, Transcript) or not isinstance(value.lines, tuple):
        raise WrongResultError
    lines = []
    for line in value.lines:
        if not isinstance(line, TranscriptLine) or type(line.seq) is not int:
            raise WrongResultError
        lines.append(TranscriptLine(line.seq, plain_text(line.author_kind), plain_text(line.body)))
    return Transcript(plain_text(value.locale), tuple(lines), _texts(value.known_names))


def suggestions(value: Any, arguments: Arguments) -> tuple[Suggestion, ...]:
    """A tuple or list of suggestions."""
    if not isinstance(value, tuple | list):
        raise WrongResultError
    return tuple(_suggestion(item) for item in value)


def _suggestion(item: Any) -> Suggestion:
    derived = _derived(item, Suggestion)
    if not isinstance(item.used, int) or item.used < 0:
        raise WrongResultError
    return Suggestion(*derived, used=item.used)


def reply(value: Any, arguments: Arguments) -> Reply:
    """One reply."""
    return Reply(*_derived(value, Reply))


def whatever(value: Any, arguments: Arguments) -> None:
    """The answer of an ``on_`` hook is ignored."""


def sinks(value: Any, arguments: Arguments) -> list[Any]:
    """A list or tuple of training sinks."""
    return _contributions(value, "write", "retract")


def subject_data(value: Any, arguments: Arguments) -> list[Any]:
    """A list or tuple of subject data."""
    return _contributions(value, "export", "erase", "scrub")


def own_copy(value: Any) -> Any:
    """Return the value rebuilt: a middleware that forces its way into a frozen value alters only its copy."""
    kind: Any = type(value)
    if kind in _UNALTERABLE:
        return value
    if kind is tuple:
        return tuple(own_copy(item) for item in value)
    names = _field_names(kind)
    if names is not None:
        values = [getattr(value, name) for name in names]
        if not _UNALTERABLE.issuperset(map(type, values)):
            values = [own_copy(item) for item in values]
        return kind(*values)
    if isinstance(value, Mapping):
        return MappingProxyType({key: own_copy(item) for key, item in value.items()})
    return value


@lru_cache(maxsize=256)
def _field_names(kind: Any) -> tuple[str, ...] | None:
    """Return the fields of a dataclass, in the order of its constructor; None for another type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def _derived(value: Any, kind: type[Suggestion] | type[Reply]) -> tuple[str, tuple[str, ...], float]:
    if not isinstance(value, kind) or not isinstance(value.score, int | float) or isinstance(value.score, bool):
        raise WrongResultError
    return plain_text(value.text), _texts(value.item_ids), float(value.score)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, tuple):
        raise WrongResultError
    return tuple(plain_text(value) for value in values)


def _contributions(value: Any, *methods: str) -> list[Any]:
    if not isinstance(value, tuple | list):
        raise WrongResultError("a list was expected")
    for item in value:
        if isinstance(item, type) or not isinstance(getattr(item, "name", None), str):
            raise WrongResultError("each contribution must be an object with a `name`")
        for method in methods:
            if not callable(getattr(item, method, None)):
                raise WrongResultError(f"{item.name} has no method `{method}`")
    return list(value)
