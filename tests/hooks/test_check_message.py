"""check_message: a veto before a message is stored; with a manifest it sees the body."""

import pytest

from chatgate import Manifest, Refusal, hookimpl
from chatgate.testing import agreed, chain_of, message_context


class NoShouting:
    manifest = Manifest(purposes=["support"])

    @hookimpl
    def check_message(self, context, body):
        if context.author_kind == "visitor" and body.isupper():
            raise Refusal("message_refused", reason="shouting")


def check(body, **changes):
    chain_of(NoShouting).check("check_message", agreed("support"), context=message_context(**changes), body=body)


def test_a_message_is_refused_by_its_text():
    with pytest.raises(Refusal) as refused:
        check("WHERE IS IT")
    assert refused.value.detail == {"reason": "shouting"}


def test_other_messages_pass():
    check("Where is it?")
    check("HERE", author_kind="agent")
