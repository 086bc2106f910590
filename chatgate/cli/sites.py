"""``chatgate site``: the shops that carry the widget."""

import json
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data
from chatgate.errors import OperatorError


@click.group()
def site() -> None:
    """Add, list and change sites.

    Example: chatgate site set shop accent=#0f766e
    """


@site.command("add")
@click.argument("site_id")
@click.option("--name", required=True, help="The shop's name, as visitors see it.")
@click.option("--origin", multiple=True, help="An origin whose pages may show the widget; repeatable.")
@config_options
@json_option
def add(
    site_id: str,
    name: str,
    origin: tuple[str, ...],
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Add a site and print the line for the shop's pages.

    Example: chatgate site add shop --name "My shop" --origin https://shop.example
    """
    from chatgate.services import sites

    with opened_core(config_file, data_dir, making=True) as core:
        sites.add_site(core, site_id, name, list(origin))
        base = core.settings.public_url.rstrip("/") or "https://chat.shop.example"
    script = f'<script src="{base}/widget.js?site={site_id}" async></script>'
    print_data({"site": site_id, "script": script}, as_json, lambda row: str(row["script"]))


@site.command("list")
@config_options
@json_option
def list_sites(config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """List the sites.

    Example: chatgate site list
    """
    from chatgate.services import sites

    with opened_core(config_file, data_dir) as core:
        rows = sites.list_sites(core)
    print_data(rows, as_json, lambda row: f"{row['id']}  {row['name']}  {' '.join(row['allowed_origins'])}")


@site.command("set")
@click.argument("site_id")
@click.argument("changes", nargs=-1, required=True)
@config_options
@json_option
def set_site(
    site_id: str, changes: tuple[str, ...], config_file: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Change settings of a site; values are JSON, or plain text.

    Example: chatgate site set shop accent=#0f766e active=true
    """
    from chatgate.services import sites

    values: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise OperatorError(f'"{change}" is not key=value')
        try:
            values[name] = json.loads(text)
        except json.JSONDecodeError:
            values[name] = text
    with opened_core(config_file, data_dir) as core:
        sites.set_site(core, site_id, values)
        changed = next(row for row in sites.list_sites(core) if row["id"] == site_id)
    print_data(changed, as_json, lambda _row: f"Changed {site_id}.")


@site.command("secret")
@click.argument("site_id")
@config_options
@json_option
def secret(site_id: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Print the secret with which the shop's server signs who is signed in; keep it off every page.

    Example: chatgate site secret shop
    """
    from chatgate.services import sites, visitors

    with opened_core(config_file, data_dir) as core:
        if site_id not in {row["id"] for row in sites.list_sites(core)}:
            raise OperatorError(f'there is no site "{site_id}"; see `chatgate site list`')
        found = {"site": site_id, "secret": visitors.site_secret(core, site_id)}
    print_data(found, as_json, lambda row: str(row["secret"]))
