"""register_training_sinks: contributes sinks once, at start-up."""

import pytest

from chatgate import OperatorError, hookimpl
from chatgate.testing import chain_of


class Nowhere:
    name = "nowhere"

    def write(self, grant, item_id, messages, metadata):
        pass

    def retract(self, item_id):
        pass


def registering(answer):
    class Registering:
        @hookimpl
        def register_training_sinks(self, kit):
            return answer() if callable(answer) else answer

    return Registering()


def test_sinks_are_collected_in_the_order_of_the_list():
    one, two = Nowhere(), Nowhere()
    chain = chain_of(a=registering([one]), b=registering(None), c=registering((two,)))
    assert chain.register("register_training_sinks") == [one, two]


@pytest.mark.parametrize(
    "answer", ["nowhere", lambda: 1 / 0, [object()], [Nowhere]], ids=["text", "raises", "no-sink", "class"]
)
def test_a_failure_stops_the_start_and_names_the_middleware(answer):
    with pytest.raises(OperatorError, match='middleware "broken": register_training_sinks'):
        chain_of(broken=registering(answer)).register("register_training_sinks")


def test_a_middlewares_own_message_to_the_operator_is_kept():
    def mend():
        raise OperatorError("set `directory`")

    with pytest.raises(OperatorError, match='middleware "picky": register_training_sinks: set `directory`'):
        chain_of(picky=registering(mend)).register("register_training_sinks")
