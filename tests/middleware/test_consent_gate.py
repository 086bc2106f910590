"""consent_gate: which notice a site shows, and on which pages no chat opens."""

import pytest

from chatgate import NoticeChoice, OperatorError, Refusal
from chatgate.middleware import consent_gate
from chatgate.testing import chain_of, notice_context, session_open_context

NOTICES = (
    NoticeChoice("1" * 64, "default", "1.0.0", "en", True),
    NoticeChoice("2" * 64, "short", "1.9.0", "en", False),
    NoticeChoice("3" * 64, "short", "1.10.0", "en", False),
    NoticeChoice("4" * 64, "short", "1.10.0", "pl", False),
    NoticeChoice("5" * 64, "polish", "1.0.0", "pl", True),
)


def chosen(notices, locale, site_id="demo"):
    chain = chain_of(consent_gate, settings={"consent_gate": {"sites": {"demo": {"notices": notices}}}})
    return chain.choose("choose_notice", None, context=notice_context(*NOTICES, locale=locale, site_id=site_id))


@pytest.mark.parametrize(
    ("notices", "locale", "sha256"),
    [
        ({}, "en", None),
        ({"en": "short"}, "de", None),
        ({"en": "default"}, "en-GB", "1"),
        ({"*": "short"}, "en", "3"),
        ({"*": "short"}, "pl", "4"),
        ({"*": "short", "pl": "polish"}, "pl_PL", "5"),
        ({"*": "short", "pl-pl": "polish"}, "PL-PL", "5"),
    ],
)
def test_the_notice_follows_the_visitors_language(notices, locale, sha256):
    assert chosen(notices, locale) == (None if sha256 is None else sha256 * 64)


def test_another_site_keeps_its_own_notice():
    assert chosen({"*": "short"}, "en", site_id="other") is None


def test_a_configured_notice_that_is_not_published_is_never_replaced_by_another():
    with pytest.raises(Refusal) as refused:
        chosen({"*": "unpublished"}, "en")
    assert refused.value.as_dict() == {"code": "no_active_notice", "detail": {"notice_id": "unpublished"}}


def open_on(path, **settings):
    chain = chain_of(consent_gate, settings={"consent_gate": settings})
    chain.check("check_session_open", None, context=session_open_context(page_path=path))


BLOCKED = {"blocked_paths": ["/careers/*"], "sites": {"demo": {"blocked_paths": ["/press"]}}}


@pytest.mark.parametrize("path", ["/careers/cook", "/careers/", "/press", "/press?utm=1", "/press#top"])
def test_no_session_opens_on_a_blocked_page(path):
    with pytest.raises(Refusal, match="session_refused"):
        open_on(path, **BLOCKED)


@pytest.mark.parametrize("path", ["/products", "/careers", "/pressed", None, ""])
def test_sessions_open_on_every_other_page(path):
    open_on(path, **BLOCKED)


def test_a_misspelt_rule_of_a_site_stops_the_start():
    with pytest.raises(OperatorError, match=r"\[middleware_settings.consent_gate\] sites.demo.notice: "):
        chain_of(consent_gate, settings={"consent_gate": {"sites": {"demo": {"notice": {}}}}})
