"""A backup is whole while everybody writes, holds what the consents admit, and is for its owner only. ER3."""

import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatgate.config import Settings
from chatgate.errors import OperatorError
from chatgate.services import consents
from chatgate.services.consents import ChangeRequest
from chatgate.services.evidence import ledger
from chatgate.services.rights import outside, subjects
from chatgate.services.upkeep import backup
from chatgate.worker import Worker
from tests.cast import SITE, welcome
from tests.conftest import close
from tests.services.drills import ERASED, KEPT, WITHDRAWN, back_up, begin, chat, put_back, state_of


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

    monkeypatch.setattr("chatgate.storage.files.archive.ArchiveWriter.finish", full)
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
