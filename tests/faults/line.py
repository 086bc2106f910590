"""A proxy of the test's own: spreads connections over servers; cuts, delays, reorders and doubles them by a seed."""

import asyncio
import contextlib
import random
import threading
import zlib
from collections import Counter
from collections.abc import Sequence

PIECE = 4096


class Line:
    """A TCP proxy in a thread of its own. A server that is down is passed over, as any proxy does.

    Args:
        ports: of the servers.
        seed: decides what happens to which connection.
        sticky: choose the server by the client's address, as long polling needs it; otherwise in turn.
    """

    def __init__(self, ports: Sequence[int], seed: int, *, sticky: bool = False) -> None:
        self._ports = list(ports)
        self._sticky = sticky
        self._random = random.Random(seed)
        self._next = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self.delay_seconds = 0.0
        self.late_seconds = 0.0
        """Up to how long bytes of a client are held back; they arrive also when the client came back meanwhile."""
        self.doubling = False
        self.faults: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    def close(self) -> None:
        """Cut everything and end."""
        self._loop.call_soon_threadsafe(self._cut, 1.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut(self, share: float) -> None:
        """Cut a share of the open connections in the middle of whatever they carry."""
        self._loop.call_soon_threadsafe(self._cut, share)

    def _cut(self, share: float) -> None:
        for writer in list(self._writers):
            if self._random.random() < share:
                self.faults["cut"] += 1
                writer.transport.abort()

    async def _connect(self, client: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._next += 1
        first = zlib.crc32(client.encode()) if self._sticky else self._next
        for number in range(len(self._ports)):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[(first + number) % len(self._ports)])
        raise ConnectionRefusedError

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        client = writer.get_extra_info("peername")[0]
        ends = [writer]
        tasks: list[asyncio.Task[None]] = []
        try:
            up_reader, up_writer = await self._connect(client)
            ends.append(up_writer)
            copies = [up_writer]
            jobs = [self._pump(up_reader, [writer])]
            if self.doubling and self._random.random() < 0.5:
                # The same bytes arrive at a server a second time, over another connection: nobody hears its answers.
                self.faults["doubled"] += 1
                second_reader, second = await self._connect(client)
                ends.append(second)
                copies.append(second)
                jobs.append(self._pump(second_reader, []))
            tasks = [asyncio.ensure_future(job) for job in (self._pump(reader, copies, writer), *jobs)]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self.late_seconds:
                await tasks[0]  # what the client wrote before it was cut arrives, after what it writes next
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for task in tasks:
                task.cancel()
            self._writers.discard(writer)
            for end in ends:
                end.transport.abort()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writers: Sequence[asyncio.StreamWriter],
        client: asyncio.StreamWriter | None = None,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(PIECE):
                if self.delay_seconds:
                    # Each connection waits for itself: across connections the order is another one.
                    self.faults["delayed"] += 1
                    await asyncio.sleep(self._random.uniform(0, self.delay_seconds))
                if client is not None and self.late_seconds:
                    await asyncio.sleep(self._random.uniform(0, self.late_seconds))
                    self.faults["late"] += client.transport.is_closing()
                for writer in writers:
                    writer.write(data)
                    await writer.drain()
