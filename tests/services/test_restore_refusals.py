"""A restore that could lose or leak something is refused in one line, and nothing is changed. ER3."""

import json
import shutil
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from chatgate.app import create_app
from chatgate.errors import OperatorError
from chatgate.services.rights import outside, subjects
from chatgate.services.upkeep import backup
from chatgate.services.upkeep.restore import Options, restore_backup
from tests.cast import welcome
from tests.conftest import close
from tests.fingerprint import files_of
from tests.services.attaching import sends
from tests.services.drills import ASSISTANT, ERASED, back_up, begin, chat, put_back, stored_names


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
    def stopped(_kinds):  # type: ignore[no-untyped-def]
        raise Stopped
        yield

    with pytest.raises(Stopped):
        restore_backup(shop.settings, saved, Options(replace=True), stopped)
    with pytest.raises(OperatorError, match="did not end"):
        create_app(shop.settings, shop.clock, ASSISTANT)
    put_back(shop, saved, replace=True)
    close(shop.open())


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_a_restore_refuses_when_only_the_files_of_chats_are_in_its_way(shop: Any, tmp_path: Path) -> None:
    shop.settings.attachments.directory = str(tmp_path / "big-disk")
    core = begin(shop)
    sent = sends(welcome(core))
    back_up(shop, tmp_path / "b.zip")
    close(core)
    drill = shop.settings.model_copy(update={"data_dir": tmp_path / "drill", "database_url": ""})
    shutil.copytree(shop.settings.data_dir / "keys", drill.data_dir / "keys")
    with pytest.raises(OperatorError, match=r"files are in .*big-disk already"):
        restore_backup(drill, tmp_path / "b.zip", Options(), shop.open)
    assert stored_names(tmp_path / "big-disk") == [sent["id"]]
    assert not (drill.data_dir / "chatgate.db").exists()
