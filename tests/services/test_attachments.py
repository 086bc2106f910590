"""Files in a chat: only with consent, only what they say they are, seen by the two sides, gone with the chat."""

import base64
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chatgate import Manifest, Refusal, hookimpl
from chatgate.ids import new_token
from chatgate.models.purposes import Purpose
from chatgate.services import (
    attachments,
    consents,
    conversations,
    erasure,
    messages,
    notices,
    sessions,
    sites,
    subjects,
    training,
)
from chatgate.services.attachments import Author, Upload
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.storage.queries import conversations as conversation_rows
from chatgate.worker import Worker
from tests import sample_files
from tests.cast import SITE, Vera, hire_adam, next_version, signed_in, welcome
from tests.clocks import SettableClock
from tests.fingerprint import files_of, holding


def of(vera: Vera) -> Author:
    return Author("visitor", vera.session.visitor_id, "key")


def sends(
    vera: Vera,
    data: bytes | None = None,
    name: str = "cup.jpg",
    author: Author | None = None,
    client_id: str | None = None,
) -> dict[str, Any]:
    """Upload a file as Vera, or as somebody else in her conversation."""
    data = sample_files.photo() if data is None else data
    upload = Upload(client_id or new_token("file"), name, len(data), io.BytesIO(data).read)
    return attachments.store_attachment(vera.core, vera.conversation_id, author or of(vera), upload)


@contextmanager
def refused(code: str, **detail: Any) -> Iterator[None]:
    """Expect a refusal with this code and detail."""
    with pytest.raises(Refusal) as found:
        yield
    assert found.value.code == code
    assert {name: found.value.detail.get(name) for name in detail} == detail


def stored(core: Core) -> tuple[int, list[str]]:
    """Return the rows and the files of attachments."""
    return core.storage.row_counts(["attachment"])["attachment"], sorted(files_of(core.files.directory))


def says(vera: Vera, *ids: str, body: str = "", client_id: str | None = None) -> dict[str, Any]:
    """Send a message with files."""
    return messages.post_visitor_message(
        vera.core, vera.session, client_id or new_token("m"), body, new_token("k"), list(ids)
    )


@pytest.fixture
def any_vera(any_core: Core) -> Vera:
    return welcome(any_core)


def test_a_file_is_sent_with_a_message_and_read_by_both_sides(any_vera: Vera) -> None:
    core = any_vera.core
    hire_adam(core)
    file = sends(any_vera)
    assert (file["name"], file["media_type"], file["width"], file["height"]) == ("cup.jpg", "image/jpeg", 64, 48)
    message = says(any_vera, file["id"], body="Look")
    assert message["attachments"] == [file]
    for reader in (any_vera.conversation_id, None):
        view, data = attachments.read_attachment(core, file["id"], reader)
        assert view == file
        assert data.startswith(b"\xff\xd8\xff")
        assert len(data) == file["size_bytes"]
    resumed = sessions.resume_session(core, any_vera.session, 0)
    assert resumed["messages"] == [message]


def test_a_message_may_consist_of_files_only_and_of_nothing_it_may_not(any_vera: Vera) -> None:
    files = [sends(any_vera), sends(any_vera, sample_files.pdf(), "invoice.pdf")]
    message = says(any_vera, *[file["id"] for file in files])
    assert (message["body"], message["attachments"]) == ("", files)
    with refused("payload_invalid", field="body"):
        says(any_vera)


def test_an_agent_sends_a_file_the_same_way(any_vera: Vera) -> None:
    core = any_vera.core
    hire_adam(core)
    adam = signed_in(core)
    # It is Adam's already: otherwise his answer takes it, a moment after this test may be over.
    taken = {"assigned_agent_id": adam.id}
    core.storage.write_now(lambda db: conversation_rows.change(db, any_vera.conversation_id, taken))
    file = sends(any_vera, author=Author("agent", adam.id, adam.id))
    with refused("not_found"):
        attachments.read_attachment(core, file["id"], any_vera.conversation_id)
    with refused("attachment_unknown"):
        says(any_vera, file["id"])
    message = messages.post_agent_message(core, adam, any_vera.conversation_id, new_token("m"), "", [file["id"]])
    assert message["attachments"] == [file]
    assert attachments.read_attachment(core, file["id"], any_vera.conversation_id)[0] == file


