"""How long a visitor's message takes to an agent's screen, at a steady rate, in a real browser.

Run ``python -m tests.benchmarks.inbox_live --rate 100 --seconds 20``. Visitors write through sockets from this
process; the browser notes when each text stands in the list or in the open chat, on the same machine's clock. It
reports and asserts nothing.
"""

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.journeys.browsing import sign_in
from tests.live import Server, VisitorClient, handshake

WATCH = """() => {
  window.came = [];
  const seen = new Set();
  const look = () => {
    const now = Date.now();
    for (const line of document.querySelectorAll('.row-line, .bubble')) {
      const found = /m-\\d+-\\d+/.exec(line.textContent);
      if (found === null) continue;
      const place = (line.classList.contains('bubble') ? 'chat ' : 'list ') + found[0];
      if (seen.has(place)) continue;
      seen.add(place);
      window.came.push([place, now]);
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def main() -> None:
    """Let visitors write while a browser looks, and print how long their messages took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=100, help="messages a second, all visitors (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=20, help="for how long (default %(default)s)")
    parser.add_argument("--visitors", type=int, default=20, help="how many write (default %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        server = Server(Path(temporary))
        try:
            measure(server, options)
        finally:
            server.close()


def measure(server: Server, options: Any) -> None:
    """Measure one run."""
    visitors = [VisitorClient(server, handshake(server)) for _ in range(options.visitors)]
    for number, one in enumerate(visitors):
        one.writes(f"Visitor {number} is here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        inbox = browser.new_page(viewport={"width": 1440, "height": 2000})
        sign_in(inbox, server)
        inbox.locator(f"#row-{visitors[0].conversation_id}").click()
        inbox.locator("#composer").wait_for()
        inbox.evaluate(WATCH)
        sent: dict[str, float] = {}
        writer = threading.Thread(target=write, args=(visitors, sent, options.rate, options.seconds))
        writer.start()
        # The browser goes on by itself; this thread only waits with it.
        while writer.is_alive():
            inbox.wait_for_timeout(250)
        inbox.wait_for_timeout(1500)
        came = dict(inbox.evaluate("window.came"))
        browser.close()
    report(sent, came)
    for one in visitors:
        one.close()


def write(visitors: list[VisitorClient], sent: dict[str, float], rate: int, seconds: int) -> None:
    """Write at a steady rate, in turns, without waiting for answers."""
    began = time.time()
    for number in range(rate * seconds):
        time.sleep(max(0.0, began + number / rate - time.time()))
        who = number % len(visitors)
        name = f"m-{who}-{number}"
        sent[name] = time.time() * 1000
        payload = {"client_id": f"live-{number:08d}", "body": f"{name} how long does this take?"}
        visitors[who]._io.emit("message_send", payload, namespace="/visitor", callback=lambda *_answer: None)
    took = time.time() - began
    print(f"{rate * seconds} messages in {took:.1f} s: {rate * seconds / took:.0f} a second")


def report(sent: dict[str, float], came: dict[str, float]) -> None:
    """Print the quantiles, for the open chat and for the rows of the others."""
    for place, words in (("chat", "open chat"), ("list", "rows of the list")):
        took = [
            at - sent[name]
            for full, at in came.items()
            for kind, name in [full.split(" ", 1)]
            if kind == place and name in sent
        ]
        if len(took) < 2:
            continue
        cuts = statistics.quantiles(took, n=100)
        print(f"{words:18} n {len(took):5}  p50 {cuts[49]:6.0f} ms  p95 {cuts[94]:6.0f} ms  p99 {cuts[98]:6.0f} ms")


if __name__ == "__main__":
    main()
