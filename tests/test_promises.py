"""The table of promises names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_promise_names_a_test_that_exists() -> None:
    rows = re.findall(r"^\| ([A-Z]{2}\d+) .*\| (.*) \|$", (ROOT / "docs/promises.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 60
    for promise, places in rows:
        files = re.findall(r"`((?:widget/)?tests/[^`]+)`", places)
        assert files, promise
        assert [file for file in files if not (ROOT / file).is_file()] == [], promise
