"""When things go wrong around the training store: chats go on, exports are tried again, nothing is lost or doubled."""

import json
import sqlite3
from contextlib import closing

import pytest

from chatgate.errors import Refusal
from chatgate.policy.releases import check_release
from chatgate.redaction import redact_lines
from chatgate.services.learning import releases, training
from chatgate.services.learning.releases import ReleaseRequest
from tests.training.test_admission import chat, drain, items, lineages


@pytest.fixture
def store(core):
    """Return where the training database lies."""
    return core.settings.data_dir / "training.db"


def in_store(core):
    """Return what lies in the training database, by item."""
    sink = core.sinks["database"]
    return {item_id: sink.read(item_id) for item_id in sink.item_ids()}


def recovers(core, clock, expected=1):
    """Assert that, after the trouble, every export is done once."""
    for _ in range(3):
        clock.advance(hours=2)
        drain(core)
    assert [state for state, _reason in lineages(core)] == ["admitted"] * expected
    assert set(in_store(core)) == items(core)
    assert len(items(core)) == expected


def goes_on(core):
    """Assert that visitors chat while the training store is in trouble, and that nothing is readable of it."""
    vera = chat(core, training=False, closed=False)
    vera.writes("Is anybody there?")
    assert items(core) == set()


def test_a_locked_training_database_holds_up_no_chat(core, clock, store):
    chat(core)
    with core.sinks["database"]._engine.connect() as db:
        db.exec_driver_sql("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        drain(core)
        goes_on(core)
        other.execute("ROLLBACK")
    recovers(core, clock)


def test_a_full_training_database_holds_up_no_chat(core, clock):
    chat(core, said="The long story of a cup. " * 150)
    sink = core.sinks["database"]
    with sink._engine.connect() as db:
        db.exec_driver_sql("PRAGMA max_page_count=1")  # SQLite takes what the file has now: not a page more
    for _ in range(3):
        chat(core, said="Another long story of a cup. " * 130)
    drain(core)
    goes_on_with = items(core)
    assert len(goes_on_with) < 4
    assert set(in_store(core)) >= goes_on_with
    with sink._engine.connect() as db:
        db.exec_driver_sql("PRAGMA max_page_count=1000000")
    recovers(core, clock, expected=4)


def test_a_training_database_that_is_away_holds_up_no_chat(core, clock, store, tmp_path):
    chat(core)
    sink = core.sinks["database"]
    sink.close()
    for path in store.parent.glob("training.db*"):
        path.rename(tmp_path / path.name)
    store.mkdir()
    drain(core)
    goes_on(core)
    store.rmdir()
    for path in tmp_path.glob("training.db*"):
        path.rename(store.parent / path.name)
    recovers(core, clock)


@pytest.mark.parametrize(
    "said",
    [
        "👩‍👩‍👧‍👦 🫖🫖🫖 ❤️‍🔥",
        "هل الفنجان متوفر؟ اكتب إلى vera@example.com",
        "Чи є чашка? 茶杯有货吗？ कप है?",
        "a\u0007b\u001bc\u200b\u202e d\u2028e\u2029f\x85g",
        "e\u0301" * 500,
        "x" * 4000,
    ],
)
def test_a_text_of_any_kind_is_stored_whole_released_on_one_line_and_verified(core, tmp_path, said):
    chat(core, said=said)
    drain(core)
    (content,) = in_store(core).values()
    (expected,) = redact_lines([said]).lines
    assert content["messages"] == [{"role": "user", "content": expected}]
    releases.build_release(core, ReleaseRequest("any", "Model team", 30), tmp_path / "one")
    data = (tmp_path / "one" / "train.jsonl").read_bytes()
    (line,) = data.decode("utf-8").splitlines()
    assert json.loads(line)["messages"] == content["messages"]


def test_a_chat_of_hundreds_of_long_messages_is_stored_whole(core, clock):
    vera = chat(core, closed=False)
    for number in range(250):
        clock.advance(seconds=10)
        vera.writes(f"{number}: " + "my cup has a crack, write to vera@example.com. " * 60)
    training_done = chat_closed(core, vera)
    assert training_done == ["admitted"]
    (content,) = in_store(core).values()
    assert len(content["messages"]) == 251
    assert "vera@" not in json.dumps(content)


def chat_closed(core, vera):
    """Close a chat, let the worker do its work, and return the states."""
    from chatgate.services import conversations

    conversations.close_conversation(core, vera.conversation_id, "visitor")
    drain(core)
    return [state for state, _reason in lineages(core)]


def test_a_redactor_that_raises_admits_nothing_and_the_reason_is_kept(core, clock, monkeypatch):
    def broken(*_given, **_named):
        raise RuntimeError("secret words of the chat")

    monkeypatch.setattr(training, "redact_lines", broken)
    chat(core)
    drain(core)
    assert lineages(core) == [("skipped", "redaction_failed")]
    assert in_store(core) == {}


def test_a_redactor_that_loses_lines_admits_nothing(core, monkeypatch):
    real = training.redact_lines
    monkeypatch.setattr(training, "redact_lines", lambda lines, **named: real(list(lines)[1:], **named))
    chat(core)
    drain(core)
    assert lineages(core) == [("skipped", "redaction_failed")]


def test_a_refusal_of_redaction_says_the_kind_of_the_error_and_no_word(core, monkeypatch):
    monkeypatch.setattr(training, "redact_lines", lambda *_given, **_named: 1 / 0)
    from chatgate.policy.transcript import Transcript

    with pytest.raises(Refusal) as refused:
        training.redacted(Transcript("en", ()))
    assert (refused.value.code, refused.value.detail) == ("redaction_failed", {"error": "ZeroDivisionError"})


@pytest.mark.parametrize(
    ("name", "damage", "problem"),
    [
        ("train.jsonl", lambda data: data[: len(data) // 2], "data_altered"),
        ("train.jsonl", lambda data: b"\x00\xff" * 40, "data_altered"),
        ("train.jsonl", lambda data: b"", "data_altered"),
        ("train.jsonl", lambda data: data + b"{}\n", "data_altered"),
        ("manifest.json", lambda data: data[:-30], "manifest_invalid"),
        ("manifest.json", lambda data: b"[]", "manifest_invalid"),
        ("manifest.json", lambda data: data.replace(b'"public_key": "', b'"public_key": "zz'), "signature_invalid"),
        ("manifest.json", lambda data: data.replace(b"Model team", b"Other team"), "signature_invalid"),
        ("feed.json", lambda data: b"\xff", "feed_invalid"),
        ("feed.json", lambda data: b"{}", "feed_invalid"),
    ],
)
def test_a_damaged_file_of_a_release_is_named_and_nothing_may_be_used(core, tmp_path, name, damage, problem):
    chat(core)
    drain(core)
    folder = tmp_path / "one"
    releases.build_release(core, ReleaseRequest("any", "Model team", 30), folder)
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    files = [(folder / file).read_bytes() for file in ("train.jsonl", "manifest.json", "feed.json")]
    found = check_release(*files, core.clock.now())
    assert problem in found.problems
    assert not found.usable
