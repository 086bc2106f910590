"""Whoever answers a chat that nobody has takes it; an answer that takes nothing is an answer all the same."""

import time
from typing import Any

import pytest

from chatgate.errors import Refusal
from chatgate.ids import new_token
from chatgate.services import messages
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.core import Core
from chatgate.storage.database import Storage
from chatgate.storage.queries import conversations
from tests.cast import Vera, hire_adam, signed_in, welcome


def answered(core: Core, agent: SignedInAgent, vera: Vera) -> str:
    """Answer her, and return the body that was acknowledged."""
    queued = messages.queue_agent_message(core, agent, vera.conversation_id, new_token("m"), "Yes.")
    body: str = queued.result(30)["body"]
    return body


def owner(core: Core, vera: Vera, seconds: float = 30) -> str | None:
    """Return whose chat it is, once somebody has it."""
    end = time.monotonic() + seconds
    while True:
        with core.storage.read() as db:
            row = conversations.conversation(db, vera.conversation_id)
        assert row is not None
        if row.assigned_agent_id is not None or time.monotonic() > end:
            return None if row.assigned_agent_id is None else str(row.assigned_agent_id)
        time.sleep(0.02)


def test_an_answer_takes_the_chat(any_core: Core) -> None:
    hire_adam(any_core)
    adam, vera = signed_in(any_core), welcome(any_core)
    answered(any_core, adam, vera)
    assert owner(any_core, vera) == adam.id


def test_a_full_queue_loses_neither_the_answer_nor_the_ones_after_it(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire_adam(core)
    adam, vera = signed_in(core), welcome(core)

    def full(_storage: Storage, _job: Any) -> Any:
        raise Refusal("rate_limited", retry_after_seconds=1)

    with monkeypatch.context() as patched:
        patched.setattr(Storage, "write", full)
        assert answered(core, adam, vera) == "Yes."
        assert answered(core, adam, vera) == "Yes."
    answered(core, adam, vera)
    assert owner(core, vera) == adam.id
