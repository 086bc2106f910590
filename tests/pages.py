"""Reads the pages of the documentation for the tests that hold them to the code."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md"))
    if "node_modules" not in path.parts
)


def named(path: Path) -> str:
    """Return a page's name from the top of the project."""
    return path.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    """Return a page's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    """Return a page without its fenced code."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", without_code(read(page)), re.MULTILINE | re.DOTALL
    )
    assert found, f'{page} has no heading "{heading}"'
    return found[1]


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of a table's rows by the code word in their first cell."""
    found = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            first, *others = line.strip().strip("|").split("|")
            found[first.strip().strip("`")] = [cell.strip() for cell in others]
    return found
