"""What the privacy role asks of the inbox, and what it is shown: proofs of consent, and rights that people used."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from chatgate.web.protocol.fields import Id, Payload, View, Words

Reason = Annotated[Words, StringConstraints(min_length=3, max_length=200)]
"""Why somebody looks at evidence, or acts for a visitor: it goes into the audit log."""


class SubjectRequestFor(Payload):
    """`POST /inbox/subject-requests`: a right that a visitor used by mail or phone, with how it came."""

    conversation_id: Id
    kind: Literal["access", "portability", "erasure", "restriction", "objection"]
    format: Literal["json", "zip"] = "json"
    reason: Reason


class ProofAsk(Payload):
    """`POST /inbox/proof`: one consent, by the number of its conversation, record or receipt, or by the receipt itself.

    Leave the receipt's `token` out: it is the visitor's, and nothing here needs it.
    """

    name: Id | None = None
    receipt: dict[str, Any] | None = None
    reason: Reason


class ProofPackAsk(Payload):
    """`POST /inbox/proof/pack`: everything that proves one consent, as a zip that verifies offline."""

    name: Id
    reason: Reason


class ProblemView(View):
    """What a verification found; `code` goes on with a colon and the place."""

    code: str
    text: str


class ProofEvent(View):
    """One decision, its place in the ledger, and its proof once a checkpoint covers it."""

    seq: int
    event: dict[str, Any]
    proof: dict[str, Any] | None
    pending: bool


class VerificationView(View):
    """Whether everything about one consent holds: texts, record, events, places in the ledger, checkpoints."""

    holds: bool
    problems: list[ProblemView]
    pending: list[int]
    key_id: str | None


class ProofView(View):
    """The evidence of one consent: the record, the exact texts, every event, and what the verification says.

    `transcript_erased_at` is when the chat itself went; only the proof is left then.
    """

    conversation_id: str
    transcript_erased_at: str | None
    record: dict[str, Any]
    events: list[ProofEvent]
    notices: list[dict[str, Any]]
    verification: VerificationView


class ReceiptCheck(View):
    """What a receipt is worth by itself; `proof` is `held`, `pending` or `invalid`."""

    holds: bool
    problems: list[ProblemView]
    proof: str
    key_id: str | None
    kind: str | None


class ProofAnswer(View):
    """The answer of `POST /inbox/proof`. No `proof`: the consent of this receipt is not here, or not here any more."""

    receipt: ReceiptCheck | None
    proof: ProofView | None


class SubjectRequestView(View):
    """A right that somebody used; `export` comes once, with the answer to a request for a copy."""

    request_id: str
    kind: str
    state: str
    received_at: str
    due_at: str
    done_at: str | None
    export: dict[str, Any] | None = None


class SubjectRequestList(View):
    """The answer of `GET /inbox/subject-requests`, what is due first on top."""

    requests: list[SubjectRequestView]
