"""training_router: the sink of each site, and the sink of plain files."""

import json
import os
from datetime import UTC, datetime

import pytest

from chatgate import OperatorError, Refusal, TrainingGrant
from chatgate.middleware import training_router
from chatgate.policy import consent
from chatgate.testing import FakeServices, agreed, chain_of, training_export_context

MESSAGES = [{"role": "user", "content": "Dzień dobry"}]


def chain(tmp_path=None, **settings):
    services = FakeServices(data_dir=tmp_path)
    return chain_of(training_router, settings={"training_router": settings}, services=services)


def routed(settings, site_id="demo", sinks=("database", "jsonl")):
    context = training_export_context(site_id=site_id)
    return chain(**settings).choose("choose_training_route", agreed("training"), context=context, sinks=sinks)


@pytest.fixture
def grant():
    return TrainingGrant("event", "0" * 64, datetime.now(UTC), False, datetime.now(UTC), consent._PROOF)


@pytest.fixture
def sink(tmp_path):
    (sink,) = chain(tmp_path, jsonl=True).register("register_training_sinks")
    return sink


def files(tmp_path):
    return sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_without_settings_the_core_decides():
    assert routed({}) is None


def test_a_site_has_its_route_and_the_others_the_default():
    settings = {"default": "database", "sites": {"demo": "jsonl"}}
    assert routed(settings) == "jsonl"
    assert routed(settings, site_id="other") == "database"


def test_a_route_to_nowhere_fails_the_export():
    with pytest.raises(Refusal, match="middleware_error"):
        routed({"default": "nowhere"})


def test_there_is_no_sink_of_files_unless_it_is_switched_on(tmp_path):
    assert chain(tmp_path).register("register_training_sinks") == []
    assert files(tmp_path) == []


def test_an_item_is_one_line_under_the_data_directory(sink, grant, tmp_path):
    sink.write(grant, "item-1", MESSAGES, {"locale": "pl"})
    (path,) = files(tmp_path)
    assert path == tmp_path / "middleware" / "training_router" / "jsonl" / "-1" / "item-1.jsonl"
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "messages": MESSAGES,
        "metadata": {"locale": "pl"},
    }
    assert path.read_bytes().count(b"\n") == 1
    assert path.stat().st_mode & 0o077 == 0


def test_writing_twice_leaves_one_item(sink, grant, tmp_path):
    sink.write(grant, "item-1", MESSAGES, {})
    sink.write(grant, "item-1", MESSAGES, {})
    assert len(files(tmp_path)) == 1


def test_a_retracted_item_is_gone_and_the_others_stay(sink, grant, tmp_path):
    sink.write(grant, "item-1", MESSAGES, {})
    sink.write(grant, "item-2", MESSAGES, {})
    sink.retract("item-1")
    sink.retract("item-1")
    assert [path.name for path in files(tmp_path)] == ["item-2.jsonl"]


def test_a_crash_leaves_no_half_item_and_its_remains_are_retracted(sink, grant, tmp_path, monkeypatch):
    def crash(descriptor):
        raise OSError

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError):
        sink.write(grant, "item-1", MESSAGES, {})
    assert [path.suffix for path in files(tmp_path)] == [".unfinished"]
    sink.retract("item-1")
    assert files(tmp_path) == []


def test_nothing_is_written_without_a_grant(sink, tmp_path):
    with pytest.raises(TypeError):
        sink.write(None, "item-1", MESSAGES, {})
    assert files(tmp_path) == []


@pytest.mark.parametrize("item_id", ["../item", "a/b", "", ".", "a\0"])
def test_an_id_cannot_leave_the_directory(sink, grant, item_id, tmp_path):
    with pytest.raises(ValueError, match="item id"):
        sink.write(grant, item_id, MESSAGES, {})
    assert files(tmp_path) == []


def test_an_absolute_directory_is_taken_as_it_is(tmp_path, grant):
    (sink,) = chain(jsonl=True, directory=str(tmp_path / "own")).register("register_training_sinks")
    sink.write(grant, "item-1", MESSAGES, {})
    assert files(tmp_path) == [tmp_path / "own" / "-1" / "item-1.jsonl"]


def test_without_a_data_directory_the_start_names_the_mend():
    with pytest.raises(OperatorError, match=r'"training_router": register_training_sinks: .*absolute `directory`'):
        chain(jsonl=True).register("register_training_sinks")
