"""Releases of the training store: what goes in, what a withdrawal does to one, and how a recipient checks it."""

import json
from pathlib import Path
from typing import Any

import jsonlines
import pytest
import yaml

from chatgate.errors import OperatorError
from chatgate.policy.releases import check_release
from chatgate.services import consents, conversations, outbox
from chatgate.services.core import Core
from chatgate.services.learning import releases
from chatgate.services.learning.releases import ReleaseRequest
from tests.cast import Vera, welcome
from tests.clocks import SettableClock

REQUEST = ReleaseRequest("store-chats", "Model team", 365)


@pytest.fixture
def core(make_core: Any) -> Core:
    """Return a core whose transcripts need not cool off."""
    made: Core = make_core(training={"cooling_off_days": 0})
    return made


def deliver(core: Core) -> None:
    """Do what the worker does."""
    while outbox.deliver_due(core):
        pass


def finished_chat(core: Core, body: str, training: bool = True) -> Vera:
    """Return a visitor whose chat is over and, with consent, in the training store."""
    vera = welcome(core, training=training)
    vera.writes(body)
    conversations.close_conversation(core, vera.conversation_id, "agent")
    deliver(core)
    return vera


def checked(folder: Path, core: Core, feed: bytes | None = None) -> Any:
    """Return what a recipient finds."""
    files = [(folder / name).read_bytes() for name in ("train.jsonl", "manifest.json", "feed.json")]
    return check_release(files[0], files[1], feed or files[2], core.clock.now())


def test_only_who_agreed_is_in_a_release(core: Core, tmp_path: Path) -> None:
    finished_chat(core, "Yes, learn from this one")
    finished_chat(core, "Not from this one", training=False)
    made = releases.build_release(core, REQUEST, tmp_path / "one")
    text = (tmp_path / "one" / "train.jsonl").read_text(encoding="utf-8")
    assert made["items"] == 1
    assert "Yes, learn" in text
    assert "Not from" not in text
    line = json.loads(text)
    assert line["messages"] == [{"role": "user", "content": "Yes, learn from this one"}]
    assert checked(tmp_path / "one", core).usable


def test_a_release_names_no_conversation_visitor_or_item(core: Core, tmp_path: Path) -> None:
    vera = finished_chat(core, "Hello there")
    releases.build_release(core, REQUEST, tmp_path / "one")
    with core.storage.read() as db:
        item_id = db.exec_driver_sql("SELECT item_id FROM training_lineage").scalar_one()
        visitor_id = db.exec_driver_sql("SELECT id FROM visitor").scalar_one()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "one").iterdir())
    for secret in (vera.conversation_id, item_id, visitor_id):
        assert secret.encode() not in everything


