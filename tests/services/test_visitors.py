"""Who a visitor is counts only when the shop's server vouches for it; a rating is stored once, with the chat."""

from typing import Any

import pytest

from chatgate.errors import Refusal
from chatgate.services import consents, conversations, views, visitors
from chatgate.services.core import Core
from chatgate.storage.queries import conversations as rows_of
from chatgate.storage.queries.conversations import profiles
from tests.cast import SITE, Vera, welcome


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


def test_agents_see_who_the_shop_vouches_for_and_what_a_visitor_only_says(any_core: Core) -> None:
    vera = welcome(any_core)
    secret = visitors.site_secret(any_core, SITE)
    signed = visitors.identity_signature(secret, "42", "vera@example.org", "Vera")
    visitors.identify(any_core, vera.session, "42", "vera@example.org", "Vera", signed)
    conversations.set_profile(any_core, vera.conversation_id, {"order": "K-1042", "customer_id": "43"})
    assert told_of(any_core, vera) == {
        "email": ("vera@example.org", True),
        "name": ("Vera", True),
        "order": ("K-1042", False),
        "customer_id": ("43", False),
    }


def test_agents_see_the_rating_of_a_closed_chat(any_core: Core) -> None:
    vera = welcome(any_core)
    conversations.close_conversation(any_core, vera.conversation_id, "visitor")
    visitors.rate_conversation(any_core, vera.conversation_id, 4, "Quick.")
    rating = shown_to_agents(any_core, vera)["rating"]
    assert (rating["score"], rating["comment"]) == (4, "Quick.")


def shown_to_agents(core: Core, vera: Vera) -> dict[str, Any]:
    with core.storage.read() as db:
        row = rows_of.conversation(db, vera.conversation_id)
        assert row is not None
        return views.agent_conversation(core, db, row)


def told_of(core: Core, vera: Vera) -> dict[str, tuple[str, bool]]:
    fields = shown_to_agents(core, vera)["visitor"]["profile"]
    return {field["name"]: (field["value"], field["vouched"]) for field in fields}
