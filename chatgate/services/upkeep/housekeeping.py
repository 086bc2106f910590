"""What is deleted by itself when its time is over."""

from chatgate.services.core import Core
from chatgate.storage.queries import consents


def forget_spent_tokens(core: Core) -> int:
    """Delete the hashes of used display tokens whose life is over; return how many."""
    now = core.clock.now()
    return core.storage.write_now(lambda db: consents.forget_spent_tokens(db, now))
