"""Files in a chat: only with consent, only what they say they are, seen by the two sides."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from chatgate import Manifest, Refusal, hookimpl
from chatgate.ids import new_token
from chatgate.models.purposes import Purpose
from chatgate.services import attachments, consents, messages, notices, sessions, sites
from chatgate.services.attachments import Author, Upload
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.rights import subjects
from chatgate.storage.queries import conversations as conversation_rows
from chatgate.worker import Worker
from tests import sample_files
from tests.cast import SITE, Vera, hire_adam, next_version, signed_in, welcome
from tests.fingerprint import files_of, holding
from tests.services.attaching import close_chat, of, refused, says, sends, stored


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


def restrict(vera: Vera) -> None:
    subjects.ask(vera.core, vera.conversation_id, "restriction")


def renew(vera: Vera) -> None:
    notices.publish_notice(vera.core, SITE, next_version("2.0.0"))


def erase(vera: Vera) -> None:
    subjects.ask(vera.core, vera.conversation_id, "erasure")


ENDINGS = {
    "consent_withdrawn": withdraw,
    "closed": close_chat,
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
