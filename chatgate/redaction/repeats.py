"""Later mentions of a number that was found once: without its cue, with other separators, in another line."""

import re
from collections.abc import Iterator
from typing import Final

from chatgate.redaction.spans import Found, PlaceholderState
from chatgate.redaction.views import View, digits_of

_NUMBER: Final = re.compile(r"(?<!\w)(?:[a-z]{2}[ ]?(?=\d))?\+?\(?\d(?:[ .\-/()]{0,2}\d){5,29}(?!\w)")
_DIGITAL: Final = frozenset({"PHONE", "PESEL", "NIP", "REGON", "IBAN", "CARD", "NATIONAL_ID", "VAT", "DOCUMENT"})


def remember(state: PlaceholderState, item: Found) -> None:
    """Remember an identifier's digits for the rest of the conversation."""
    digits = digits_of(item.value)
    if item.type in _DIGITAL and len(digits) >= 6:
        state.values.setdefault(digits, (item.type, item.value))


def find_repeats(view: View, state: PlaceholderState) -> Iterator[Found]:
    """Find further mentions of the identifiers that are remembered."""
    if not state.values:
        return
    for match in _NUMBER.finditer(view.folded):
        digits = digits_of(match.group())
        known = state.values.get(digits) or (state.values.get(digits[-9:]) if len(digits) in {11, 12, 13} else None)
        if known:
            yield Found(known[0], match.start(), match.end(), known[1])
