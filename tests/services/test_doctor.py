"""doctor: what a first installation gets wrong, and nothing about one that is right."""

import pytest

from chatgate.services import sites
from chatgate.services.doctor import findings, registrable_domain
from tests.cast import SITE


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