def test_what_is_not_sent_is_not_seen_by_the_other_side(any_vera: Vera) -> None:
    file = sends(any_vera)
    with refused("not_found"):
        attachments.read_attachment(any_vera.core, file["id"], None)
    assert attachments.read_attachment(any_vera.core, file["id"], any_vera.conversation_id)[0] == file


def test_another_visitors_file_is_not_found_and_cannot_be_sent(any_vera: Vera) -> None:
    core = any_vera.core
    mallory = welcome(core, limiter_key="m")
    file = sends(any_vera)
    says(any_vera, file["id"])
    with refused("not_found"):
        attachments.read_attachment(core, file["id"], mallory.conversation_id)
    for ids in ([file["id"]], ["nothing"], [sends(any_vera)["id"]]):
        with refused("attachment_unknown"):
            says(mallory, *ids, body="mine")
    with refused("not_found"):
        attachments.discard_attachment(core, mallory.conversation_id, of(mallory), file["id"])
    assert core.storage.row_counts(["message"])["message"] == 1


def test_a_resent_message_carries_its_files_once(any_vera: Vera) -> None:
    file = sends(any_vera)
    first = says(any_vera, file["id"], client_id="resent-message")
    assert says(any_vera, file["id"], client_id="resent-message") == first
    with refused("attachment_unknown"):
        says(any_vera, file["id"], body="again")
    with refused("attachment_unknown"):
        says(any_vera, sends(any_vera)["id"], "nothing", body="one of them is not there")


def test_messages_of_one_group_do_not_share_a_file(any_vera: Vera) -> None:
    core, file = any_vera.core, sends(any_vera)
    queued = [
        messages.queue_visitor_message(core, any_vera.session, f"group-{number}", "both", "k", [file["id"]])
        for number in range(2)
    ]
    results = []
    for one in queued:
        try:
            results.append(one.result()["attachments"])
        except Refusal as refusal:
            results.append(refusal.code)
    assert sorted(map(str, results)) == sorted([str([file]), "attachment_unknown"])


def test_a_repeated_upload_stores_one_file(any_vera: Vera) -> None:
    first = sends(any_vera, client_id="file-once")
    again = Upload("file-once", "cup.jpg", None, lambda _size: pytest.fail("read"))
    assert attachments.store_attachment(any_vera.core, any_vera.conversation_id, of(any_vera), again) == first
    assert stored(any_vera.core)[0] == 1
    assert len(stored(any_vera.core)[1]) == 1


@pytest.mark.parametrize("case", sample_files.DISGUISED)
def test_what_is_not_what_it_says_is_refused_and_leaves_nothing(vera: Vera, case: str) -> None:
    name, data, reason = sample_files.DISGUISED[case]
    before = files_of(vera.core.settings.data_dir)
    with refused("attachment_refused", reason=reason):
        sends(vera, data, name)
    assert files_of(vera.core.settings.data_dir) == before
    assert stored(vera.core) == (0, [])


def test_no_byte_of_a_file_and_of_its_name_lies_on_the_disk_in_clear(vera: Vera) -> None:
    file = sends(vera, sample_files.pdf(b"canary-1f2e3d"), "invoice-canary.pdf")
    assert holding(vera.core.settings.data_dir, "canary-1f2e3d") == []
    assert holding(vera.core.files.directory, "invoice-canary") == []
    (path,) = stored(vera.core)[1]
    assert path == f"{file['id'][-2:]}/{file['id']}"
    assert (vera.core.files.directory / path).stat().st_mode & 0o077 == 0


