"""How well this profile redacts the published test set: told in every release, and held to the code by a test."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

FIGURES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "recall": {
            "ADDRESS": 1.0,
            "CARD": 1.0,
            "EMAIL": 1.0,
            "IBAN": 1.0,
            "IP": 1.0,
            "NAME": 1.0,
            "NIP": 1.0,
            "PESEL": 1.0,
            "PHONE": 1.0,
            "REGON": 1.0,
        },
        "recall_disguised": {
            "ADDRESS": 0.967,
            "CARD": 1.0,
            "EMAIL": 1.0,
            "IBAN": 1.0,
            "IP": 1.0,
            "NAME": 0.983,
            "NIP": 1.0,
            "PESEL": 1.0,
            "PHONE": 1.0,
            "REGON": 0.982,
        },
        "precision": 1.0,
        "shop_numbers_hit": 0.0,
    }
)
"""Shares of 1; ``python -m tests.benchmarks.redaction`` prints them."""
