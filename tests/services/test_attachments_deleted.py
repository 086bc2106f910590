"""Files go with the chat, the consent or a request, down to their keys; exports hold what the person may have."""

import base64
import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chatgate.ids import new_token
from chatgate.services import attachments, messages
from chatgate.services.attachments import Author
from chatgate.services.core import Core
from chatgate.services.learning import training
from chatgate.services.rights import erasure, subjects
from chatgate.storage.queries import conversations as conversation_rows
from chatgate.worker import Worker
from tests import sample_files
from tests.cast import Vera, hire_adam, signed_in, welcome
from tests.clocks import SettableClock
from tests.fingerprint import holding
from tests.services.attaching import close_chat, refused, says, sends, stored


def test_what_is_never_sent_is_deleted_after_a_time(any_vera: Vera, clock: SettableClock) -> None:
    core, sent = any_vera.core, sends(any_vera)
    says(any_vera, sent["id"])
    sends(any_vera)
    assert attachments.forget_unsent(core) == 0
    clock.advance(hours=23)
    any_vera.writes()
    assert attachments.forget_unsent(core) == 0
    clock.advance(hours=2)
    assert attachments.forget_unsent(core) == 1
    assert stored(core) == (1, [f"{sent['id'][-2:]}/{sent['id']}"])


def test_files_without_a_row_are_deleted_once_they_are_old(vera: Vera) -> None:
    core, kept = vera.core, sends(vera)
    core.files.write("01999999-0000-7000-8000-00000000stray", b"x")
    assert attachments.delete_strays(core) == 0
    draft = core.files.path_of(kept["id"]).with_name(".draft")
    draft.write_bytes(b"x")
    for path in core.files.directory.rglob("*"):
        os.utime(path, (time.time() - 7200,) * 2)
    assert attachments.delete_strays(core) == 1
    assert stored(core) == (1, [f"{kept['id'][-2:]}/{kept['id']}"])


