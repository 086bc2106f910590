"""docs/hooks.md and the tests say exactly what the code has."""

import ast
import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from chatgate.hooks import contexts, specs
from chatgate.hooks.discovery import installed
from chatgate.hooks.kit import Kit
from chatgate.hooks.results import BODY_MAX_CHARACTERS
from chatgate.hooks.specs import HOOKS, PREFIXES
from chatgate.middleware import consent_gate, rate_limit, redact, training_router
from chatgate.web import protocol

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
CONTEXTS = [
    cls for cls in vars(contexts).values() if dataclasses.is_dataclass(cls) and cls.__module__ == contexts.__name__
]


def test_the_page_has_exactly_the_hooks_in_their_order():
    assert list(SECTIONS) == list(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hooks_section_says_what_the_code_does(hook):
    info, function = HOOKS[hook], getattr(specs, hook)
    signature = re.sub(r"chatgate\.[a-z_.]+\.", "", str(inspect.signature(function)))
    bound = {"unbound": "none", "manifest": "the manifest's purposes", "training": "*training*"}[info.binding]
    limit = f"{info.seconds:g} s" if info.seconds else "none"
    section = SECTIONS[hook]
    assert f"```python\n{hook}{signature}\n```" in section
    assert inspect.getdoc(function) in section
    assert f"- Bound to: {bound}" in section
    assert f"- Time limit: {limit}\n" in section


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test(hook):
    assert (Path(__file__).parent / f"test_{hook}.py").is_file()


def test_every_prefix_is_explained():
    assert re.findall(r"^\| `(\w+_)` \|", PAGE, re.MULTILINE) == list(PREFIXES)


@pytest.mark.parametrize("cls", CONTEXTS, ids=lambda cls: cls.__name__)
def test_every_context_is_listed_with_its_fields(cls):
    fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(cls))
    assert f"| `{cls.__name__}` | {fields} |" in PAGE


@pytest.mark.parametrize("cls", CONTEXTS, ids=lambda cls: cls.__name__)
def test_every_context_is_frozen_and_slotted(cls):
    assert cls.__dataclass_params__.frozen
    assert not hasattr(cls, "__dict__") or "__slots__" in vars(cls)


def test_every_member_of_the_kit_is_listed():
    for field in dataclasses.fields(Kit):
        assert f"`kit.{field.name}" in PAGE


@pytest.mark.parametrize("module", [consent_gate, rate_limit, redact, training_router], ids=lambda m: m.__name__)
def test_every_built_in_is_listed_with_its_settings(module):
    name = module.__name__.rpartition(".")[2]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert set(re.findall(r"`(\w+)[.`]", row.rpartition(" | ")[2])) == set(module.Settings.model_fields)


@pytest.mark.parametrize("module", [consent_gate, rate_limit, redact, training_router], ids=lambda m: m.__name__)
def test_a_built_in_has_no_private_door(module):
    tree = ast.parse(inspect.getsource(module))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in imported if name.startswith("chatgate")} == {"chatgate"}


def test_the_built_ins_are_offered_as_a_third_partys_are():
    assert {"consent_gate", "rate_limit", "redact", "training_router"} <= set(installed())


def test_the_limit_of_a_body_is_the_protocols():
    assert BODY_MAX_CHARACTERS == protocol.BODY_MAX_CHARACTERS


@pytest.mark.parametrize("snippet", re.findall(r"```python\n(\"\"\".*?)```", PAGE, re.DOTALL))
def test_a_snippet_runs(snippet):
    exec(compile(snippet, "docs/hooks.md", "exec"), {"__name__": "snippet"})
