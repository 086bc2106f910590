"""The notice says that the shop is closed; a middleware that fails there takes only its own hint away."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chatgate import AvailabilityContext, Closed, Manifest, hookimpl
from chatgate.app import create_core
from chatgate.config import Settings
from tests.cast import open_shop, shown
from tests.conftest import close


class Hours:
    """Closed, or broken."""

    manifest = Manifest()
    answer: Any = None

    @hookimpl
    def choose_availability(self, context: AvailabilityContext) -> Any:
        """Say so, for the site and language that were asked for."""
        assert (context.site_id, context.locale) == ("demo", "pl")
        if self.answer == "broken":
            raise RuntimeError("canary")
        return self.answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, None),
        (Closed(), {"opens_at": None, "messages": False}),
        (
            Closed(datetime(2026, 11, 30, 8, tzinfo=UTC), messages=True),
            {"opens_at": "2026-11-30T08:00:00+00:00", "messages": True},
        ),
        ("broken", None),
    ],
    ids=["open", "closed", "until Monday", "broken"],
)
def test_the_notice_is_shown_with_what_is_known(
    settings: Callable[..., Settings], clock: Any, answer: Any, told: Any
) -> None:
    hours = Hours()
    hours.answer = answer
    core = create_core(settings(), clock, {"hours": hours})
    open_shop(core)
    found = shown(core, "pl")
    assert found["closed"] == told
    assert found["notice"]["locale"] == "pl"
    assert found["display_token"]
    close(core)
