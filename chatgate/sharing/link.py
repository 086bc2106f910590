"""The line to the other processes: Redis publish and subscribe, which may be away at any time."""

import hashlib
import hmac
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from chatgate.errors import OperatorError
from chatgate.logs import failure, log

BEAT_SECONDS: Final = 2.0
SILENT_SECONDS: Final = 8.0
"""Without an echo of our own for so long, the line counts as broken, whatever the socket says."""
CONFIRM_SECONDS: Final = 1.0
BACKOFF_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
MAX_WAITING: Final = 50_000
NAME_BYTES: Final = 16
LENGTH_DIGITS: Final = 8
Heard = Callable[[str, bytes], None]


def connect(url: str, **options: Any) -> Any:
    """Return a Redis client; it connects on use.

    Raises:
        OperatorError: the package is not installed, or the address is none.
    """
    try:
        import redis
    except ImportError:
        raise OperatorError('redis_url needs more packages: pip install "chatgate[scale]"') from None
    try:
        return redis.Redis.from_url(url, protocol=2, **options)
    except ValueError:
        raise OperatorError("redis_url is no address; use redis://host:6379/0 or rediss://...") from None


class Link:
    """Publishes without waiting, and hears what others publish on the channels that are followed here.

    Who hears nothing for a while is told by `changed`, and looks into the database instead. What one turn of the loop
    says on a channel is published as one, and nothing is answered to it (CLIENT REPLY OFF): that Redis still gets them
    is seen by an echo of our own.

    Args:
        url: ``redis://`` or ``rediss://``.
        key: what all processes of an installation have in common; the names of channels are made from it.
    """

    def __init__(self, url: str, key: bytes) -> None:
        self.name: Final = secrets.token_hex(8)
        self.up = False
        self.heard: Heard = lambda _name, _body: None
        self.changed: Callable[[bool], None] = lambda _up: None
        self._redis = connect(url, socket_timeout=SILENT_SECONDS, socket_connect_timeout=2.0)
        self._prefix = f"chatgate:{hmac.digest(key, b'chatgate/channels', hashlib.sha256).hex()[:16]}:"
        self._me = self.name.encode()
        self._echo = f"echo:{self.name}"
        self._followed: Counter[str] = Counter()
        self._confirming: dict[str, threading.Event] = {}
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._wake = threading.Event()
        self._sending = threading.Lock()
        self._subscriber: Any = None
        self._publisher: Any = None
        self._echoed_at = 0.0
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Connect, and stay connected until :meth:`stop`."""
        self._threads = [
            threading.Thread(target=run, name=f"chatgate-link-{run.__name__}", daemon=True)
            for run in (self._read, self._write)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send what waits, and leave."""
        self._stopping = True
        self._wake.set()
        if self._threads:
            self._threads[1].join(timeout=2)
        _close(self._subscriber, self._publisher)
        for thread in self._threads:
            thread.join(timeout=2)
        self._redis.close()
        self._redis.connection_pool.disconnect()

    # -- telling ---------------------------------------------------------------------------------------------

    def publish(self, name: str, body: bytes) -> None:
        """Tell the processes that follow a channel; when Redis is away, nobody."""
        if not self._threads:
            self._publish_once(name, body)
        elif self.up and len(self._waiting) < MAX_WAITING:
            self._waiting.append((name, body))
            self._wake.set()

    def _publish_once(self, name: str, body: bytes) -> None:
        """Publish from a process that does not stay, as a command is."""
        import redis

        try:
            self._redis.publish(self._prefix + name, self._me + _packed([body]))
        except redis.RedisError as error:
            log("sharing", "redis_away", failure=failure(error))

    def _write(self) -> None:
        beat_at = 0.0
        while not self._stopping or self._waiting:
            self._wake.wait(BEAT_SECONDS)
            self._wake.clear()
            waiting: dict[str, list[bytes]] = {}
            for name, body in (self._waiting.popleft() for _ in range(len(self._waiting))):
                waiting.setdefault(name, []).append(body)
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + BEAT_SECONDS
                self._check_echo()
                waiting[self._echo] = []
            publisher = self._publisher
            if publisher is None:
                if self._stopping:
                    return
                continue
            try:
                commands = [
                    ("PUBLISH", self._prefix + name, self._me + _packed(bodies)) for name, bodies in waiting.items()
                ]
                publisher.send_packed_command(publisher.pack_commands(commands), check_health=False)
            except Exception:
                self._hang_up()

    def _check_echo(self) -> None:
        if self.up and time.monotonic() - self._echoed_at > SILENT_SECONDS:
            self._hang_up()

    def _hang_up(self) -> None:
        """Have the reader see that the line is broken."""
        _close(self._publisher, self._subscriber)

    # -- following -------------------------------------------------------------------------------------------

    def follow(self, names: Iterable[str]) -> None:
        """Hear these channels from now on; returns when Redis confirmed it, so that a read after it misses nothing."""
        bells = []
        for name in names:
            self._followed[name] += 1
            bell = self._confirming.get(name)
            if self._followed[name] == 1 and self.up:
                bell = self._confirming[name] = threading.Event()
                self._command("SUBSCRIBE", [name])
            if bell is not None:
                bells.append(bell)
        limit = time.monotonic() + CONFIRM_SECONDS
        for bell in bells:
            bell.wait(max(0.0, limit - time.monotonic()))

    def unfollow(self, names: Iterable[str]) -> None:
        """Hear these channels no more, unless somebody else here follows them."""
        gone = []
        for name in names:
            self._followed[name] -= 1
            if self._followed[name] <= 0:
                del self._followed[name]
                self._confirming.pop(name, None)
                gone.append(name)
        if gone and self.up:
            self._command("UNSUBSCRIBE", gone)

    def _command(self, verb: str, names: Iterable[str]) -> None:
        subscriber = self._subscriber
        if subscriber is None:
            return
        try:
            packed = subscriber.pack_command(verb, *[self._prefix + name for name in names])
            with self._sending:
                subscriber.send_packed_command(packed, check_health=False)
        except Exception:
            self._hang_up()

    # -- hearing ---------------------------------------------------------------------------------------------

    def _read(self) -> None:
        tries = 0
        while not self._stopping:
            try:
                self._connect()
                while not self._stopping:
                    self._take(self._subscriber.read_response(disable_decoding=True))
                    tries = 0
            except Exception as error:
                self._lost(error)
            if not self._stopping:
                time.sleep(BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)])
                tries += 1

    def _connect(self) -> None:
        pool = self._redis.connection_pool
        publisher, subscriber = pool.make_connection(), pool.make_connection()
        publisher.connect()
        publisher.send_command("CLIENT", "REPLY", "OFF")
        subscriber.connect()
        self._publisher, self._subscriber = publisher, subscriber
        self._command("SUBSCRIBE", [self._echo, *self._followed])
        publisher.send_command("PUBLISH", self._prefix + self._echo, self._me)

    def _take(self, answer: Any) -> None:
        kind, channel, body = answer
        name = channel.decode().removeprefix(self._prefix)
        if kind == b"message":
            if body[:NAME_BYTES] != self._me:
                for one in _unpacked(body):
                    self._hear(name, one)
            elif name == self._echo:
                self._echo_came()
        elif kind == b"subscribe":
            bell = self._confirming.pop(name, None)
            if bell is not None:
                bell.set()

    def _hear(self, name: str, body: bytes) -> None:
        try:
            self.heard(name, body)
        except Exception as error:
            log("sharing", "peer_unheard", error=error, failure=failure(error))

    def _echo_came(self) -> None:
        self._echoed_at = time.monotonic()
        if not self.up:
            self.up = True
            # What was followed meanwhile was not asked for yet; asking twice is harmless.
            self._command("SUBSCRIBE", [self._echo, *self._followed])
            log("sharing", "redis_here")
            self._tell(True)

    def _lost(self, error: Exception) -> None:
        _close(self._publisher, self._subscriber)
        self._publisher = self._subscriber = None
        for bell in self._confirming.values():
            bell.set()
        self._confirming.clear()
        if self.up and not self._stopping:
            self.up = False
            log("sharing", "redis_away", failure=failure(error))
            self._tell(False)

    def _tell(self, up: bool) -> None:
        try:
            self.changed(up)
        except Exception as error:
            log("sharing", "unexpected", error=error, failure=failure(error), where="link")


def _packed(bodies: Iterable[bytes]) -> bytes:
    return b"".join([b"%08x%b" % (len(body), body) for body in bodies])


def _unpacked(packed: bytes) -> Iterator[bytes]:
    """Take apart what follows the name of the sender."""
    at = NAME_BYTES
    while at < len(packed):
        start = at + LENGTH_DIGITS
        at = start + int(packed[at:start], 16)
        yield packed[start:at]


def _close(*connections: Any) -> None:
    for connection in connections:
        if connection is not None:
            connection.disconnect()
