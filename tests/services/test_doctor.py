"""doctor: what a first installation gets wrong, and nothing about one that is right."""

import pytest

from chatgate import Manifest, Purpose, Recipient, StoredData, hookimpl
from chatgate.cli.serve import shipped_notice
from chatgate.services import sites
from chatgate.services.upkeep.contradictions import contradictions
from chatgate.services.upkeep.doctor import findings, registrable_domain
from chatgate.storage.queries import consents
from tests.cast import SITE, open_shop


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("shop.example", "shop.example"),
        ("chat.shop.example", "shop.example"),
        ("www.shop.com.pl", "shop.com.pl"),
        ("chat.shop.co.uk", "shop.co.uk"),
        ("chat.kubki.pl", "kubki.pl"),
        ("ikea.pl", "ikea.pl"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_the_registered_part_of_a_host(host, expected):
    assert registrable_domain(host) == expected


def neighbours(core, url, origins, monkeypatch):
    """Return what doctor says about the domains of the chat and its shop."""
    monkeypatch.setattr(core.settings, "public_url", url)
    monkeypatch.setattr(core.settings, "demo", False)
    sites.set_site(core, SITE, {"allowed_origins": origins})
    return [one for one in findings(core) if "another domain" in one["problem"]]


def test_a_chat_on_another_domain_than_its_shop_is_told(core, monkeypatch):
    found = neighbours(
        core, "https://chat.host.example", ["https://shop.example", "https://chat.host.example"], monkeypatch
    )
    assert len(found) == 1
    assert found[0]["mend"].endswith("chat.shop.example.")


def test_a_chat_on_a_subdomain_of_its_shop_is_right(core, monkeypatch):
    origins = ["https://shop.example", "https://www.shop.example"]
    assert neighbours(core, "https://chat.shop.example", origins, monkeypatch) == []


class Sender:
    """A middleware that sends chats to somebody, keeps copies long, and wants a purpose nobody is asked for."""

    manifest = Manifest(
        purposes=[Purpose.SUPPORT, Purpose.MARKETING],
        recipients=[Recipient("Crate & Carrier", "processor", "PL")],
        stores=[StoredData("a copy of each chat", Purpose.SUPPORT, 9999)],
        description="For this test.",
    )

    @hookimpl
    def on_session_opened(self, event):
        """Hear of it."""


def test_what_the_notice_does_not_say_is_told(make_core):
    core = make_core(
        middleware={"sender": Sender()},
        session_days=9999,
        training={"cooling_off_days": 9999},
    )
    problems = " ".join(one["problem"] for one in findings(core))
    for needle in (
        "sends data to Crate & Carrier",
        "is for marketing, and the notice asks for no such consent",
        "keeps a copy of each chat for 9999 days",
        "transcripts wait 9999 days",
        "session lives 9999 days",
    ):
        assert needle in problems


def test_the_shipped_notice_and_the_default_chain_do_not_contradict_each_other(core):
    with core.storage.read() as db:
        (row, *_others) = consents.current_notices(db, SITE)
    assert list(contradictions(core, row.content)) == []


def test_a_recipient_that_the_notice_names_is_no_finding(make_core):
    notice = shipped_notice("split").replace("recipients = []", 'recipients = ["Crate & Carrier (processor, PL)"]')
    core = make_core(middleware={"sender": Sender()}, shop=False)
    open_shop(core, notice=notice)
    assert not any("sends data to" in one["problem"] for one in findings(core))
