"""choose_suggestions: answers for the agent, with the training items they derive from."""

import pytest

from chatgate import Manifest, Refusal, Suggestion, hookimpl
from chatgate.testing import agreed, chain_of, suggestion_context


def suggest(answer, covers):
    class Suggesting:
        manifest = Manifest(purposes=["support"])

        @hookimpl
        def choose_suggestions(self, context):
            return answer

    return chain_of(Suggesting).choose("choose_suggestions", covers, context=suggestion_context())


def test_suggestions_reach_the_agent_with_their_items():
    given = (Suggestion("On its way.", ("item-1",), 0.8),)
    assert suggest(given, agreed("support")) == given


def test_the_question_is_shown_only_where_it_is_covered():
    assert suggest((Suggestion("x", (), 0.1),), agreed()) is None


@pytest.mark.parametrize(
    "answer",
    [
        "text",
        ("text",),
        (Suggestion(None, (), 0.1),),
        (Suggestion("x", ["item"], 0.1),),
        (Suggestion("x", (), "1"),),
    ],
    ids=["text", "texts", "no text", "list of items", "score as text"],
)
def test_garbage_is_refused(answer):
    with pytest.raises(Refusal, match="middleware_error"):
        suggest(answer, agreed("support"))
