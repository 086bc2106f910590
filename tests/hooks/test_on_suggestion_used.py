"""on_suggestion_used: tells a middleware which of its answers helped, and nothing about where."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, suggestion_used


class Watching:
    manifest = Manifest(purposes=["support"])

    def __init__(self):
        self.seen = []

    @hookimpl
    def on_suggestion_used(self, event):
        self.seen.append(event)


def deliver(covers):
    watching = Watching()
    return chain_of(watching=watching).deliver(
        "watching", "on_suggestion_used", covers, event=suggestion_used()
    ), watching.seen


def test_the_event_is_delivered_where_the_consent_covers_it():
    assert deliver(agreed("support")) == ("delivered", [suggestion_used()])


def test_the_event_is_skipped_where_the_consent_does_not_cover_it():
    assert deliver(agreed()) == ("skipped", [])


def test_the_event_names_no_conversation_and_carries_no_text():
    assert set(suggestion_used().__dataclass_fields__) == {"event_id", "site_id", "item_ids", "answer_sha256"}
