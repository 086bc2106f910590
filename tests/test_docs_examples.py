"""What the docs show can be run, what they name exists, and what they link is there."""

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import chatgate
from chatgate.cli.root import root
from chatgate.services import sites
from chatgate.services.core import Core
from chatgate.testing import agreed, chain_of, message_context, training_export_context
from tests import generate_docs
from tests.cast import SITE
from tests.pages import DOCS, PAGES, ROOT, named, read, rows, without_code

NEVER_ENDING = {"run", "demo", "dev", "worker"}


# -- commands and snippets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_that_a_page_names_exists(path: Path):
    known = {name for name, _ in generate_docs.command_tree()}
    known |= {name.rpartition(" ")[0] for name in known} | {"chatgate"}
    text = path.read_text(encoding="utf-8")
    mentioned = re.findall(r"`(chatgate(?: [a-z]+)*)", text) + re.findall(
        r"^ *(?:\S*/bin/)?(chatgate(?: [a-z]+)+)", "\n".join(code_of(text)), re.MULTILINE
    )
    wrong = {words for words in mentioned if not any(is_command(words, whole) for whole in known)}
    assert not wrong, f"{named(path)} names commands that do not exist: {sorted(wrong)}"


def is_command(words: str, whole: str) -> bool:
    """Return whether the words begin with a whole command; what follows it are arguments."""
    if whole == "chatgate":
        return words == "chatgate"
    return words == whole or (words.startswith(f"{whole} ") and whole not in GROUPS)


GROUPS = {name.rpartition(" ")[0] for name, _ in generate_docs.command_tree()}


def code_of(text: str) -> list[str]:
    """Return the fenced and the indented code of a page."""
    fenced = re.findall(r"```(?:sh|text)?\n(.*?)```", text, re.DOTALL)
    return fenced + re.findall(r"^(?: {4,}.*\n)+", text, re.MULTILINE)


