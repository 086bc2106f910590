"""Every purpose is known wherever purposes are named: in exports of the record, on both screens, and in the docs."""

import json
import re

import pytest

from chatgate.models.purposes import LegalBasis, Purpose
from chatgate.policy.evidence.iso27560 import BASES, PROCESSING, PURPOSES
from tests.pages import ROOT, read


@pytest.mark.parametrize("purpose", Purpose)
def test_a_purpose_has_terms_for_the_export_and_names_for_people(purpose: Purpose) -> None:
    assert PURPOSES[purpose].startswith("dpv:")
    assert PROCESSING[purpose]
    for screen, names in (("visitor", 2), ("inbox", 1)):
        words = (ROOT / "widget" / "src" / screen / "words.ts").read_text(encoding="utf-8")
        named = re.findall(rf"(?:=== {json.dumps(purpose)}\) return|\b{purpose}:) _\(", words)
        assert len(named) >= names, f"widget/src/{screen}/words.ts has no name for {purpose}"
    row = next(line for line in read("docs/configuration.md").splitlines() if line.startswith("| `clauses`"))
    assert f"`{purpose}`" in row


def test_every_legal_basis_has_its_term_for_the_export() -> None:
    assert set(BASES) == set(LegalBasis)
