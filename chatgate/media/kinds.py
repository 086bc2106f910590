"""What a file is, by its bytes alone; what its name claims to be is only compared with that."""

from types import MappingProxyType
from typing import Final

MEDIA_TYPES: Final = MappingProxyType(
    {
        "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
        "image/png": ("png",),
        "image/webp": ("webp",),
        "image/gif": ("gif",),
        "application/pdf": ("pdf",),
    }
)
"""What may be sent, each with the endings of a name that go with it; the first is the one that we would write."""
_PDF_END: Final = b"%%EOF"
_TAIL_BYTES: Final = 1024
_ACTIVE: Final = (b"<html", b"<script", b"<!doctype")


def media_type_of(data: bytes) -> str | None:
    """Return the media type that the first bytes prove, or None for everything that may not be sent."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    return None


def is_whole_pdf(data: bytes) -> bool:
    """Return whether a PDF is a PDF to its end, with nothing appended and no page for browsers in its head.

    A file may be a PDF and an archive or a web page at once: those put the other one's bytes behind the end or into
    the first lines.
    """
    head = data[:_TAIL_BYTES].lower()
    return _PDF_END in data[-_TAIL_BYTES:] and not any(word in head for word in _ACTIVE)


def kind_of(media_type: str) -> str:
    """Return ``image`` or ``document``."""
    return "image" if media_type.startswith("image/") else "document"


def claimed_kind(name: str) -> str | None:
    """Return the kind that a name's ending claims: None without an ending, ``other`` for one that may not be sent."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or not ending.strip():
        return None
    for media_type, endings in MEDIA_TYPES.items():
        if ending.strip().lower() in endings:
            return kind_of(media_type)
    # "Invoice No. 5" has no ending; "photo.html" has.
    return "other" if ending.isalnum() and len(ending) <= 8 and not ending.isdigit() else None
