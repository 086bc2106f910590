"""Agents: adding, signing in and out, and what a signed-in agent is."""

import secrets
from datetime import timedelta
from typing import Any, Final

from chatgate.errors import OperatorError, Refusal
from chatgate.ids import new_id, new_token, token_hash
from chatgate.services import views
from chatgate.services.accounts import audit, roles, second_factor
from chatgate.services.accounts.signed_in import SignedInAgent as SignedInAgent  # noqa: PLC0414  (others name it from here)
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage.queries import sign_ins, sites

ROLES: Final = ("agent", "privacy_officer", "admin")
MIN_PASSWORD_CHARACTERS: Final = 10
SIGN_INS_PER_WINDOW: Final = 10
SIGN_IN_WINDOW_SECONDS: Final = 300


class AddressRefusedError(OperatorError):
    """An address that no agent can have; ``problem`` is ``address_invalid`` or ``address_taken``."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = problem


def add_agent(
    core: Core,
    email: str,
    name: str,
    role: str = "agent",
    password: str | None = None,
    by: SignedInAgent | None = None,
    *,
    operator: bool = False,
) -> str:
    """Add an agent and return the password: the given one, or a new random one to hand over.

    Raises:
        AddressRefusedError: the address is taken or malformed.
        OperatorError: the role is unknown, the password too short.

    Stores: name, address and an argon2 hash, for *work*; an audit event when another agent (``by``) or the
        ``operator`` at the command line did it.
    """
    email = email.strip().lower()
    before, _at, after = email.partition("@")
    if not before or not after or "@" in after or not email.isprintable() or " " in email:
        raise AddressRefusedError("address_invalid", f'"{email}" is no e-mail address')
    if role not in ROLES:
        raise OperatorError(f'role "{role}" is unknown; use {", ".join(ROLES)}')
    password = _checked_password(password)
    values = {
        "id": new_id(),
        "email": email,
        "name": name.strip() or email.split("@")[0],
        "role": role,
        "password_hash": _hasher().hash(password),
        "active": True,
        "created_at": core.clock.now(),
    }

    def job(db: Any) -> None:
        if sites.agent_by_email(db, email):
            taken = f"{email} is an agent already; `chatgate agent reset` gives a new password"
            raise AddressRefusedError("address_taken", taken)
        sites.add_agent(db, values)
        if by is not None or operator:
            audit.note(core, db, by, "agent_added", values["id"])

    core.storage.write_now(job)
    return password


def add_colleague(core: Core, by: SignedInAgent, email: str, name: str, role: str) -> View:
    """Add an agent for an admin of the inbox (``AgentAdded``); the answer is the only place that shows the password.

    Raises:
        Refusal: ``payload_invalid`` with the ``problem`` of :class:`AddressRefusedError`.
    """
    try:
        password = add_agent(core, email, name, role, by=by)
    except AddressRefusedError as error:
        raise Refusal("payload_invalid", field="email", problem=error.problem) from None
    with core.storage.read() as db:
        row = active_row(sites.agent_by_email(db, email.strip().lower()))
    return {"agent": {"id": row.id, "name": row.name}, "role": row.role, "password": password}


def reset_password(core: Core, email: str, password: str | None = None) -> str:
    """Give an agent a new password, end every sign-in of theirs, and return the password.

    Raises:
        OperatorError: nobody has this address.

    Stores: the password's hash, and an audit event of the operator.
    """
    password = _checked_password(password)
    with core.storage.read() as db:
        row = sites.agent_by_email(db, email.strip().lower())
    if row is None:
        raise OperatorError(f"no agent has the address {email}; see `chatgate agent list`")
    hashed = _hasher().hash(password)

    def job(db: Any) -> None:
        sites.change_agent(db, row.id, {"password_hash": hashed, "active": True})
        sites.revoke_agent_sessions(db, row.id, core.clock.now())
        # Whoever lost the password's second factor is helped by the same command.
        sign_ins.drop_factor(db, row.id)
        audit.note(core, db, None, "agent_reset", row.id)

    core.storage.write_now(job)
    return password


def id_of(core: Core, email: str) -> str:
    """Return the id of the agent with this address.

    Raises:
        OperatorError: nobody has it.
    """
    with core.storage.read() as db:
        row = sites.agent_by_email(db, email.strip().lower())
    if row is None:
        raise OperatorError(f"no agent has the address {email}; see `chatgate agent list`")
    return str(row.id)


def list_agents(core: Core) -> list[View]:
    """Return every agent without secrets."""
    with core.storage.read() as db:
        return [
            {"id": row.id, "email": row.email, "name": row.name, "role": row.role, "active": row.active}
            for row in sites.all_agents(db)
        ]


def sign_in(core: Core, email: str, password: str, limiter_key: str, code: str | None = None) -> str:
    """Return a new cookie's token for the right password.

    Raises:
        Refusal: ``sign_in_failed``, ``second_factor_required``, or ``rate_limited`` after too many tries for one
            address or from one place.

    Stores: the token's hash.
    """
    email = email.strip().lower()
    for bucket, key in (("sign_in_place", limiter_key), ("sign_in_address", token_hash(email))):
        wait = core.limiter.hit(bucket, key, SIGN_INS_PER_WINDOW, SIGN_IN_WINDOW_SECONDS)
        if wait is not None:
            raise Refusal("rate_limited", retry_after_seconds=wait)
    with core.storage.read() as db:
        row = sites.agent_by_email(db, email)
    # An unknown address costs the same time as a wrong password.
    hashed = row.password_hash if row is not None and row.active else _nobody()
    if not _matches(hashed, password) or row is None or not row.active:
        raise Refusal("sign_in_failed")
    second_factor.check(core, row.id, code)
    token, now = new_token("cga"), core.clock.now()
    values = {
        "token_hash": token_hash(token),
        "agent_id": row.id,
        "created_at": now,
        "expires_at": now + timedelta(hours=core.settings.agent_session_hours),
    }
    core.storage.write_now(lambda db: sites.add_agent_session(db, values))
    return token


def sign_out(core: Core, token: str) -> None:
    """End the sign-in of this cookie."""
    now = core.clock.now()
    core.storage.write_now(lambda db: sites.revoke_agent_session(db, token_hash(token), now))


def signed_in_agent(core: Core, token: str | None) -> SignedInAgent:
    """Return the agent of a cookie, read from the database now.

    Raises:
        Refusal: ``sign_in_required``.
    """
    if token:
        with core.storage.read() as db:
            row = sites.agent_of_session(db, token_hash(token), core.clock.now())
        if row is not None:
            return SignedInAgent(row.id, row.name, row.email, row.role)
    raise Refusal("sign_in_required")


def agent_view(core: Core, agent: SignedInAgent) -> View:
    """Return ``AgentView`` of the protocol."""
    with core.storage.read() as db:
        rows = sites.all_sites(db)
    return {
        "id": agent.id,
        "name": agent.name,
        "email": agent.email,
        "role": agent.role,
        "sites": [views.site_view(core, row) for row in rows],
        "actions": roles.allowed(agent.role),
    }


def site_ids(core: Core, _agent: SignedInAgent) -> list[str]:
    """Return the sites that an agent answers for: today all of them."""
    with core.storage.read() as db:
        return [row.id for row in sites.all_sites(db)]


def active_row(row: AnyRow | None) -> AnyRow:
    """Return the row of an active agent.

    Raises:
        Refusal: ``not_found``.
    """
    if row is None or not row.active:
        raise Refusal("not_found")
    return row


def _checked_password(password: str | None) -> str:
    if password is None:
        return secrets.token_urlsafe(12)
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise OperatorError(f"a password has at least {MIN_PASSWORD_CHARACTERS} characters")
    return password


def _hasher() -> Any:
    # Imported on use: a start without a sign-in does not pay for it.
    from argon2 import PasswordHasher

    return PasswordHasher()


_NOBODY: list[str] = []


def _nobody() -> str:
    if not _NOBODY:
        _NOBODY.append(_hasher().hash(secrets.token_urlsafe(16)))
    return _NOBODY[0]


def _matches(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(_hasher().verify(hashed, password))
    except (VerificationError, InvalidHashError):
        return False
