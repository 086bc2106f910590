"""The evidence from the command line: verify, checkpoint, receipt, notice diff and subject, with their exit codes."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatgate.cli.root import root, run_command
from chatgate.cli.serve import shipped_notice
from chatgate.policy.evidence.receipts import receipt_file
from chatgate.services import consents
from chatgate.services.core import Core
from chatgate.services.evidence import ledger, proofs
from tests.cast import welcome


@pytest.fixture
def chatgate(
    core: Core, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run a command on the shop's data; return exit code and everything that was printed."""

    def run(*arguments: str, data: bool = True) -> tuple[int, str]:
        given = [*arguments, *(["--data-dir", str(core.settings.data_dir)] if data else [])]
        monkeypatch.setattr(sys, "argv", ["chatgate", *given])
        capsys.readouterr()
        code = run_command()
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    assert root.name == "root"
    return run


def edit(core: Core, *statements: str) -> None:
    """Do what an attacker with the database does: without triggers, without foreign keys."""

    def job(db: Any) -> None:
        names = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in names:
            db.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            db.exec_driver_sql(statement)

    core.storage.write_now(job)


def test_verify_exits_zero_on_sound_evidence_and_one_on_an_edited_row(
    core: Core, chatgate: Callable[..., tuple[int, str]]
) -> None:
    for number in range(3):
        welcome(core, limiter_key=str(number))
    assert chatgate("ledger", "verify")[0] == 0
    edit(core, "UPDATE consent_event SET actor = 'agent' WHERE ledger_seq = 1")
    code, text = chatgate("ledger", "verify")
    assert code == 1
    assert "event_altered at 1" in text
    found = json.loads(chatgate("ledger", "verify", "--json")[1])["findings"]
    assert [(item["code"], item["seq"]) for item in found] == [("event_altered", 1)]


def test_incremental_looks_only_at_what_is_new(core: Core, chatgate: Callable[..., tuple[int, str]]) -> None:
    for number in range(3):
        welcome(core, limiter_key=str(number))
    assert chatgate("ledger", "checkpoint")[0] == 0
    welcome(core, limiter_key="new")
    told = json.loads(chatgate("ledger", "verify", "--incremental", "--json")[1])
    assert (told["from"], told["size"], told["opened"], told["holds"]) == (3, 4, 1, True)


