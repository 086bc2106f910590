"""An installation that cannot be opened: exit code 2, one line that names the mend, and nothing changed."""

import shutil
import sqlite3
import subprocess
import sys

import pytest

from chatgate.storage import engine, migrate
from tests.cli.saying import is_one_line
from tests.fingerprint import files_of

OPENING = (
    "doctor|run --port 0|worker|agent list|notice list|site set shop accent=#000000|ledger verify|ledger checkpoint"
    "|training stats|subject export 1|retention sweep --dry-run|backup make ../out.zip|restore ../kept.zip"
)
PASSWORD = "not-to-be-told"
NOBODY = f"postgresql://u:{PASSWORD}@127.0.0.1:9/x"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Make one installation for all cases, with a backup beside it."""
    base = tmp_path_factory.mktemp("kept")
    for step in ("init shop", "backup make kept.zip --config shop/chatgate.toml"):
        command = [sys.executable, "-m", "chatgate", *step.split()]
        done = subprocess.run(command, cwd=base, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    return base


@pytest.fixture
def broken(kept, tmp_path, monkeypatch):
    """Return the data directory of a copy, to break; what serves fails here instead of serving."""

    def served(*_arguments):
        pytest.fail("it serves")

    monkeypatch.setattr("chatgate.cli.serve._serve", served)
    monkeypatch.setattr("chatgate.worker.Worker.run", served)
    monkeypatch.setattr("chatgate.cli.serve._write_log", lambda _settings: None)
    shutil.copytree(kept / "shop", tmp_path / "shop")
    shutil.copy(kept / "kept.zip", tmp_path)
    config = tmp_path / "shop" / "chatgate.toml"
    config.write_text(config.read_text("utf-8").replace(str(kept), str(tmp_path)), "utf-8")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop" / "chatgate-data"


def remove(data_dir, name):
    """Remove a database with its log."""
    for file in data_dir.glob(f"{name}*"):
        file.unlink()


def sql(data_dir, name, *statements):
    """Run statements in a database as another program would."""
    connection = sqlite3.connect(data_dir / name, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def stored(directory):
    """Return every file but an empty write-ahead log, which a reader leaves."""
    return {name: value for name, value in files_of(directory).items() if value[0] or not name.endswith("-wal")}


def no_database(data_dir):
    remove(data_dir, "chatgate.db")


def garbage(name):
    return lambda data_dir: (remove(data_dir, name), (data_dir / name).write_bytes(b"garbage " * 999))


def damaged(data_dir):
    sql(data_dir, "chatgate.db", "PRAGMA wal_checkpoint(TRUNCATE)")
    with (data_dir / "chatgate.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 60)


def directory(name):
    return lambda data_dir: (remove(data_dir, name), (data_dir / name).mkdir())


def foreign(name):
    table = "CREATE TABLE moz_places (id INTEGER)"
    return lambda data_dir: (remove(data_dir, name), sql(data_dir, name, table))


def newer(data_dir):
    sql(data_dir, "chatgate.db", "UPDATE alembic_version SET version_num = '9999'")


def setting(name):
    def change(data_dir):
        file = data_dir.parent / "chatgate.toml"
        file.write_text(f'{name} = "{NOBODY}"\n' + file.read_text("utf-8"), "utf-8")

    return change


def key(kind, content=None, mode=0o600):
    def change(data_dir):
        file = data_dir / "keys" / f"{kind}.key"
        if content is not None:
            file.write_bytes(content)
        file.chmod(mode)

    return change


def no_key(*kinds):
    def change(data_dir):
        for kind in kinds:
            (data_dir / "keys" / f"{kind}.key").unlink()

    return change


CASES = {
    "no database": (no_database, ["no installation", "chatgate init"]),
    "garbage": (garbage("chatgate.db"), ["chatgate.db", "restore your backup"]),
    "damaged": (damaged, ["chatgate.db", "restore your backup"]),
    "a directory": (directory("chatgate.db"), ["chatgate.db", "data_dir"]),
    "another program's": (foreign("chatgate.db"), ["chatgate.db", "another program", "moz_places", "data_dir"]),
    "newer": (newer, ["9999", "upgrade chatgate"]),
    "no server": (setting("database_url"), ["database_url"]),
    "training: garbage": (garbage("training.db"), ["training.db", "restore your backup"]),
    "training: a directory": (directory("training.db"), ["training.db", "data_dir"]),
    "training: another program's": (foreign("training.db"), ["training.db", "another program", "moz_places"]),
    "training: no server": (setting("training_database_url"), ["training_database_url"]),
    "session key: garbage": (key("session", b"\xff\x00nope"), ["session.key", "backup"]),
    "signing key: garbage": (key("signing", b"nope"), ["signing.key", "backup"]),
    "erasure key: empty": (key("erasure", b""), ["erasure.key", "backup"]),
    "training key: of another kind": (
        key("training", b"chatgate-key-v1 session " + b"ab" * 32 + b"\n"),
        ["training.key", "session key"],
    ),
    "signing key: another one": (
        key("signing", b"chatgate-key-v1 signing " + b"ab" * 32 + b"\n"),
        ["signing.key", "right key"],
    ),
    "training key: another one": (
        key("training", b"chatgate-key-v1 training " + b"ab" * 32 + b"\n"),
        ["key_wrong: ", "training.key", "keys renew training"],
    ),
    **{
        f"{kind} key: missing": (no_key(kind), ["key_missing: ", f"{kind}.key", f"chatgate keys renew {kind}"])
        for kind in ("session", "signing", "training", "erasure")
    },
    "keys: all missing": (
        no_key("session", "signing", "training", "erasure"),
        ["key_missing: ", "session.key", "erasure.key", "chatgate keys list"],
    ),
    "session key: open to others": (key("session", mode=0o644), ["chmod 600", "session.key"]),
    "training key: open to the group": (key("training", mode=0o640), ["chmod 600", "training.key"]),
}
ANSWERED = {
    # The wanted key is not opened, or its kind is not asked for, where a backup only copies.
    "signing key: another one": ["backup make ../out.zip"],
    "training key: another one": ["backup make ../out.zip"],
    # A copy of the data is worth more now than ever; it ends with 1 and says what is missing.
    "session key: missing": ["backup make ../out.zip"],
    "signing key: missing": ["backup make ../out.zip"],
    "training key: missing": ["backup make ../out.zip"],
    "erasure key: missing": ["backup make ../out.zip"],
    "keys: all missing": ["backup make ../out.zip"],
    # They make an installation where the configuration says so.
    "no database": ["run --port 0", "worker"],
}
OTHER_WORDS = ("restore", "backup")
"""They refuse for a reason of their own before they open everything; what they say is asked of elsewhere."""


@pytest.mark.parametrize("case", CASES)
def test_every_command_tells_in_one_line_what_is_broken_and_changes_nothing(chatgate, broken, case, monkeypatch):
    spoil, needles = CASES[case]
    monkeypatch.chdir(broken.parent)
    spoil(broken)
    before = stored(broken.parent)
    for command in OPENING.split("|"):
        if command in ANSWERED.get(case, []):
            continue
        code, error = chatgate(*command.split())
        assert code == 2 or (code == 1 and command.startswith("backup")), (command, error)
        is_one_line(error, *([] if command.startswith(OTHER_WORDS) else needles))
        assert PASSWORD not in error
        assert stored(broken.parent) == before, command
    assert not (broken.parent.parent / "out.zip").exists()


HOLDS = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA locking_mode=EXCLUSIVE")
db.execute("BEGIN EXCLUSIVE")
db.execute("CREATE TABLE held (id INTEGER)")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("name", ["chatgate.db", "training.db"])
def test_a_database_that_another_process_holds_is_told(chatgate, broken, monkeypatch, name):
    monkeypatch.chdir(broken.parent)
    monkeypatch.setattr(migrate, "BUSY_MS", 50)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    command = [sys.executable, "-c", HOLDS, str(broken / name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        for asked in ("agent list", "doctor", "run --port 0", "restore ../kept.zip --replace"):
            code, error = chatgate(*asked.split())
            assert code == 2, (asked, error)
            is_one_line(error, name, "stop")
        holder.stdin.close()
    assert chatgate("agent", "list")[0] == 0


def test_a_page_that_is_damaged_further_down_is_told_by_the_command_that_meets_it(chatgate, broken, monkeypatch):
    monkeypatch.chdir(broken.parent)
    connection = sqlite3.connect(broken / "chatgate.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'agent' AND rootpage > 0"
    ).fetchall()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with (broken / "chatgate.db").open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    code, error = chatgate("agent", "list")
    assert code == 2
    is_one_line(error, "damaged", "restore your backup")


def test_a_restore_is_what_mends_a_database_of_another_program_and_a_broken_one(chatgate, broken, monkeypatch):
    monkeypatch.chdir(broken.parent)
    for spoil in (garbage("chatgate.db"), foreign("chatgate.db"), damaged, newer):
        spoil(broken)
        assert chatgate("agent", "list")[0] == 2
        code, error = chatgate("restore", "../kept.zip", "--replace")
        assert code == 0, error
        assert chatgate("site", "list")[0] == 0


def test_a_backup_without_a_key_is_made_and_says_so_and_no_older_one_goes(chatgate, broken, monkeypatch):
    monkeypatch.chdir(broken.parent)
    assert chatgate("backup", "make", "../out/chatgate-20260101T000000Z.zip")[0] == 0
    no_key("training")(broken)
    code, error = chatgate("backup", "make", "../out", "--keep", "1")
    assert code == 1
    assert "key_missing: training.key" in error
    assert len(list((broken.parent.parent / "out").iterdir())) == 2


def test_a_lost_key_is_given_up_only_when_told_so(chatgate, broken, monkeypatch):
    monkeypatch.chdir(broken.parent)
    code, told = chatgate("keys", "renew", "training", "--give-up")
    assert code == 1
    is_one_line(told, "key_in_place")
    no_key("training")(broken)
    assert chatgate("keys", "list")[0] == 1
    before = stored(broken)
    command = [sys.executable, "-m", "chatgate", "keys", "renew", "training"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert "can never be opened again" in asked.stdout
    assert stored(broken) == before
    assert chatgate("agent", "list")[0] == 2
    assert chatgate("keys", "renew", "training", "--give-up", "--reason", "the disk of 3 May")[0] == 0
    assert chatgate("agent", "list")[0] == 0
    assert chatgate("keys", "list")[0] == 0


def test_keys_are_put_back_from_their_file(chatgate, broken, monkeypatch):
    monkeypatch.chdir(broken.parent)
    assert chatgate("backup", "make", "../out.zip", "--keys", "../keys.zip")[0] == 0
    no_key("session", "signing", "training")(broken)
    code, told = chatgate("keys", "restore", "../kept.zip")
    assert code == 2
    is_one_line(told, "holds no keys")
    assert chatgate("keys", "restore", "../keys.zip")[0] == 0
    assert chatgate("keys", "list")[0] == 0
    assert chatgate("agent", "list")[0] == 0
