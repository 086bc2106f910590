"""More to take out of a transcript than the core always does: what only this shop knows to be personal."""

import re
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from chatgate import Kit, Manifest, Purpose, TrainingExportContext, Transcript, hookimpl

Label = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


def _pattern(text: str) -> str:
    try:
        compiled = re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    if compiled.match(""):
        raise ValueError("matches the empty text, so it would match everywhere")
    return text


class Settings(BaseModel):
    """``[middleware_settings.redact]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    patterns: dict[Label, Annotated[str, AfterValidator(_pattern)]] = Field(default_factory=dict)
    """Regular expressions by label: ``customer_number = "KD-[0-9]{8}"`` leaves ``[CUSTOMER_NUMBER_1]``."""
    words: tuple[Annotated[str, StringConstraints(min_length=2)], ...] = ()
    """Words to take out wherever they stand, for example the names of the staff."""


class Redact:
    """The middleware; one object, so that the patterns are compiled once."""

    manifest = Manifest(
        purposes=[Purpose.TRAINING],
        settings=Settings,
        description="Takes more out of transcripts before they are stored for training.",
    )

    def __init__(self, kit: Kit) -> None:
        settings: Settings = kit.settings
        self._patterns = [(label.upper(), re.compile(text)) for label, text in settings.patterns.items()]
        if settings.words:
            longest_first = sorted(settings.words, key=len, reverse=True)
            words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
            self._patterns.append(("WORD", words))

    @hookimpl
    def transform_transcript(self, context: TrainingExportContext, transcript: Transcript) -> Transcript | None:
        """Replace every match; the same text gets the same placeholder throughout one conversation."""
        if not self._patterns:
            return None
        placeholders = _Placeholders()
        return transcript.with_bodies(tuple(self._redacted(line.body, placeholders) for line in transcript.lines))

    def _redacted(self, body: str, placeholders: "_Placeholders") -> str:
        for label, pattern in self._patterns:
            body = pattern.sub(partial(placeholders.of, label), body)
        return body


class _Placeholders:
    """The numbers of one conversation; another conversation starts at 1, so that the two cannot be joined."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}

    def of(self, label: str, match: re.Match[str]) -> str:
        numbers = self._numbers.setdefault(label, {})
        return f"[{label}_{numbers.setdefault(match.group().casefold(), len(numbers) + 1)}]"
