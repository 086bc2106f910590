"""Evidence cannot be changed: triggers on both databases, also after every migration."""

import pytest
from sqlalchemy.exc import DBAPIError

from chatgate.models.tables import METADATA
from chatgate.services.evidence import ledger
from chatgate.services.rights import subjects
from chatgate.storage.triggers import APPEND_ONLY, KEYS
from tests.cast import welcome


def run(core, statement):
    """Run SQL through the one writer."""
    return core.storage.write_now(lambda db: db.exec_driver_sql(statement).rowcount)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_of_evidence_is_neither_changed_nor_deleted(any_core, table):
    welcome(any_core)
    erased = welcome(any_core)
    subjects.ask(any_core, erased.conversation_id, "erasure")
    ledger.make_checkpoint(any_core)
    column = next(column.name for column in METADATA.tables[table].columns if column.name != KEYS[table])
    with pytest.raises(DBAPIError, match="append-only"):
        run(any_core, f"UPDATE {table} SET {column} = {column}")
    with pytest.raises(DBAPIError, match="append-only"):
        run(any_core, f"DELETE FROM {table}")
    assert any_core.storage.row_counts([table])[table] > 0


def test_a_row_whose_erasure_is_permitted_can_be_deleted_and_no_other(any_core):
    welcome(any_core)
    welcome(any_core)

    def erase(db):
        one = db.exec_driver_sql("SELECT min(id) FROM consent_event").scalar_one()
        db.exec_driver_sql(f"INSERT INTO erasure_permit (row_id) VALUES ('{one}')")
        return db.exec_driver_sql(f"DELETE FROM consent_event WHERE id = '{one}'").rowcount

    assert any_core.storage.write_now(erase) == 1
    with pytest.raises(DBAPIError, match="append-only"):
        run(any_core, "DELETE FROM consent_event")


def test_a_writer_that_was_refused_goes_on(any_core):
    with pytest.raises(DBAPIError):
        run(any_core, "DELETE FROM consent_notice")
    assert welcome(any_core).writes()["seq"] == 1
