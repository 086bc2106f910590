"""The restore drill: a backup under load, put back, and whatever was erased or withdrawn since stays so. ER3."""

import io
import json
import shutil
import threading
import zipfile
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatgate.app import create_app, create_core
from chatgate.config import Settings
from chatgate.errors import OperatorError, Refusal
from chatgate.ids import new_token
from chatgate.middleware.assistant import Assistant
from chatgate.services import (
    assistance,
    attachments,
    backup,
    consents,
    conversations,
    ledger,
    messages,
    outbox,
    outside,
    sessions,
    subjects,
)
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.restore import Options, restore_backup
from chatgate.storage import migrate
from chatgate.storage.attachment_files import stored_files
from chatgate.storage.queries import conversations as rows
from chatgate.worker import Worker
from tests import sample_files
from tests.cast import SITE, decision, hire_adam, shown, signed_in, welcome
from tests.conftest import close
from tests.fingerprint import files_of, holding

ERASED, WITHDRAWN, KEPT = "canary-erased-7f3a", "canary-withdrawn-19bc", "canary-kept-42d0"
ASSISTANT: dict[str, object] = {"assistant": Assistant}


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, settings: Callable[..., Settings], clock: Any) -> Any:
    """Return a shop whose services may be opened and closed again, on either database."""
    urls = {}
    # A test of files, which PostgreSQL does not have, asks for SQLite alone by parametrizing this fixture itself.
    if request.param == "postgresql":
        urls["database_url"] = request.getfixturevalue("empty_postgresql")
    limits = {"rate_limit": {"sessions": 10_000, "messages": 10_000}}
    made = settings(middleware_settings=limits, **urls)

    def opened(**more: Any) -> Core:
        core = create_core(made, clock, ASSISTANT, **more)
        opened_cores.append(core)
        return core

    opened_cores: list[Core] = []
    yield SimpleNamespace(settings=made, open=opened, clock=clock)
    for core in opened_cores:
        close(core)


def begin(shop: Any) -> Core:
    """Open the shop with a notice and an agent."""
    from tests.cast import open_shop

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
    def opened():  # type: ignore[no-untyped-def]
        core = shop.open(restoring=True)
        yield core
        close(core)

    return restore_backup(shop.settings, path, Options(**options), opened)


def state_of(core: Core, conversation_id: str) -> Any:
    with core.storage.read() as db:
        return rows.conversation(db, conversation_id)


