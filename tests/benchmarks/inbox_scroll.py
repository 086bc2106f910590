"""How smoothly the inbox scrolls through a long list, and what the list holds in memory, in a real browser.

Run ``python -m tests.benchmarks.inbox_scroll --rows 10000 --rate 100``. It scrolls the whole list frame by frame, first
at rest and then while visitors write, and prints the times between frames, the work of the page in them, its heap after
a collection, and how many nodes it has. It reports and asserts nothing.
"""

import argparse
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.benchmarks.inbox import fill
from tests.benchmarks.inbox_live import write
from tests.cast import signed_in
from tests.conftest import CHROMIUM_FLAGS
from tests.journeys.browsing import sign_in
from tests.live import Server, VisitorClient, handshake

BOX = ".pane-list .pane-scroll"
WRITERS = 8
"""So many fit before the copies in the ledger (``fill``)."""

SCROLL = """(step) => new Promise((done) => {
  const box = document.querySelector('.pane-list .pane-scroll');
  const frames = [];
  let before = performance.now();
  let nodes = 0;
  box.scrollTop = 0;
  const next = (now) => {
    frames.push(now - before);
    before = now;
    nodes = Math.max(nodes, document.getElementsByTagName('*').length);
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) return done({ frames: frames.slice(2), nodes });
    box.scrollTop += step;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""


class Page:
    """The inbox in a browser, and what Chromium counts of it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable")

    def counted(self) -> dict[str, float]:
        """Return Chromium's own counters of the page."""
        return {one["name"]: one["value"] for one in self._devtools.send("Performance.getMetrics")["metrics"]}

    def heap(self) -> float:
        """Return the megabytes that are in use after a collection."""
        self._devtools.send("HeapProfiler.collectGarbage")
        return self.counted()["JSHeapUsedSize"] / 1e6

    def scrolled(self, step: int) -> dict[str, Any]:
        """Scroll the list to its end, so many pixels a frame; return the frames and the work in them."""
        before = self.counted()
        found: dict[str, Any] = self.page.evaluate(SCROLL, step)
        after = self.counted()
        for name in ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration"):
            found[name] = (after[name] - before[name]) * 1000 / len(found["frames"])
        return found


def main() -> None:
    """Fill a shop, scroll, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="open conversations (default %(default)s)")
    parser.add_argument("--rate", type=int, default=100, help="messages a second meanwhile (default %(default)s)")
    parser.add_argument("--step", type=int, default=400, help="pixels a frame (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=40, help="for how long they write (default %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        server = Server(Path(temporary))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        visitors = [VisitorClient(server, handshake(server)) for _ in range(WRITERS)]
        try:
            measure(browser, server, visitors, options)
        finally:
            for one in visitors:
                one.close()
            browser.close()
            server.close()


def measure(browser: Any, server: Server, visitors: list[VisitorClient], options: Any) -> None:
    """Measure one run."""
    for number, one in enumerate(visitors):
        one.writes(f"Visitor {number} is here")
    inbox = Page(browser.new_page(viewport={"width": 1440, "height": 900}))
    sign_in(inbox.page, server)
    inbox.page.locator(".rows .row").first.wait_for()
    print(f"{WRITERS:>6} rows: heap {inbox.heap():.1f} MB, {inbox.counted()['Nodes']:.0f} nodes")
    fill(server.core, signed_in(server.core).id, options.rows - WRITERS, 0)
    inbox.page.reload()
    inbox.page.locator(".rows .row").first.wait_for()
    inbox.page.locator(BOX).evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    inbox.page.locator(".rows-more").wait_for(state="detached", timeout=180_000)
    print(f"{options.rows:>6} rows: heap {inbox.heap():.1f} MB, {inbox.counted()['Nodes']:.0f} nodes")
    report("at rest", inbox.scrolled(options.step))
    writer = threading.Thread(target=write, args=(visitors, {}, options.rate, options.seconds))
    writer.start()
    report(f"{options.rate} messages a second", inbox.scrolled(options.step))
    while writer.is_alive():
        inbox.page.wait_for_timeout(250)
    print(f"after it: heap {inbox.heap():.1f} MB, {inbox.counted()['Nodes']:.0f} nodes")


def report(name: str, found: dict[str, Any]) -> None:
    """Print one scroll through the list."""
    frames = sorted(found["frames"])
    late = sum(one > 25 for one in frames) / len(frames)
    p50, p95 = frames[len(frames) // 2], frames[int(len(frames) * 0.95)]
    print(
        f"{name:24} {len(frames)} frames  p50 {p50:.1f} ms  p95 {p95:.1f}"
        f"  worst {frames[-1]:.0f}  over 25 ms {late:.1%}  script {found['ScriptDuration']:.2f} ms a frame"
        f"  style {found['RecalcStyleDuration']:.2f}  layout {found['LayoutDuration']:.2f}"
        f"  all {found['TaskDuration']:.2f}  at most {found['nodes']} elements"
    )


if __name__ == "__main__":
    main()
