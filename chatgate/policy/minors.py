"""At which age somebody may agree alone, country by country. Source: GDPR Art. 8(1) and the national laws under it."""

import re
from typing import Final

STRICTEST: Final = 16
"""What Art. 8 GDPR itself says; it holds where a country is not in the table or not recognised."""
AGES: Final = {
    "AT": 14,
    "BE": 13,
    "BG": 14,
    "CY": 14,
    "CZ": 15,
    "DE": 16,
    "DK": 15,
    "EE": 13,
    "ES": 14,
    "FI": 13,
    "FR": 15,
    "GB": 13,
    "GR": 15,
    "HR": 16,
    "HU": 16,
    "IE": 16,
    "IS": 13,
    "IT": 14,
    "LI": 16,
    "LT": 14,
    "LU": 16,
    "LV": 13,
    "MT": 13,
    "NL": 16,
    "NO": 13,
    "PL": 16,
    "PT": 13,
    "RO": 16,
    "SE": 13,
    "SI": 15,
    "SK": 16,
}
OTHER_CODES: Final = {"UK": "GB", "EL": "GR"}


def age_of_consent(jurisdiction: str) -> int:
    """Return the age in years under which the visitor of a shop there cannot agree to *training* alone.

    Args:
        jurisdiction: of the notice. Two-letter country codes in it count ("PL", "DE, Bavaria"); where several are
            named the highest age holds, and where none is known the strictest.
    """
    codes = [OTHER_CODES.get(code, code) for code in re.findall(r"\b[A-Z]{2}\b", jurisdiction)]
    return max((AGES.get(code, STRICTEST) for code in codes), default=STRICTEST)