def test_a_process_that_dies_before_the_row_leaves_a_file_that_nobody_can_open(vera: Vera, monkeypatch: Any) -> None:
    core = vera.core

    def dies(_job: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(core.files, "delete", lambda _name: None)
    monkeypatch.setattr(type(core.storage), "write_now", lambda _self, job: dies(job))
    with pytest.raises(KeyboardInterrupt):
        sends(vera, sample_files.pdf(b"canary-dead"), "a.pdf")
    assert len(stored(core)[1]) == 1
    assert holding(core.settings.data_dir, "canary-dead") == []


def test_an_erasure_deletes_files_and_keys(any_vera: Vera) -> None:
    core = any_vera.core
    stays = welcome(core, limiter_key="other")
    kept = sends(stays)
    files = [sends(any_vera), sends(any_vera, sample_files.pdf(b"canary-pdf"), "canary-name.pdf")]
    says(any_vera, files[0]["id"])
    with core.storage.read() as db:
        keys = db.exec_driver_sql("SELECT sealing_key FROM attachment WHERE conversation_id <> ''").scalars().all()
    assert subjects.ask(core, any_vera.conversation_id, "erasure")["state"] == "done"
    assert stored(core) == (1, [f"{kept['id'][-2:]}/{kept['id']}"])
    for needle in ("canary-name", "canary-pdf", *[file["id"] for file in files]):
        assert holding(core.settings.data_dir, needle) == []
    if core.storage.dialect == "sqlite":
        left = [key for key in keys if holding(core.settings.data_dir, key)]
        assert len(left) == 1, "only the key of the file that stays"


def test_a_copy_of_the_files_is_noise_after_an_erasure(vera: Vera) -> None:
    core, file = vera.core, sends(vera)
    copy = core.files.path_of(file["id"]).read_bytes()
    subjects.ask(core, vera.conversation_id, "erasure")
    path = core.files.path_of(file["id"])
    path.write_bytes(copy)
    with refused("not_found"):
        attachments.read_attachment(core, file["id"], None)
    os.utime(path, (time.time() - 7200,) * 2)
    assert attachments.delete_strays(core) == 1


def test_a_file_that_was_tampered_with_is_not_handed_out(vera: Vera) -> None:
    file, other = sends(vera), sends(vera)
    path = vera.core.files.path_of(file["id"])
    raw = bytearray(path.read_bytes())
    raw[40] ^= 1
    path.write_bytes(raw)
    with refused("not_found"):
        attachments.read_attachment(vera.core, file["id"], vera.conversation_id)
    path.write_bytes(vera.core.files.path_of(other["id"]).read_bytes())
    with refused("not_found"):
        attachments.read_attachment(vera.core, file["id"], vera.conversation_id)


def test_the_sweep_of_old_chats_takes_their_files(any_vera: Vera, clock: SettableClock) -> None:
    says(any_vera, sends(any_vera)["id"])
    close_chat(any_vera)
    clock.advance(days=366)
    Worker(any_vera.core).sweep()
    assert stored(any_vera.core) == (0, [])


def test_an_access_export_has_the_files_and_a_portability_export_the_visitors_own(any_vera: Vera) -> None:
    core = any_vera.core
    hire_adam(core)
    adam = signed_in(core)
    own, answer = sends(any_vera), sends(any_vera, sample_files.pdf(), "a.pdf", Author("agent", adam.id, adam.id))
    says(any_vera, own["id"])
    messages.post_agent_message(core, adam, any_vera.conversation_id, new_token("m"), "", [answer["id"]])
    export = subjects.ask(core, any_vera.conversation_id, "access")["export"]
    files = export["elsewhere"]["attachments"]["files"]
    assert [file["name"] for file in files] == ["cup.jpg", "a.pdf"]
    assert base64.b64decode(files[1]["content_base64"]) == sample_files.pdf()
    assert "sealing_key" not in str(export["tables"]["attachment"])
    assert adam.id not in str(export)
    portable = subjects.ask(core, any_vera.conversation_id, "portability")["export"]
    assert [file["name"] for file in portable["attachments"]] == ["cup.jpg"]


def test_a_transcript_for_training_has_a_placeholder_and_nothing_of_the_file(any_core: Core) -> None:
    vera = welcome(any_core, training=True)
    files = [sends(vera, sample_files.pdf(b"canary-in-pdf"), "canary-name.pdf"), sends(vera)]
    says(vera, files[0]["id"], body="The invoice")
    says(vera, files[1]["id"])
    with any_core.storage.read() as db:
        row = conversation_rows.conversation(db, vera.conversation_id)
    assert row is not None
    lines = [line.body for line in training.read_transcript(any_core, row).lines]
    assert lines == ["The invoice\n[attachment]", "[attachment]"]
    close_chat(vera)
    Worker(any_core).drain()
    assert [item["state"] for item in training.list_items(any_core, None)] == ["admitted"]
    assert holding(any_core.settings.data_dir, "canary-in-pdf") == []


def test_unsent_files_do_not_outlive_a_closed_chat(any_vera: Vera) -> None:
    sends(any_vera)
    close_chat(any_vera)
    assert attachments.forget_unsent(any_vera.core) == 1
    assert stored(any_vera.core) == (0, [])
    assert timedelta(hours=any_vera.core.settings.attachments.unsent_hours) == timedelta(days=1)


def test_files_that_a_backup_brings_back_are_erased_again(core: Core, make_core: Callable[..., Core]) -> None:
    vera = welcome(core)
    file = sends(vera)
    says(vera, file["id"])
    sealed = core.files.path_of(file["id"]).read_bytes()
    core.storage.close()
    path = core.settings.data_dir / "chatgate.db"
    copy = path.read_bytes()
    again = make_core()
    subjects.ask(again, vera.conversation_id, "erasure")
    again.storage.close()
    path.write_bytes(copy)
    for name in ("chatgate.db-wal", "chatgate.db-shm"):
        (path.parent / name).unlink(missing_ok=True)
    restored = make_core()
    restored.files.path_of(file["id"]).write_bytes(sealed)
    assert erasure.reapply(restored) == 1
    assert stored(restored) == (0, [])
