"""Small middlewares that the tests of the chain are built from."""

from functools import partial

import pytest

from chatgate import Manifest, OperatorError, Purpose, Refusal, hookimpl
from chatgate.testing import agreed, chain_of, message_context

SUPPORT = Manifest(purposes=[Purpose.SUPPORT])
BOTH = Manifest(purposes=[Purpose.SUPPORT, Purpose.TRAINING])
CANARY = "canary-7f3a"


def suffix(text):
    """Return a middleware that appends a text to every message."""

    class Suffix:
        manifest = SUPPORT

        @hookimpl
        def transform_message(self, body):
            return body + text

    return Suffix()


def failing(action, manifest=SUPPORT):
    """Return a middleware all of whose message hooks do ``action``."""

    class Failing:
        @hookimpl
        def check_message(self, context):
            return action()

        @hookimpl
        def transform_message(self, body):
            return action()

        @hookimpl
        def on_message_stored(self, event):
            return action()

    Failing.manifest = manifest
    return Failing()


def raising(exception):
    """Return an action that raises."""

    def action():
        raise exception

    return action


def refused_by(chain, hook="check_message"):
    """Return the refusal with which a message hook stops a message of a visitor who agreed to support."""
    call = chain.check if hook == "check_message" else partial(chain.transform, value="body")
    with pytest.raises(Refusal) as refused:
        call(hook, covers=agreed("support"), context=message_context(), body="hello")
    return refused.value


def plain(**functions):
    """Return an object without a manifest that carries these functions."""
    return type("Plain", (), {name: staticmethod(function) for name, function in functions.items()})()


def refused(match, *args, **named):
    """Assert that these middlewares stop the start, with one line."""
    with pytest.raises(OperatorError, match=match) as error:
        chain_of(*args, **named)
    assert "\n" not in str(error.value)
