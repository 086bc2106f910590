"""The docs say exactly what the code has; each failure says which line belongs where."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from chatgate.app import create_app
from chatgate.config import Settings, load_settings
from chatgate.errors import REFUSAL_CODES
from chatgate.hooks.chain import load_chain
from chatgate.policy import notice_file
from chatgate.services.sites import SiteChange, SiteSettings
from chatgate.testing import FakeServices
from chatgate.web.access import Routes
from chatgate.web.agent_socket import AgentNamespace
from chatgate.web.visitor_socket import VisitorNamespace
from tests import generate_docs
from tests.pages import ROOT, named, read, rows, section


def assert_same(page: str, table: str, written: set[str], there: set[str], line: Callable[[str], str]) -> None:
    """Say which lines a table lacks and which it has too many."""
    advice = [f"add to {page}, {table}: {line(name)}" for name in sorted(there - written)]
    advice += [f"remove from {page}, {table}: `{name}`, the code has no such thing" for name in sorted(written - there)]
    assert not advice, "\n" + "\n".join(advice)


# -- generated parts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", generate_docs.PARTS)
def test_a_generated_part_is_up_to_date(part: str):
    page = read(f"docs/{generate_docs.PARTS[part][0]}")
    assert generate_docs.with_part(page, part) == page, f"{part} is out of date; run `make docs` and commit"


def test_every_table_has_a_section():
    written = set(re.findall(r"^### (\w+)$", read("docs/data-model.md"), re.MULTILINE))
    assert written == set(generate_docs.table_names()), "run `make docs`"


def test_every_word_of_the_privacy_metadata_is_explained():
    page = read("docs/data-model.md")
    for base in (generate_docs.METADATA, generate_docs.TrainingTable.metadata):
        for table in base.sorted_tables:
            for column in table.columns:
                for word in {
                    value for name, value in column.info.items() if name in ("category", "purpose", "retention")
                }:
                    assert f"`{word}` |" in page, f"explain `{word}` ({table.name}.{column.name}) in docs/data-model.md"


# -- settings -------------------------------------------------------------------------------------------------


def settings_with_defaults(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key with its default, those of tables with a dot."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_with_defaults(field.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field.get_default(call_default_factory=True)


def as_written(value: Any) -> str:
    """Return a default as TOML or JSON has it."""
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, default=str)


SITE_COLUMNS = {"name": None, "active": True, "allowed_origins": []}


@pytest.mark.parametrize(
    ("heading", "settings"),
    [
        ("## Settings", dict(settings_with_defaults(Settings))),
        ("## Settings of a site", SITE_COLUMNS | dict(settings_with_defaults(SiteSettings))),
    ],
    ids=["installation", "site"],
)
def test_every_setting_is_listed_with_its_default(heading: str, settings: dict[str, Any]):
    table = rows(section("docs/configuration.md", heading))
    page = "docs/configuration.md"
    assert_same(
        page,
        f'"{heading}"',
        set(table),
        set(settings),
        lambda key: f"| `{key}` | `{as_written(settings[key])}` | ... |",
    )
    for key, default in settings.items():
        if key != "name":
            assert table[key][0] == f"`{as_written(default)}`", f"{page}: the default of `{key}`"
        assert len(table[key][1]) > 10, f"{page}: say what `{key}` means"


def test_the_columns_of_a_site_are_those_that_the_page_begins_with():
    assert set(SiteChange.model_fields) == set(SITE_COLUMNS), "add it to SITE_COLUMNS here and to docs/configuration.md"


def test_every_key_of_the_notice_file_is_listed():
    table = rows(section("docs/configuration.md", "## The notice file"))
    known = dict.fromkeys(notice_file.REQUIRED_KEYS, "yes") | dict.fromkeys(notice_file.OPTIONAL_KEYS, "no")
    assert_same(
        "docs/configuration.md",
        '"## The notice file"',
        set(table),
        set(known),
        lambda key: f"| `{key}` | {known[key]} | ... |",
    )
    assert {key: cells[0] for key, cells in table.items()} == known


def test_the_example_notice_can_be_published():
    text = re.search(r"```markdown\n(.*?)```", read("docs/configuration.md"), re.DOTALL)
    assert text
    notices = notice_file.read_notice_file(text[1], "shop")
    assert [notice.locale for notice in notices] == ["en"]


def test_the_example_configuration_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = re.search(r"```toml\n(.*?)```", read("docs/configuration.md"), re.DOTALL)
    assert text
    (tmp_path / "chatgate.toml").write_text(text[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    load_chain(settings.middleware, settings.middleware_settings, FakeServices(data_dir=tmp_path))


# -- protocol -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "namespace"),
    [
        ("### /visitor: what a visitor sends", VisitorNamespace),
        ("### /agent: what an agent sends", AgentNamespace),
    ],
    ids=["visitor", "agent"],
)
def test_every_socket_event_is_listed_with_its_payload(heading: str, namespace: Any):
    table = rows(section("docs/protocol.md", heading))
    models = {name: event.model.__name__ for name, event in namespace.events.items()}
    assert {name: cells[0] for name, cells in table.items()} == {
        name: f"[{model}](#{model.lower()})" for name, model in models.items()
    }, "run `make docs`"


def test_every_event_of_the_server_is_listed_with_a_shape():
    table = rows(section("docs/protocol.md", "### What the server sends"))
    assert set(table) == set(generate_docs.emitted()), "run `make docs`"
    for name, (_to, payload) in table.items():
        assert payload, f"write a View in chatgate/web/protocol/ whose description begins with: Event `{name}`"


def test_every_code_that_the_server_refuses_with_is_known():
    unknown = {}
    for path in (ROOT / "chatgate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and node.args:
                code = getattr(node.args[0], "value", None)
                if isinstance(code, str) and code not in REFUSAL_CODES and named(path) not in INTERNAL.get(code, ()):
                    unknown[code] = named(path)
    assert not unknown, "give each a line in chatgate/errors.py, REFUSAL_CODES, then run `make docs`"


INTERNAL = {
    "redaction_failed": ("chatgate/services/learning/training.py",),  # why a transcript stays out, shown in the inbox
    "version_level_too_low": ("chatgate/policy/version_diff.py",),  # told at the command line, docs/consent.md has it
}
"""Codes that no client of the protocol sees, and the files that may use them."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Any]:
    made = create_app(Settings(data_dir=tmp_path / "data", demo=True))
    yield made
    core = made.config["CHATGATE"]
    core.storage.close()
    for sink in core.sinks.values():
        getattr(sink, "close", lambda: None)()


def test_every_route_is_listed_with_its_access(app: Any):
    table = rows(section("docs/protocol.md", "## HTTP"))
    guards = [getattr(step, "__self__", None) for step in app.before_request_funcs[None]]
    access = next(guard for guard in guards if isinstance(guard, Routes)).access
    routes = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<\w+:", "<", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            routes[f"{method} {path}"] = access[rule.endpoint]
    assert_same(
        "docs/protocol.md",
        '"## HTTP"',
        set(table),
        set(routes),
        lambda name: f"| `{name}` | {routes[name]} | ... |",
    )
    assert {name: cells[0] for name, cells in table.items()} == routes
