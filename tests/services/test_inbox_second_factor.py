"""The second factor: codes by time, each once, recovery codes, and its secret sealed."""

from typing import Any

import pyotp
import pytest

from chatgate.errors import Refusal
from chatgate.services.accounts import agents, second_factor
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.core import Core
from tests.cast import ADAM, PASSWORD, hire_adam, signed_in
from tests.clocks import SettableClock


@pytest.fixture
def adam(core: Core) -> SignedInAgent:
    """Return Adam, signed in."""
    hire_adam(core)
    return signed_in(core)


@pytest.fixture
def switched_on(core: Core, adam: SignedInAgent, clock: SettableClock) -> Any:
    """Return the generator of Adam's codes and his recovery codes."""
    totp = pyotp.TOTP(second_factor.start(core, adam)["secret"])
    codes = second_factor.confirm(core, adam, totp.at(clock.now()))["recovery_codes"]
    clock.advance(seconds=60)
    return totp, codes


def refused(core: Core, code: str | None) -> str:
    """Sign in with the right password and this code, and return the refusal."""
    with pytest.raises(Refusal) as caught:
        agents.sign_in(core, ADAM, PASSWORD, "key", code)
    return caught.value.code


def test_nothing_changes_before_the_first_code(core: Core, adam: SignedInAgent) -> None:
    second_factor.start(core, adam)
    assert agents.sign_in(core, ADAM, PASSWORD, "key")
    with pytest.raises(Refusal):
        second_factor.confirm(core, adam, "000000")


def test_a_code_is_needed_and_works_once(core: Core, switched_on: Any, clock: SettableClock) -> None:
    totp, _codes = switched_on
    assert refused(core, None) == "second_factor_required"
    assert refused(core, "12345") == "sign_in_failed"
    code = totp.at(clock.now())
    assert agents.sign_in(core, ADAM, PASSWORD, "key", f"{code[:3]} {code[3:]}")
    assert refused(core, code) == "sign_in_failed"


def test_a_clock_may_be_half_a_minute_off_and_no_more(core: Core, switched_on: Any, clock: SettableClock) -> None:
    totp, _codes = switched_on
    code = totp.at(clock.now())
    clock.advance(seconds=90)
    assert refused(core, code) == "sign_in_failed"
    assert agents.sign_in(core, ADAM, PASSWORD, "key", totp.at(clock.now().timestamp() + 30))


def test_a_recovery_code_works_once(core: Core, switched_on: Any) -> None:
    _totp, codes = switched_on
    assert len(codes) == 10
    assert agents.sign_in(core, ADAM, PASSWORD, "key", codes[0].upper())
    assert refused(core, codes[0]) == "sign_in_failed"


def test_a_wrong_password_does_not_tell_that_there_is_a_second_factor(core: Core, switched_on: Any) -> None:
    with pytest.raises(Refusal) as caught:
        agents.sign_in(core, ADAM, "wrong password", "key")
    assert caught.value.code == "sign_in_failed"


def test_the_secret_is_in_no_file_of_the_database(core: Core, adam: SignedInAgent) -> None:
    secret = second_factor.start(core, adam)["secret"].encode()
    for path in core.settings.data_dir.glob("*.db*"):
        assert secret not in path.read_bytes()


def test_switching_off_needs_a_code_and_a_reset_helps_who_lost_it(core: Core, switched_on: Any) -> None:
    with core.storage.read() as db:
        row = db.exec_driver_sql("SELECT id FROM agent").one()
    adam = SignedInAgent(row.id, "Adam", ADAM, "admin")
    with pytest.raises(Refusal):
        second_factor.switch_off(core, adam, "000000")
    agents.reset_password(core, ADAM, PASSWORD)
    assert agents.sign_in(core, ADAM, PASSWORD, "key")


def test_after_the_session_key_was_given_up_a_recovery_code_still_signs_in(
    core: Core, switched_on: Any, clock: SettableClock
) -> None:
    totp, codes = switched_on
    core.session_key = b"k" * 32
    assert refused(core, totp.at(clock.now())) == "sign_in_failed"
    assert agents.sign_in(core, ADAM, PASSWORD, "key", codes[0])


def test_the_secret_comes_as_dots_of_a_qr_code(core: Core, adam: SignedInAgent) -> None:
    rows = second_factor.start(core, adam)["qr"]
    assert {len(row) for row in rows} == {len(rows)}
    side = len(rows)
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        assert [row[left : left + 7] for row in rows[top : top + 7]] == finder
