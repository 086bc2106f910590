"""choose_notice: picks one of the site's notices before anybody has consented to anything."""

from chatgate import Manifest, NoticeChoice, hookimpl
from chatgate.testing import chain_of, notice_context

SHORT = NoticeChoice("1" * 64, "short", "1.0.0", "en", True)
LONG = NoticeChoice("2" * 64, "long", "1.0.0", "en", False)


class Choosing:
    manifest = Manifest()

    @hookimpl
    def choose_notice(self, context):
        return next((n.sha256 for n in context.notices if n.notice_id == "long"), None)


def test_an_offered_notice_is_chosen_without_a_consent():
    assert chain_of(Choosing).choose("choose_notice", None, context=notice_context(SHORT, LONG)) == LONG.sha256


def test_no_answer_leaves_the_choice_to_the_core():
    assert chain_of(Choosing).choose("choose_notice", None, context=notice_context(SHORT)) is None
