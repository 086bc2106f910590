"""docs/consent.md: every code that evidence can answer with is explained, and every test that it names is there."""

import re
from pathlib import Path

import pytest

from chatgate.policy.evidence.ledger_audit import CODES
from chatgate.policy.evidence.receipts import PROBLEMS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "consent.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted({*CODES, *PROBLEMS} - {"checkpoint_origin_mismatch"}))
def test_every_code_of_a_verification_is_explained(code: str) -> None:
    assert f"`{code}" in PAGE


def test_every_named_test_is_there() -> None:
    named = set(re.findall(r"`(tests/[a-z0-9_/]+\.py)`", PAGE))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_every_test_of_evidence_is_named() -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_evidence_*.py")]
    assert [name for name in sorted(files) if f"`{name}`" not in PAGE] == []
