"""Browsers that agents asked to be told in: theirs alone, and gone with the sign-in; on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chatgate.errors import Refusal
from chatgate.ids import token_hash
from chatgate.services.accounts import agents, devices, sign_ins
from chatgate.services.core import Core
from chatgate.services.desk import handover
from chatgate.services.kit import Services
from chatgate.storage.queries import sites
from tests.cast import welcome
from tests.clocks import SettableClock
from tests.desks import hired

P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


@pytest.fixture
def core(any_core: Core) -> Core:
    """Return a shop that sends pushes."""
    any_core.settings = any_core.settings.model_copy(update={"middleware": [*any_core.settings.middleware, "push"]})
    return any_core


@pytest.fixture
def signed(core: Core) -> Callable[..., str]:
    """Return a function that signs an agent in and subscribes their browser; it returns the cookie's token."""

    def sign_in(agent: Any, endpoint: str) -> str:
        token = f"cga_{endpoint}"
        now = core.clock.now()
        values = {
            "token_hash": token_hash(token),
            "agent_id": agent.id,
            "created_at": now,
            "expires_at": now + timedelta(hours=12),
        }
        core.storage.write_now(lambda db: sites.add_agent_session(db, values))
        devices.subscribe(core, token, f"https://push.example/{endpoint}", P256DH, AUTH)
        return token

    return sign_in


def told(core: Core, vera: Any) -> list[str]:
    """Return the endpoints that a visitor's message would be pushed to."""
    kit = Services(core.storage, core.clock, core.limiter, core.settings.data_dir, lambda: b"").devices
    return sorted(one.endpoint.rpartition("/")[2] for one in kit.of_conversation(vera.conversation_id))


def test_everybody_who_answers_is_told_until_somebody_has_the_chat(core: Core, signed: Callable[..., str]) -> None:
    adam, bea, pria = hired(core), hired(core, "Bea"), hired(core, "Pria", "privacy_officer")
    vera = welcome(core)
    for agent in (adam, bea, pria):
        signed(agent, agent.name)
    assert told(core, vera) == ["Adam", "Bea"]
    handover.assign(core, bea, vera.conversation_id, "me")
    assert told(core, vera) == ["Bea"]
    handover.close(core, bea, vera.conversation_id, None)
    assert told(core, vera) == []


def test_a_device_ends_with_its_sign_in(core: Core, signed: Callable[..., str], clock: SettableClock) -> None:
    adam, bea = hired(core, role="admin"), hired(core, "Bea")
    vera = welcome(core)
    tram, office, home = signed(adam, "tram"), signed(adam, "office"), signed(bea, "home")
    agents.sign_out(core, tram)
    assert told(core, vera) == ["home", "office"]
    sign_ins.change_agent(core, adam, bea.id, None, False, "left")
    assert told(core, vera) == ["office"]
    assert core.storage.row_counts(("push_device",))["push_device"] == 1
    clock.advance(hours=13)
    assert told(core, vera) == []
    assert office != home


def test_a_revoked_sign_in_and_a_removed_agent_leave_no_device(core: Core, signed: Callable[..., str]) -> None:
    adam, bea = hired(core, role="admin"), hired(core, "Bea")
    office = signed(adam, "office")
    signed(adam, "tram")
    signed(bea, "home")
    sign_ins.revoke(core, adam, office, None)
    sign_ins.remove_agent(core, adam, bea.id, "left")
    with core.storage.read() as db:
        assert [row[0] for row in db.exec_driver_sql("SELECT endpoint FROM push_device")] == [
            "https://push.example/office"
        ]


def test_a_browser_that_subscribes_again_is_one_browser_and_may_leave(core: Core, signed: Callable[..., str]) -> None:
    adam = hired(core)
    vera = welcome(core)
    token = signed(adam, "tram")
    devices.subscribe(core, token, "https://push.example/tram", P256DH, AUTH)
    assert told(core, vera) == ["tram"]
    devices.unsubscribe(core, "cga_mallory", "https://push.example/tram")
    assert told(core, vera) == ["tram"]
    devices.unsubscribe(core, token, "https://push.example/tram")
    assert told(core, vera) == []


@pytest.mark.parametrize(
    "changes",
    [{"endpoint": "ftp://push.example/x"}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "not base64!"}],
)
def test_what_no_browser_sends_is_refused(core: Core, signed: Callable[..., str], changes: dict[str, str]) -> None:
    token = signed(hired(core), "tram")
    asked = {"endpoint": "https://push.example/x", "p256dh": P256DH, "auth": AUTH, **changes}
    with pytest.raises(Refusal, match="payload_invalid"):
        devices.subscribe(core, token, **asked)
    assert core.storage.row_counts(("push_device",))["push_device"] == 1


def test_a_sign_in_has_five_browsers_at_most(core: Core, signed: Callable[..., str]) -> None:
    token = signed(hired(core), "0")
    for number in range(1, devices.PER_SIGN_IN):
        devices.subscribe(core, token, f"https://push.example/{number}", P256DH, AUTH)
    with pytest.raises(Refusal, match="payload_invalid"):
        devices.subscribe(core, token, "https://push.example/more", P256DH, AUTH)
    assert core.storage.row_counts(("push_device",))["push_device"] == devices.PER_SIGN_IN


def test_a_shop_without_the_middleware_offers_no_key(any_core: Core) -> None:
    assert devices.push_key(any_core) == {"public_key": None}
    with pytest.raises(Refusal, match="not_found"):
        devices.subscribe(any_core, "cga_x", "https://push.example/x", P256DH, AUTH)


def test_the_key_is_the_same_one_after_a_restart(core: Core) -> None:
    first = devices.push_key(core)["public_key"]
    assert len(first) == 87
    assert devices.push_key(core)["public_key"] == first
    assert (core.settings.data_dir / "keys" / "push.key").stat().st_mode & 0o077 == 0
