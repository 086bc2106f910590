"""Pure: what a file really is, a name that is safe to show, and an image without anything but its pixels."""

from chatgate.media.images import CleanImage, ImageRefused, clean_image
from chatgate.media.kinds import MEDIA_TYPES, claimed_kind, is_whole_pdf, kind_of, media_type_of
from chatgate.media.names import safe_name

__all__ = [
    "MEDIA_TYPES",
    "CleanImage",
    "ImageRefused",
    "claimed_kind",
    "clean_image",
    "is_whole_pdf",
    "kind_of",
    "media_type_of",
    "safe_name",
]
