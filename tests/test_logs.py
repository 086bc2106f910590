"""The log says what happened and never what people wrote, in both of its forms."""

import ast
import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chatgate import logs
from tests.live import ROOT

CANARY = "canary ąę 5b1f@example.com"
WORD = "canary-5b1f"


class Spoken(Exception):
    """An exception whose message is what somebody wrote."""


def line_of(form, write):
    """Return what a form of the log makes of the one record that ``write`` causes."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    root = logging.getLogger()
    root.addHandler(handler)
    ours, before = logging.getLogger("chatgate"), logging.getLogger("chatgate").level
    ours.setLevel(logging.DEBUG)
    try:
        write()
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)
    (record,) = records
    formatter = logs.JsonLines(False) if form == "json" else logs.TextLines(False)
    return formatter.format(record)


def raised():
    """Return an exception that was raised with a canary in its message."""
    try:
        raise Spoken(CANARY)
    except Spoken as error:
        return error


def fields_of(event):
    return re.findall(r"{(\w+)}", event.words)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("name", sorted(logs.EVENTS))
def test_no_field_of_any_event_carries_what_people_wrote(form, name):
    fields = dict.fromkeys(fields_of(logs.EVENTS[name]), CANARY)
    line = line_of(form, lambda: logs.log("test", name, error=raised(), **fields))
    assert CANARY not in line
    assert "canary" not in line
    assert "example.com" not in line
    assert (logs.WITHHELD in line) == bool(fields)
    assert "tests.test_logs" in line, "where it was raised is shown"


@pytest.mark.parametrize("form", ["text", "json"])
def test_lines_of_other_packages_are_shown_without_their_words(form):
    def write():
        try:
            raise Spoken(CANARY)
        except Spoken:
            logging.getLogger("sqlalchemy").exception("no such value %s", WORD)

    line = line_of(form, write)
    assert "sqlalchemy" in line
    assert WORD not in line
    assert "canary" not in line


def test_a_json_line_is_one_object_with_its_fields():
    told = json.loads(line_of("json", lambda: logs.log("worker", "round_failed", failure="OSError", count=3)))
    assert told["event"] == "round_failed"
    assert (told["level"], told["logger"], told["failure"], told["count"]) == ("error", "chatgate.worker", "OSError", 3)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["at"])


def test_every_line_of_the_package_goes_through_the_list():
    for path in sorted((ROOT / "chatgate").rglob("*.py")):
        if "bench" in path.parts or path.name == "logs.py" or "_built" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr
            if (
                called in ("warning", "error", "exception", "critical", "info")
                and "log" in ast.unparse(node.func).lower()
            ):
                raise AssertionError(f"{path}:{node.lineno} logs past chatgate.logs: {ast.unparse(node)}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("log", "logs.log"):
                name = ast.literal_eval(node.args[1])
                given = {keyword.arg for keyword in node.keywords} - {"error"}
                assert set(fields_of(logs.EVENTS[name])) <= given, f"{path}:{node.lineno}"


UNHANDLED = """
import gevent.monkey; gevent.monkey.patch_all()
import gevent, threading, sys
from chatgate import logs
logs.configure(sys.argv[1]); logs.catch_unhandled()
def fail(): raise ValueError("canary-5b1f")
gevent.spawn(fail).join()
thread = threading.Thread(target=fail); thread.start(); thread.join()
fail()
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_nobody_catches_is_a_line_without_its_message(form):
    run = subprocess.run([sys.executable, "-c", UNHANDLED, form], capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.stdout == ""
    lines = run.stderr.strip().splitlines()
    assert len(lines) == 3
    for line, where in zip(lines, ("a greenlet", "a", "the main program"), strict=True):
        assert WORD not in line
        assert "ValueError" in line
        assert where in line


def test_a_defect_tells_the_client_and_the_log_the_same_request_id(app, monkeypatch, caplog):
    def broken(*_args):
        raise Spoken(CANARY)

    monkeypatch.setattr("chatgate.web.api.notices.notice_answer", broken)
    answer = app.test_client().get(f"/v1/sites/demo/notice?locale={WORD}")
    assert (answer.status_code, answer.json["code"]) == (500, "middleware_error")
    (record,) = [record for record in caplog.records if record.name == "chatgate.web"]
    line = logs.TextLines(False).format(record)
    assert answer.json["params"]["request_id"] in line
    assert "tests.test_logs" in line
    assert WORD not in line
    assert "canary" not in line + answer.get_data(as_text=True)


def test_the_place_of_an_unknown_event_is_not_its_name():
    from chatgate.web.entrance import Entrance

    assert WORD not in Entrance("/visitor")._place(WORD)


def test_paths_of_files_are_not_in_a_line():
    assert str(Path.cwd()) not in line_of(
        "text", lambda: logs.log("test", "unexpected", error=raised(), failure="X", where="y")
    )
