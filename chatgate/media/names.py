"""A file's name as it may be shown and saved: one line, no path, no trick with directions, the ending that is true."""

import re
import unicodedata
from typing import Final

from chatgate.media.kinds import MEDIA_TYPES, kind_of

MAX_CHARACTERS: Final = 120
_FORBIDDEN: Final = re.compile(r'[\\/:*?"<>|]+')
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control characters, marks that turn the direction ("gpj.exe" read backwards), halves of characters."""


def safe_name(name: str, media_type: str) -> str:
    """Return the name with the ending of its real type; one of ours when nothing is left of it."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c) not in _HIDDEN)
    name = " ".join(_FORBIDDEN.sub(" ", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    endings = MEDIA_TYPES[media_type]
    known = {one for group in MEDIA_TYPES.values() for one in group}
    if not dot or ending.lower() not in known:
        stem, ending = name, ""
    if ending.lower() not in endings:
        ending = endings[0]
    stem = stem.strip(". ")[: MAX_CHARACTERS - len(ending) - 1].strip(". ") or kind_of(media_type)
    return f"{stem}.{ending}"
