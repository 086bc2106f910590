"""``chatgate dev``: the demo with reload: Python restarts the server, browser code is rebuilt."""

import subprocess
import sys
import time
from pathlib import Path

import click

WATCHED = (".py", ".md", ".html", ".toml")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path(".demo"), show_default=True)
def dev(port: int, data_dir: Path) -> None:
    """Serve the demo from a checkout; restart on every change.

    Example: chatgate dev --port 8000
    """
    package = Path(__file__).resolve().parent.parent
    widget = package.parent / "widget"
    command = [sys.executable, "-m", "chatgate", "demo", "--port", str(port), "--data-dir", str(data_dir)]
    server = subprocess.Popen(command)  # noqa: S603
    python, browser = _stamp(package, WATCHED), _stamp(widget / "src", (".ts", ".tsx", ".css"))
    try:
        while True:
            time.sleep(0.5)
            changed_python = _stamp(package, WATCHED)
            changed_browser = _stamp(widget / "src", (".ts", ".tsx", ".css"))
            if changed_browser != browser:
                subprocess.run([sys.executable, str(widget / "hatch_build.py")], check=False)  # noqa: S603
            if (changed_python, changed_browser) != (python, browser) or server.poll() is not None:
                python, browser = changed_python, changed_browser
                server.terminate()
                server.wait()
                click.echo("Restarting.")
                server = subprocess.Popen(command)  # noqa: S603
    except KeyboardInterrupt:
        server.terminate()
        server.wait()


def _stamp(folder: Path, suffixes: tuple[str, ...]) -> float:
    """Return the time of the newest change below a folder; built files do not count."""
    files = (path for path in folder.rglob("*") if path.suffix in suffixes and "_built" not in path.parts)
    return max((path.stat().st_mtime for path in files), default=0.0)
