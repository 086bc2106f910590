"""Migrations make the schema of the models, on both databases, and put the triggers back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from chatgate.errors import OperatorError
from chatgate.models.tables import METADATA
from chatgate.storage import migrate
from chatgate.storage.triggers import APPEND_ONLY, reinstall


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request, tmp_path):
    """Return an engine on a database that migrations made from nothing."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'fresh.db'}"
    else:
        url = request.getfixturevalue("empty_postgresql")
    migrate.upgrade(url)
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


def triggers(engine):
    """Return name and definition of every trigger."""
    queries = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as db:
        return dict(db.execute(text(queries[engine.dialect.name])).all())


def test_the_schema_is_that_of_the_models(migrated):
    with migrated.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        found = [
            change
            for change in compare_metadata(context, METADATA)
            # Full-text search has tables and indexes that only its own database knows.
            if not (change[0] in ("remove_table", "remove_index") and "fts" in change[1].name)
        ]
    assert found == []


def test_every_column_is_nullable_exactly_where_its_model_says_so(migrated):
    found = inspect(migrated)
    for table in METADATA.tables.values():
        columns = {column["name"]: column for column in found.get_columns(table.name)}
        assert set(columns) == {column.name for column in table.columns}
        for column in table.columns:
            if not column.primary_key:
                assert columns[column.name]["nullable"] == column.nullable, column


def test_migrating_again_changes_nothing(migrated):
    before = triggers(migrated)
    migrate.upgrade(migrated.url.render_as_string(hide_password=False))
    assert triggers(migrated) == before
    assert migrate.current_revision(migrated) == migrate.newest_revision()


def test_the_triggers_are_those_that_the_one_file_makes(migrated):
    before = triggers(migrated)
    assert all(any(table in name for name in before) for table in APPEND_ONLY)
    with migrated.begin() as db:
        reinstall(db)
    assert triggers(migrated) == before


def test_messages_are_indexed_by_the_group_and_the_trigger_of_an_older_schema_goes(tmp_path):
    url = f"sqlite:///{tmp_path / 'older.db'}"
    migrate.upgrade(url)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as db:
        db.execute(text("CREATE TRIGGER message_fts_insert AFTER INSERT ON message BEGIN SELECT 1; END"))
        reinstall(db)
    assert {name for name in triggers(engine) if name.startswith("message_fts")} == {
        "message_fts_delete",
        "message_fts_update",
    }


def test_a_database_of_a_newer_program_is_left_alone(migrated):
    with migrated.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(OperatorError, match="upgrade chatgate"):
        migrate.upgrade(migrated.url.render_as_string(hide_password=False))


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path):
    with pytest.raises(OperatorError) as error:
        migrate.upgrade(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    assert "\n" not in str(error.value)
