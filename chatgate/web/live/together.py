"""One of several processes: ties the line to the others to this process's sockets, and looks when the line is away."""

from datetime import timedelta
from typing import Final

import gevent
import socketio

from chatgate.logs import failure, log
from chatgate.services.catching_up import CatchUp
from chatgate.services.core import Core
from chatgate.sharing import telling
from chatgate.sharing.link import SILENT_SECONDS, Link
from chatgate.web.live import peers as peer_channel
from chatgate.web.live.broadcast import LocalBroadcaster, SharedBroadcaster
from chatgate.web.live.inbox_feed import NAMESPACE, InboxFeed
from chatgate.web.live.peers import Peers
from chatgate.web.live.presence import LivePresence
from chatgate.web.live.reach import LATELY_SECONDS, Reach

LOOK_SECONDS: Final = 1.0
"""How often the database is looked at while the line is away: so late a message is then."""
MARGIN_SECONDS: Final = SILENT_SECONDS + 5.0
"""How long before it is noticed the line may have been broken."""


class Together:
    """Hears the others, and catches up by the database after every time in which it could not."""

    def __init__(
        self,
        core: Core,
        server: socketio.Server,
        feed: InboxFeed,
        presence: LivePresence,
        peers: Peers,
        reach: Reach,
        link: Link,
    ) -> None:
        self._core = core
        self._server = server
        self._feed = feed
        self._presence = presence
        self._peers = peers
        self._reach = reach
        self._link = link
        self._here = LocalBroadcaster(server, feed)
        self._shared = SharedBroadcaster(server, feed, reach)
        self._looking: gevent.Greenlet | None = None
        core.broadcast = self._shared
        reach.look = lambda name: gevent.spawn(self._look_at, name)
        feed.follow, feed.unfollow = reach.follow, reach.unfollow
        link.heard, link.changed = self._heard, self._changed
        peers.lost = lambda silent_for: self._look_soon(silent_for + MARGIN_SECONDS)

    def start(self) -> None:
        """Connect to the others; it comes and goes by itself from then on."""
        self._reach.start()
        self._peers.start()
        self._link.start()
        # Until Redis answers for the first time, this process goes by the database too.
        self._looking = gevent.spawn(self._look, MARGIN_SECONDS)

    def stop(self) -> None:
        """Say goodbye."""
        self._peers.stop()
        self._link.stop()

    def _heard(self, name: str, body: bytes) -> None:
        if name == peer_channel.CHANNEL:
            self._peers.hear(body)
            return
        told = self._reach.heard(body)
        if told is not None:
            self._shared.hear(*told)

    def _changed(self, up: bool) -> None:
        if up:
            self._peers.came_back()
        else:
            self._look_soon(MARGIN_SECONDS)

    def _look_at(self, name: str) -> None:
        """Look once at a conversation or site of which something may have been told before this process was known."""
        kind, about = name[:2], name[2:]
        since = self._core.clock.now() - timedelta(seconds=LATELY_SECONDS + MARGIN_SECONDS)
        conversation_ids, site_ids = ([about], []) if kind == telling.conversation_name("") else ([], [about])
        try:
            CatchUp(self._core, self._here, since).tell_changed(conversation_ids, site_ids)
        except Exception as error:
            log("sharing", "unexpected", error=error, failure=failure(error), where="catching up")
            self._look_soon(LATELY_SECONDS + MARGIN_SECONDS)

    def _look_soon(self, seconds_ago: float) -> None:
        if self._looking is None or self._looking.ready():
            self._looking = gevent.spawn(self._look, seconds_ago)

    def _look(self, seconds_ago: float) -> None:
        """Look until the line is there, and once more after that: then nothing fell in between."""
        since = self._core.clock.now() - timedelta(seconds=seconds_ago)
        catch_up = CatchUp(self._core, self._here, since)
        again = True
        while again:
            again = not self._link.up
            try:
                catch_up.tell_changed(self._conversations(), self._sites())
            except Exception as error:
                log("sharing", "unexpected", error=error, failure=failure(error), where="catching up")
                again = True
            gevent.sleep(LOOK_SECONDS)

    def _conversations(self) -> set[str]:
        return {*self._presence.visitors_here(), *self._feed.opened_here()}

    def _sites(self) -> list[str]:
        rooms = self._server.manager.rooms.get(NAMESPACE, {})
        return [
            name for name in rooms if name and not name.startswith("open:") and rooms[name] and name not in rooms[None]
        ]
