"""``chatgate notice``: what visitors are asked."""

import json
from pathlib import Path

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data, read_text
from chatgate.errors import OperatorError, Refusal


@click.group()
def notice() -> None:
    """Publish, list and show notices.

    Example: chatgate notice publish notice.md --site shop
    """


@notice.command("publish")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", "site_id", required=True, help="The site that asks with it.")
@config_options
@json_option
def publish(file: Path, site_id: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Check a notice file and publish it in all its locales; from then on nobody can change it.

    Example: chatgate notice publish notice.md --site shop
    """
    from chatgate.services import notices

    text = read_text(file)
    with opened_core(config_file, data_dir) as core:
        try:
            found = notices.publish_notice(core, site_id, text)
        except Refusal as refusal:
            raise OperatorError(_too_low(refusal), 1) from None
        left = [] if core.settings.demo else notices.example_fields_of(core, site_id)
    names = ("notice_id", "version", "locale", "sha256")
    rows = [{name: getattr(published, name) for name in names} for published in found]
    print_data(rows, as_json, "{notice_id} {version} [{locale}] {sha256}".format_map)
    if left:
        click.echo(
            f"Visitors now read the example's {', '.join(left)}: put your shop's into {file}, raise its version, and "
            "publish again.",
            err=True,
        )


def _too_low(refusal: Refusal) -> str:
    detail = refusal.detail
    return (
        f"{refusal.code}: {detail['old_version']} -> {detail['new_version']} is a {detail['got']} step, and it takes "
        f"a {detail['needed']} one for: {', '.join(detail['changes'])}"
    )


@notice.command("diff")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", "site_id", required=True, help="The site that asks with it.")
@config_options
@json_option
def diff(file: Path, site_id: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Show what a notice file changes against the published version, and the version step that each change needs.

    Example: chatgate notice diff notice.md --site shop
    """
    from chatgate.services import notices

    text = read_text(file)
    with opened_core(config_file, data_dir) as core:
        rows = notices.notice_differences(core, site_id, text)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"[{row['locale']}] {row['old_version'] or 'new'} -> {row['new_version']}, needs: {row['needs']}")
        for line in row["lines"]:
            click.echo(f"  {line}")


@notice.command("list")
@click.option("--site", "site_id", help="Only this site's.")
@config_options
@json_option
def list_notices(site_id: str | None, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """List published notices, newest first.

    Example: chatgate notice list --site shop
    """
    from chatgate.services import notices

    with opened_core(config_file, data_dir) as core:
        rows = notices.list_notices(core, site_id)
    print_data(
        rows,
        as_json,
        lambda row: (
            f"{row['site']}  {row['notice']} {row['version']} [{row['locale']}]  {row['state']}  {row['sha256'][:16]}"
        ),
        "No notice is published.",
    )


@notice.command("show")
@click.argument("sha256")
@config_options
@json_option
def show(sha256: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Show a notice word for word, current or long superseded; a hash's first digits will do.

    Example: chatgate notice show 3f2a91c0
    """
    from chatgate.services import notices

    with opened_core(config_file, data_dir) as core:
        matches = [row["sha256"] for row in notices.list_notices(core) if row["sha256"].startswith(sha256)]
        if len(matches) != 1:
            raise OperatorError(f"{len(matches)} notices start with {sha256}; see `chatgate notice list`", 1)
        found = notices.published_notice(core, matches[0])
    if as_json:
        click.echo(json.dumps(dict(found.content), ensure_ascii=False))
        return
    click.echo(f"{found.notice_id} {found.version} [{found.locale}] {found.sha256}\n")
    for clause in found.clauses:
        click.echo(f"[{clause.purpose}{', required' if clause.required else ''}] {clause.text}\n")
    click.echo(found.content["full_text"])