def test_the_readmes_commands_make_an_installation(tmp_path: Path):
    """A store owner's first steps, word for word, with the edits that the text asks for in between."""
    lines = [
        line for block in re.findall(r"```sh\n(.*?)```", read("README.md"), re.DOTALL) for line in block.splitlines()
    ]
    steps = [line for line in lines if line.startswith(("chatgate ", "cd "))]
    assert len(steps) >= 6, "README.md lost its steps"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    folder, checked = tmp_path, 0
    for step in steps:
        words = step.split()
        if words[0] == "cd":
            folder = folder / words[1]
            continue
        if words[1] in NEVER_ENDING:
            continue
        done = subprocess.run(
            ["sh", "-c", step], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        if words[1] == "doctor" and checked == 0:
            checked += 1
            assert done.returncode == 1, "the first doctor finds what is still missing"
            edit_as_told(folder)
            continue
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"


def edit_as_told(folder: Path) -> None:
    """Do what the README's numbered list tells between the two blocks."""
    notice, config = folder / "notice.md", folder / "chatgate.toml"
    text = notice.read_text(encoding="utf-8")
    for example, own in (
        ("Kiln & Cup", "Example Shop"),
        ("ul. Garncarska 7, 31-115 Kraków, Poland", "1 High Street, Dublin"),
        ("privacy@kilnandcup.example", "privacy@shop.example"),
    ):
        text = text.replace(example, own)
    notice.write_text(text, encoding="utf-8")
    told = re.search(r"\*\*Edit `chatgate.toml`\*\*: (.*?)\n", read("README.md"))
    assert told
    lines = re.findall(r"`([^`]+)`", told[1])
    config.write_text("\n".join([*lines, config.read_text(encoding="utf-8")]), encoding="utf-8")


def test_the_embed_snippet_is_the_one_that_site_add_prints(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CHATGATE_PUBLIC_URL", "https://chat.shop.example")
    root.main(["site", "add", "shop", "--name", "Shop", "--data-dir", str(tmp_path / "data")], standalone_mode=False)
    assert capsys.readouterr().out.strip() in read("README.md")


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_site_setting_that_a_page_sets_is_accepted(path: Path, core: Core):
    for line in re.findall(r"chatgate site set [^`\n]+", path.read_text(encoding="utf-8")):
        words = shlex.split(line)[4:]
        if words and "key=value" not in words:
            sites.set_site(
                core, SITE, {name: as_value(text) for name, _, text in (word.partition("=") for word in words)}
            )


def as_value(text: str) -> Any:
    """Return a value as ``chatgate site set`` reads it: JSON, or plain text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_make_target_that_a_page_names_exists(path: Path):
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    text = path.read_text(encoding="utf-8")
    mentioned = set(re.findall(r"`make ([a-z]+)", text)) | set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE))
    assert mentioned <= targets, f"{named(path)} names make {sorted(mentioned - targets)}"


def snippets(page: str) -> list[str]:
    """Return the Python modules that a page shows, without their indentation."""
    found = re.findall(r"^( *)```python\n(.*?)^ *```", read(page), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(text) for _, text in found]


def test_the_first_middleware_refuses_what_it_says():
    module = module_of(snippets("docs/good-first-changes.md")[0])
    with pytest.raises(chatgate.Refusal, match="message_refused"):
        chain_of(no_slips=module).check("check_message", agreed("support"), context=message_context(), body="k")


def test_the_first_sink_is_registered_and_chosen():
    module = module_of(snippets("docs/good-first-changes.md")[1])
    chain = chain_of(memory_store=module)
    sinks = chain.register("register_training_sinks")
    chosen = chain.choose(
        "choose_training_route",
        agreed("support", "training"),
        context=training_export_context(),
        sinks=("database", "memory"),
    )
    assert chosen == sinks[0].name
    with pytest.raises(TypeError):
        sinks[0].write("no grant", "item", [], {})


def module_of(source: str) -> Any:
    """Return a module with this source."""
    module = ModuleType("snippet")
    exec(compile(source, "snippet", "exec"), module.__dict__)
    return module


# -- links, paths, form -----------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    text = without_code(path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_between_pages_resolves(path: Path):
    text = without_code(path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), f"{named(path)} links {target}, which is not there"
        if anchor:
            assert anchor in anchors(there), f"{named(path)} links {target}, which has no such heading"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_names_no_directory_of_a_developers_machine(path: Path):
    text = re.sub(r"\]\([^)]*\)", "", path.read_text(encoding="utf-8"))
    first = set(re.findall(r"(?<![\w.:/<>@*$~-])/([A-Za-z][\w.-]*)/[\w.]", text))
    usual = {
        "etc",
        "media",
        "proc",
        "run",
        "srv",
        "tmp",
        "usr",
        "var",
        "visitor",
        "agent",
        "v1",
        "widget",
        "notices",
        "assets",
        "inbox",
        "store",
        "demo",
    }
    assert first <= usual, f"{named(path)}: a path under {sorted(first - usual)}"


def test_every_file_that_the_first_changes_name_exists():
    for row in rows(read("docs/good-first-changes.md")):
        if "<" not in row and "/pt/" not in row:
            assert any(ROOT.glob(row)), f"docs/good-first-changes.md names {row}, which is not there"


def decisions() -> list[Path]:
    """Return the pages of docs/adr."""
    return sorted((DOCS / "adr").glob("*.md"))


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.name)
def test_a_decision_is_short_and_has_its_parts(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.split()) < 400
    assert re.match(rf"# {int(path.name[:4])}\. ", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_each_version_of_the_changelog_begins_with_privacy():
    versions = re.split(r"^## \[(.+?)\].*$", read("CHANGELOG.md"), flags=re.MULTILINE)[1:]
    assert versions[0] == "Unreleased" or versions[0].startswith(chatgate.__version__)
    for name, body in zip(versions[::2], versions[1::2], strict=True):
        assert re.findall(r"^### (\w+)", body, re.MULTILINE)[:1] == ["Privacy"], f"version {name}"
