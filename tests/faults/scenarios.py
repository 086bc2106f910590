"""Every scenario that talks: what is broken under load. Each takes its ground and how often, and returns a report.

`tests/faults/work.py` has those of the worker. All are run by ``python -m tests.faults`` and, a little, by pytest.
"""

import time

from tests.faults.checker import Report
from tests.faults.ground import Ground
from tests.faults.scene import Scene

YEARS_HOURS = 100_000
JUMPS_HOURS = (24, -1, -23, 24 * 3, -25)


def two_servers(ground: Ground, *, polling: bool = False) -> Scene:
    """Set a scene with two servers on PostgreSQL and Redis."""
    return Scene(ground, 2, polling=polling, database_url=ground.database(), redis_url=ground.redis_url)


def server_killed(ground: Ground, rounds: int) -> Report:
    """Kill the only server, on SQLite; it starts again where it stopped."""
    shop = Scene(ground)
    return shop.play(lambda _number: shop.kill_a_server(), rounds)


def lines_broken(ground: Ground, rounds: int) -> Report:
    """Cut, delay, reorder and double connections, and send packets twice."""
    shop = Scene(ground)
    shop.line.doubling = True
    shop.stutters = 0.3
    shop.line.late_seconds = 0.2

    def happen(number: int) -> None:
        shop.line.delay_seconds = 0.03 * (number % 3)
        shop.line.cut(0.5)

    return shop.play(happen, 3 * rounds)


def one_of_two_killed(ground: Ground, rounds: int) -> Report:
    """Kill one of two servers; clients go on at the other one, in turn and without stickiness."""
    shop = two_servers(ground)
    return shop.play(lambda _number: shop.kill_a_server(), rounds)


def polling_cut(ground: Ground, rounds: int) -> Report:
    """Poll, at two servers behind a sticky proxy; connections are cut, and a server is killed."""
    shop = two_servers(ground, polling=True)

    def happen(number: int) -> None:
        shop.line.cut(0.3)
        if number % 2:
            shop.kill_a_server()

    return shop.play(happen, 2 * rounds)


def redis_killed(ground: Ground, rounds: int) -> Report:
    """Kill Redis: the chat goes on by the database, over Redis when it is back, and without it in the end."""
    redis = ground.redis()
    shop = Scene(ground, 2, database_url=ground.database(), redis_url=redis.url)

    def happen(number: int) -> None:
        if number:
            redis.start()
            time.sleep(shop.random.uniform(0, 1))
        shop.fault("Redis killed", redis.kill)

    return shop.play(happen, rounds + 1)


def postgresql_killed(ground: Ground, rounds: int) -> Report:
    """Kill PostgreSQL: what was acknowledged is there after its recovery; what was not waits and is sent again."""
    server = ground.postgresql()
    shop = Scene(ground, 2, database_url=server.url, redis_url=ground.redis_url)

    def happen(_number: int) -> None:
        shop.fault("PostgreSQL killed", server.kill)
        time.sleep(shop.random.uniform(0, 0.4))
        server.start()

    return shop.play(happen, rounds)


def clock_jumps(ground: Ground, rounds: int) -> Report:
    """Move the clock of both servers a day forward and an hour back, again and again."""
    settings = {"idle_close_hours": YEARS_HOURS, "agent_session_hours": YEARS_HOURS, "session_days": YEARS_HOURS}
    shop = Scene(ground, 2, database_url=ground.database(), redis_url=ground.redis_url, **settings)

    def happen(number: int) -> None:
        hours = JUMPS_HOURS[number % len(JUMPS_HOURS)]
        shop.fault("clock moved", lambda: shop.servers[0].clock.advance(hours=hours))

    return shop.play(happen, 2 * rounds)


TALKING = (
    server_killed,
    lines_broken,
    one_of_two_killed,
    polling_cut,
    redis_killed,
    postgresql_killed,
    clock_jumps,
)
