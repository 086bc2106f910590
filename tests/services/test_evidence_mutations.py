"""Whoever has the database changes one row of any evidence table: verify exits with the row's name."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from chatgate.models.tables import METADATA
from chatgate.services import consents
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.services.evidence.ledger import Verification
from chatgate.services.rights import subjects
from chatgate.storage.triggers import APPEND_ONLY
from tests.cast import welcome
from tests.clocks import SettableClock

UNPROVEN = {
    # What the ledger does not vouch for, and why that changes no proof.
    ("consent_record", "receipt_token_hash"): "a secret; receipts sign it, and a wrong one opens nothing",
    ("consent_notice", "published_at"): "when it was published; records say when it was served",
    ("consent_notice", "publication"): "which one is shown next; records say which one was shown",
    ("ledger_leaf", "seq"): "its own test: a leaf that moves",
    ("ledger_node", "level"): "its own test: a node that moves",
    ("ledger_node", "place"): "its own test: a node that moves",
}


@pytest.fixture
def shop(core: Core, clock: SettableClock) -> Core:
    """Six visitors, a withdrawal, an erasure, three checkpoints: twelve rows of every kind of evidence."""
    people = [welcome(core, training=True, limiter_key=str(number)) for number in range(6)]
    clock.advance(hours=1)
    ledger.make_checkpoint(core)
    consents.change_consent(core, people[1].conversation_id, ChangeRequest({"training": False}))
    subjects.ask(core, people[2].conversation_id, "erasure")
    clock.advance(hours=1)
    ledger.make_checkpoint(core)
    consents.change_consent(core, people[3].conversation_id, ChangeRequest({"support": False}))
    assert ledger.verify_ledger(core).holds
    return core


def attack(core: Core, *statements: str) -> Verification:
    """Change rows as somebody who has the database does, without triggers and foreign keys; then verify."""
    import sqlite3

    db = sqlite3.connect(core.settings.data_dir / "chatgate.db", isolation_level=None)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    changed = [db.execute(statement).rowcount for statement in statements]
    db.close()
    assert all(changed), "the attack changed nothing"
    return ledger.verify_ledger(core)


def codes(result: Verification) -> set[str]:
    return {item.code for item in result.audit.findings if not item.is_warning}


def flips() -> Iterator[tuple[str, str, str]]:
    """Every column of every evidence table, with SQL that changes it in one row."""
    for name in APPEND_ONLY:
        for column in METADATA.tables[name].columns:
            if (name, column.name) in UNPROVEN:
                continue
            kind = column.type.python_type if hasattr(column.type, "python_type") else str
            if "JSON" in str(column.type):
                value = f"replace({column.name}, '1', '2') || ' '" if name != "tombstone" else "'[0,1]'"
                value = {
                    "content": "json_set(content, '$.welcome', 'Other words')",
                    "clauses": "json_set(clauses, '$[0].choice', json('false'))",
                    "controller": "json_set(controller, '$.name', 'Somebody else')",
                    "retention": "json_set(retention, '$.support', 9999)",
                    "choices": "json_object('support', json('true'), 'marketing', json('true'))",
                }.get(column.name, value)
            elif kind is int:
                value = f"{column.name} + 1000"
            elif column.name.endswith(("_at",)) and name != "tombstone":
                value = "'2020-01-01 00:00:00.000000'"
            elif column.name == "time" or column.name == "erased_at":
                value = "'2020-01-01T00:00:00.000000Z'"
            else:
                value = f"CASE WHEN {column.name} IS NULL THEN 'x' ELSE 'f' || substr({column.name}, 2) || 'x' END"
            yield name, column.name, value


@pytest.mark.parametrize(
    ("table", "column", "value"), [pytest.param(*case, id=f"{case[0]}.{case[1]}") for case in flips()]
)
def test_a_changed_value_is_named(shop: Core, table: str, column: str, value: str) -> None:
    row = f"(SELECT max(rowid) FROM {table})" if table != "ledger_checkpoint" else "2"
    result = attack(shop, f"UPDATE {table} SET {column} = {value} WHERE rowid = {row}")
    assert not result.holds
    assert codes(result), "a code for every attack"


EXPECTED_WHEN_DELETED = {
    "consent_notice": "notice_missing",
    "consent_record": "record_altered",
    "consent_event": "EVIDENCE_MISSING",
    "ledger_leaf": "leaf_missing",
    "ledger_node": "node_altered",
    "ledger_checkpoint": "checkpoint_missing",
    "tombstone": "EVIDENCE_MISSING",
}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_deleted_row_is_named(shop: Core, table: str) -> None:
    row = f"(SELECT min(rowid) + (count(*) > 2) FROM {table})"
    result = attack(
        shop,
        f"DELETE FROM {table} WHERE rowid = {row}"
        if table != "consent_notice"
        else "DELETE FROM consent_notice WHERE locale = 'en'",
    )
    assert EXPECTED_WHEN_DELETED[table] in codes(result)


def test_rows_that_change_places_are_named(shop: Core) -> None:
    swap = "UPDATE {0} SET {1} = CASE {1} WHEN {2} THEN -1 WHEN {3} THEN -2 ELSE {1} END WHERE {1} IN ({2}, {3})"
    back = "UPDATE {0} SET {1} = CASE {1} WHEN -1 THEN {3} ELSE {2} END WHERE {1} < 0"
    for table, column, first, second, code in (
        ("consent_event", "ledger_seq", 0, 1, "event_altered"),
        ("ledger_leaf", "seq", 3, 4, "event_altered"),
    ):
        result = attack(shop, swap.format(table, column, first, second), back.format(table, column, first, second))
        assert code in codes(result)
        assert min(item.seq for item in result.audit.findings if item.seq is not None) == min(0, first)


def test_a_moved_node_is_named(shop: Core) -> None:
    assert "node_altered" in codes(attack(shop, "UPDATE ledger_node SET place = 77 WHERE level = 1 AND place = 0"))


def copy_of(db: Connection, table: str, changes: dict[str, str]) -> str:
    names = [column.name for column in METADATA.tables[table].columns]
    values = [changes.get(name, name) for name in names]
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} LIMIT 1"


@pytest.mark.parametrize(
    ("table", "changes", "code"),
    [
        ("consent_notice", {"sha256": "'ab'", "locale": "'fr'"}, "notice_altered"),
        ("consent_record", {"id": "'forged'", "receipt_token_hash": "'forged'"}, "record_without_event"),
        ("consent_event", {"id": "'forged'", "number": "99", "ledger_seq": "99"}, "event_without_leaf"),
        ("ledger_leaf", {"seq": "(SELECT max(seq) + 1 FROM ledger_leaf)"}, "EVIDENCE_MISSING"),
        ("ledger_node", {"level": "1", "place": "500"}, "ledger_truncated"),
        ("ledger_checkpoint", {"number": "3", "tree_size": "9"}, "checkpoint_signature_invalid"),
        ("tombstone", {"ledger_seq": "99", "mac": "'forged'"}, "tombstone_without_leaf"),
    ],
)
def test_an_inserted_row_is_named(shop: Core, table: str, changes: dict[str, str], code: str) -> None:
    with shop.storage.read() as db:
        statement = copy_of(db, table, changes)
    assert code in codes(attack(shop, statement))


def test_a_forged_tombstone_does_not_pass_a_deletion_for_an_erasure(shop: Core) -> None:
    result = attack(
        shop,
        "DELETE FROM consent_event WHERE ledger_seq = 4",
        "INSERT INTO tombstone (ledger_seq, mac, seqs, erased_at) VALUES (5, 'forged', '[4]', '2026-01-01')",
    )
    assert {"EVIDENCE_MISSING"} <= codes(result)
    assert 4 in {item.seq for item in result.audit.findings}


def test_a_ledger_rewritten_as_a_whole_does_not_fit_its_checkpoints(shop: Core) -> None:
    def rewrite(db: Connection) -> None:
        from chatgate.policy.canonical import leaf_hash
        from chatgate.policy.evidence.records import stored_event
        from chatgate.storage.queries.ledger import append_leaf

        for name in db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            db.exec_driver_sql(f"DROP TRIGGER {name}")
        rows = db.execute(METADATA.tables["consent_event"].select()).all()
        db.exec_driver_sql("DELETE FROM ledger_leaf")
        db.exec_driver_sql("DELETE FROM ledger_node")
        event, record = METADATA.tables["consent_event"], METADATA.tables["consent_record"]
        for row in sorted(rows, key=lambda row: row.ledger_seq):
            salt = db.execute(record.select().where(record.c.id == row.record_id)).one().salt
            columns = {**row._asdict(), "actor": "agent:forged"}
            leaf = leaf_hash(bytes.fromhex(salt), stored_event(columns))
            changed = {"actor": "agent:forged", "leaf_hash": leaf, "ledger_seq": 1000 + row.ledger_seq}
            db.execute(event.update().where(event.c.id == row.id).values(changed))
        for row in db.execute(event.select().order_by(event.c.ledger_seq)).all():
            seq = append_leaf(db, row.leaf_hash)
            db.execute(event.update().where(event.c.id == row.id).values(ledger_seq=seq))

    shop.storage.write_now(rewrite)
    assert "checkpoint_mismatch" in codes(ledger.verify_ledger(shop))


def test_an_older_copy_of_the_database_fails_against_a_kept_checkpoint(
    shop: Core, make_core: Callable[..., Core]
) -> None:
    path = shop.settings.data_dir / "chatgate.db"
    shop.storage.close()
    older = path.read_bytes()
    core = make_core()
    welcome(core, limiter_key="later")
    kept: Any = ledger.make_checkpoint(core).as_dict()
    core.storage.close()
    path.write_bytes(older)
    for name in ("chatgate.db-wal", "chatgate.db-shm"):
        (path.parent / name).unlink(missing_ok=True)
    back = make_core()
    assert ledger.verify_ledger(back).holds, "from the inside, an older copy looks sound"
    assert codes(ledger.verify_ledger(back, saved=[kept])) == {"ledger_truncated"}


def test_an_incremental_verification_names_a_change_in_what_is_new(shop: Core) -> None:
    result = attack(shop, "UPDATE consent_event SET reason = 'x' WHERE ledger_seq = (SELECT max(seq) FROM ledger_leaf)")
    assert "event_altered" in codes(result)
    assert "event_altered" in codes(ledger.verify_ledger(shop, incremental=True))


def test_an_incremental_verification_starts_from_a_root_that_holds(shop: Core) -> None:
    attack(shop, "UPDATE ledger_node SET node_hash = replace(node_hash, 'a', 'b') WHERE level = 3 AND place = 0")
    assert "checkpoint_mismatch" in codes(ledger.verify_ledger(shop, incremental=True))
