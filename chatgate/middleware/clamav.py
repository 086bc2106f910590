"""Asks a ClamAV daemon about every file before it is stored; without its answer no file is taken."""

import socket
import struct
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from chatgate import AttachmentContext, Kit, Manifest, Purpose, Refusal, hookimpl

PIECE_BYTES: Final = 65_536
ANSWER_BYTES: Final = 4096


class Settings(BaseModel):
    """``[middleware_settings.clamav]``: where clamd listens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field(default="/run/clamav/clamd.ctl", pattern=r"^(/.+|[A-Za-z0-9.-]+:\d{1,5})$")
    """The path of its socket, or host and port. Keep it on your own machines: it is sent every file, unencrypted."""
    timeout_seconds: float = Field(default=20, gt=0, le=25)
    """How long one wait for the daemon may take; the hook's own limit is 30 seconds."""


class ScanFailed(Exception):  # noqa: N818  (said in the log by its name)
    """The daemon said neither that a file is clean nor that it is not."""


manifest = Manifest(
    purposes=[Purpose.SUPPORT],
    settings=Settings,
    description="Has files of chats checked for malware by a ClamAV daemon of the shop's own; nothing is kept.",
)


@hookimpl
def check_attachment(context: AttachmentContext, content: bytes, kit: Kit) -> None:
    """Refuse what the daemon finds something in; whatever else it says or does refuses too."""
    answer = scan(kit.settings, content)
    if answer.endswith(" FOUND"):
        raise Refusal("attachment_refused", reason="malware")
    if answer != "stream: OK":
        raise ScanFailed


def scan(settings: Settings, content: bytes) -> str:
    """Return what the daemon says about the bytes (INSTREAM of the clamd protocol).

    Raises:
        OSError: it is not there, or does not answer.
    """
    with _connected(settings) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE_BYTES):
            piece = content[start : start + PIECE_BYTES]
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER_BYTES:
            piece = connection.recv(ANSWER_BYTES)
            if not piece:
                break
            answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connected(settings: Settings) -> socket.socket:
    if settings.address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(settings.timeout_seconds)
        try:
            connection.connect(settings.address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = settings.address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=settings.timeout_seconds)