def test_the_place_where_a_photo_was_taken_is_gone(vera: Vera) -> None:
    assert sample_files.GPS_CANARY in sample_files.photo()
    file = sends(vera)
    _view, data = attachments.read_attachment(vera.core, file["id"], vera.conversation_id)
    assert sample_files.GPS_CANARY not in data
    assert sample_files.COMMENT_CANARY not in data


# -- consent ---------------------------------------------------------------------------------------------------


def withdraw(vera: Vera) -> None:
    consents.change_consent(vera.core, vera.conversation_id, ChangeRequest({"support": False}))


def close(vera: Vera) -> None:
    conversations.close_conversation(vera.core, vera.conversation_id, "agent")


def restrict(vera: Vera) -> None:
    subjects.ask(vera.core, vera.conversation_id, "restriction")


def renew(vera: Vera) -> None:
    notices.publish_notice(vera.core, SITE, next_version("2.0.0"))


def erase(vera: Vera) -> None:
    subjects.ask(vera.core, vera.conversation_id, "erasure")


ENDINGS = {
    "consent_withdrawn": withdraw,
    "closed": close,
    "restricted": restrict,
    "consent_stale": renew,
    "not_found": erase,
}


@pytest.mark.parametrize("code", ENDINGS)
def test_no_file_without_a_consent_that_covers_it(any_vera: Vera, code: str) -> None:
    ENDINGS[code](any_vera)
    before = files_of(any_vera.core.settings.data_dir)
    upload = Upload(new_token("file"), "a.jpg", None, lambda _size: pytest.fail("the body was read"))
    with refused(code):
        attachments.store_attachment(any_vera.core, any_vera.conversation_id, of(any_vera), upload)
    assert files_of(any_vera.core.settings.data_dir) == before
    assert stored(any_vera.core) == (0, [])


@pytest.mark.parametrize("code", ENDINGS)
def test_a_consent_that_ends_while_a_file_is_read_stops_it(any_vera: Vera, code: str) -> None:
    pieces = [sample_files.photo(), b""]

    def read(_size: int) -> bytes:
        if len(pieces) == 1:
            ENDINGS[code](any_vera)
        return pieces.pop(0)

    with refused(code):
        upload = Upload(new_token("file"), "a.jpg", None, read)
        attachments.store_attachment(any_vera.core, any_vera.conversation_id, of(any_vera), upload)
    assert stored(any_vera.core) == (0, [])


def test_after_a_withdrawal_the_visitor_reads_no_file_and_unsent_ones_are_deleted(any_vera: Vera) -> None:
    core, sent, unsent = any_vera.core, sends(any_vera), sends(any_vera)
    says(any_vera, sent["id"])
    withdraw(any_vera)
    with refused("consent_withdrawn"):
        attachments.read_attachment(core, sent["id"], any_vera.conversation_id)
    Worker(core).sweep()
    assert stored(core) == (1, [f"{sent['id'][-2:]}/{sent['id']}"])
    assert unsent["id"] not in str(stored(core))


def test_restricted_files_are_stored_and_nothing_else(any_vera: Vera) -> None:
    core, file = any_vera.core, sends(any_vera)
    says(any_vera, file["id"])
    sends(any_vera)
    restrict(any_vera)
    with refused("restricted"):
        attachments.read_attachment(core, file["id"], None)
    Worker(core).sweep()
    assert stored(core)[0] == 2


# -- limits ----------------------------------------------------------------------------------------------------


def test_reading_stops_at_the_first_byte_too_many(vera: Vera) -> None:
    sites.set_site(vera.core, SITE, {"attachment_max_megabytes": 1})
    taken = []

    def endless(size: int) -> bytes:
        taken.append(size)
        return b"\xff" * size

    with refused("attachment_too_large", limit_bytes=1_000_000):
        upload = Upload(new_token("file"), "a.jpg", None, endless)
        attachments.store_attachment(vera.core, vera.conversation_id, of(vera), upload)
    assert sum(taken) == 1_000_001
    announced = Upload(new_token("file"), "a.jpg", 1_000_001, lambda _size: pytest.fail("read"))
    with refused("attachment_too_large"):
        attachments.store_attachment(vera.core, vera.conversation_id, of(vera), announced)
    assert stored(vera.core) == (0, [])


