"""What middlewares keep: erasable with its conversation, and sealed when it was kept for training."""

import pytest
from cryptography.exceptions import InvalidTag

from chatgate import Purpose
from chatgate.services.core import Core
from chatgate.services.kit import RowStore
from tests.fingerprint import holding

SECRET = "canary-of-the-kit-4711"


def store(core: Core, middleware: str = "assistant") -> RowStore:
    """Return the store of a middleware, as the application makes it."""
    return RowStore(core.storage, core.clock, middleware, lambda: b"k" * 32)


def test_what_is_kept_for_training_is_read_back_and_lies_open_in_no_file(core: Core) -> None:
    store(core).put("pairs", {"text": SECRET}, purpose=Purpose.TRAINING)
    assert store(core).get("pairs") == {"text": SECRET}
    assert holding(core.settings.data_dir, SECRET) == []


def test_a_sealed_row_of_one_name_is_no_row_of_another(core: Core) -> None:
    store(core).put("one", SECRET, purpose=Purpose.TRAINING)
    core.storage.write_now(lambda db: db.exec_driver_sql("UPDATE middleware_row SET name = 'two'"))
    with pytest.raises(InvalidTag):
        store(core).get("two")


def test_another_middleware_sees_nothing(core: Core) -> None:
    store(core).put("one", SECRET, purpose=Purpose.SUPPORT)
    assert store(core, "another").get("one") is None
    assert store(core, "another").keys() == ()
