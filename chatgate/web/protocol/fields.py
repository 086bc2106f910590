"""What the shapes of the wire protocol are made of: limits, kinds of text, and the two bases."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PROTOCOL_VERSION = 1
BODY_MAX_CHARACTERS = 4000
DRAFT_MAX_CHARACTERS = 20_000

ClientId = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Locale = Annotated[str, StringConstraints(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Text without NUL, which PostgreSQL cannot store."""
Seq = Annotated[int, Field(ge=0, le=2_147_483_647)]
Choices = dict[Annotated[str, StringConstraints(max_length=32)], bool]
TagName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Shortcut = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\s/]+$")]


class Payload(BaseModel):
    """What a client sends: strict, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class View(BaseModel):
    """What the server sends."""

    model_config = ConfigDict(frozen=True)
