"""What the drills of backup and restore share: a shop that is saved, goes on, and is put back."""

from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatgate.ids import new_token
from chatgate.middleware.assistant import Assistant
from chatgate.services import conversations, messages, outbox
from chatgate.services.core import Core
from chatgate.services.upkeep import backup
from chatgate.services.upkeep.restore import Options, restore_backup
from chatgate.storage.files.attachment_files import stored_files
from chatgate.storage.queries import conversations as rows
from chatgate.worker import Worker
from tests.cast import hire_adam, open_shop, signed_in, welcome
from tests.conftest import close

ERASED, WITHDRAWN, KEPT = "canary-erased-7f3a", "canary-withdrawn-19bc", "canary-kept-42d0"
ASSISTANT: dict[str, object] = {"assistant": Assistant}


def begin(shop: Any) -> Core:
    """Open the shop with a notice and an agent."""
    core: Core = shop.open()
    open_shop(core)
    hire_adam(core)
    return core


def chat(core: Core, word: str) -> str:
    """Let a visitor agree to everything, chat about a word, and leave; return the conversation's id."""
    vera = welcome(core, training=True)
    vera.writes(f"Does the {word} survive a dishwasher?")
    messages.post_agent_message(core, signed_in(core), vera.conversation_id, new_token("m"), f"Yes, {word} does.")
    conversations.close_conversation(core, vera.conversation_id, "agent")
    work(core)
    return vera.conversation_id


def work(core: Core) -> None:
    """Do what the worker would."""
    while outbox.deliver_due(core):
        pass
    Worker(core).sweep()


def back_up(shop: Any, path: Path) -> dict[str, Any]:
    """Make a backup of now."""
    return backup.make_backup(shop.settings, path, shop.clock.now())


def put_back(shop: Any, path: Path, **options: Any) -> dict[str, Any]:
    """Restore a backup."""

    @contextmanager
    def opened(kinds):  # type: ignore[no-untyped-def]
        core = shop.open(restoring=True, accepting=kinds)
        yield core
        close(core)

    return restore_backup(shop.settings, path, Options(**options), opened)


def state_of(core: Core, conversation_id: str) -> Any:
    with core.storage.read() as db:
        return rows.conversation(db, conversation_id)


def stored_names(directory: Path) -> list[str]:
    """Return the names of the files of chats in a directory."""
    return [path.name for path in stored_files(directory)]
