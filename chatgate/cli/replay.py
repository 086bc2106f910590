"""``chatgate replay``: recorded chats through a running server, with a verdict."""

import json
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import config_options, json_option, opened_core
from chatgate.config import load_settings
from chatgate.services.core import Core

SETTLE_SECONDS = 60.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", help="The running server. Default: the configured host and port.")
@click.option("--site", default="demo", show_default=True, help="The site to chat with.")
@click.option("--training-share", type=click.FloatRange(0, 1), default=0.5, show_default=True)
@click.option(
    "--speed", type=click.FloatRange(0), default=0.0, show_default=True, help="1 types like a person; 0: at once."
)
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True)
@config_options
@json_option
def replay(
    file: Path,
    url: str | None,
    site: str,
    training_share: float,
    speed: float,
    concurrency: int,
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Play recorded chats (one JSON object {id, turns: [{author_kind, body}]} a line) through real sockets.

    Exit 1 when a message is lost, doubled or reordered, or the training store differs from the consents.

    Example: chatgate replay chats.jsonl --training-share 0.5
    """
    from chatgate import replay as player
    from chatgate.services.upkeep import replays

    chats = player.read_chats(file)
    data_dir = data_dir or (Path(".demo") if config_file is None and Path(".demo").is_dir() else None)
    settings = load_settings(config_file, data_dir=data_dir)
    url = (url or f"http://{settings.host}:{settings.port}").rstrip("/")
    started = time.monotonic()
    with opened_core(config_file, data_dir) as core, ExitStack() as cleanup:
        agent = f"replay-{secrets.token_hex(4)}@chatgate.invalid", secrets.token_urlsafe(16)
        agent_id = replays.add_temporary_agent(core, *agent)
        cleanup.callback(replays.retire_agent, core, agent_id)
        progress = _progress(len(chats), cleanup)
        played = player.play_all(
            chats,
            url=url,
            site=site,
            agent=agent,
            training_share=training_share,
            speed=speed,
            concurrency=concurrency,
            progress=progress,
        )
        ids = [chat.conversation_id for chat in played]
        training = _settled_training(core, ids)
        summary: dict[str, Any] = player.compare(played, replays.stored_ids(core, ids))
    agreed = {chat.conversation_id for chat in played if chat.training and chat.sent}
    summary |= _training_summary(training, agreed)
    summary["seconds"] = round(time.monotonic() - started, 2)
    whole = not (summary["lost"] or summary["doubled"] or summary["reordered"])
    good = whole and training["admitted"] | training["waiting"] == agreed
    click.echo(json.dumps(summary) if as_json else _table(summary, good))
    return 0 if good else 1


def _progress(total: int, cleanup: ExitStack) -> Callable[[], None]:
    if not sys.stderr.isatty():
        return lambda: None
    bar = cleanup.enter_context(click.progressbar(length=total, label="Playing", file=sys.stderr))
    return lambda: bar.update(1)


def _settled_training(core: Core, ids: list[str]) -> dict[str, set[str]]:
    """Wait until the worker has decided about every conversation."""
    from chatgate.services.upkeep import replays

    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found = replays.training_states(core, ids)
        if sum(map(len, found.values())) >= len(ids) or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def _training_summary(training: dict[str, set[str]], agreed: set[str]) -> dict[str, int]:
    return {
        "training_admitted": len(training["admitted"]),
        "training_waiting": len(training["waiting"]),
        "training_expected": len(agreed),
    }


def _table(summary: dict[str, Any], good: bool) -> str:
    lines = [f"{name.replace('_', ' '):20} {value}" for name, value in summary.items()]
    return "\n".join([*lines, "Every message once and in order." if good else "NOT as it should be."])
