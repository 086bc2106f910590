"""Questions and answers out of a transcript: what a visitor asked, and what a person of the shop answered."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from chatgate import Transcript
from chatgate.middleware.assistant.index import Pair

MAX_CHARACTERS: Final = 1_000
"""Longer questions and answers are not learned: they are stories, not answers."""

PLACEHOLDER: Final = re.compile(r"\[[A-Z][A-Z_]*_\d+\]")


def pairs_of(transcript: Transcript) -> tuple[Pair, ...]:
    """Return each turn of the visitor with the turn of the agent that follows it.

    A turn is all lines in a row by one side. Automated answers are no answers to learn from, and what they answered
    stays unanswered until a person says something.
    """
    return tuple(_pairs(transcript))


def _pairs(transcript: Transcript) -> Iterator[Pair]:
    question = ""
    spoken = (line for line in transcript.lines if line.author_kind in ("visitor", "agent"))
    for kind, lines in groupby(spoken, key=lambda line: line.author_kind):
        text = "\n".join(line.body.strip() for line in lines).strip()
        if kind == "visitor":
            question = text
        elif question and _is_said(question) and _is_said(text):
            yield Pair(question, text)
            question = ""


def _is_said(text: str) -> bool:
    """Tell whether a text of bearable length has a word in it that is no placeholder."""
    return len(text) <= MAX_CHARACTERS and re.search(r"[^\W\d_]{2}", PLACEHOLDER.sub("", text)) is not None
