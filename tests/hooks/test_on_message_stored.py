"""on_message_stored: knows each stored message."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, message_stored


class Watching:
    manifest = Manifest(purposes=["support"])

    def __init__(self):
        self.seen = []

    @hookimpl
    def on_message_stored(self, event):
        self.seen.append(event)


def deliver(covers):
    watching = Watching()
    return chain_of(watching=watching).deliver(
        "watching", "on_message_stored", covers, event=message_stored()
    ), watching.seen


def test_the_event_is_delivered_where_the_consent_covers_it():
    assert deliver(agreed("support")) == ("delivered", [message_stored()])


def test_the_event_is_skipped_where_it_does_not():
    assert deliver(agreed()) == ("skipped", [])
