"""choose_reply: an automated answer, with the training items it derives from."""

import pytest

from chatgate import Manifest, Refusal, Reply, hookimpl
from chatgate.testing import agreed, chain_of, reply_context


def answering(answer):
    class Answering:
        manifest = Manifest(purposes=["support"])

        @hookimpl
        def choose_reply(self, context):
            return answer

    return Answering()


def test_the_first_reply_wins():
    chain = chain_of(a=answering(None), b=answering(Reply("b", ("i",), 1)), c=answering(Reply("c", (), 1)))
    assert chain.choose("choose_reply", agreed("support"), context=reply_context()) == Reply("b", ("i",), 1.0)


@pytest.mark.parametrize(
    "answer", ["text", Reply(b"x", (), 0.5), Reply("x", (7,), 0.5), Reply("x", (), True)], ids=repr
)
def test_garbage_is_refused(answer):
    with pytest.raises(Refusal, match="middleware_error"):
        chain_of(a=answering(answer)).choose("choose_reply", agreed("support"), context=reply_context())
