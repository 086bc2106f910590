"""The ordered copy of a closed conversation, as redaction, sinks and the assistant see it."""

from dataclasses import dataclass, replace
from typing import Final

from chatgate.policy.canonical import canonical_bytes, sha256_hex

ATTACHMENT: Final = "[attachment]"
"""What stands in a transcript for a file: neither its bytes nor its name ever leave the main database for training."""


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One utterance: ``author_kind`` is visitor, agent, bot or system; ``seq`` counts up from 1."""

    seq: int
    author_kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A closed conversation without subject ids.

    ``known_names`` are names and e-mail local parts known in the conversation (visitor's and agents'), given to
    redaction and never written to a sink.
    """

    locale: str
    lines: tuple[TranscriptLine, ...]
    known_names: tuple[str, ...] = ()

    def with_bodies(self, bodies: tuple[str, ...]) -> "Transcript":
        """Return the same transcript with other bodies, one for each line in order."""
        if len(bodies) != len(self.lines):
            raise ValueError("one body for each line")
        lines = tuple(replace(line, body=body) for line, body in zip(self.lines, bodies, strict=True))
        return replace(self, lines=lines)

    def as_messages(self) -> list[dict[str, str]]:
        """Return ``[{"role", "content"}]`` in chat-completion roles; system lines are left out."""
        roles = {"visitor": "user", "agent": "assistant", "bot": "assistant"}
        return [
            {"role": roles[line.author_kind], "content": line.body} for line in self.lines if line.author_kind in roles
        ]

    def digest(self) -> str:
        """Return the SHA-256 (hex) over the RFC 8785 bytes of locale and lines (names left out)."""
        body = {"locale": self.locale, "lines": [[x.seq, x.author_kind, x.body] for x in self.lines]}
        return sha256_hex(canonical_bytes(body))


def with_placeholders(body: str, files: int) -> str:
    """Return what a message says in a transcript: its text, then a placeholder for each of its files."""
    return "\n".join([*([body] if body.strip() else []), *[ATTACHMENT] * files])
