"""on_conversation_closed: knows that a conversation ended."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, conversation_closed


class Watching:
    manifest = Manifest(purposes=["support"])

    def __init__(self):
        self.seen = []

    @hookimpl
    def on_conversation_closed(self, event):
        self.seen.append(event)


def deliver(covers):
    watching = Watching()
    return chain_of(watching=watching).deliver(
        "watching", "on_conversation_closed", covers, event=conversation_closed()
    ), watching.seen


def test_the_event_is_delivered_where_the_consent_covers_it():
    assert deliver(agreed("support")) == ("delivered", [conversation_closed()])


def test_the_event_is_skipped_where_it_does_not():
    assert deliver(agreed()) == ("skipped", [])