def test_two_builds_of_a_release_are_equal_to_the_byte(core: Core, tmp_path: Path) -> None:
    for number in range(3):
        finished_chat(core, f"Chat {number}")
    made = releases.build_release(core, REQUEST, tmp_path / "one")
    releases.rebuild_release(core, made["release"], tmp_path / "two")
    for name in ("train.jsonl", "manifest.json", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_withdrawal_is_named_by_line_and_left_out_of_the_next_version(core: Core, tmp_path: Path) -> None:
    vera = finished_chat(core, "Please forget me")
    finished_chat(core, "Keep me")
    made = releases.build_release(core, REQUEST, tmp_path / "one")
    consents.change_consent(core, vera.conversation_id, consents.ChangeRequest({"training": False}))
    feed = releases.write_feed(core, made["release"])
    found = checked(tmp_path / "one", core, feed)
    lines = (tmp_path / "one" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert [lines[number - 1] for number in found.revoked_lines] == [line for line in lines if "forget me" in line]
    assert not found.usable
    pruned = releases.prune_release(core, made["release"], tmp_path / "two")
    assert (pruned["version"], pruned["items"]) == (2, 1)
    assert "forget me" not in (tmp_path / "two" / "train.jsonl").read_text(encoding="utf-8")
    with pytest.raises(OperatorError, match="withdrawn"):
        releases.rebuild_release(core, made["release"], tmp_path / "three")


def test_a_withdrawal_while_a_release_is_built_leaves_its_chat_out(
    core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = finished_chat(core, "I change my mind")
    finished_chat(core, "I do not")
    real = releases._contents

    def and_then_withdraw(*given: Any) -> Any:
        contents = real(*given)
        consents.change_consent(core, vera.conversation_id, consents.ChangeRequest({"training": False}))
        return contents

    monkeypatch.setattr(releases, "_contents", and_then_withdraw)
    made = releases.build_release(core, REQUEST, tmp_path / "one")
    assert made["items"] == 1
    assert "my mind" not in (tmp_path / "one" / "train.jsonl").read_text(encoding="utf-8")


def test_a_stale_a_missing_and_a_forged_feed_fail_closed(core: Core, tmp_path: Path, clock: SettableClock) -> None:
    finished_chat(core, "Hello")
    releases.build_release(core, REQUEST, tmp_path / "one")
    data, manifest, feed = (
        (tmp_path / "one" / name).read_bytes() for name in ("train.jsonl", "manifest.json", "feed.json")
    )
    assert check_release(data, manifest, None, core.clock.now()).problems == ("feed_missing",)
    forged = feed.replace(b'"revoked": []', b'"revoked": [ ]').replace(b"valid_until", b"valid_untiI")
    assert "feed_invalid" in check_release(data, manifest, forged, core.clock.now()).problems
    clock.advance(days=8)
    assert check_release(data, manifest, feed, core.clock.now()).problems == ("feed_stale",)


def test_an_altered_line_is_named(core: Core, tmp_path: Path) -> None:
    finished_chat(core, "Hello")
    releases.build_release(core, REQUEST, tmp_path / "one")
    file = tmp_path / "one" / "train.jsonl"
    file.write_bytes(file.read_bytes().replace(b"Hello", b"Hullo"))
    assert checked(tmp_path / "one", core).problems == ("data_altered", "line_altered:1")


def test_nothing_to_release_is_said(core: Core, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no transcript may be released"):
        releases.build_release(core, REQUEST, tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_a_special_category_is_held_until_a_person_looked(core: Core) -> None:
    from chatgate.services.learning import training

    finished_chat(core, "I am HIV positive and need a cup without lead glaze")
    (held,) = training.list_items(core, "held")
    assert held["reason"].startswith("special:")
    assert training.approve_item(core, held["item_id"], "tests", "only glaze") == "admitted"
    assert core.storage.row_counts(("audit_event",))["audit_event"] >= 1


@pytest.mark.parametrize("link", ["consent_event_id", "notice_sha256", "transcript_sha256", "redaction_profile"])
def test_an_item_with_a_broken_link_of_its_lineage_is_not_released(core: Core, tmp_path: Path, link: str) -> None:
    finished_chat(core, "Hello")
    core.storage.write_now(lambda db: db.exec_driver_sql(f"UPDATE training_lineage SET {link} = NULL"))
    with pytest.raises(OperatorError, match="no transcript may be released"):
        releases.build_release(core, REQUEST, tmp_path / "one")


def test_a_release_loads_in_public_libraries_and_says_how_well_it_is_redacted(core: Core, tmp_path: Path) -> None:
    finished_chat(core, "Is the cup\u2028blue?")
    releases.build_release(core, REQUEST, tmp_path / "one")
    with jsonlines.open(tmp_path / "one" / "train.jsonl") as reader:
        (row,) = reader
    assert row["messages"] == [{"role": "user", "content": "Is the cup\u2028blue?"}]
    head = (tmp_path / "one" / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    assert yaml.safe_load(head)["configs"] == [{"config_name": "default", "data_files": "train.jsonl"}]
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["redaction_figures"]["recall"]["PESEL"] >= 0.99
    assert "pseudonymised" in manifest["privacy"]