def test_a_checkpoint_kept_elsewhere_tells_an_older_copy(
    core: Core, chatgate: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    welcome(core, limiter_key="1")
    kept = tmp_path / "checkpoint.json"
    assert chatgate("ledger", "checkpoint", "--out", str(kept))[0] == 0
    assert chatgate("ledger", "verify", "--checkpoint", str(kept))[0] == 0
    edit(
        core,
        *[f"DELETE FROM {name}" for name in ("spent_display_token", "conversation", "consent_event", "consent_record")],
        "DELETE FROM ledger_leaf",
        "DELETE FROM ledger_node",
        "DELETE FROM ledger_checkpoint WHERE number > 0",
    )
    assert chatgate("ledger", "verify")[0] == 0, "from the inside, an older copy looks sound"
    code, text = chatgate("ledger", "verify", "--checkpoint", str(kept))
    assert code == 1
    assert "ledger_truncated" in text


def test_a_receipt_verifies_without_network_database_and_configuration(core: Core, tmp_path: Path) -> None:
    vera = welcome(core)
    ledger.make_checkpoint(core)
    file = tmp_path / "receipt.json"
    file.write_bytes(receipt_file(consents.current_consent(core, vera.conversation_id)["receipt"]))
    guard = (
        "import socket, sqlite3, sys\n"
        "def no(*_a, **_k): raise AssertionError('a network or a database was touched')\n"
        "socket.socket.connect = no; socket.create_connection = no; sqlite3.connect = no\n"
        "from chatgate.cli.root import run_command\n"
        "sys.exit(run_command())\n"
    )
    command = [sys.executable, "-c", guard, "receipt", "verify", str(file)]
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "The receipt holds. Ledger proof: held." in done.stdout
    assert list(empty.iterdir()) == []


def test_every_flipped_byte_of_a_receipt_exits_one(
    core: Core, chatgate: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    data = bytearray(receipt_file(welcome(core).opened["receipt"]))
    file = tmp_path / "receipt.json"
    for place in range(0, len(data), 97):
        data[place] ^= 1
        file.write_bytes(bytes(data))
        code, text = chatgate("receipt", "verify", str(file), data=False)
        assert code == 1, (place, text)
        data[place] ^= 1


def test_a_proof_pack_verifies_and_another_key_is_named(
    core: Core, chatgate: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    vera = welcome(core)
    ledger.make_checkpoint(core)
    found = proofs.evidence(core, vera.conversation_id)
    file = tmp_path / "proof.zip"
    file.write_bytes(proofs._pack(core, found))
    assert chatgate("receipt", "verify", str(file), data=False)[0] == 0
    code, text = chatgate("receipt", "verify", str(file), "--key-id", "0" * 64, data=False)
    assert code == 1
    assert "key_unknown" in text


def test_a_disguised_version_is_refused_and_the_difference_shown(
    core: Core, chatgate: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    file = tmp_path / "notice.md"
    changed = shipped_notice("split").replace("may process this chat", "may process and sell this chat")
    file.write_text(changed.replace('version = "1.0.0"', 'version = "1.0.1"'), encoding="utf-8")
    code, text = chatgate("notice", "publish", str(file), "--site", "demo")
    assert code == 1
    assert "version_level_too_low: 1.0.0 -> 1.0.1 is a patch step, and it takes a major one for: clause support" in text
    code, text = chatgate("notice", "diff", str(file), "--site", "demo")
    assert code == 0
    assert "major: clause support" in text


def test_a_visitor_is_exported_and_erased_by_the_id_on_the_receipt(
    core: Core, chatgate: Callable[..., tuple[int, str]]
) -> None:
    vera = welcome(core)
    vera.writes("Take this with you")
    name = vera.opened["receipt"]["content"]["receipt_id"]
    code, text = chatgate("subject", "export", name, "--json")
    assert code == 0
    assert "Take this with you" in text
    assert chatgate("subject", "erase", name, "--reason", "letter")[0] == 0
    assert chatgate("subject", "export", name)[0] == 1
    assert "erasure  done" in chatgate("subject", "list")[1]
    assert "erased lawfully" in chatgate("ledger", "verify")[1]


def test_a_key_that_is_missing_or_wrong_or_open_is_named(core: Core, chatgate: Callable[..., tuple[int, str]]) -> None:
    welcome(core)
    path = core.settings.data_dir / "keys" / "signing.key"
    good = path.read_text()
    path.unlink()
    assert "key_missing" in chatgate("ledger", "verify")[1]
    assert not path.exists(), "a ledger that began is never continued with a new key"
    path.write_text("chatgate-key-v1 signing " + "11" * 32 + "\n")
    path.chmod(0o600)
    assert "key_wrong" in chatgate("ledger", "verify")[1]
    path.write_text(good)
    path.chmod(0o644)
    assert "key_world_readable" in chatgate("ledger", "verify")[1]


def test_an_export_is_a_zip_that_nobody_else_reads_and_replaces_nothing_half_done(
    core: Core, chatgate: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    vera = welcome(core)
    vera.writes("Take this with you")
    out = tmp_path / "data.zip"
    code, text = chatgate("subject", "export", vera.conversation_id, "--out", str(out))
    assert (code, text) == (0, f"written to {out}\n")
    assert out.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(out) as found:
        assert found.testzip() is None
        assert "Take this with you" in found.read("index.html").decode()
    code, text = chatgate("subject", "export", vera.conversation_id, "--out", str(tmp_path / "nowhere" / "data.zip"))
    assert code == 2
    assert "cannot be written" in text
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_an_export_says_on_record_who_asked_for_it_and_how(
    core: Core, chatgate: Callable[..., tuple[int, str]]
) -> None:
    vera = welcome(core)
    vera.writes("Is the blue one back?")
    code, text = chatgate("subject", "export", vera.conversation_id, "--reason", "letter of 3 May", "--json")
    assert code == 0
    assert "Is the blue one back?" in text
    assert chatgate("subject", "export", "nobody", "--reason", "letter of 4 May")[0] == 1
    with core.storage.read() as db:
        asked = "SELECT actor, action, subject_id, reason FROM audit_event WHERE action LIKE 'subject_%'"
        rows = [tuple(row) for row in db.exec_driver_sql(asked)]
    assert rows == [("operator", "subject_access", vera.conversation_id, "letter of 3 May")]
