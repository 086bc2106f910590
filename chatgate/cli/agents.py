"""``chatgate agent``: the people who answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from chatgate.cli.root import config_options, json_option, opened_core, print_data
from chatgate.errors import OperatorError, Refusal


@click.group()
def agent() -> None:
    """Add, list, change and reset agents.

    Example: chatgate agent add ewa@shop.example --name Ewa
    """


@agent.command("add")
@click.argument("email")
@click.option("--name", default="", help="The name that visitors see.")
@click.option("--role", type=click.Choice(["agent", "privacy_officer", "admin"]), default="agent", show_default=True)
@click.option("--ask", is_flag=True, help="Ask for the password instead of making one.")
@config_options
@json_option
def add(
    email: str, name: str, role: str, ask: bool, config_file: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Add an agent and print a password to hand over.

    Example: chatgate agent add ewa@shop.example --name Ewa
    """
    from chatgate.services.accounts import agents

    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    with opened_core(config_file, data_dir, making=True) as core:
        made = agents.add_agent(core, email, name, role, password, operator=True)
    _tell("Added", email, None if ask else made, as_json)


@agent.command("list")
@config_options
@json_option
def list_agents(config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """List the agents, also those who are switched off.

    Example: chatgate agent list --json
    """
    from chatgate.services.accounts import agents

    with opened_core(config_file, data_dir) as core:
        rows = agents.list_agents(core)
    print_data(rows, as_json, _line, "No agents yet.")


def _line(row: dict[str, Any]) -> str:
    off = "" if row["active"] else "  switched off"
    return f"{row['email']}  {row['name']}  {row['role']}{off}"


@agent.command("change")
@click.argument("email")
@click.option("--role", type=click.Choice(["agent", "privacy_officer", "admin"]), help="The new role.")
@click.option("--on/--off", "active", default=None, help="Switch the agent on or off.")
@click.option("--reason", default="", help="Why, for the audit log.")
@config_options
@json_option
def change(
    email: str,
    role: str | None,
    active: bool | None,
    reason: str,
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Give an agent a role, or switch them off: their sign-ins end and their open chats wait for somebody else.

    Example: chatgate agent change ewa@shop.example --off --reason "left the shop"
    """
    from chatgate.services.accounts import agents, sign_ins

    if role is None and active is None:
        raise click.UsageError("say what to change: --role, --on or --off")
    with opened_core(config_file, data_dir) as core:
        agent_id = agents.id_of(core, email)
        with _an_admin_stays():
            changed = sign_ins.change_agent(core, None, agent_id, role, active, reason)
    data = {"email": email, "role": changed["role"], "active": changed["active"]}
    print_data(data, as_json, lambda row: f"{email}: {row['role']}, {'on' if row['active'] else 'off'}.")


@agent.command("remove")
@click.argument("email")
@click.option("--reason", required=True, help="Why, for the audit log.")
@config_options
@json_option
def remove(email: str, reason: str, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Delete an agent's account for good; to keep it, use `change --off`.

    What they wrote to visitors stays under their name, their open chats wait for somebody else, and address, password,
    sign-ins, second factor and drafts are deleted.

    Example: chatgate agent remove ewa@shop.example --reason "left the shop"
    """
    from chatgate.services.accounts import agents, sign_ins

    with opened_core(config_file, data_dir) as core:
        agent_id = agents.id_of(core, email)
        with _an_admin_stays():
            sign_ins.remove_agent(core, None, agent_id, reason)
    print_data({"email": email, "removed": True}, as_json, lambda _row: f"Removed {email}.")


@contextmanager
def _an_admin_stays() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise OperatorError("one active admin must stay; make another one first") from refusal


@agent.command("reset")
@click.argument("email")
@click.option("--ask", is_flag=True, help="Ask for the password instead of making one.")
@config_options
@json_option
def reset(email: str, ask: bool, config_file: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Give an agent a new password and end every sign-in of theirs.

    Example: chatgate agent reset ewa@shop.example
    """
    from chatgate.services.accounts import agents

    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    with opened_core(config_file, data_dir) as core:
        made = agents.reset_password(core, email, password)
    _tell("Reset", email, None if ask else made, as_json)


def _tell(done: str, email: str, password: str | None, as_json: bool) -> None:
    """Print what was done, with a password that was made; one that was asked for is not repeated."""
    shown = f" Password (shown once): {password}" if password else ""
    print_data({"email": email, "password": password}, as_json, lambda _row: f"{done} {email}.{shown}")
