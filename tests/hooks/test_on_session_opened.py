"""on_session_opened: knows that a conversation began."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, session_opened


class Watching:
    manifest = Manifest(purposes=["support"])

    def __init__(self):
        self.seen = []

    @hookimpl
    def on_session_opened(self, event):
        self.seen.append(event)


def deliver(covers):
    watching = Watching()
    return chain_of(watching=watching).deliver(
        "watching", "on_session_opened", covers, event=session_opened()
    ), watching.seen


def test_the_event_is_delivered_where_the_consent_covers_it():
    assert deliver(agreed("support")) == ("delivered", [session_opened()])


def test_the_event_is_skipped_where_it_does_not():
    assert deliver(agreed()) == ("skipped", [])
