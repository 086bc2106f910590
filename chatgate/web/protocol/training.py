"""The wire shapes of the curators' page: what agents send and what they get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chatgate.web.protocol.fields import Id, Payload, View, Words


class TrainingList(Payload):
    """`training_list`: transcripts for curators, newest first; `sample` is a few stored ones that nobody read yet."""

    view: Literal["held", "sample", "admitted", "waiting", "left_out"] = "held"
    limit: int = Field(default=50, ge=1, le=200)
    before: str | None = Field(default=None, max_length=64)


class TrainingRef(Payload):
    """`training_read`: the redacted text of one transcript, read on record."""

    item_id: Id


class TrainingDecide(Payload):
    """`training_decide`: let a transcript in, say that it may stay, or leave it out, each with a reason."""

    item_id: Id
    decision: Literal["approve", "keep", "quarantine"]
    reason: Annotated[Words, StringConstraints(min_length=3, max_length=500)]


class TrainingItemView(View):
    """A transcript on its way into the training store, in it, or out of it, with where it comes from."""

    item_id: str
    conversation_id: str
    state: Literal["pending", "waiting", "held", "admitted", "skipped", "quarantined", "retracted"]
    reason: str | None
    due_at: str | None
    created_at: str
    changed_at: str
    reviewed_at: str | None
    consent_event_id: str | None
    notice_sha256: str | None
    transcript_sha256: str | None
    redaction_profile: str | None
    sink: str | None
    releases: list[str]


class TrainingListAnswer(View):
    """The ack of `training_list`: one page, and how many transcripts each state has."""

    items: list[TrainingItemView]
    counts: dict[str, int]
    unread: int
    next: str | None


class TrainingLineView(View):
    """One line of a redacted transcript; placeholders such as `[EMAIL_1]` stand for what was taken out."""

    role: Literal["user", "assistant"]
    body: str
    hints: list[str]
    """Words that hint at a special category of personal data."""


class TrainingItemAnswer(View):
    """The ack of `training_read`: null lines when the text may not be read, or is gone."""

    item: TrainingItemView
    lines: list[TrainingLineView] | None


class TrainingDecided(View):
    """The ack of `training_decide`."""

    item: TrainingItemView
