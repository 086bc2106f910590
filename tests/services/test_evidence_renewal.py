"""Change of the notice, expiry and renewal: what open chats are asked, and what is refused meanwhile."""

import pytest

from chatgate.cli.serve import shipped_notice
from chatgate.errors import Refusal
from chatgate.policy.consent import rendered_sha256
from chatgate.services import consents, notices, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.services.rights import expiry
from chatgate.testing import FixedClock
from tests.cast import SITE, Vera, shown, welcome


def version(number: str, before: str = "", after: str = "") -> str:
    """The shipped notice under another version, with one text changed."""
    text = shipped_notice("split")
    assert before in text
    return text.replace('version = "1.0.0"', f'version = "{number}"').replace(before, after)


MAJOR = version("2.0.0", "may process this chat", "may process and keep this chat")
MINOR = version("1.1.0", 'contact = "privacy@kilnandcup.example"', 'contact = "data@kilnandcup.example"')
PATCH = version("1.0.1")


def agreed(core: Core, **choices: bool) -> ChangeRequest:
    """A yes under the notice of now."""
    answer = shown(core)
    texts = [clause["text"] for clause in answer["notice"]["clauses"]]
    return ChangeRequest(choices, answer["display_token"], rendered_sha256(texts))


def resumed(vera: Vera) -> dict[str, object]:
    consent: dict[str, object] = sessions.resume_session(vera.core, vera.session, 0)["consent"]
    return consent


def test_a_major_version_asks_again_without_closing(core: Core, vera: Vera) -> None:
    vera.writes("Before")
    notices.publish_notice(core, SITE, MAJOR)
    consent = resumed(vera)
    assert consent["ask_again"] is True
    assert consent["may_talk"] is True
    with pytest.raises(Refusal) as refused:
        vera.writes("After")
    assert refused.value.code == "consent_stale"
    assert refused.value.detail["notice"]["notice"]["version"] == "2.0.0"
    assert core.storage.row_counts(["message"])["message"] == 1


def test_a_renewal_is_a_new_event_and_opens_the_chat_again(core: Core, vera: Vera) -> None:
    notices.publish_notice(core, SITE, MAJOR)
    answer = consents.change_consent(core, vera.conversation_id, agreed(core, support=True))
    assert answer["receipt"]["content"]["kind"] == "renewed"
    assert answer["consent"]["ask_again"] is False
    assert answer["consent"]["notice_version"] == "2.0.0"
    vera.writes("After")
    assert ledger.verify_ledger(core).holds


def test_refusing_when_asked_again_ends_the_session(core: Core, vera: Vera) -> None:
    notices.publish_notice(core, SITE, MAJOR)
    answer = consents.change_consent(core, vera.conversation_id, ChangeRequest({"support": False}))
    assert answer["consent"]["may_talk"] is False
    with pytest.raises(Refusal, match="consent_withdrawn"):
        vera.writes()


def test_a_minor_version_informs_once(core: Core, vera: Vera) -> None:
    notices.publish_notice(core, SITE, MINOR)
    assert resumed(vera)["inform"] is True
    vera.writes("Nothing is refused meanwhile")
    told = ChangeRequest({}, shown(core)["display_token"])
    assert consents.change_consent(core, vera.conversation_id, told)["consent"]["inform"] is False
    again = consents.change_consent(core, vera.conversation_id, told)
    assert again["receipt"]["content"]["kind"] == "informed"
    assert resumed(vera)["inform"] is False
    assert core.storage.row_counts(["consent_event"])["consent_event"] == 2


def test_a_patch_changes_nothing_for_anybody(core: Core, vera: Vera) -> None:
    notices.publish_notice(core, SITE, PATCH)
    consent = resumed(vera)
    assert (consent["ask_again"], consent["inform"]) == (False, False)
    vera.writes()


def test_a_disguised_major_version_is_refused_and_not_stored(core: Core) -> None:
    with pytest.raises(Refusal) as refused:
        notices.publish_notice(core, SITE, MAJOR.replace("2.0.0", "1.0.1"))
    assert refused.value.code == "version_level_too_low"
    assert refused.value.detail["needed"] == "major"
    assert shown(core)["notice"]["version"] == "1.0.0"


def test_the_difference_names_the_step_that_each_change_needs(core: Core) -> None:
    found = {row["locale"]: row for row in notices.notice_differences(core, SITE, MAJOR)}
    assert found["en"]["needs"] == "major"
    assert found["en"]["lines"][0] == "major: clause support"
    assert found["pl"]["needs"] == "none"


def test_a_purpose_expires_by_itself_and_then_by_an_event(core: Core, clock: FixedClock) -> None:
    vera = welcome(core, training=True)
    clock.advance(days=366)
    with pytest.raises(Refusal, match="consent_withdrawn"):
        sessions.resume_session(core, vera.session, 0)
    assert expiry.expire_due(core) == 1
    assert expiry.expire_due(core) == 0
    receipt = consents.current_consent(core, vera.conversation_id)["receipt"]
    assert receipt["content"]["kind"] == "expired"
    assert receipt["content"]["event"]["choices"] == {"support": False}
    assert receipt["content"]["event"]["actor"] == "system"
    assert receipt["content"]["choices"] == {"support": False, "training": True}, "each purpose has its own life"
    assert ledger.verify_ledger(core).holds
    with pytest.raises(Refusal, match="consent_withdrawn"):
        vera.writes()


def test_a_yes_before_the_end_renews_and_counts_anew(core: Core, clock: FixedClock, vera: Vera) -> None:
    clock.advance(days=300)
    answer = consents.change_consent(core, vera.conversation_id, agreed(core, support=True))
    assert answer["receipt"]["content"]["kind"] == "renewed"
    clock.advance(days=300)
    assert expiry.expire_due(core) == 0
    assert resumed(vera)["may_talk"] is True


def test_a_clock_that_jumps_back_does_not_undo_a_withdrawal(core: Core, clock: FixedClock) -> None:
    vera = welcome(core, training=True)
    clock.advance(hours=2)
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    clock.advance(hours=-48)
    assert not consents.covers_now(core, vera.conversation_id).may_train
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"support": False}))
    result = ledger.verify_ledger(core)
    assert result.holds
    ledger.make_checkpoint(core)
    found = ledger.verify_ledger(core)
    assert found.holds
    assert [item.code for item in found.audit.findings] == ["checkpoint_time_reversed"]
