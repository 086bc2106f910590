"""Fixtures of the services' tests: a visitor on either database, and a shop that is opened and closed again."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatgate.app import create_core
from chatgate.config import Settings
from chatgate.services.core import Core
from tests.cast import Vera, welcome
from tests.conftest import close
from tests.services.drills import ASSISTANT, KEPT, back_up, begin, chat


@pytest.fixture
def any_vera(any_core: Core) -> Vera:
    """Return a visitor who agreed to support only, on either database."""
    return welcome(any_core)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, settings: Callable[..., Settings], clock: Any) -> Any:
    """Return a shop whose services may be opened and closed again, on either database."""
    urls = {}
    # A test of files, which PostgreSQL does not have, asks for SQLite alone by parametrizing this fixture itself.
    if request.param == "postgresql":
        urls["database_url"] = request.getfixturevalue("empty_postgresql")
    limits = {"rate_limit": {"sessions": 10_000, "messages": 10_000}}
    made = settings(middleware_settings=limits, **urls)

    def opened(**more: Any) -> Core:
        core = create_core(made, clock, ASSISTANT, **more)
        opened_cores.append(core)
        return core

    opened_cores: list[Core] = []
    yield SimpleNamespace(settings=made, open=opened, clock=clock)
    for core in opened_cores:
        close(core)


@pytest.fixture
def saved(shop: Any, tmp_path: Path) -> Path:
    """Return a backup of a closed shop with one finished chat."""
    core = begin(shop)
    chat(core, KEPT)
    back_up(shop, tmp_path / "saved.zip")
    close(core)
    return tmp_path / "saved.zip"
