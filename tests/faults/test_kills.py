"""Servers, databases and lines that die in the middle: nothing lost, nothing doubled, order kept.

``CHATGATE_FAULTS=10 python -m pytest tests/faults -s`` runs ten times as much and prints the counts.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.postgresql_server import PostgresServer
from tests.faults.scene import Scene
from tests.redis_server import RedisServer

SEED = int(os.environ.get("CHATGATE_FAULTS_SEED", "7"))
Enact = Callable[..., Scene]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Enact]:
    """Return a function that sets a scene."""
    made: list[Scene] = []

    def enact(**given: Any) -> Scene:
        made.append(Scene(tmp_path, SEED, **given))
        return made[-1]

    yield enact
    for one in made:
        one.close()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """Return a Redis that may be killed."""
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def own_postgresql() -> Iterator[PostgresServer]:
    """Return a PostgreSQL that may be killed."""
    server = PostgresServer()
    yield server
    server.close()


def test_a_server_on_sqlite_is_killed_under_load(scene: Enact) -> None:
    """It starts again where it stopped."""
    shop = scene()
    assert shop.play(lambda _number: shop.kill_a_server(), 3).wrong == []


def test_lines_are_cut_delayed_and_doubled(scene: Enact) -> None:
    """Whatever happens between a client and the server, each message is there once."""
    shop = scene()
    shop.line.doubling = True

    def happen(number: int) -> None:
        shop.line.delay_seconds = 0.03 * (number % 3)
        shop.line.cut(0.4)

    assert shop.play(happen, 6).wrong == []


def test_one_of_two_servers_is_killed_under_load(scene: Enact, fresh_postgresql: str, redis: str) -> None:
    """Clients go on at the other one, and both sides hear of everything."""
    shop = scene(servers=2, database_url=fresh_postgresql, redis_url=redis)
    assert shop.play(lambda _number: shop.kill_a_server(), 3).wrong == []


def test_redis_is_killed_under_load(scene: Enact, fresh_postgresql: str, own_redis: RedisServer) -> None:
    """The chat goes on by the database, and over Redis again when it is back."""
    shop = scene(servers=2, database_url=fresh_postgresql, redis_url=own_redis.url)

    def happen(number: int) -> None:
        shop.fault("redis killed", own_redis.kill)
        if number % 2:
            time.sleep(1.5)
        own_redis.start()

    assert shop.play(happen, 3).wrong == []


def test_a_chat_goes_on_while_redis_stays_away(scene: Enact, fresh_postgresql: str, own_redis: RedisServer) -> None:
    """Without Redis in the end: both sides at different servers still have everything."""
    shop = scene(servers=2, database_url=fresh_postgresql, redis_url=own_redis.url)
    assert shop.play(lambda _number: shop.fault("redis killed", own_redis.kill), 1).wrong == []


def test_postgresql_is_killed_under_load(scene: Enact, own_postgresql: PostgresServer, own_redis: RedisServer) -> None:
    """What was acknowledged is there after its recovery; what was not waits and is sent again."""
    shop = scene(servers=2, database_url=own_postgresql.url, redis_url=own_redis.url)

    def happen(_number: int) -> None:
        shop.fault("postgresql killed", own_postgresql.kill)
        time.sleep(0.2)
        own_postgresql.start()

    assert shop.play(happen, 2).wrong == []
