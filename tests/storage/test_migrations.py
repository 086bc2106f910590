"""Migrations make the schema of the models, on both databases, and put the triggers back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from chatgate.errors import OperatorError
from chatgate.models.tables import METADATA
from chatgate.services.rights import subjects
from chatgate.services.upkeep import backup
from chatgate.storage import fulltext, migrate
from chatgate.storage.triggers import APPEND_ONLY, reinstall
from tests.cast import welcome
from tests.storage import schema_dumps


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


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return request.getfixturevalue("empty_postgresql")


def described(url):
    """Return every table, view, index and trigger with its definition, and every row of the ordinary tables."""
    engine = create_engine(url, poolclass=NullPool)
    found = {"triggers": triggers(engine)}
    looked = inspect(engine)
    with engine.connect() as db:
        for name in sorted(looked.get_table_names()):
            columns = [(column["name"], str(column["type"]), column["nullable"]) for column in looked.get_columns(name)]
            rows = db.execute(text(f'SELECT * FROM "{name}"')).all() if "_fts" not in name else []
            found[name] = (
                columns,
                sorted(map(repr, rows)),
                sorted((index["name"], str(index["column_names"])) for index in looked.get_indexes(name)),
            )
    engine.dispose()
    return found


@pytest.mark.parametrize("revision", migrate.revisions()[:-1])
def test_every_earlier_schema_becomes_the_newest_in_one_step(empty_url, revision):
    migrate.upgrade(empty_url, target=revision)
    assert migrate.revision_of(empty_url) == revision
    migrate.upgrade(empty_url)
    upgraded = described(empty_url)
    assert migrate.revision_of(empty_url) == migrate.newest_revision()
    engine = create_engine(empty_url, poolclass=NullPool)
    with engine.begin() as db:
        reinstall(db)
    engine.dispose()
    assert described(empty_url) == upgraded


@pytest.mark.parametrize("revision", migrate.revisions()[:-1])
def test_a_migration_that_fails_leaves_the_database_as_it_was(empty_url, revision, monkeypatch):
    migrate.upgrade(empty_url, target=revision)
    before = described(empty_url)

    def broken(_db):
        raise RuntimeError("the last step fails")

    monkeypatch.setattr(migrate, "reinstall", broken)
    with pytest.raises(OperatorError, match="the database is as it was") as error:
        migrate.upgrade(empty_url)
    assert "\n" not in str(error.value)
    assert described(empty_url) == before
    monkeypatch.undo()
    migrate.upgrade(empty_url)
    assert migrate.revision_of(empty_url) == migrate.newest_revision()


def test_an_installation_is_copied_before_its_schema_changes_and_an_erasure_deletes_the_copy(
    settings, clock, make_core, tmp_path
):
    first = settings()
    (first.data_dir).mkdir()
    migrate.upgrade(f"sqlite:///{first.data_dir / 'chatgate.db'}", target=migrate.revisions()[-2])
    core = make_core()
    (copy,) = (first.data_dir / "backups").iterdir()
    assert backup.verify_backup(copy)["schema"] == migrate.revisions()[-2]
    vera = welcome(core)
    subjects.ask(core, vera.conversation_id, "erasure")
    assert list((first.data_dir / "backups").iterdir()) == []


def test_no_schema_changes_when_no_copy_can_be_made(settings, clock, make_core, monkeypatch):
    first = settings()
    first.data_dir.mkdir()
    url = f"sqlite:///{first.data_dir / 'chatgate.db'}"
    migrate.upgrade(url, target=migrate.revisions()[-2])
    (first.data_dir / "backups").write_text("a file is in the way")
    with pytest.raises(OperatorError, match=r"nothing was changed.*backup_before_upgrade"):
        make_core(shop=False)
    assert migrate.revision_of(url) == migrate.revisions()[-2]
    make_core(shop=False, backup_before_upgrade=False)
    assert migrate.revision_of(url) == migrate.newest_revision()


DUMPS = sorted(path.name.split(".")[0] for path in schema_dumps.FOLDER.glob("*.sqlite.sql"))


@pytest.mark.parametrize("revision", DUMPS)
def test_a_database_that_was_lived_in_keeps_everything_when_it_is_upgraded(empty_url, revision):
    dump = (schema_dumps.FOLDER / f"{revision}.{empty_url.partition(':')[0].partition('+')[0]}.sql").read_text()
    if empty_url.startswith("sqlite"):
        schema_dumps.load_sqlite(empty_url.removeprefix("sqlite:///"), dump)
    else:
        schema_dumps.load_postgresql(empty_url, dump)
    before = schema_dumps.rows_of(empty_url)
    assert migrate.revision_of(empty_url) == revision
    assert before["message"] == 2
    migrate.upgrade(empty_url)
    assert migrate.revision_of(empty_url) == migrate.newest_revision()
    after = schema_dumps.rows_of(empty_url)
    assert {name: after[name] for name in before} == before
    engine = create_engine(empty_url, poolclass=NullPool)
    with engine.begin() as db:
        bodies = db.execute(text("SELECT body FROM message")).scalars().all()
        found = fulltext.matching(db, fulltext.SEARCHED[0], [schema_dumps.WORD], None, 10)
    assert len(found) == len(bodies) == 2, "what was written before is found after"
    with engine.connect() as db, pytest.raises(Exception, match="append-only"):
        db.execute(text("UPDATE consent_record SET locale = 'xx'"))
    engine.dispose()


@pytest.mark.parametrize("revision", DUMPS)
def test_a_dump_has_the_schema_that_its_migrations_still_make(tmp_path, revision):
    """A migration that was released must never be edited: those who have it would not get the edit."""
    schema_dumps.load_sqlite(tmp_path / "dump.db", (schema_dumps.FOLDER / f"{revision}.sqlite.sql").read_text())
    migrate.upgrade(f"sqlite:///{tmp_path / 'made.db'}", target=revision)
    found = [described(f"sqlite:///{tmp_path / name}.db") for name in ("dump", "made")]
    columns = [{name: parts[0] for name, parts in one.items() if name != "triggers"} for one in found]
    assert columns[0] == columns[1]
