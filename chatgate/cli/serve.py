"""``chatgate demo``, ``run`` and ``worker``: the commands that serve."""

import gc
import json
import os
import shutil
import signal
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask

from chatgate import logs
from chatgate.cli.root import config_options, settings_to_make
from chatgate.config import Settings, load_settings
from chatgate.errors import OperatorError
from chatgate.services import notices, sites
from chatgate.services.accounts import agents
from chatgate.services.core import Core
from chatgate.services.upkeep import recovery
from chatgate.worker import WORK, Worker, listen

DEMO_AGENT = "adam@kilnandcup.example"
DEMO_SITE = "demo"
AGENT_NOTE: Final = "demo-agent.txt"
"""The password of the demo's agent, in the data directory: what has it is a demo's."""
STOP_SECONDS: Final = 20
"""A server that was told to stop is gone after this, whatever hangs."""
COLLECT_AFTER: Final = 20_000


@click.command()
@click.option("--host", help="The address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one. Default: 8000.")
@click.option("--fresh", is_flag=True, help="Forget the data of earlier demos and start anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON once it serves.")
@config_options
def demo(
    host: str | None,
    port: int | None,
    fresh: bool,
    as_json: bool,
    config_file: Path | None,
    data_dir: Path | None,
) -> None:
    """Serve an example store with the chat, and an inbox with one agent.

    Example: chatgate demo --port 8080
    """
    directory = data_dir or Path(".demo")
    if fresh and directory.exists():
        _forget(directory)
    # The files of chats go under the demo's own directory: a shop's would be deleted as files without a row.
    own = {"training": {"cooling_off_days": 0}, "attachments": {"directory": ""}}
    settings = load_settings(config_file, data_dir=directory, host=host, port=port, demo=True, **own)
    app, core, worker = _start(settings)
    email, password = _seed(core)
    server = _bind(app, settings)
    base = f"http://{_shown_host(settings.host)}:{server.server_port}"
    told = {
        "base_url": base,
        "store_url": f"{base}/store/",
        "inbox_url": f"{base}/inbox",
        "site": DEMO_SITE,
        "agent": {"email": email, "password": password},
        "data_dir": str(directory.resolve()),
    }
    click.echo(json.dumps(told) if as_json else _welcome(told))
    _serve(server, core, worker)


@click.command()
@click.option("--host", help="The address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one. Default: 8000.")
@config_options
def run(host: str | None, port: int | None, config_file: Path | None, data_dir: Path | None) -> None:
    """Serve the shop's chat and inbox.

    Example: chatgate run --config chatgate.toml
    """
    settings = settings_to_make(config_file, data_dir, host=host, port=port)
    app, core, worker = _start(settings)
    server = _bind(app, settings)
    logs.log("server", "serving", address=f"http://{_shown_host(settings.host)}:{server.server_port}")
    _serve(server, core, worker)


@click.command()
@config_options
def worker(config_file: Path | None, data_dir: Path | None) -> None:
    """Deliver events and export transcripts beside a server that runs elsewhere.

    Example: chatgate worker --config chatgate.toml
    """
    from chatgate.app import create_core

    settings = settings_to_make(config_file, data_dir)
    _write_log(settings)
    core = create_core(settings)
    recovery.apply_outside(core)
    loop = Worker(core)
    listen(core, loop)
    signal.signal(signal.SIGTERM, lambda *_: loop.end())
    try:
        loop.run()
    except KeyboardInterrupt:
        loop.end()
    finally:
        core.close()


def _start(settings: Settings) -> tuple[Flask, Core, Worker]:
    from chatgate.app import create_app

    _write_log(settings)
    app = create_app(settings)
    core: Core = app.config["CHATGATE"]
    if settings.demo:
        _refuse_a_shop(core)
    loop = Worker(core)
    if settings.run_worker:
        loop.start()
    elif core.link is not None:
        core.wake_worker = partial(core.link.publish, WORK, b"")
    return app, core, loop


