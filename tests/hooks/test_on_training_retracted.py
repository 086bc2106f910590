"""on_training_retracted: knows what left the training store, so that a middleware can forget."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, training_retracted


class Watching:
    manifest = Manifest(purposes=["training"])

    def __init__(self):
        self.seen = []

    @hookimpl
    def on_training_retracted(self, event):
        self.seen.append(event)


def deliver(covers):
    watching = Watching()
    return chain_of(watching=watching).deliver(
        "watching", "on_training_retracted", covers, event=training_retracted()
    ), watching.seen


def test_the_event_is_delivered_where_the_consent_covers_it():
    assert deliver(agreed("training")) == ("delivered", [training_retracted()])


def test_the_event_is_delivered_after_a_withdrawal_too():
    assert deliver(agreed()) == ("delivered", [training_retracted()])


def test_the_event_is_delivered_when_there_is_no_consent_to_ask():
    assert deliver(None) == ("delivered", [training_retracted()])


def test_the_event_carries_no_text():
    assert not {"body", "transcript", "question"} & set(training_retracted().__dataclass_fields__)
