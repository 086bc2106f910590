"""Who a visitor is counts only when the shop's server vouches for it; a rating is stored once, with the chat."""

import pytest

from chatgate.errors import Refusal
from chatgate.services import consents, conversations, visitors
from chatgate.services.core import Core
from chatgate.storage.queries.conversations import profiles
from tests.cast import Vera, welcome


def profile_of(vera: Vera) -> dict[str, str]:
    """Return what is stored of Vera."""
    with vera.core.storage.read() as db:
        return profiles(db, [vera.session.visitor_id]).get(vera.session.visitor_id, {})


def ratings(core: Core) -> list[tuple[int, str | None]]:
    """Return every rating."""
    with core.storage.read() as db:
        return [tuple(row) for row in db.exec_driver_sql("SELECT score, comment FROM rating")]


def test_a_signed_identity_is_stored(core: Core, vera: Vera) -> None:
    secret = visitors.site_secret(core, "demo")
    signature = visitors.identity_signature(secret, "42", "vera@shop.example", "Vera")
    visitors.identify(core, vera.session, "42", "vera@shop.example", "Vera", signature)
    assert profile_of(vera) == {"customer_id": "42", "email": "vera@shop.example", "name": "Vera"}


@pytest.mark.parametrize("changed", [("43", "vera@shop.example"), ("42", "mallory@shop.example")])
def test_a_signature_for_somebody_else_is_refused(core: Core, vera: Vera, changed: tuple[str, str]) -> None:
    secret = visitors.site_secret(core, "demo")
    signature = visitors.identity_signature(secret, "42", "vera@shop.example", "Vera")
    with pytest.raises(Refusal, match="identity_invalid"):
        visitors.identify(core, vera.session, *changed, "Vera", signature)
    assert profile_of(vera) == {}


def test_the_secret_of_another_site_does_not_vouch(core: Core, vera: Vera) -> None:
    signature = visitors.identity_signature(visitors.site_secret(core, "other"), "42", "", "")
    with pytest.raises(Refusal, match="identity_invalid"):
        visitors.identify(core, vera.session, "42", "", "", signature)


def test_a_second_rating_replaces_the_first(core: Core, vera: Vera) -> None:
    conversations.close_conversation(core, vera.conversation_id, "visitor")
    visitors.rate_conversation(core, vera.conversation_id, 1, "  too slow ")
    assert ratings(core) == [(1, "too slow")]
    visitors.rate_conversation(core, vera.conversation_id, 5, None)
    assert ratings(core) == [(5, None)]


def test_no_rating_after_a_withdrawal(core: Core) -> None:
    vera = welcome(core)
    consents.change_consent(core, vera.conversation_id, consents.ChangeRequest({"support": False}, None, None))
    with pytest.raises(Refusal, match="consent_withdrawn"):
        visitors.rate_conversation(core, vera.conversation_id, 5, None)
    assert ratings(core) == []
