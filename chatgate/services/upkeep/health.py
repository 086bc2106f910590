"""Whether this process can serve: what a load balancer or an operator asks."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

from chatgate.services.core import Core, View
from chatgate.storage import migrate
from chatgate.storage.queries import work

ASKED_AGAIN_SECONDS: Final = 1.0
"""An answer is kept so long: asking often costs no commits."""
WRITE_SECONDS: Final = 5.0
WORKER_SECONDS: Final = 150.0
"""A worker that failed waits up to a minute between its rounds."""
LAG: Final = timedelta(minutes=5)
OK: Final = "ok"


class Readiness:
    """Answers ``GET /readyz``; one instance for each process."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._asked_at = float("-inf")
        self._answer: View = {}

    def answer(self) -> View:
        """Return ``{ready, checks}``; each check is ``ok`` or a few fixed words."""
        now = time.monotonic()
        if now - self._asked_at >= ASKED_AGAIN_SECONDS:
            self._asked_at = now
            self._answer = self._look()
        return self._answer

    def _look(self) -> View:
        checks = {
            "database": self._checked(self._database),
            "schema": self._checked(self._schema),
            "lists": OK if self._core.lists_applied else "erasures and withdrawals are not applied yet",
            "worker": self._worker(),
            "outbox": self._checked(self._outbox),
        }
        told = {"redis": self._checked(self._redis)} if self._core.settings.redis_url else {}
        return {"ready": all(state == OK for state in checks.values()), "checks": {**checks, **told}}

    def _checked(self, check: Callable[[], str]) -> str:
        try:
            return check()
        except Exception:
            return "failed"

    def _database(self) -> str:
        self._core.storage.write(_touch).result(WRITE_SECONDS)
        return OK

    def _schema(self) -> str:
        with self._core.storage.read() as db:
            found = db.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return OK if found == migrate.newest_revision() else "another schema than this program's"

    def _worker(self) -> str:
        seen = self._core.worker_seen
        if seen is None:
            return OK  # it runs elsewhere: then the outbox tells
        return OK if time.monotonic() - seen < WORKER_SECONDS else "the worker does not move"

    def _outbox(self) -> str:
        with self._core.storage.read() as db:
            oldest = work.oldest_untried(db)
        late = oldest is not None and self._core.clock.now() - oldest > LAG
        return "events wait for more than five minutes" if late else OK

    def _redis(self) -> str:
        import redis

        client = redis.Redis.from_url(self._core.settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
        try:
            client.ping()
        finally:
            client.close()
        return OK


def _touch(db: Connection) -> None:
    """Write something that changes nothing: it needs the lock, room and the right to write."""
    db.execute(text("UPDATE alembic_version SET version_num = version_num"))
