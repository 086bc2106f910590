"""on_consent_changed: knows every change of a consent, so that a middleware can forget."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, consent_changed


class Watching:
    manifest = Manifest(purposes=["training"])

    def __init__(self):
        self.seen = []

    @hookimpl
    def on_consent_changed(self, event):
        self.seen.append(event)


def deliver(covers):
    watching = Watching()
    return chain_of(watching=watching).deliver(
        "watching", "on_consent_changed", covers, event=consent_changed()
    ), watching.seen


def test_the_event_is_delivered_where_the_consent_covers_it():
    assert deliver(agreed("training")) == ("delivered", [consent_changed()])


def test_the_event_is_delivered_after_a_withdrawal_too():
    assert deliver(agreed()) == ("delivered", [consent_changed()])


def test_the_event_is_delivered_when_there_is_no_consent_to_ask():
    assert deliver(None) == ("delivered", [consent_changed()])


def test_the_event_carries_no_text():
    assert not {"body", "transcript", "question"} & set(consent_changed().__dataclass_fields__)
