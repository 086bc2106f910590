"""Windows of a real browser for the journeys; whatever is waited for may take half a minute on a busy machine."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.cast import ADAM
from tests.conftest import PATIENCE_MS
from tests.journeys.browsing import sign_in
from tests.live import Server

expect.set_options(timeout=PATIENCE_MS)


def open_at(**hours: Any) -> dict[str, Any]:
    """Return settings of a shop with these hours."""
    rate_limit = {"sessions": 1000, "messages": 1000}
    return {
        "middleware": ["consent_gate", "opening_hours", "training_router"],
        "middleware_settings": {"rate_limit": rate_limit, "opening_hours": {"sites": {"demo": hours}}},
    }


@pytest.fixture(scope="module")
def closed_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server whose shop is closed, and opens on Mondays at nine."""
    server = Server(tmp_path_factory.mktemp("closed"), settings=open_at(mon=["09:00-09:01"]))
    yield server
    server.close()


@pytest.fixture
def new_window(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a maker of windows, each with a browser profile of its own; options are those of Playwright's context."""
    contexts = []

    def opened(**options: Any) -> Any:
        context = browser.new_context(**{"locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def window(new_window: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that opens an inbox in a window of its own, signed in; its policy lets axe in."""

    def open_window(server: Server, email: str = ADAM) -> Any:
        page = new_window(viewport={"width": 1440, "height": 800}, bypass_csp=True)
        sign_in(page, server, email)
        return page

    return open_window
