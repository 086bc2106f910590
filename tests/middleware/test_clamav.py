"""clamav: every file is shown to the daemon, and only its word that a file is clean lets one through."""

from pathlib import Path

import pytest

from chatgate import Refusal
from chatgate.middleware import clamav
from chatgate.testing import agreed, attachment_context, chain_of
from tests import sample_files
from tests.clamd import clamd


def check(address: str, content: bytes, seconds: float = 20) -> None:
    """Ask about a file."""
    chain = chain_of(clamav, settings={"clamav": {"address": address, "timeout_seconds": seconds}})
    chain.check("check_attachment", agreed("support"), context=attachment_context(), content=content)


@pytest.mark.parametrize("size", [0, 10, 65_536, 1_000_000])
def test_a_clean_file_passes_whole(tmp_path: Path, size: int) -> None:
    with clamd(tmp_path / "clamd.ctl") as (server, address):
        check(address, b"x" * size)
    assert server.received == [b"x" * size]


def test_a_port_is_an_address_too() -> None:
    with clamd() as (server, address):
        check(address, b"photo")
    assert server.received == [b"photo"]


def test_malware_is_refused(tmp_path: Path) -> None:
    with clamd(tmp_path / "clamd.ctl") as (_server, address), pytest.raises(Refusal) as refused:
        check(address, sample_files.pdf(sample_files.EICAR))
    assert (refused.value.code, refused.value.detail) == ("attachment_refused", {"reason": "malware"})


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK but\0", b"OK\0"])
def test_any_other_answer_refuses(tmp_path: Path, answer: bytes) -> None:
    with clamd(tmp_path / "clamd.ctl") as (server, address):
        server.answer = answer
        with pytest.raises(Refusal, match="middleware_error"):
            check(address, b"photo")


def test_without_the_daemon_no_file_is_taken(tmp_path: Path) -> None:
    for address in (str(tmp_path / "nobody.ctl"), "127.0.0.1:1"):
        with pytest.raises(Refusal, match="middleware_error"):
            check(address, b"photo")


def test_without_consent_it_is_not_asked(tmp_path: Path) -> None:
    with clamd(tmp_path / "clamd.ctl") as (server, address):
        chain = chain_of(clamav, settings={"clamav": {"address": address}})
        chain.check("check_attachment", agreed(), context=attachment_context(), content=b"photo")
    assert server.received == []