def _refuse_a_shop(core: Core) -> None:
    """Refuse to make a demo of an installation: it would get an agent whose password lies in a file."""
    names = [site["id"] for site in sites.list_sites(core)]
    if names and DEMO_SITE not in names:
        core.close()
        raise OperatorError(
            f"the database holds the site {names[0]}, and a demo would add an agent of its own to it; give the demo "
            "another --data-dir, and no database_url"
        )


def _write_log(settings: Settings) -> None:
    """Write the log as configured from here on, and nothing but the log."""
    logs.configure(settings.log_format, foreign=settings.demo)
    logs.catch_unhandled()


def _bind(app: Flask, settings: Settings) -> Any:
    from chatgate.web.server import serve

    try:
        return serve(app, settings.host, settings.port)
    except OSError as error:
        raise OperatorError(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another with --host or --port"
        ) from None


def _serve(server: Any, core: Core, loop: Worker) -> None:
    """Serve until Ctrl-C or SIGTERM, then finish what was begun."""
    import gevent.event

    from chatgate.web.server import drain

    _collect_seldom()
    stop = gevent.event.Event()
    signal_watchers = [gevent.signal_handler(number, stop.set) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        stop.wait()
    finally:
        for watcher in signal_watchers:
            watcher.cancel()
        # Whatever hangs: a stop ends. What was acknowledged is on the disk, and clients send the rest again.
        gevent.spawn_later(STOP_SECONDS, os._exit, 1)
        drain(server, core, loop.stop)
        logs.log("server", "stopped")


def _collect_seldom() -> None:
    """Keep what was loaded out of garbage collection, and collect seldom (the default is after 700 new objects).

    A message leaves no cycles behind; looking for them took a tenth of the time of each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)


def _seed(core: Core) -> tuple[str, str]:
    """Make the demo's site, notice and agent where they are missing; keep the agent's password in the data."""
    if not any(site["id"] == DEMO_SITE for site in sites.list_sites(core)):
        sites.add_site(
            core,
            DEMO_SITE,
            "Kiln & Cup",
            [],
            reply_time="5",
            greeting={"en": "Questions about a cup? We are here.", "pl": "Pytanie o kubek? Jesteśmy tutaj."},
            channels=[
                {"kind": "email", "label": "hello@kilnandcup.example", "url": "mailto:hello@kilnandcup.example"},
                {"kind": "phone", "label": "+48 12 345 67 89", "url": "tel:+48123456789"},
            ],
        )
    if not notices.list_notices(core, DEMO_SITE):
        notices.publish_notice(core, DEMO_SITE, shipped_notice("split"))
    note = core.settings.data_dir / AGENT_NOTE
    known = {agent["email"] for agent in agents.list_agents(core)}
    if DEMO_AGENT in known and note.exists():
        return DEMO_AGENT, note.read_text(encoding="utf-8").strip()
    if DEMO_AGENT in known:
        password = agents.reset_password(core, DEMO_AGENT)
    else:
        password = agents.add_agent(core, DEMO_AGENT, "Adam", "admin")
    note.touch(mode=0o600)
    note.write_text(password + "\n", encoding="utf-8")
    return DEMO_AGENT, password


def shipped_notice(preset: str) -> str:
    """Return the text of a notice file that comes with the package."""
    return (resources.files("chatgate.policy") / "presets" / f"{preset}.md").read_text(encoding="utf-8")


def _forget(directory: Path) -> None:
    """Delete an earlier demo's data, and nothing that is not one.

    Raises:
        OperatorError: the directory holds something else.
    """
    if any(directory.iterdir()) and not (directory / AGENT_NOTE).exists():
        raise OperatorError(
            f"{directory} is not the data of a demo, and --fresh would delete it; name another directory"
        )
    shutil.rmtree(directory)


def _shown_host(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104


def _welcome(told: dict[str, Any]) -> str:
    return (
        "\nChatGate serves.\n\n"
        f"  The store   {told['store_url']}   (you are the visitor)\n"
        f"  The inbox   {told['inbox_url']}   (you are the agent)\n"
        f"  Sign in as  {told['agent']['email']}  with  {told['agent']['password']}\n\n"
        "Press Ctrl-C to stop. The data stays in "
        f"{told['data_dir']}; the option --fresh (make demo ARGS=--fresh) starts anew.\n"
    )
