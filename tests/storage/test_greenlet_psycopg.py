"""Waiting for PostgreSQL in gevent's loop: the loop goes on, and no wait outlives its server or its connection."""

from contextlib import closing
from typing import Any

import gevent
import psycopg
import pytest

from chatgate.storage.greenlet_psycopg import GreenletConnection
from tests.faults.postgresql_server import PostgresServer

LONG = "SELECT pg_sleep(600)"


def connect(address: str) -> GreenletConnection:
    return GreenletConnection.connect(address.replace("+psycopg", "", 1), autocommit=True)


def wait_for_it(connection: GreenletConnection) -> Any:
    """Start a wait that ends by itself only after the test, and return the greenlet that is in it."""
    waiting = gevent.spawn(connection.execute, LONG)
    with gevent.Timeout(30):
        while connection._waiting is None:
            gevent.sleep(0.01)
    return waiting


def refused(waiting: Any) -> BaseException:
    with pytest.raises(psycopg.OperationalError) as raised:
        waiting.get(timeout=30)
    return raised.value


def test_the_loop_goes_on_and_rows_come_whole(empty_postgresql: str) -> None:
    with connect(empty_postgresql) as slow, connect(empty_postgresql) as quick:
        waiting = wait_for_it(slow)
        wide = "x" * 3_000_000  # more than a socket takes at once: written and read in many steps
        row = quick.execute("SELECT %s::text, 7", [wide]).fetchone()
        assert row == (wide, 7)
        assert not waiting.ready()
        slow.close()
        refused(waiting)


def test_a_killed_server_ends_a_wait() -> None:
    with closing(PostgresServer()) as server:
        connection = connect(server.url)
        waiting = wait_for_it(connection)
        server.kill()
        refused(waiting)
        assert connection.broken


def test_a_killed_backend_ends_a_wait(empty_postgresql: str) -> None:
    connection = connect(empty_postgresql)
    waiting = wait_for_it(connection)
    with connect(empty_postgresql) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    refused(waiting)


def test_a_connection_that_is_closed_ends_a_wait_on_it(empty_postgresql: str) -> None:
    connection = connect(empty_postgresql)
    waiting = wait_for_it(connection)
    connection.close()
    assert "closed while it was waited for" in str(refused(waiting))
    assert connection._waiting is None
    with pytest.raises(psycopg.OperationalError, match="closed"):
        connection.execute("SELECT 1")
