"""Who follows what in which process: what happens is told only to processes in which somebody looks at it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Final

from chatgate.sharing import telling
from chatgate.sharing.link import Link
from chatgate.sharing.telling import EVERYBODY, process_channel

CONFIRM_SECONDS: Final = 1.0
"""How long who begins to follow waits until the others have heard it."""
LATELY_SECONDS: Final = 15.0
"""How long after it was told something counts as possibly missed by a follower of whom a process learns late: longer
than it takes until who missed a word has asked for everything."""


class _Asked:
    """Processes that have not confirmed yet that they know a follower."""

    def __init__(self, names: list[str], waiting: set[str]) -> None:
        self.names = names
        self.waiting = waiting
        self.bell = threading.Event()
        self.late = False


class Reach:
    """Tells the followers in other processes, each process once, and nobody where nobody follows.

    Who begins to follow says so, waits until the others confirm it, and reads the database then: what they store
    later is told. Of a process that takes long to confirm, what was told meanwhile may be missed; when it confirms at
    last, or learns of the follower in another way, the database is looked into once more.

    Args:
        link: the line; not started yet.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._started = False
        self._followed: Counter[str] = Counter()
        self._elsewhere: dict[str, set[str]] = {}
        self._of: dict[str, set[str]] = {}
        self._told_at: dict[str, float] = {}
        self._numbers = count(1)
        self._asked: dict[int, _Asked] = {}
        self._silent: set[str] = set()
        """Processes that did not confirm in time: they are not waited for until they did."""
        self.say: Callable[..., None] = lambda _name, *_arguments: None
        """Has every other process do something (``Peers.say``)."""
        self.look: Callable[[str], None] = lambda _name: None
        """Looks into the database for what was missed."""

    def start(self) -> None:
        """Hear what is told to this process, and to everybody."""
        self._started = True
        self._link.follow([process_channel(self._link.name), EVERYBODY])

    # -- who follows here --------------------------------------------------------------------------------------

    def follow(self, names: Iterable[str]) -> None:
        """Hear of these from now on; read what there is after this, and nothing falls in between."""
        new = []
        for name in names:
            self._followed[name] += 1
            if self._followed[name] == 1:
                new.append(name)
        if new:
            self._say_follows(new)

    def _say_follows(self, names: list[str]) -> None:
        number, asked = next(self._numbers), _Asked(names, set(self._of) - self._silent)
        if not asked.waiting or not self._link.up:
            self.say("follows", names, 0)
            return
        self._asked[number] = asked
        self.say("follows", names, number)
        if not asked.bell.wait(CONFIRM_SECONDS):
            asked.late = True
            self._silent |= asked.waiting

    def _confirmed(self, process: str, number: int) -> None:
        self._silent.discard(process)
        asked = self._asked.get(number)
        if asked is None or process not in asked.waiting:
            return
        asked.waiting.discard(process)
        if asked.late:
            for name in asked.names:
                self.look(name)
        if not asked.waiting:
            del self._asked[number]
            asked.bell.set()

    def unfollow(self, names: Iterable[str]) -> None:
        """Hear of these no more, unless somebody else here follows them."""
        gone = []
        for name in names:
            self._followed[name] -= 1
            if self._followed[name] <= 0:
                del self._followed[name]
                gone.append(name)
        if gone:
            self.say("follows_no_more", gone)

    def heard(self, told: bytes) -> tuple[str, bytes] | None:
        """Return what is to be told here, and what it is about; None when nobody here follows that."""
        name, body = telling.taken_apart(told)
        if not name:
            process, _, number = body.partition(b" ")
            self._confirmed(process.decode(), int(number))
        elif name in self._followed:
            if body != telling.LOOK:
                return name, body
            self.look(name)
        return None

    # -- who follows elsewhere -----------------------------------------------------------------------------------

    def tell(self, name: str, body: Callable[[], bytes]) -> None:
        """Tell the processes that follow this; the body is made only when there is one."""
        self._told_at[name] = time.monotonic()
        followers = self._elsewhere.get(name)
        if followers:
            told = telling.about(name, body())
            for process in followers:
                self._link.publish(process_channel(process), told)

    def follows(self, process: str, names: Iterable[str], number: int) -> None:
        """Note what is followed in another process from now on, and confirm it."""
        of = self._of.setdefault(process, set())
        for name in names:
            of.add(name)
            self._elsewhere.setdefault(name, set()).add(process)
        if number:
            confirmed = b"%b %d" % (self._link.name.encode(), number)
            self._link.publish(process_channel(process), telling.about("", confirmed))

    def follows_no_more(self, process: str, names: Iterable[str]) -> None:
        """Note what is not followed any more in another process."""
        of = self._of.get(process, set())
        for name in names:
            of.discard(name)
            followers = self._elsewhere.get(name, set())
            followers.discard(process)
            if not followers:
                self._elsewhere.pop(name, None)

    def replace(self, process: str, names: Iterable[str] | None) -> None:
        """Note all that is followed in another process, and have it look where it may have missed something.

        ``names`` is None for a process without sockets: it follows nothing, and tells everybody.
        """
        if names is None:
            return
        self._drop(process, late=True)  # a line that was away took the confirmations along
        known, all_of_them = self._of.get(process, set()), set(names)
        self.follows_no_more(process, known - all_of_them)
        new = all_of_them - known
        self.follows(process, new, 0)
        since = time.monotonic() - LATELY_SECONDS
        for name in new:
            if self._told_at.get(name, since) > since:
                self._link.publish(process_channel(process), telling.about(name, telling.LOOK))

    def forget(self, process: str) -> None:
        """Forget a process that is gone."""
        self.follows_no_more(process, list(self._of.get(process, ())))
        self._of.pop(process, None)
        self._drop(process, late=False)

    def _drop(self, process: str, *, late: bool) -> None:
        """Wait no more for what a process did not confirm; ``late``: only where nobody waits any more."""
        self._silent.discard(process)
        for number, asked in list(self._asked.items()):
            if asked.late or not late:
                asked.waiting.discard(process)
            if not asked.waiting:
                del self._asked[number]
                asked.bell.set()

    def forget_old(self) -> None:
        """Forget what was told long ago."""
        since = time.monotonic() - LATELY_SECONDS
        self._told_at = {name: at for name, at in self._told_at.items() if at > since}

    def state(self) -> dict[str, Any]:
        """Return what another process needs to know of this one."""
        return {"follows": list(self._followed) if self._started else None}