def test_an_upload_that_breaks_off_stores_nothing(vera: Vera) -> None:
    data = sample_files.photo(1, 300, 300)
    upload = Upload(new_token("file"), "a.jpg", len(data) + 5, io.BytesIO(data).read)
    with refused("attachment_refused", reason="broken"):
        attachments.store_attachment(vera.core, vera.conversation_id, of(vera), upload)
    assert stored(vera.core) == (0, [])


def test_a_conversation_has_so_many_files_and_bytes(make_core: Callable[..., Core], database: str) -> None:
    core = make_core(database_url=database, attachments={"per_conversation": 2, "megabytes_per_conversation": 1})
    vera = welcome(core)
    sends(vera)
    gone = sends(vera)
    with refused("attachment_limit", files=2):
        sends(vera)
    attachments.discard_attachment(core, vera.conversation_id, of(vera), gone["id"])
    attachments.discard_attachment(core, vera.conversation_id, of(vera), gone["id"])
    assert stored(core)[0] == len(stored(core)[1]) == 1
    with refused("attachment_limit"):
        sends(vera, sample_files.pdf(b"x" * 999_999), "large.pdf")
    assert stored(core)[0] == 1


def test_a_site_that_takes_no_files(vera: Vera) -> None:
    sites.set_site(vera.core, SITE, {"attachments": False})
    with refused("attachments_off"):
        sends(vera)
    assert welcome(vera.core, limiter_key="o").opened["site"]["attachment_max_bytes"] == 0
    sites.set_site(vera.core, SITE, {"attachments": True, "attachment_max_megabytes": 3})
    assert welcome(vera.core, limiter_key="p").opened["site"]["attachment_max_bytes"] == 3_000_000


def test_files_that_come_too_quickly_are_refused(make_core: Callable[..., Core]) -> None:
    core = make_core(middleware_settings={"rate_limit": {"attachments": 2}})
    vera = welcome(core)
    sends(vera)
    sends(vera)
    with refused("rate_limited"):
        sends(vera)
    hire_adam(core)
    adam = signed_in(core)
    for _ in range(3):
        sends(vera, author=Author("agent", adam.id, adam.id))
    assert stored(core)[0] == 5


# -- middleware ------------------------------------------------------------------------------------------------


class Looker:
    manifest = Manifest(purposes=[Purpose.SUPPORT])

    def __init__(self) -> None:
        self.seen: list[Any] = []

    @hookimpl
    def check_attachment(self, context: Any, content: bytes) -> None:
        self.seen.append((context, content))
        if b"forbidden" in content:
            raise Refusal("attachment_refused", reason="malware")


def test_a_middleware_sees_the_file_as_it_was_uploaded_and_may_refuse_it(make_core: Callable[..., Core]) -> None:
    looker = Looker()
    vera = welcome(make_core(middleware={"looker": looker}))
    sends(vera)
    context, content = looker.seen[0]
    assert (context.media_type, context.size_bytes, context.author_kind) == ("image/jpeg", len(content), "visitor")
    assert content == sample_files.photo()
    with refused("attachment_refused", reason="malware"):
        sends(vera, sample_files.pdf(b"forbidden"), "a.pdf")
    assert stored(vera.core)[0] == 1


# -- what becomes of files ---------------------------------------------------------------------------------------


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
    close(any_vera)
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
    close(vera)
    Worker(any_core).drain()
    assert [item["state"] for item in training.list_items(any_core, None)] == ["admitted"]
    assert holding(any_core.settings.data_dir, "canary-in-pdf") == []


def test_unsent_files_do_not_outlive_a_closed_chat(any_vera: Vera) -> None:
    sends(any_vera)
    close(any_vera)
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
