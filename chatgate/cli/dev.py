"""``chatgate dev``: the demo with reload: it watches the chain; a checkout rebuilds browser code too."""

import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import click

from chatgate.config import CONFIG_FILE, load_settings
from chatgate.errors import OperatorError
from chatgate.hooks.discovery import installed

PACKAGE = Path(__file__).resolve().parent.parent
WIDGET = PACKAGE.parent / "widget"
BUILD = WIDGET / "hatch_build.py"
"""Only a checkout has it."""
WATCHED = (".py", ".md", ".html", ".toml")
BROWSER = (".ts", ".tsx", ".css")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="The port. Default: chatgate.toml's, or 8000.")
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path(".demo"), show_default=True)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="The configuration file.")
def dev(port: int | None, data_dir: Path, config_file: Path | None) -> None:
    """Serve the demo with your chain; restart when chatgate.toml, a middleware of it or ChatGate changes.

    Example: chatgate dev --port 8000
    """
    config = config_file or Path(CONFIG_FILE)
    command = [sys.executable, "-m", "chatgate", "demo", "--data-dir", str(data_dir)]
    command += ["--port", str(port)] if port is not None else []
    command += ["--config", str(config_file)] if config_file else []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the server as Ctrl-C does
    python, browser = _python_stamp(config), _stamp(WIDGET / "src", BROWSER)
    server = subprocess.Popen(command)  # noqa: S603
    told = False
    try:
        while True:
            time.sleep(0.5)
            if server.poll() is not None and not told:
                told = True  # it said why itself; starting it again unchanged would only repeat that
                click.echo("It ended. Change a file to start it again, or press Ctrl-C.", err=True)
            changed_python, changed_browser = _python_stamp(config), _stamp(WIDGET / "src", BROWSER)
            if (changed_python, changed_browser) == (python, browser):
                continue
            if changed_browser != browser and BUILD.exists():
                subprocess.run([sys.executable, str(BUILD)], check=False)  # noqa: S603
            python, browser, told = changed_python, changed_browser, False
            _end(server)
            click.echo("Restarting.")
            server = subprocess.Popen(command)  # noqa: S603
    except KeyboardInterrupt:
        pass
    finally:
        _end(server)


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    server.wait()


def _python_stamp(config: Path) -> float:
    """Return the time of the newest change in ChatGate, the configuration and the middlewares that it lists."""
    return max(_stamp(place, WATCHED) for place in {PACKAGE, config, *_places(config)})


def _places(config: Path) -> set[Path]:
    """Return where the listed middlewares of other packages are, without importing any."""
    try:
        listed = load_settings(config if config.exists() else None).middleware
        offered = installed()
    except OperatorError:  # the server says it
        return set()
    modules = {offered[name].module.partition(".")[0] for name in listed if name in offered} - {"chatgate"}
    specs = [spec for spec in map(find_spec, modules) if spec is not None]
    places = [place for spec in specs for place in spec.submodule_search_locations or [spec.origin or ""]]
    return {Path(place) for place in places if place}


def _stamp(place: Path, suffixes: tuple[str, ...]) -> float:
    """Return the time of the newest change of a file or below a folder; built files do not count."""
    files = [place] if place.is_file() else place.rglob("*")
    return max((_time(file) for file in files if file.suffix in suffixes and "_built" not in file.parts), default=0.0)


def _time(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # an editor is just replacing it
        return 0.0
