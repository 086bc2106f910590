"""Keys that the data was made with: never made anew unseen, put back, or given up deliberately. On both databases."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatgate.app import create_core
from chatgate.errors import OperatorError, Refusal
from chatgate.ids import token_hash
from chatgate.policy.evidence.receipts import verify_receipt
from chatgate.policy.signing import key_id, public_key
from chatgate.services import sessions
from chatgate.services.consents import ChangeRequest, change_consent, conversation_of_receipt
from chatgate.services.core import Core
from chatgate.services.evidence import proofs, receipts
from chatgate.services.evidence.ledger import verify_ledger
from chatgate.services.rights import outside, subjects
from chatgate.services.upkeep import backup, renewal
from chatgate.services.upkeep.installation_keys import KINDS, key_path
from chatgate.storage.files.outside_files import read_withdrawals, withdrawal_mac
from chatgate.storage.queries import sites, work
from tests.cast import signed_in, welcome
from tests.conftest import close
from tests.fingerprint import files_of
from tests.services.drills import ASSISTANT, ERASED, KEPT, back_up, begin, chat, put_back
from tests.services.drills import work as worked

OTHER = "ab" * 32


def renew(shop: Any, *kinds: str) -> None:
    """Give keys up, as ``chatgate keys renew`` does."""

    @contextmanager
    def opened(wanted: Collection[str]) -> Iterator[Core]:
        core = shop.open(accepting=wanted)
        yield core
        close(core)

    renewal.renew(shop.settings, kinds, "the disk of 3 May", opened)


def lose(shop: Any, kind: str, *, other: bool = False) -> None:
    """Remove a key, or put another one in its place."""
    path = key_path(shop.settings, kind)
    path.unlink()
    if other:
        path.touch(mode=0o600)
        path.write_text(f"chatgate-key-v1 {kind} {OTHER}\n")


@pytest.mark.parametrize("other", [False, True], ids=["missing", "another"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_the_data_was_made_with_is_never_made_anew(shop: Any, saved: Path, kind: str, other: bool) -> None:
    lose(shop, kind, other=other)
    before = files_of(shop.settings.data_dir / "keys")
    code = "key_wrong" if other else "key_missing"
    with pytest.raises(OperatorError, match=rf"^{code}: .*{kind}\.key .*`chatgate keys renew {kind}`") as error:
        shop.open()
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 2
    assert files_of(shop.settings.data_dir / "keys") == before


def test_all_keys_lost_at_once_are_told_at_once(shop: Any, saved: Path) -> None:
    shutil.rmtree(shop.settings.data_dir / "keys")
    with pytest.raises(OperatorError, match=r"^key_missing: .*session\.key, signing\.key, training\.key, erasure\.key"):
        shop.open()
    states = {row["kind"]: row["state"] for row in renewal.state_of_keys(shop.settings)}
    assert states == dict.fromkeys(KINDS, "key_missing")


def test_the_first_start_makes_the_keys_and_a_second_one_finds_them(shop: Any) -> None:
    close(shop.open())
    made = files_of(shop.settings.data_dir / "keys")
    assert {f"{kind}.key" for kind in KINDS} <= set(made)
    close(shop.open())
    assert files_of(shop.settings.data_dir / "keys") == made
    assert {row["state"] for row in renewal.state_of_keys(shop.settings)} == {"ok"}


def test_no_key_is_in_the_database(shop: Any, saved: Path) -> None:
    core = shop.open()
    with core.storage.read() as db:
        rows = str(db.exec_driver_sql("SELECT * FROM installation_key").all())
    for key in (core.session_key, core.signing_key, core.erasure_key):
        assert key.hex() not in rows


def test_what_was_begun_before_fingerprints_were_kept_is_held_to_its_keys_from_then_on(shop: Any, saved: Path) -> None:
    core = shop.open()
    core.storage.write_now(lambda db: db.exec_driver_sql("DELETE FROM installation_key"))
    close(core)
    lose(shop, "erasure")
    with pytest.raises(OperatorError, match=r"^key_missing: .*erasure\.key"):
        shop.open()
    lose(shop, "training", other=True)
    with pytest.raises(OperatorError, match=r"missing: erasure\.key; not the right key of this data: training"):
        shop.open()


def test_another_machine_with_keys_of_its_own_is_refused(shop: Any, saved: Path, tmp_path: Path) -> None:
    elsewhere = shop.settings.model_copy(update={"data_dir": tmp_path / "elsewhere", "training_database_url": ""})
    if not shop.settings.database_url:
        shutil.copytree(shop.settings.data_dir, elsewhere.data_dir)
        shutil.rmtree(elsewhere.data_dir / "keys")
    with pytest.raises(OperatorError, match=r"^key_missing"):
        create_core(elsewhere, shop.clock, ASSISTANT)
    assert not list(elsewhere.data_dir.glob("keys/*.key"))


def test_a_key_in_its_place_is_not_given_up(shop: Any, saved: Path) -> None:
    before = files_of(shop.settings.data_dir / "keys")
    with pytest.raises(OperatorError, match=r"^key_in_place"):
        renew(shop, "training")
    assert files_of(shop.settings.data_dir / "keys") == before


def test_nothing_is_given_up_beside_a_running_server(shop: Any, saved: Path) -> None:
    core = shop.open()
    lose(shop, "session")
    with core.storage.read(), pytest.raises(OperatorError, match="in use"):
        renew(shop, "session")
    assert not key_path(shop.settings, "session").exists()


def test_giving_one_key_up_does_not_give_up_another(shop: Any, saved: Path) -> None:
    lose(shop, "session")
    lose(shop, "signing")
    with pytest.raises(OperatorError, match=r"^key_missing: .*signing\.key"):
        renew(shop, "session")
    renew(shop, "session", "signing")
    close(shop.open())


def test_without_the_training_key_copies_are_made_anew_where_the_chat_is_there(shop: Any) -> None:
    core = begin(shop)
    chat(core, KEPT)
    (before,) = core.sinks["database"].item_ids()  # type: ignore[attr-defined]
    assert sealed(core)
    close(core)
    lose(shop, "training")
    renew(shop, "training")
    core = shop.open()
    assert core.sinks["database"].item_ids() == []  # type: ignore[attr-defined]
    assert not sealed(core)
    worked(core)
    (after,) = core.sinks["database"].item_ids()  # type: ignore[attr-defined]
    assert after != before
    assert KEPT in str(core.sinks["database"].read(after))  # type: ignore[attr-defined]
    assert sealed(core)


def sealed(core: Core) -> int:
    """Return how many values middlewares keep sealed."""
    with core.storage.read() as db:
        count: int = db.exec_driver_sql("SELECT count(*) FROM middleware_row WHERE value LIKE 'sealed:%%'").scalar_one()
    return count


def test_without_the_signing_key_the_ledger_goes_on_and_old_receipts_hold(shop: Any) -> None:
    core = begin(shop)
    vera = welcome(core, training=True)
    old = vera.opened["receipt"]
    close(core)
    lose(shop, "signing")
    renew(shop, "signing")
    core = shop.open()
    later = welcome(core)
    assert verify_ledger(core).holds, verify_ledger(core).audit.findings
    assert verify_ledger(core, incremental=True).holds
    checked = proofs.check_receipt(core, signed_in(core), old, "asked")
    assert checked["receipt"]["holds"], checked
    with core.storage.read() as db:
        record = proofs.evidence(core, vera.conversation_id).record["record_id"]
        again = receipts.receipt(core, db, record)
    public = public_key(core.signing_key)
    assert again["key_id"] == key_id(public) != old["key_id"]
    assert verify_receipt(again, {key_id(public): public}).holds
    for conversation_id in (vera.conversation_id, later.conversation_id):
        assert proofs.show_proof(core, signed_in(core), conversation_id, "asked")["verification"]["holds"]


def test_without_the_erasure_key_withdrawals_are_noted_again(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    subjects.ask(core, chat(core, ERASED), "erasure")
    vera = welcome(core, training=True)
    change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    close(core)
    lose(shop, "erasure")
    renew(shop, "erasure")
    core = shop.open()
    noted = {entry.mac for entry in read_withdrawals(outside.withdrawal_path(shop.settings))}
    assert withdrawal_mac(core.erasure_key, vera.conversation_id) in noted
    assert verify_ledger(core).holds
    back_up(shop, tmp_path / "later.zip")
    close(core)
    put_back(shop, tmp_path / "later.zip", replace=True)


def test_without_the_session_key_chats_end_and_receipts_go_on(shop: Any) -> None:
    core = begin(shop)
    vera = welcome(core)
    token, receipt_token = vera.opened["session_token"], vera.opened["receipt"]["token"]
    close(core)
    lose(shop, "session")
    renew(shop, "session")
    core = shop.open()
    with pytest.raises(Refusal, match="session_invalid"):
        sessions.read_session(core, token)
    assert conversation_of_receipt(core, token_hash(receipt_token)) == vera.conversation_id


def test_giving_up_is_in_the_audit_trail(shop: Any, saved: Path) -> None:
    lose(shop, "session")
    renew(shop, "session")
    core = shop.open()
    with core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT actor, action, reason FROM audit_event WHERE action LIKE 'key_%%'").all()
    assert [tuple(row) for row in rows] == [("operator", "key_given_up_session", "the disk of 3 May")]


def test_keys_come_back_from_their_file_without_a_restore(shop: Any, saved: Path, tmp_path: Path) -> None:
    backup.make_keys_file(shop.settings, tmp_path / "keys.zip", shop.clock.now())
    for kind in ("session", "training"):
        lose(shop, kind)
    assert renewal.restore_keys(shop.settings, tmp_path / "keys.zip") == ["session", "training"]
    close(shop.open())
    assert renewal.restore_keys(shop.settings, tmp_path / "keys.zip") == []


def test_a_file_with_other_keys_changes_nothing(shop: Any, saved: Path, tmp_path: Path) -> None:
    backup.make_keys_file(shop.settings, tmp_path / "keys.zip", shop.clock.now())
    lose(shop, "session")
    renew(shop, "session")
    lose(shop, "session")
    with pytest.raises(OperatorError, match=r"^key_wrong"):
        renewal.restore_keys(shop.settings, tmp_path / "keys.zip")
    assert not key_path(shop.settings, "session").exists()


def test_a_backup_without_a_key_knows_which_one_its_data_needs(shop: Any, saved: Path, tmp_path: Path) -> None:
    lose(shop, "training")
    assert backup.missing_keys(shop.settings) == ["training"]
    manifest = back_up(shop, tmp_path / "later.zip")
    assert set(manifest["keys"]) == set(KINDS)
    with pytest.raises(OperatorError, match="--without-training"):
        put_back(shop, tmp_path / "later.zip", replace=True)


def test_a_restore_goes_on_without_the_session_key_when_told_so(shop: Any, saved: Path) -> None:
    lose(shop, "session")
    with pytest.raises(OperatorError, match=r"^key_missing: .*--without-session"):
        put_back(shop, saved, replace=True)
    put_back(shop, saved, replace=True, without_session=True)
    close(shop.open())


def test_a_restore_goes_on_without_lists_and_their_key_when_told_so(shop: Any, saved: Path) -> None:
    lose(shop, "erasure")
    put_back(shop, saved, replace=True, without_lists=True)
    core = shop.open()
    with core.storage.read() as db:
        assert sites.all_sites(db)
        assert work.lineage_counts(db)
