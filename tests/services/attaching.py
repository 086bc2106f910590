"""What the tests of files in a chat share: sending them, and what is stored of them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chatgate import Refusal
from chatgate.ids import new_token
from chatgate.services import attachments, conversations, messages
from chatgate.services.attachments import Author, Upload
from chatgate.services.core import Core
from tests import sample_files
from tests.cast import Vera
from tests.fingerprint import files_of


def of(vera: Vera) -> Author:
    """Return Vera as the author of a file."""
    return Author("visitor", vera.session.visitor_id, "key")


def sends(
    vera: Vera,
    data: bytes | None = None,
    name: str = "cup.jpg",
    author: Author | None = None,
    client_id: str | None = None,
) -> dict[str, Any]:
    """Upload a file as Vera, or as somebody else in her conversation."""
    data = sample_files.photo() if data is None else data
    upload = Upload(client_id or new_token("file"), name, len(data), io.BytesIO(data).read)
    return attachments.store_attachment(vera.core, vera.conversation_id, author or of(vera), upload)


@contextmanager
def refused(code: str, **detail: Any) -> Iterator[None]:
    """Expect a refusal with this code and detail."""
    with pytest.raises(Refusal) as found:
        yield
    assert found.value.code == code
    assert {name: found.value.detail.get(name) for name in detail} == detail


def stored(core: Core) -> tuple[int, list[str]]:
    """Return the rows and the files of attachments."""
    return core.storage.row_counts(["attachment"])["attachment"], sorted(files_of(core.files.directory))


def says(vera: Vera, *ids: str, body: str = "", client_id: str | None = None) -> dict[str, Any]:
    """Send a message with files."""
    return messages.post_visitor_message(
        vera.core, vera.session, client_id or new_token("m"), body, new_token("k"), list(ids)
    )


def close_chat(vera: Vera) -> None:
    """Close her chat, as an agent does."""
    conversations.close_conversation(vera.core, vera.conversation_id, "agent")
