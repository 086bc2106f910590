"""The second factor of agents' sign-in: codes by time (RFC 6238), and recovery codes that work once."""

import base64
import hmac
import secrets
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.ids import token_hash
from chatgate.services.accounts import audit
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.core import Core, View
from chatgate.storage.queries import sign_ins

STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
TRIES_PER_WINDOW: Final = 10
WINDOW_SECONDS: Final = 300


def start(core: Core, agent: SignedInAgent) -> View:
    """Make a new secret for an agent without a second factor (``TwoFactorStarted``); it does not count yet.

    Raises:
        Refusal: ``payload_invalid`` when one is on already: switch it off first.

    Stores: the secret, sealed with a key that is not in the database.
    """
    import pyotp
    import segno

    secret = pyotp.random_base32()
    values = {
        "agent_id": agent.id,
        "sealed_secret": _seal(core, agent.id, secret),
        "confirmed_at": None,
        "last_step": 0,
    }

    def job(db: Connection) -> None:
        known = sign_ins.factor(db, agent.id)
        if known is not None and known.confirmed_at is not None:
            raise Refusal("payload_invalid", problem="second_factor_is_on")
        sign_ins.put_factor(db, values)

    core.storage.write_now(job)
    uri = pyotp.TOTP(secret).provisioning_uri(name=agent.email, issuer_name="ChatGate")
    # As dots, which the browser draws: no picture of a secret lies in a cache or a log.
    rows = ["".join("1" if dot else "0" for dot in row) for row in segno.make(uri, error="m", micro=False).matrix]
    return {"secret": secret, "uri": uri, "qr": rows}


def confirm(core: Core, agent: SignedInAgent, code: str) -> View:
    """Switch the second factor on with its first code, and return the recovery codes (``TwoFactorOn``).

    Raises:
        Refusal: ``payload_invalid`` for a wrong code, ``not_found`` when :func:`start` was not called,
            ``rate_limited``.

    Stores: hashes of the recovery codes, and an audit event.
    """
    _limit(core, agent.id)
    now = core.clock.now()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]

    def job(db: Connection) -> None:
        row = sign_ins.factor(db, agent.id)
        if row is None or row.confirmed_at is not None:
            raise Refusal("not_found")
        if not _use_totp(core, db, row, code):
            raise Refusal("payload_invalid", field="code")
        sign_ins.confirm_factor(db, agent.id, now)
        sign_ins.put_codes(db, agent.id, [token_hash(_folded(made)) for made in codes])
        audit.note(core, db, agent, "second_factor_on", agent.id)

    core.storage.write_now(job)
    return {"recovery_codes": codes}


def switch_off(core: Core, agent: SignedInAgent, code: str) -> View:
    """Switch the second factor off; needs a code, because an unlocked screen must not be enough.

    Raises:
        Refusal: ``payload_invalid`` for a wrong code, ``rate_limited``.
    """
    _limit(core, agent.id)

    def job(db: Connection) -> None:
        if not _use(core, db, agent.id, code):
            raise Refusal("payload_invalid", field="code")
        sign_ins.drop_factor(db, agent.id)
        audit.note(core, db, agent, "second_factor_off", agent.id)

    core.storage.write_now(job)
    return {}


def check(core: Core, agent_id: str, code: str | None) -> None:
    """Let a sign-in with the right password pass, if its second factor is right or none is on.

    Raises:
        Refusal: ``second_factor_required`` without a code, ``sign_in_failed`` with a wrong or used one.
    """
    with core.storage.read() as db:
        row = sign_ins.factor(db, agent_id)
    if row is None or row.confirmed_at is None:
        return
    if not code:
        raise Refusal("second_factor_required")
    if not core.storage.write_now(lambda db: _use(core, db, agent_id, code)):
        raise Refusal("sign_in_failed")


def state(db: Connection, agent_id: str) -> tuple[bool, int]:
    """Return whether an agent's second factor is on, and how many recovery codes are left."""
    row = sign_ins.factor(db, agent_id)
    if row is None or row.confirmed_at is None:
        return False, 0
    return True, sign_ins.codes_left(db, agent_id)


def _use(core: Core, db: Connection, agent_id: str, code: str) -> bool:
    row = sign_ins.factor(db, agent_id)
    if row is None or row.confirmed_at is None:
        return False
    return _use_totp(core, db, row, code) or sign_ins.use_code(db, agent_id, token_hash(_folded(code)))


def _use_totp(core: Core, db: Connection, row: Any, code: str) -> bool:
    """Accept the code of now or of its neighbours (clocks differ), each step once."""
    import pyotp

    given = "".join(code.split())
    if not given.isascii() or len(given) != 6:
        return False
    secret = _open(core, row.agent_id, row.sealed_secret)
    if secret is None:  # the session key that sealed it was given up: a recovery code helps, or a reset
        return False
    totp = pyotp.TOTP(secret)
    now = int(core.clock.now().timestamp()) // STEP_SECONDS
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.generate_otp(step), given):
            return sign_ins.use_step(db, row.agent_id, step)
    return False


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _folded(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())


def _limit(core: Core, agent_id: str) -> None:
    wait = core.limiter.hit("second_factor", agent_id, TRIES_PER_WINDOW, WINDOW_SECONDS)
    if wait is not None:
        raise Refusal("rate_limited", retry_after_seconds=wait)


def _cipher(core: Core) -> Any:
    # Imported on use: a start without a sign-in does not pay for it.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(core.session_key, b"chatgate/second-factor/v1", "sha256"))


def _seal(core: Core, agent_id: str, secret: str) -> str:
    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + _cipher(core).encrypt(nonce, secret.encode(), agent_id.encode())).decode()


def _open(core: Core, agent_id: str, sealed: str) -> str | None:
    from cryptography.exceptions import InvalidTag

    raw = base64.b64decode(sealed)
    try:
        opened: bytes = _cipher(core).decrypt(raw[:12], raw[12:], agent_id.encode())
    except InvalidTag:
        return None
    return opened.decode()
