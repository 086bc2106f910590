"""check_session_open: a veto before the consent is accepted, always asked, also without a manifest."""

import pytest

from chatgate import Refusal, hookimpl
from chatgate.testing import chain_of, session_open_context


class Strict:
    @hookimpl
    def check_session_open(self, context):
        if context.page_path == "/careers":
            raise Refusal("session_refused", reason="page")


def test_the_refusal_reaches_the_visitor_as_it_is():
    with pytest.raises(Refusal) as refused:
        chain_of(Strict).check("check_session_open", None, context=session_open_context(page_path="/careers"))
    assert refused.value.as_dict() == {"code": "session_refused", "detail": {"reason": "page"}}


def test_other_sessions_open():
    chain_of(Strict).check("check_session_open", None, context=session_open_context())
