"""choose_training_route: picks the sink of one transcript, only where training is agreed to."""

import pytest

from chatgate import Manifest, Refusal, hookimpl
from chatgate.testing import agreed, chain_of, training_export_context


class Routing:
    manifest = Manifest(purposes=["training"])

    @hookimpl
    def choose_training_route(self, context, sinks):
        return "archive" if context.site_id == "demo" else sinks[0]


def route(covers, sinks=("database", "archive"), **changes):
    context = training_export_context(**changes)
    return chain_of(Routing).choose("choose_training_route", covers, context=context, sinks=sinks)


def test_one_of_the_sinks_is_chosen():
    assert route(agreed("training")) == "archive"
    assert route(agreed("training"), site_id="other") == "database"


def test_nothing_is_routed_without_the_consent():
    assert route(agreed("support")) is None


def test_a_sink_that_does_not_exist_fails_the_export():
    with pytest.raises(Refusal, match="middleware_error"):
        route(agreed("training"), sinks=("database",))
