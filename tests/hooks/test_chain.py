"""The chain's policy: the order of the list, and the consent of now."""

import pytest

from chatgate import Manifest, Purpose, Refusal, hookimpl
from chatgate.testing import (
    agreed,
    chain_of,
    message_context,
    message_stored,
    notice_context,
    session_open_context,
    training_export_context,
    transcript,
)

from .builders import BOTH, SUPPORT, failing, raising, refused_by, suffix


def test_transforms_are_chained_in_the_order_given():
    chain = chain_of(one=suffix("1"), two=suffix("2"), three=suffix("3"))
    given = chain.transform("transform_message", "body", agreed("support"), context=message_context(), body="x")
    assert given == "x123"


def test_none_leaves_the_value_unchanged():
    chain = chain_of(silent=failing(lambda: None), loud=suffix("!"))
    assert chain.transform("transform_message", "body", agreed("support"), context=message_context(), body="x") == "x!"


def test_the_first_refusal_ends_the_matter():
    asked = []

    def watching():
        asked.append("second")

    chain = chain_of(first=failing(raising(Refusal("message_refused"))), second=failing(watching))
    assert refused_by(chain).code == "message_refused"
    assert asked == []


def test_the_first_choice_that_is_not_none_wins():
    class Chooser:
        manifest = Manifest()

        def __init__(self, answer):
            self.answer = answer

        @hookimpl
        def choose_notice(self, context):
            return self.answer

    offered = notice_context()
    sha256 = offered.notices[0].sha256
    chain = chain_of(shy=Chooser(None), bold=Chooser(sha256), late=Chooser("b" * 64))
    assert chain.choose("choose_notice", None, context=offered) == sha256


def test_an_empty_chain_decides_nothing():
    chain = chain_of()
    chain.check("check_session_open", None, context=session_open_context())
    assert chain.choose("choose_notice", None, context=notice_context()) is None
    assert chain.transform("transform_message", "body", None, context=message_context(), body="x") == "x"
    assert chain.watchers("on_message_stored") == ()
    assert chain.register("register_training_sinks") == []


def test_a_hook_of_another_kind_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="no check_ hook"):
        chain_of().check("on_message_stored", None)


def _exporting(seen):
    class Exporting:
        manifest = BOTH

        @hookimpl
        def check_training_export(self, transcript):
            seen.append(transcript)

    return Exporting()


def test_an_unconsented_transcript_is_never_seen():
    seen = []
    chain = chain_of(watcher=_exporting(seen))
    arguments = {"context": training_export_context(), "transcript": transcript("hi")}
    chain.check("check_training_export", agreed("support"), **arguments)
    assert seen == []
    chain.check("check_training_export", agreed("support", "training"), **arguments)
    assert len(seen) == 1


def test_the_consent_is_asked_again_before_each_hook():
    given = {Purpose.SUPPORT}
    seen = []

    class Withdrawing:
        manifest = SUPPORT

        @hookimpl
        def transform_message(self, body):
            seen.append(body)
            given.clear()

    chain = chain_of(first=Withdrawing(), second=Withdrawing())
    chain.transform("transform_message", "body", lambda p: p <= given, context=message_context(), body="x")
    assert seen == ["x"]


def test_a_bound_hook_without_a_consent_to_ask_is_a_mistake_and_never_skipped():
    with pytest.raises(TypeError, match="needs the current consent"):
        chain_of(checker=failing(lambda: None)).check("check_message", None, context=message_context(), body="x")


def test_a_delivery_that_is_no_longer_covered_is_skipped():
    chain = chain_of(watcher=failing(raising(AssertionError())))
    assert chain.watchers("on_message_stored") == ("watcher",)
    assert chain.deliver("watcher", "on_message_stored", agreed(), event=message_stored()) == "skipped"


def test_a_delivery_to_a_middleware_that_is_gone_is_skipped():
    assert chain_of().deliver("gone", "on_message_stored", agreed("support"), event=message_stored()) == "skipped"
