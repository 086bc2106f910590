"""Reports how the widget loads: ``python -m tests.benchmarks.widget``; needs Chromium and a build.

Prints the time from the click to the visible notice and to the open chat, and the compressed bytes of each part.
"""

import gzip
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM_FLAGS
from tests.journeys.browsing import visit_store, widget
from tests.live import Server

ROUNDS = 12
NOW = "performance.timeOrigin + performance.now()"


def click_to_notice(browser: Any, server: Server) -> float:
    """Return the milliseconds from the click to a notice on the screen, in a browser that never was here."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    visit_store(page, server)
    page.wait_for_load_state("networkidle")
    clicked = page.evaluate(f"() => {{ const at = {NOW}; window.chatgate.open(); return at; }}")
    widget(page).locator(".equal-buttons").wait_for()
    frame = next(one for one in page.frames if "/widget/" in one.url)
    painted = frame.evaluate(
        "() => performance.timeOrigin + performance.getEntriesByType('mark').find((m) => m.name === 'notice').startTime"
    )
    context.close()
    return float(painted - clicked)


def sizes(server: Server) -> dict[str, int]:
    """Return the compressed bytes of what a shop's page and a visitor load."""
    assets = Path(__file__).parents[2] / "chatgate" / "_built" / "assets"
    found = {"loader, as served": len(gzip.compress(server.request("/widget.js?site=demo").body, 9))}
    page = server.request("/widget/demo?locale=en").body.decode()
    for path in sorted(assets.rglob("*.*")):
        if f"/assets/{path.name}" in page:
            found[path.name] = len(gzip.compress(path.read_bytes(), 9))
    return found


def main() -> None:
    """Print the figures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        try:
            times = sorted(click_to_notice(browser, server) for _ in range(ROUNDS))
            print(f"click to visible notice: median {statistics.median(times):.0f} ms, worst {times[-1]:.0f} ms")
            for name, size in sizes(server).items():
                print(f"  {size:>6} bytes gzip  {name}")
        finally:
            browser.close()
            server.close()


if __name__ == "__main__":
    main()
