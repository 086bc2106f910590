"""on_training_exported: knows what entered the training store, so that a middleware can learn."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, training_exported


class Watching:
    manifest = Manifest(purposes=["training"])

    def __init__(self):
        self.seen = []

    @hookimpl
    def on_training_exported(self, event):
        self.seen.append(event)


def deliver(covers):
    watching = Watching()
    return chain_of(watching=watching).deliver(
        "watching", "on_training_exported", covers, event=training_exported()
    ), watching.seen


def test_the_event_is_delivered_where_the_consent_covers_it():
    assert deliver(agreed("training")) == ("delivered", [training_exported()])


def test_the_event_is_skipped_where_it_does_not():
    assert deliver(agreed()) == ("skipped", [])
