"""transform_message: replaces a body before it is stored."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, message_context


class Masking:
    manifest = Manifest(purposes=["support"])

    @hookimpl
    def transform_message(self, context, body):
        return body.replace("4111", "****") if context.author_kind == "visitor" else None


def transform(body, **changes):
    context = message_context(**changes)
    return chain_of(Masking).transform("transform_message", "body", agreed("support"), context=context, body=body)


def test_the_new_body_replaces_the_old():
    assert transform("4111 1111") == "**** 1111"


def test_none_leaves_the_body():
    assert transform("4111 1111", author_kind="agent") == "4111 1111"
