"""An access export as a zip: whole, readable, hashed, with real files, nobody else's data. On both databases."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from chatgate.errors import Refusal
from chatgate.ids import new_token
from chatgate.services import messages, sessions
from chatgate.services.attachments import Author
from chatgate.services.core import Core
from chatgate.services.rights import export_archive, subjects
from chatgate.storage.queries import messages as messages_rows
from tests import sample_files
from tests.cast import Vera, decision, hire_adam, request_of, shown, signed_in
from tests.services.attaching import says, sends


def opened(core: Core, conversation_id: str, **options: Any) -> zipfile.ZipFile:
    """Return the zip of an export, read whole and checked."""
    data = b"".join(export_archive.archive_of(core, conversation_id, **options))
    found = zipfile.ZipFile(io.BytesIO(data))
    assert found.testzip() is None
    return found


def lines(found: zipfile.ZipFile) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.read("messages.jsonl").decode().splitlines()]


@pytest.fixture
def talked(any_vera: Vera) -> Vera:
    """Return Vera after a chat with files from both sides."""
    core = any_vera.core
    hire_adam(core)
    adam = signed_in(core)
    own, again = sends(any_vera), sends(any_vera)
    answer = sends(any_vera, sample_files.pdf(), "a.pdf", Author("agent", adam.id, adam.id))
    says(any_vera, own["id"], again["id"], body="<b>Is it</b> blue?")
    messages.post_agent_message(core, adam, any_vera.conversation_id, new_token("m"), "Yes", [answer["id"]])
    return any_vera


def test_every_file_is_in_the_manifest_with_its_hash(talked: Vera) -> None:
    found = opened(talked.core, talked.conversation_id)
    manifest = json.loads(found.read("manifest.json"))
    assert manifest["format"] == "chatgate/subject-export-zip/v1"
    told = {part["name"]: part for part in manifest["files"]}
    assert {*told, "manifest.json"} == set(found.namelist())
    for name, part in told.items():
        data = found.read(name)
        assert (part["bytes"], part["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_files_have_their_names_and_bytes_and_a_doubled_name_is_no_overwriting(talked: Vera) -> None:
    found = opened(talked.core, talked.conversation_id)
    files = [name for name in found.namelist() if name.startswith("files/")]
    assert files == ["files/001-cup.jpg", "files/002-cup.jpg", "files/003-a.pdf"]
    assert found.read("files/003-a.pdf") == sample_files.pdf()
    asked, answered = lines(found)
    assert asked["files"] == files[:2]
    assert answered["files"] == files[2:]


def test_it_has_what_the_json_has_and_nobody_elses_data(talked: Vera) -> None:
    found = opened(talked.core, talked.conversation_id)
    whole = subjects.export_subject(talked.core, talked.conversation_id)
    data = json.loads(found.read("data.json"))
    expected = {name: rows for name, rows in whole["tables"].items() if name != "message"}
    for tables in (expected, data["tables"]):
        tables["conversation"][0].pop("rev")  # an agent who reads it changes it a moment later
    assert data["tables"] == json.loads(json.dumps(expected))
    shown = [{name: value for name, value in line.items() if name != "files"} for line in lines(found)]
    assert shown == json.loads(json.dumps(whole["tables"]["message"]))
    everything = b"".join(found.read(name) for name in found.namelist()).decode("utf-8", "replace")
    assert signed_in(talked.core).id not in everything
    assert "Adam" not in everything
    assert "sealing_key" not in everything
    assert str(talked.opened["receipt"]["token"]) not in everything


def test_the_page_shows_the_chat_and_its_files_and_no_markup_of_theirs(talked: Vera) -> None:
    page = opened(talked.core, talked.conversation_id).read("index.html").decode()
    assert '<html lang="en" dir="ltr">' in page
    assert "&lt;b&gt;Is it&lt;/b&gt; blue?" in page
    assert '<a href="files/001-cup.jpg"><bdi>cup.jpg</bdi></a>' in page
    assert '<a href="consent.html">' in page


def test_both_pages_are_in_the_visitors_language(core: Core) -> None:
    vera = sessions.open_session(core, request_of(decision(shown(core, "pl"), locale="pl")))
    found = opened(core, vera["conversation"]["id"])
    for name, word in (("index.html", "Kopia Twoich danych"), ("consent.html", "Potwierdzenie zgody")):
        page = found.read(name).decode()
        assert '<html lang="pl" dir="ltr">' in page
        assert word in page


def test_what_is_taken_elsewhere_is_the_visitors_own(talked: Vera) -> None:
    found = opened(talked.core, talked.conversation_id, portable=True)
    assert [line["author_kind"] for line in lines(found)] == ["visitor"]
    assert [name for name in found.namelist() if name.startswith("files/")] == [
        "files/001-cup.jpg",
        "files/002-cup.jpg",
    ]
    assert "tables" not in json.loads(found.read("data.json"))


def test_names_lead_nowhere(any_vera: Vera) -> None:
    core = any_vera.core
    file = sends(any_vera)
    for evil in ("../../etc/passwd", "C:\\boot.ini", "/abs\x00olute", "CON", "\u202egpj.exe", "."):
        core.storage.write_now(
            lambda db, evil=evil: db.exec_driver_sql(
                "UPDATE attachment SET name = "
                + ("?" if core.storage.dialect == "sqlite" else "%s")
                + f" WHERE id = '{file['id']}'",
                (evil.replace("\x00", ""),),
            )
        )
        (name,) = (one for one in opened(core, any_vera.conversation_id).namelist() if one.startswith("files/"))
        assert name.count("/") == 1
        assert name.startswith("files/001-")
        assert name.endswith(".jpg")
        assert ".." not in name
        assert name.isprintable()


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_there(talked: Vera) -> None:
    core = talked.core
    first = next(core.files.directory.glob("??/*"))
    first.write_bytes(b"torn" * 20)
    found = opened(core, talked.conversation_id)
    problems = [part for part in json.loads(found.read("manifest.json"))["files"] if part.get("problem")]
    assert len(problems) == 1
    assert problems[0]["name"] not in found.namelist()
    assert "cannot be read any more" in found.read("index.html").decode()


def test_a_long_chat_is_read_page_by_page_and_sent_file_by_file(
    any_vera: Vera, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, read = any_vera.core, []
    files = [sends(any_vera, sample_files.pdf(b"%d" % number * 40_000), f"{number}.pdf") for number in range(3)]
    for number in range(8):
        any_vera.writes(f"line {number}")
    after = messages_rows.after
    monkeypatch.setattr(export_archive, "PAGE_MESSAGES", 3)
    monkeypatch.setattr(messages_rows, "after", lambda *asked: read.append(len(rows := after(*asked))) or rows)
    pieces = list(export_archive.archive_of(core, any_vera.conversation_id))
    assert read == [3, 3, 2] * 2, "once for the data and once for the page"
    assert max(map(len, pieces)) < max(file["size_bytes"] for file in files) + 1_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as found:
        assert [line["body"] for line in lines(found)] == [f"line {number}" for number in range(8)]


def test_nothing_is_told_of_a_chat_that_is_not_there(core: Core) -> None:
    with pytest.raises(Refusal, match="not_found"):
        export_archive.ask_for_archive(core, "nobody", "access")
    assert core.storage.row_counts(["subject_request"]) == {"subject_request": 0}


def test_asking_for_it_is_a_request_that_is_done(talked: Vera) -> None:
    pieces = export_archive.ask_for_archive(talked.core, talked.conversation_id, "access")
    assert b"".join(pieces)
    (request,) = subjects.list_requests(talked.core)
    assert (request["kind"], request["state"]) == ("access", "done")
