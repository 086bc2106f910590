"""``chatgate init``, ``config``, ``middleware`` and ``doctor``: setting up and looking after an installation."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data
from chatgate.config import CONFIG_FILE, Settings, load_settings
from chatgate.errors import OperatorError
from chatgate.policy.notices import PRESETS

TEMPLATE = """# ChatGate's configuration. Every key with its default: docs/configuration.md.

data_dir = "chatgate-data"
host = "127.0.0.1"
port = 8000
# public_url = "https://chat.shop.example"
# trusted_proxies = 1

middleware = ["consent_gate", "rate_limit", "training_router"]

[consent]
preset = "split"

[training]
cooling_off_days = 14
"""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
@click.option("--site", default="shop", show_default=True, help="The id of the first site.")
@click.option("--name", default="My shop", show_default=True, help="The shop's name, as visitors see it.")
@click.option("--origin", multiple=True, help="An origin whose pages may show the widget; repeatable.")
@click.option("--preset", type=click.Choice(PRESETS), default="split", show_default=True, help="The first notice.")
@click.option("--email", help="The first agent's address; an admin.")
def init(directory: Path, site: str, name: str, origin: tuple[str, ...], preset: str, email: str | None) -> None:
    """Write chatgate.toml and a notice to edit, and make the first site and agent.

    Example: chatgate init /srv/chat --site shop --name "My shop" --origin https://shop.example --email me@shop.example
    """
    from chatgate.cli.serve import shipped_notice
    from chatgate.services import sites
    from chatgate.services.accounts import agents

    config, notice = directory / CONFIG_FILE, directory / "notice.md"
    for file in (config, notice):
        if file.exists():
            raise OperatorError(f"{file} exists already; nothing was changed")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        data_dir = (directory / "chatgate-data").resolve()
        config.write_text(TEMPLATE.replace('"chatgate-data"', json.dumps(str(data_dir))), encoding="utf-8")
        text = shipped_notice(preset).replace('name = "Kiln & Cup"', f"name = {json.dumps(name, ensure_ascii=False)}")
        notice.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{directory} cannot be written ({error.strerror}); choose another directory") from None
    fresh = not data_dir.exists()
    try:
        with opened_core(config, None, making=True) as core:
            sites.add_site(core, site, name, list(origin))
            password = agents.add_agent(core, email, "", "admin") if email else ""
    except OperatorError:  # nothing is left that would be in the way of the next try
        config.unlink()
        notice.unlink()
        if fresh:
            shutil.rmtree(data_dir, ignore_errors=True)
        raise
    if email:
        click.echo(f"Agent {email}, password {password} (shown once)")
    click.echo(f"Wrote {config} and {notice}.")
    click.echo(f"Next: put your shop's name and address into {notice}, then")
    click.echo(f"  chatgate notice publish {notice} --site {site} --config {config}")
    click.echo(f"  chatgate run --config {config}")


@click.command()
@config_options
@json_option
def config(config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Print the settings that are in force.

    Example: chatgate config --json
    """
    settings = load_settings(config_file, data_dir=data_dir)
    data: dict[str, Any] = settings.model_dump(mode="json")
    for name in ("database_url", "training_database_url", "redis_url", "metrics_token"):
        data[name] = "(set)" if data[name] else ""
    if as_json:
        click.echo(json.dumps(data))
        return
    for name, value in data.items():
        click.echo(f"{name} = {json.dumps(value)}")


@click.command()
@config_options
@json_option
def middleware(config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Print the chain in its order, what binds each hook, and why a hook is not called.

    Example: chatgate middleware
    """
    rows = _chain_of(load_settings(config_file, data_dir=data_dir))
    if as_json:
        click.echo(json.dumps(rows))
        return
    for number, row in enumerate(rows, 1):
        click.echo(f"{number}. {row['name']}")
        for hook in row["hooks"]:
            click.echo("     " + "  ".join(f"{name}: {_plain(value)}" for name, value in hook.items() if value))
        if row["note"]:
            click.echo(f"     {row['note']}")


def _chain_of(settings: Settings) -> list[dict[str, Any]]:
    """Return what the chain says of itself, from data that is made for the moment: looking leaves nothing behind."""
    from chatgate.app import create_core

    with tempfile.TemporaryDirectory(prefix="chatgate-") as place:
        alone = {"data_dir": Path(place), "database_url": "", "training_database_url": "", "redis_url": ""}
        core = create_core(settings.model_copy(update=alone))
        try:
            return core.chain.describe()
        finally:
            core.close()


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@click.command()
@config_options
@json_option
def doctor(config_file: Path | None, data_dir: Path | None, as_json: bool) -> int:
    """Find what a first installation gets wrong; exit 1 when there is something.

    Example: chatgate doctor
    """
    from chatgate.services.upkeep.doctor import findings

    with opened_core(config_file, data_dir) as core:
        found = findings(core)
    print_data(found, as_json, lambda row: f"{row['where']}: {row['problem']} {row['mend']}", "No finding.")
    return 1 if found else 0
