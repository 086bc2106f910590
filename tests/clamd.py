"""A small server of clamd's protocol on a real socket: INSTREAM, with the test signature as the only one it knows."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sample_files import EICAR


class Clamd:
    """Answers connections one after another; ``received`` are the streams, ``answer`` overrides what is said."""

    def __init__(self, listener: socket.socket) -> None:
        self.received: list[bytes] = []
        self.answer: bytes | None = None
        self._listener = listener

    def serve(self) -> None:
        """Answer until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._answer(stream)

    def _answer(self, stream: object) -> None:
        read, write = stream.read, stream.write  # type: ignore[attr-defined]
        if read(10) != b"zINSTREAM\0":
            write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := struct.unpack("!L", read(4))[0]:
            data += read(size)
        self.received.append(data)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
        write(found if self.answer is None else self.answer)
        stream.flush()  # type: ignore[attr-defined]


@contextmanager
def clamd(path: Path | None = None) -> Iterator[tuple[Clamd, str]]:
    """Serve on a Unix socket, or on a port without a path; yield the server and its address."""
    family = socket.AF_UNIX if path else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(str(path) if path else ("127.0.0.1", 0))
        listener.listen()
        server = Clamd(listener)
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        yield server, str(path) if path else f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=30)
