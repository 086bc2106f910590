"""Whose a database is: an extension's table stands in nobody's way, another program's and a damaged one are refused."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from chatgate.errors import OperatorError
from chatgate.storage import migrate
from chatgate.storage.opening import own_tables


def order(url: str, *statements: str) -> list[str]:
    """Run statements in a database, and return its tables after them."""
    engine = create_engine(url)
    with engine.begin() as db:
        for statement in statements:
            db.exec_driver_sql(statement)
    try:
        return own_tables(engine)
    finally:
        engine.dispose()


def test_a_table_of_an_extension_does_not_stop_the_first_start(empty_postgresql: str) -> None:
    """PostGIS brings spatial_ref_sys; here a table joins an extension that every PostgreSQL has."""
    tables = order(
        empty_postgresql,
        "CREATE TABLE spatial_ref_sys (srid integer PRIMARY KEY)",
        "ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys",
    )
    assert tables == []
    migrate.upgrade(empty_postgresql)
    assert migrate.revision_of(empty_postgresql) == migrate.newest_revision()


def test_a_table_that_no_extension_owns_is_another_program_s(empty_postgresql: str) -> None:
    """Nothing is mixed into it."""
    before = order(empty_postgresql, "CREATE TABLE wp_posts (id integer PRIMARY KEY)")
    with pytest.raises(OperatorError, match=r'belongs to another program .*"wp_posts".*database_url'):
        migrate.upgrade(empty_postgresql)
    assert order(empty_postgresql) == before == ["wp_posts"]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'chatgate.db'}"
    address: str = request.getfixturevalue("empty_postgresql")
    return address


def test_another_program_that_keeps_its_revision_as_we_do_is_another_program(empty: str) -> None:
    """Many use the same tool for their migrations: that is no newer ChatGate."""
    order(
        empty,
        "CREATE TABLE alembic_version (version_num varchar(32))",
        "INSERT INTO alembic_version VALUES ('3fa9c1')",
        "CREATE TABLE wp_posts (id integer PRIMARY KEY)",
    )
    with pytest.raises(OperatorError, match="belongs to another program"):
        migrate.upgrade(empty)
    assert order(empty) == ["alembic_version", "wp_posts"]


def test_a_database_of_ours_without_its_revision_is_damaged(empty: str) -> None:
    """It is not another program's, and nothing is made anew in it."""
    migrate.upgrade(empty)
    before = order(empty, "DROP TABLE alembic_version")
    with pytest.raises(OperatorError, match=r"is damaged .*alembic_version.* restore your backup"):
        migrate.upgrade(empty)
    assert order(empty) == before


def test_a_newer_database_of_ours_is_named_as_that(empty: str) -> None:
    """And keeps what it has."""
    migrate.upgrade(empty)
    order(empty, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OperatorError, match="the database has schema 9999"):
        migrate.upgrade(empty)