def test_the_restore_drill(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    erased, withdrawn, kept = (chat(core, word) for word in (ERASED, WITHDRAWN, KEPT))
    made = back_up(shop, tmp_path / "b.zip")
    assert made["rows"] == {"conversation": 3, "message": 6, "consent_record": 3, "training_item": 3}

    subjects.ask(core, erased, "erasure")
    consents.change_consent(core, withdrawn, ChangeRequest({"training": False}))
    late = chat(core, "late")
    close(core)

    done = put_back(shop, tmp_path / "b.zip", replace=True)
    assert (done["erased"], done["withdrawn"], done["training_removed"]) == (1, 1, 1)
    if not shop.settings.database_url:
        assert holding(shop.settings.data_dir, ERASED) == []

    core = shop.open()
    assert state_of(core, erased) is None
    assert state_of(core, late) is None
    assert state_of(core, withdrawn).may_train is False
    assert state_of(core, kept).may_train is True
    assert len(core.sinks["database"].item_ids()) == 1
    assert ledger.verify_ledger(core).holds
    with core.storage.read() as db:
        words = db.exec_driver_sql("SELECT body FROM message").scalars().all()
        kept_rows = db.exec_driver_sql("SELECT count(*) FROM agent_session").scalar_one()
    assert not any(ERASED in word for word in words)
    assert kept_rows == 0
    work(core)
    asking = welcome(core)
    asking.writes("dishwasher?")
    offered = [one["text"] for one in assistance.suggestions(core, asking.conversation_id)["suggestions"]]
    assert not any(ERASED in text or WITHDRAWN in text for text in offered)


def test_a_backup_made_while_everybody_writes_is_consistent(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    ids = [chat(core, f"cup {number}") for number in range(4)]
    stop = threading.Event()
    sent: list[str] = []

    def write() -> None:
        vera = welcome(core)
        while not stop.is_set():
            sent.append(vera.writes(f"line {len(sent)}")["id"])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = [back_up(shop, tmp_path / f"{number}.zip") for number in range(2)]
        acknowledged = len(sent)
        subjects.ask(core, ids[0], "erasure")
        made.append(back_up(shop, tmp_path / "2.zip"))
    finally:
        stop.set()
        thread.join()
    assert made[2]["rows"]["message"] >= acknowledged + 6
    assert made[2]["rows"]["training_item"] == 3
    close(core)
    put_back(shop, tmp_path / "2.zip", replace=True)
    core = shop.open()
    assert ledger.verify_ledger(core).holds
    with core.storage.read() as db:
        admitted = set(db.exec_driver_sql("SELECT item_id FROM training_lineage WHERE state = 'admitted'").scalars())
    assert set(core.sinks["database"].item_ids()) == admitted


def test_training_items_that_the_main_copy_does_not_admit_are_not_in_the_backup(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    chat(core, KEPT)
    gone = chat(core, WITHDRAWN)
    consents.change_consent(core, gone, ChangeRequest({"training": False}))
    assert len(core.sinks["database"].item_ids()) == 2, "the worker has not retracted yet"
    made = back_up(shop, tmp_path / "b.zip")
    assert made["rows"]["training_item"] == 1


def test_what_the_training_copy_lacks_is_exported_again_under_the_consent_of_now(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    conversation_id = chat(core, KEPT)
    (item,) = core.sinks["database"].item_ids()
    core.sinks["database"].retract(item)
    back_up(shop, tmp_path / "b.zip")
    close(core)
    done = put_back(shop, tmp_path / "b.zip", replace=True)
    assert done["training_exported_again"] == 1
    core = shop.open()
    work(core)
    (again,) = core.sinks["database"].item_ids()
    assert again != item
    assert state_of(core, conversation_id).may_train


def test_a_yes_after_a_withdrawal_is_not_taken_back(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    conversation_id = chat(core, KEPT)
    consents.change_consent(core, conversation_id, ChangeRequest({"training": False}))
    shop.clock.advance(seconds=5)
    answer = shown(core)
    again = decision(answer, True)
    consents.change_consent(
        core,
        conversation_id,
        ChangeRequest({"training": True}, again["display_token"], again["rendered_sha256"]),
    )
    back_up(shop, tmp_path / "b.zip")
    close(core)
    assert put_back(shop, tmp_path / "b.zip", replace=True)["withdrawn"] == 0
    core = shop.open()
    assert state_of(core, conversation_id).may_train


def test_the_end_of_a_session_and_a_restriction_survive_a_restore(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    ended, restricted = welcome(core), welcome(core)
    back_up(shop, tmp_path / "b.zip")
    consents.change_consent(core, ended.conversation_id, ChangeRequest({"support": False}))
    subjects.ask(core, restricted.conversation_id, "restriction")
    close(core)
    done = put_back(shop, tmp_path / "b.zip", replace=True)
    assert (done["withdrawn"], done["restricted"]) == (1, 1)
    core = shop.open()
    row = state_of(core, ended.conversation_id)
    assert (row.may_talk, row.state) == (False, "closed")
    assert state_of(core, restricted.conversation_id).restricted


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_starting_on_an_older_copy_that_was_put_back_by_hand_applies_both_lists(shop: Any) -> None:
    core = begin(shop)
    erased, withdrawn = chat(core, ERASED), chat(core, WITHDRAWN)
    close(core)
    path = shop.settings.data_dir / "chatgate.db"
    copy = path.read_bytes()
    core = shop.open()
    subjects.ask(core, erased, "erasure")
    consents.change_consent(core, withdrawn, ChangeRequest({"training": False}))
    close(core)
    path.write_bytes(copy)
    app = create_app(shop.settings, shop.clock, ASSISTANT)
    core = app.config["CHATGATE"]
    assert state_of(core, erased) is None
    assert state_of(core, withdrawn).may_train is False
    close(core)


def test_the_lists_hold_nothing_that_leads_to_a_person(shop: Any) -> None:
    core = begin(shop)
    erased, withdrawn = chat(core, ERASED), chat(core, WITHDRAWN)
    subjects.ask(core, erased, "erasure")
    consents.change_consent(core, withdrawn, ChangeRequest({"training": False}))
    text = outside.tombstone_path(core.settings).read_text() + outside.withdrawal_path(core.settings).read_text()
    assert len(text.splitlines()) == 2
    row = state_of(core, withdrawn)
    for name in (erased, withdrawn, row.visitor_id, row.consent_record_id, SITE, ERASED):
        assert name not in text


def test_the_worker_notes_withdrawals_that_a_crash_kept_off_the_list(shop: Any) -> None:
    core = begin(shop)
    withdrawn = chat(core, WITHDRAWN)
    consents.change_consent(core, withdrawn, ChangeRequest({"training": False}))
    path = outside.withdrawal_path(core.settings)
    whole = path.read_text()
    path.write_text(whole[:20])  # cut off in the middle of the line
    Worker(core).sweep()
    assert path.read_text().splitlines()[-1] == whole.strip()
    Worker(core).sweep()
    assert path.read_text().count(whole.strip()) == 1


@pytest.fixture
def saved(shop: Any, tmp_path: Path) -> Path:
    """Return a backup of a closed shop with one finished chat."""
    core = begin(shop)
    chat(core, KEPT)
    back_up(shop, tmp_path / "saved.zip")
    close(core)
    return tmp_path / "saved.zip"


def refused(shop: Any, path: Path, match: str, **options: Any) -> None:
    """Assert that a restore is refused in one line, and nothing is changed."""
    before = files_of(shop.settings.data_dir)
    with pytest.raises(OperatorError, match=match) as error:
        put_back(shop, path, **options)
    assert "\n" not in str(error.value)
    assert {name: seen for name, seen in files_of(shop.settings.data_dir).items() if "-wal" not in name} == before


def test_a_restore_replaces_nothing_unless_told_so(shop: Any, saved: Path) -> None:
    refused(shop, saved, "--replace")


@pytest.mark.parametrize("lost", ["tombstones.txt", "withdrawals.txt", "erasure.key"])
def test_a_restore_without_what_was_erased_since_is_refused_unless_told_so(shop: Any, saved: Path, lost: str) -> None:
    (shop.settings.data_dir / "keys" / lost).unlink()
    refused(shop, saved, f"{lost} is missing", replace=True)
    put_back(shop, saved, replace=True, without_lists=True)


def test_a_list_that_is_older_than_the_backup_is_refused(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    subjects.ask(core, chat(core, ERASED), "erasure")
    back_up(shop, tmp_path / "b.zip")
    close(core)
    outside.tombstone_path(shop.settings).write_text("")
    refused(shop, tmp_path / "b.zip", "too old", replace=True)


def test_another_installations_key_is_refused(shop: Any, saved: Path) -> None:
    path = shop.settings.data_dir / "keys" / "training.key"
    path.write_text("chatgate-key-v1 training " + "ab" * 32 + "\n")
    refused(shop, saved, "not the key of this backup", replace=True)


def test_lost_keys_come_from_a_file_of_their_own(shop: Any, saved: Path, tmp_path: Path) -> None:
    backup.make_keys_file(shop.settings, tmp_path / "keys.zip", shop.clock.now())
    with zipfile.ZipFile(tmp_path / "keys.zip") as packed:
        assert not any("erasure" in name or "tombstones" in name for name in packed.namelist())
    for kind in ("training", "signing"):
        (shop.settings.data_dir / "keys" / f"{kind}.key").unlink()
    refused(shop, saved, "--keys", replace=True)
    put_back(shop, saved, replace=True, keys=tmp_path / "keys.zip")
    core = shop.open()
    (item,) = core.sinks["database"].item_ids()
    assert core.sinks["database"].read(item) is not None  # type: ignore[attr-defined]


def test_training_copies_whose_key_is_lost_are_left_out_when_told_so(shop: Any, saved: Path) -> None:
    (shop.settings.data_dir / "keys" / "training.key").unlink()
    refused(shop, saved, "--without-training", replace=True)
    done = put_back(shop, saved, replace=True, without_training=True)
    assert done["training_exported_again"] == 1


def test_a_damaged_backup_is_refused_wherever_the_damage_is(shop: Any, saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    found = 0
    for place in range(60, len(whole), len(whole) // 25):
        broken = tmp_path / "broken.zip"
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        # Not every byte of a zip matters (times, attributes): then each part is what it was.
        with suppress(OperatorError):
            assert backup.verify_backup(broken)["parts"] == backup.verify_backup(saved)["parts"]
            found -= 1
        found += 1
    assert found > 15
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.zip").write_bytes(whole[:size])
        refused(shop, tmp_path / "cut.zip", "damaged", replace=True)


def rewritten(path: Path, target: Path, **changes: Any) -> Path:
    """Copy a backup with another manifest."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                data = json.dumps({**json.loads(data), **changes}).encode()
            new.writestr(name, data)
    return target


def test_a_backup_of_a_newer_program_is_refused(shop: Any, saved: Path, tmp_path: Path) -> None:
    refused(shop, rewritten(saved, tmp_path / "n.zip", schema="9999"), "upgrade chatgate", replace=True)
    refused(shop, rewritten(saved, tmp_path / "f.zip", format_version=2), "newer chatgate", replace=True)


def test_a_part_that_leads_out_of_the_data_directory_is_refused(shop: Any, saved: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w") as new:
        new.writestr("../out", b"")
        part = {"name": "../out", "size": 0, "sha256": ""}
        new.writestr("manifest.json", json.dumps({"format": "chatgate-backup", "format_version": 1, "parts": [part]}))
    refused(shop, bad, "leads out", replace=True)


def test_a_server_that_still_runs_is_not_overwritten(shop: Any, saved: Path) -> None:
    core = shop.open()
    with core.storage.read(), pytest.raises(OperatorError, match="in use"):
        put_back(shop, saved, replace=True)


def test_nothing_opens_an_installation_in_the_middle_of_a_restore(shop: Any, saved: Path) -> None:
    class Stopped(Exception):
        pass

    @contextmanager
    def stopped():  # type: ignore[no-untyped-def]
        raise Stopped
        yield

    with pytest.raises(Stopped):
        restore_backup(shop.settings, saved, Options(replace=True), stopped)
    with pytest.raises(OperatorError, match="did not end"):
        create_app(shop.settings, shop.clock, ASSISTANT)
    put_back(shop, saved, replace=True)
    close(shop.open())


def test_a_backup_of_an_older_schema_is_migrated(shop: Any, tmp_path: Path) -> None:
    url = backup.urls_of(shop.settings)[0]
    begin(shop).storage.close()
    close(shop.open())
    older = migrate.revisions()[0]
    fresh = tmp_path / "older.db"
    if not shop.settings.database_url:
        migrate.upgrade(f"sqlite:///{fresh}", target=older)
        (shop.settings.data_dir / "chatgate.db").unlink()
        fresh.replace(shop.settings.data_dir / "chatgate.db")
    else:
        from sqlalchemy import create_engine

        from chatgate.storage import snapshot

        engine = create_engine(url)
        with engine.begin() as db:
            snapshot.drop_tables(db)
        engine.dispose()
        migrate.upgrade(url, target=older)
    made = back_up(shop, tmp_path / "b.zip")
    assert made["schema"] == older
    put_back(shop, tmp_path / "b.zip", replace=True)
    assert migrate.revision_of(url) == migrate.newest_revision()


def test_an_installation_that_is_not_there_is_one_line(
    settings: Callable[..., Settings], tmp_path: Path, clock: Any
) -> None:
    with pytest.raises(OperatorError, match="there is no installation"):
        backup.make_backup(settings(), tmp_path / "b.zip", clock.now())
    assert list(tmp_path.iterdir()) == []


def test_a_backup_replaces_nothing_and_leaves_nothing_half_done(shop: Any, saved: Path, monkeypatch: Any) -> None:
    with pytest.raises(OperatorError, match="exists already"):
        back_up(shop, saved)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("chatgate.storage.archive.ArchiveWriter.finish", full)
    with pytest.raises(OperatorError, match="No space left"):
        back_up(shop, saved.with_name("other.zip"))
    assert [path.name for path in saved.parent.glob("*other*")] + list(saved.parent.glob(".other*")) == []


def test_only_the_newest_backups_stay_when_told_so(tmp_path: Path) -> None:
    names = [f"chatgate-2026112{number}T020000Z.zip" for number in range(5)]
    for name in [*names, "notes.zip"]:
        (tmp_path / name).touch()
    assert [path.name for path in backup.forget_old(tmp_path, 2)] == names[:3]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[3:], "notes.zip"]


def test_the_copy_of_a_backup_is_for_its_owner_only(shop: Any, saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(saved) as packed:
        names = packed.namelist()
    assert not any(name.startswith("keys") or "tombstone" in name.split("/")[0] for name in names)


def test_files_of_chats_come_back_and_those_of_an_erased_chat_do_not(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    kept, erased = welcome(core), welcome(core)
    files = [send_photo(vera) for vera in (kept, erased)]
    made = back_up(shop, tmp_path / "b.zip")
    assert sum(part["name"].startswith("attachments/") for part in made["parts"]) == 2
    subjects.ask(core, erased.conversation_id, "erasure")
    close(core)
    shutil.rmtree(shop.settings.data_dir / "attachments")
    put_back(shop, tmp_path / "b.zip", replace=True)
    core = shop.open()
    view, data = attachments.read_attachment(core, files[0]["id"], kept.conversation_id)
    assert (view["id"], len(data) > 100) == (files[0]["id"], True)
    with pytest.raises(Refusal):
        attachments.read_attachment(core, files[1]["id"], erased.conversation_id)
    (left,) = [path for path in (shop.settings.data_dir / "attachments").rglob("*") if path.is_file()]
    assert left.name == files[0]["id"]


def test_files_outside_of_the_data_directory_are_in_the_backup_and_come_back_there(shop: Any, tmp_path: Path) -> None:
    outside_of_it = tmp_path / "big-disk"
    shop.settings.attachments.directory = str(outside_of_it)
    core = begin(shop)
    vera = welcome(core)
    sent = send_photo(vera)
    made = back_up(shop, tmp_path / "b.zip")
    assert sum(part["name"].startswith("attachments/") for part in made["parts"]) == 1
    after = send_photo(vera)
    close(core)
    (outside_of_it / "lost+found").mkdir()
    (outside_of_it / "of-somebody-else.txt").write_text("stays", encoding="utf-8")
    with pytest.raises(OperatorError, match="--replace"):
        put_back(shop, tmp_path / "b.zip")
    assert len(stored(outside_of_it)) == 2
    put_back(shop, tmp_path / "b.zip", replace=True)
    core = shop.open()
    view, data = attachments.read_attachment(core, sent["id"], vera.conversation_id)
    assert (view["id"], len(data) > 100) == (sent["id"], True)
    assert stored(outside_of_it) == [sent["id"]] != [after["id"]]
    assert not (shop.settings.data_dir / "attachments").exists()
    assert sorted(path.name for path in outside_of_it.iterdir() if len(path.name) > 2) == [
        "lost+found",
        "of-somebody-else.txt",
    ]


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_a_restore_refuses_when_only_the_files_of_chats_are_in_its_way(shop: Any, tmp_path: Path) -> None:
    shop.settings.attachments.directory = str(tmp_path / "big-disk")
    core = begin(shop)
    sent = send_photo(welcome(core))
    back_up(shop, tmp_path / "b.zip")
    close(core)
    drill = shop.settings.model_copy(update={"data_dir": tmp_path / "drill", "database_url": ""})
    shutil.copytree(shop.settings.data_dir / "keys", drill.data_dir / "keys")
    with pytest.raises(OperatorError, match=r"files are in .*big-disk already"):
        restore_backup(drill, tmp_path / "b.zip", Options(), shop.open)
    assert stored(tmp_path / "big-disk") == [sent["id"]]
    assert not (drill.data_dir / "chatgate.db").exists()


def stored(directory: Path) -> list[str]:
    """Return the names of the files of chats in a directory."""
    return [path.name for path in stored_files(directory)]


def send_photo(vera: Any) -> dict[str, Any]:
    """Upload a photo as this visitor."""
    data = sample_files.photo()
    upload = attachments.Upload(new_token("file"), "cup.jpg", len(data), io.BytesIO(data).read)
    author = attachments.Author("visitor", vera.session.visitor_id, "key")
    return attachments.store_attachment(vera.core, vera.conversation_id, author, upload)


def test_an_open_chat_whose_client_knows_more_than_the_backup_goes_on(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    vera = welcome(core)
    vera.writes("in the backup")
    back_up(shop, tmp_path / "b.zip")
    for number in range(3):
        vera.writes(f"after it {number}")
    close(core)
    put_back(shop, tmp_path / "b.zip", replace=True)
    core = shop.open()
    session = sessions.read_session(core, vera.opened["session_token"])
    messages.post_visitor_message(core, session, new_token("m"), "again", new_token("k"))
    resumed = sessions.resume_session(core, session, last_seq=4)
    assert [message["body"] for message in resumed["messages"]] == ["in the backup", "again"]
