"""What a failing middleware turns into: a refusal, one fixed line in the log, and nothing else."""

import logging

import gevent
import pytest

from chatgate import Manifest, Refusal, Transcript, TranscriptLine, hookimpl
from chatgate.hooks.failures import HookFailed
from chatgate.testing import (
    agreed,
    chain_of,
    message_context,
    message_stored,
    notice_context,
    training_export_context,
    transcript,
)

from .builders import BOTH, CANARY, failing, raising, refused_by

FAILURES = [
    RuntimeError(CANARY),
    SystemExit(0),
    KeyboardInterrupt(),
    GeneratorExit(),
    StopIteration(),
    BaseException(CANARY),
    MemoryError(),
]


@pytest.mark.parametrize("hook", ["check_message", "transform_message"])
@pytest.mark.parametrize("exception", FAILURES, ids=lambda e: type(e).__name__)
def test_whatever_is_raised_fails_closed(hook, exception, caplog):
    refusal = refused_by(chain_of(hostile=failing(raising(exception))), hook)
    assert refusal.as_dict() == {"code": "middleware_error", "detail": {"middleware": "hostile"}}
    assert refusal.__context__ is None
    assert caplog.messages == [f"middleware hostile failed in {hook}: {type(exception).__name__}"]


@pytest.mark.parametrize("exception", [SystemExit(0), KeyboardInterrupt(), BaseException()])
def test_a_watcher_cannot_end_the_worker(exception):
    chain = chain_of(hostile=failing(raising(exception)))
    with pytest.raises(HookFailed, match=type(exception).__name__):
        chain.deliver("hostile", "on_message_stored", agreed("support"), event=message_stored())


def test_a_watchers_exception_reaches_the_worker():
    chain = chain_of(broken=failing(raising(KeyError("x"))))
    with pytest.raises(KeyError):
        chain.deliver("broken", "on_message_stored", agreed("support"), event=message_stored())


def test_a_killed_greenlet_dies():
    with pytest.raises(gevent.GreenletExit):
        chain_of(checker=failing(raising(gevent.GreenletExit()))).check(
            "check_message", agreed("support"), context=message_context(), body="x"
        )


def test_a_timeout_around_the_chain_belongs_to_the_caller():
    with pytest.raises(gevent.Timeout):
        chain_of(checker=failing(raising(gevent.Timeout()))).check(
            "check_message", agreed("support"), context=message_context(), body="x"
        )


def test_an_exception_named_after_a_message_is_not_logged(caplog):
    odd = type(f"{CANARY} 4111 1111", (Exception,), {})
    refused_by(chain_of(hostile=failing(raising(odd()))))
    assert CANARY not in caplog.text


def test_a_refusal_logs_nothing(caplog):
    caplog.set_level(logging.DEBUG)
    refused_by(chain_of(strict=failing(raising(Refusal("message_refused", why="spam")))))
    assert caplog.messages == []


def test_a_refusal_keeps_its_code_and_detail():
    refusal = refused_by(chain_of(strict=failing(raising(Refusal("too_rude", words=["x"], score=0.9)))))
    assert refusal.as_dict() == {"code": "too_rude", "detail": {"words": ["x"], "score": 0.9}}


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("message_refused", why=object()),
        Refusal("message_refused", score=float("nan")),
        Refusal("message_refused", text="x" * 5000),
        Refusal("Not A Code"),
        Refusal(""),
        Refusal(7),
    ],
    ids=["no JSON", "no number", "too long", "no code", "empty code", "code of another type"],
)
def test_a_refusal_that_no_client_could_read_is_a_middleware_error(refusal):
    assert refused_by(chain_of(odd=failing(raising(refusal)))).code == "middleware_error"


@pytest.mark.parametrize("answer", [False, True, "no", 0, Refusal("message_refused")], ids=repr)
def test_a_check_that_answers_instead_of_raising_fails_closed(answer):
    assert refused_by(chain_of(mistaken=failing(lambda: answer))).code == "middleware_error"


@pytest.mark.parametrize("answer", [b"x", 7, False, "", "  \n", "a\0b", "x" * 4001, ["x"]], ids=lambda a: repr(a)[:20])
def test_a_body_that_the_protocol_forbids_fails_closed(answer):
    assert refused_by(chain_of(garbage=failing(lambda: answer)), "transform_message").code == "middleware_error"


def test_a_text_that_lies_about_itself_is_made_plain():
    class Lying(str):
        def __str__(self):
            return "other"

    chain = chain_of(lying=failing(lambda: Lying("said")))
    body = chain.transform("transform_message", "body", agreed("support"), context=message_context(), body="x")
    assert type(body) is str
    assert body == "said"


@pytest.mark.parametrize(
    "answer",
    [
        "text",
        Transcript("en", [TranscriptLine(1, "visitor", "x")]),
        Transcript("en", ("x",)),
        Transcript("en", (TranscriptLine(1, "visitor", None),)),
        Transcript("en", (TranscriptLine("1", "visitor", "x"),)),
        Transcript("en", (), ["name"]),
    ],
    ids=["text", "list of lines", "texts as lines", "no body", "seq as text", "list of names"],
)
def test_a_garbled_transcript_fails_the_export(answer):
    class Garbling:
        manifest = BOTH

        @hookimpl
        def transform_transcript(self, transcript):
            return answer

    with pytest.raises(Refusal) as refused:
        chain_of(garbling=Garbling()).transform(
            "transform_transcript",
            "transcript",
            agreed("training"),
            context=training_export_context(),
            transcript=transcript("hi"),
        )
    assert refused.value.code == "middleware_error"


@pytest.mark.parametrize("answer", ["f" * 64, 7, b"a"], ids=repr)
def test_only_an_offered_notice_can_be_chosen(answer):
    class Choosing:
        manifest = Manifest()

        @hookimpl
        def choose_notice(self):
            return answer

    with pytest.raises(Refusal) as refused:
        chain_of(choosing=Choosing()).choose("choose_notice", None, context=notice_context())
    assert refused.value.code == "middleware_error"
