"""Bound by purpose: which consent each hook needs, and which bindings stop the start."""

import pytest

from chatgate import Manifest, Purpose, hookimpl
from chatgate.testing import agreed, chain_of, message_context

from .builders import BOTH, SUPPORT, failing, plain, refused


@pytest.mark.parametrize("hook", ["choose_notice", "transform_message", "on_session_opened", "on_training_retracted"])
def test_without_a_manifest_a_middleware_may_only_tighten(hook):
    refused(f"{hook} needs `manifest", bare=plain(**{hook: hookimpl(lambda: None)}))


@pytest.mark.parametrize(
    ("hook", "function"),
    [("check_message", lambda body: None), ("check_training_export", lambda transcript: None)],
)
def test_without_a_manifest_there_is_no_text(hook, function):
    refused(f"{hook} names `.*`, which carries what people wrote", bare=plain(**{hook: hookimpl(function)}))


def test_without_a_manifest_a_check_always_runs():
    chain = chain_of(bare=plain(check_message=hookimpl(lambda context: 1 / 0)))
    with pytest.raises(Exception, match="middleware_error"):
        chain.check("check_message", agreed(), context=message_context(), body="x")


def test_a_safety_check_bound_to_an_optional_purpose_is_refused():
    refused(
        r"check_message is bound to training, so it would be skipped .*purposes=\[Purpose.SUPPORT\]",
        both=failing(lambda: None, BOTH),
    )


def test_a_hook_may_be_bound_to_less_than_its_middleware():
    class Both:
        manifest = BOTH

        @hookimpl(purposes=[Purpose.SUPPORT])
        def check_message(self, body):
            raise AssertionError

    with pytest.raises(Exception, match="middleware_error"):
        chain_of(both=Both).check("check_message", agreed("support"), context=message_context(), body="x")


def test_a_check_without_text_may_ask_for_no_purpose_at_all():
    class Counting:
        manifest = BOTH

        @hookimpl(purposes=[])
        def check_message(self, context):
            raise AssertionError

    with pytest.raises(Exception, match="middleware_error"):
        chain_of(Counting).check("check_message", agreed(), context=message_context(), body="x")


def test_a_check_with_text_may_not():
    class Reading:
        manifest = BOTH

        @hookimpl(purposes=[])
        def check_message(self, body):
            pass

    refused("must declare for which purposes", Reading)


def test_an_export_check_bound_to_another_optional_purpose_is_refused():
    class Marketing:
        manifest = Manifest(purposes=["training", "marketing"])

        @hookimpl(purposes=["marketing"])
        def check_training_export(self, transcript):
            pass

    refused("bound to marketing, so it would be skipped", marketing=Marketing())


def test_a_training_hook_needs_training_in_the_manifest():
    class Support:
        manifest = SUPPORT

        @hookimpl
        def transform_transcript(self, transcript):
            pass

    refused("is about training; add Purpose.TRAINING", support=Support())


def test_a_hook_cannot_ask_for_an_undeclared_purpose():
    class Greedy:
        manifest = SUPPORT

        @hookimpl(purposes=["marketing"])
        def on_message_stored(self, event):
            pass

    refused("asks for the purpose marketing; add it to the manifest", greedy=Greedy())


def test_an_unbound_hook_takes_no_purposes():
    class Choosing:
        manifest = SUPPORT

        @hookimpl(purposes=["support"])
        def choose_notice(self):
            pass

    refused("choose_notice always runs and takes no purposes", choosing=Choosing())


def test_a_manifest_without_purposes_sees_no_personal_data():
    refused("must declare for which purposes", empty=failing(lambda: None, Manifest()))


def test_something_else_under_the_name_manifest_is_refused():
    odd = plain(check_session_open=hookimpl(lambda: None))
    type(odd).manifest = {"purposes": ["support"]}
    refused("its `manifest` is no Manifest", odd=odd)
