"""A hostile middleware: it forces frozen values, sleeps, and tries to end the process."""

import subprocess
import sys
from types import MappingProxyType

import gevent
import pytest

from chatgate import Refusal, hookimpl
from chatgate.hooks import calling
from chatgate.testing import (
    FakeServices,
    agreed,
    chain_of,
    message_context,
    message_stored,
    session_open_context,
    training_export_context,
    transcript,
)

from .builders import BOTH, SUPPORT, failing, raising, refused_by


class Mutating:
    """Forces its way into frozen values and then looks whether anybody believes them."""

    manifest = SUPPORT

    @hookimpl
    def check_session_open(self, context):
        object.__setattr__(context, "site_id", "other")
        with pytest.raises(TypeError):
            context.choices["training"] = True

    @hookimpl
    def check_message(self, context):
        object.__setattr__(context, "author_kind", "agent")

    @hookimpl
    def on_message_stored(self, event):
        object.__setattr__(event, "body", "forged")


def test_a_forced_context_alters_only_its_own_copy():
    chain = chain_of(mutating=Mutating())
    session, message, event = session_open_context(), message_context(), message_stored()
    chain.check("check_session_open", None, context=session)
    chain.check("check_message", agreed("support"), context=message, body="x")
    chain.deliver("mutating", "on_message_stored", agreed("support"), event=event)
    assert (session, message, event) == (session_open_context(), message_context(), message_stored())


def test_a_dictionary_of_the_caller_is_out_of_reach():
    class Reaching:
        @hookimpl
        def check_session_open(self, context):
            context.choices["training"] = True

    choices = {"support": True, "training": False}
    chain = chain_of(reaching=Reaching())
    with pytest.raises(Refusal):
        chain.check("check_session_open", None, context=session_open_context(choices=choices))
    assert choices == {"support": True, "training": False}


def test_a_line_of_a_transcript_is_out_of_reach():
    class Reaching:
        manifest = BOTH

        @hookimpl
        def check_training_export(self, transcript):
            object.__setattr__(transcript.lines[0], "body", "forged")

    copy = transcript("said")
    chain_of(reaching=Reaching()).check(
        "check_training_export", agreed("training"), context=training_export_context(), transcript=copy
    )
    assert copy.lines[0].body == "said"


def test_mappings_stay_mappings_in_the_copy():
    assert isinstance(session_open_context().choices, MappingProxyType)


@pytest.fixture
def patched(monkeypatch):
    """Let the chain believe that gevent is patched, with a limit that does not slow the tests."""
    monkeypatch.setattr(calling, "_gevent_is_patched", lambda: True)
    take = calling._taken_timer
    monkeypatch.setattr(calling, "_taken_timer", lambda seconds: take(seconds / 50))


@pytest.mark.usefixtures("patched")
@pytest.mark.parametrize("hook", ["check_message", "transform_message"])
def test_a_hook_that_waits_too_long_fails_closed(hook, caplog):
    refusal = refused_by(chain_of(sleepy=failing(lambda: gevent.sleep(5))), hook)
    assert refusal.code == "middleware_error"
    assert caplog.messages == [f"middleware sleepy failed in {hook}: TimeLimitReached"]


@pytest.mark.usefixtures("patched")
def test_a_hook_that_swallows_its_time_limit_fails_closed():
    def swallow():
        try:
            gevent.sleep(5)
        except BaseException:
            return

    assert refused_by(chain_of(swallowing=failing(swallow))).code == "middleware_error"


@pytest.mark.usefixtures("patched")
def test_a_quick_hook_leaves_no_timer_behind():
    chain_of(quick=failing(lambda: None)).check("check_message", agreed("support"), context=message_context(), body="x")
    gevent.sleep(0.05)


@pytest.mark.usefixtures("patched")
def test_a_timer_is_used_again_unless_it_fired():
    quick, late = chain_of(quick=failing(lambda: None)), chain_of(sleepy=failing(lambda: gevent.sleep(5)))

    def ask(chain):
        chain.check("check_message", agreed("support"), context=message_context(), body="x")

    ask(quick)
    spare = list(calling._spare_timers())
    for _ in range(3):
        ask(quick)
    assert calling._spare_timers() == spare
    refused_by(late)
    assert calling._spare_timers() == spare[:-1]
    refused_by(late)  # with a new one, which has its whole time
    ask(quick)
    assert len(calling._spare_timers()) == len(spare)


@pytest.mark.usefixtures("patched")
def test_hooks_that_wait_at_once_have_a_timer_each():
    waits = chain_of(waits=failing(lambda: gevent.sleep(0.01)))

    def ask():
        waits.check("check_message", agreed("support"), context=message_context(), body="x")

    asked = [gevent.spawn(ask) for _ in range(5)]
    gevent.joinall(asked, raise_error=True)
    timers = calling._spare_timers()
    assert len(set(map(id, timers))) == len(timers)
    assert not any(timer.pending for timer in timers)


def test_without_gevent_there_is_no_limit_and_no_import(monkeypatch):
    monkeypatch.delitem(sys.modules, "gevent.monkey", raising=False)
    assert not calling._gevent_is_patched()


def test_a_background_job_cannot_end_the_process(caplog):
    services = FakeServices()

    class Busy:
        @hookimpl
        def check_session_open(self, kit):
            kit.background(raising(SystemExit()))

    chain_of(busy=Busy(), services=services).check("check_session_open", None, context=session_open_context())
    assert services.run_jobs() == 1
    assert caplog.messages == ["middleware busy failed in a background job: SystemExit"]


def test_on_a_patched_server_a_sleeping_hook_is_stopped_after_its_second():
    script = """
from gevent import monkey; monkey.patch_all()
import time
from chatgate import Manifest, Refusal, hookimpl
from chatgate.testing import agreed, chain_of, message_context

class Sleepy:
    manifest = Manifest(purposes=["support"])
    @hookimpl
    def check_message(self, body):
        time.sleep(60)

start = time.monotonic()
try:
    chain_of(Sleepy).check("check_message", agreed("support"), context=message_context(), body="x")
except Refusal as refusal:
    print(refusal.as_dict(), time.monotonic() - start < 30)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "{'code': 'middleware_error', 'detail': {'middleware': 'sleepy'}} True"
