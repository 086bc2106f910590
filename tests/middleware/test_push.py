"""push: sealed for the browser, signed by the shop, without a word of the chat; to known push services only."""

from collections.abc import Iterator
from typing import Any

import pytest

from chatgate import Device, OperatorError
from chatgate.middleware import push
from chatgate.testing import FakeServices, FixedClock, agreed, chain_of, message_stored
from tests.push_service import Browser, PushService, decoded, encoded, signed_claims, unsealed

KEY = bytes(31) + b"\x07"


class Devices:
    """The browsers of the agents, in memory."""

    def __init__(self, *browsers: Browser) -> None:
        self.known = [Device(f"device-{n}", "adam", **one.subscription) for n, one in enumerate(browsers)]

    def of_conversation(self, _conversation_id: str) -> tuple[Device, ...]:
        return tuple(self.known)

    def forget(self, device_id: str) -> None:
        self.known = [one for one in self.known if one.id != device_id]

    def key(self) -> bytes:
        return KEY


class Shop:
    """The middleware in a chain of its own, with a browser and its push service."""

    def __init__(self, service: PushService) -> None:
        self.service = service
        self.browser = Browser(service, "adams-phone")
        self.clock = FixedClock()
        self.services = FakeServices(self.clock)
        self.services.devices = Devices(self.browser)  # type: ignore[attr-defined]
        self.settings = {"contact": "mailto:shop@shop.example", "services": ["127.0.0.1"]}

    def tells(self, **changes: Any) -> Any:
        chain = chain_of(push, settings={"push": self.settings}, services=self.services)
        event = message_stored(**{"body": "canary", **changes})
        return chain.deliver("push", "on_message_stored", agreed("support"), event=event)


@pytest.fixture
def service() -> Iterator[PushService]:
    made = PushService()
    yield made
    made.close()


@pytest.fixture
def shop(service: PushService) -> Shop:
    return Shop(service)


def test_a_push_opens_in_the_browser_and_says_only_which_conversation(shop: Shop) -> None:
    shop.tells(conversation_id="conversation-1")
    [(path, headers, body)] = shop.service.got
    assert path == "/adams-phone"
    assert shop.browser.opens(body) == {"conversation_id": "conversation-1"}
    assert b"conversation-1" not in body
    assert (headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("aes128gcm", "14400", "high")


def test_a_push_is_signed_for_its_service_with_the_shops_own_key(shop: Shop) -> None:
    shop.tells()
    claims = signed_claims(shop.service.got[0][1]["authorization"])
    assert claims == {
        "aud": shop.service.url,
        "exp": int(shop.clock.now().timestamp()) + 12 * 3600,
        "sub": "mailto:shop@shop.example",
    }


def test_what_opens_pushes_here_is_the_standards_own_way() -> None:
    """The example of RFC 8291, section 5, opened with the receiver's key of that section."""
    from cryptography.hazmat.primitives.asymmetric import ec

    receiver = ec.derive_private_key(
        int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")), ec.SECP256R1()
    )
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    opened = unsealed(decoded(body), receiver, decoded("BTBZMqHH6r4Tts7J_aSIgg"))
    assert opened == b"When I grow up, I want to be a watermelon"


def test_an_agents_own_message_tells_nobody(shop: Shop) -> None:
    shop.tells(author_kind="agent")
    assert shop.service.got == []


def test_one_conversation_tells_a_browser_once_in_a_while(shop: Shop) -> None:
    shop.tells(conversation_id="one")
    shop.tells(conversation_id="one")
    shop.tells(conversation_id="two")
    assert len(shop.service.got) == 2
    shop.clock.advance(seconds=61)
    shop.tells(conversation_id="one")
    assert len(shop.service.got) == 3


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_its_service_no_longer_knows_is_forgotten(shop: Shop, status: int) -> None:
    shop.service.status = status
    shop.tells()
    assert shop.services.devices.known == []  # type: ignore[attr-defined]


def test_a_service_that_fails_is_asked_again_and_the_browser_is_told_then(shop: Shop) -> None:
    shop.service.status = 503
    with pytest.raises(ConnectionError):
        shop.tells()
    shop.service.status = 201
    shop.tells()
    shop.tells()
    assert len(shop.service.got) == 2
    assert len(shop.services.devices.known) == 1  # type: ignore[attr-defined]


def test_no_other_host_is_ever_called(shop: Shop) -> None:
    shop.settings["services"] = ["fcm.googleapis.com"]
    shop.tells()
    assert shop.service.got == []


def test_a_redirect_is_not_followed(shop: Shop) -> None:
    shop.service.status = 302
    with pytest.raises(ConnectionError):
        shop.tells()
    assert len(shop.service.got) == 1


def test_a_contact_that_is_none_stops_the_start() -> None:
    with pytest.raises(OperatorError):
        chain_of(push, settings={"push": {"contact": "the shop"}})


def test_every_push_service_is_a_declared_recipient() -> None:
    assert len(push.manifest.recipients) == len(push.SERVICES)
    assert encoded(b"\xff\xfe") == "__4"
