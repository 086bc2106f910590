"""An image drawn anew from its pixels: no place, no camera, no comment, no second file hidden in it."""

import io
import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image as AnyImage

MAX_PIXELS: Final = 50_000_000
"""Of one image, or of all frames of an animation together: what opens to more is a bomb, not a photo."""
MAX_SIDE: Final = 4096
"""Larger photos are made smaller: nobody sees the difference in a chat."""
MAX_FRAMES: Final = 300
JPEG_QUALITY: Final = 88
_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}


class ImageRefused(Exception):  # noqa: N818  (an answer, not a defect)
    """This is no image that may be stored; ``reason`` is ``broken`` or ``pixels``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CleanImage:
    """The bytes of the image that is stored, and its size on the screen."""

    data: bytes
    width: int
    height: int


def clean_image(data: bytes, media_type: str) -> CleanImage:
    """Return the image upright, in sRGB, without metadata and without whatever stood behind its end.

    Raises:
        ImageRefused: it cannot be decoded to its end, or has more pixels than memory is for.
    """
    image_module = _pillow()
    try:
        with image_module.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as image:
            frames = getattr(image, "n_frames", 1) if media_type != "image/jpeg" else 1
            if image.width * image.height * frames > MAX_PIXELS or frames > MAX_FRAMES:
                raise ImageRefused("pixels")
            drawn = _animation(image, media_type) if frames > 1 else _still(image, media_type)
    except ImageRefused:
        raise
    except (image_module.DecompressionBombError, image_module.DecompressionBombWarning, MemoryError):
        raise ImageRefused("pixels") from None
    except Exception:
        # Pillow's decoders raise whatever a broken file makes of them; the message may hold the file's own bytes.
        raise ImageRefused("broken") from None
    return drawn


def _pillow() -> Any:
    """Import Pillow on use, with its own limit set to ours and its warnings as errors."""
    from PIL import Image

    if MAX_PIXELS != Image.MAX_IMAGE_PIXELS:
        # At the level of debugging it writes what it reads: the place, the camera, the owner's name.
        logging.getLogger("PIL").setLevel(logging.CRITICAL)
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
    return Image


def _still(image: "AnyImage", media_type: str) -> CleanImage:
    from PIL import ImageOps

    options = _jpeg_options(image) if media_type == "image/jpeg" else {}
    image.load()
    # In place, as everything below: a copy of a photo holds up every other thread for as long as it takes.
    ImageOps.exif_transpose(image, in_place=True)
    upright = _in_srgb(image)
    if max(upright.size) > MAX_SIDE:
        upright.thumbnail((MAX_SIDE, MAX_SIDE))
        options.pop("qtables", None)
    return _written([_bare(upright, media_type)], media_type, options)


def _animation(image: "AnyImage", media_type: str) -> CleanImage:
    from PIL import ImageSequence

    frames: list[AnyImage] = []
    durations: list[int] = []
    for frame in ImageSequence.Iterator(image):
        frame.load()
        durations.append(max(20, int(frame.info.get("duration", 100) or 100)))
        frames.append(_bare(frame.convert("RGBA"), media_type))
    options = {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0}
    if media_type != "image/webp":
        options["disposal"] = 2 if media_type == "image/gif" else 0
    return _written(frames, media_type, options)


def _in_srgb(image: "AnyImage") -> "AnyImage":
    """Return the image in the colours of the web; its own colour profile could say whose it is."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    from PIL import ImageCms

    target = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def _bare(image: "AnyImage", media_type: str) -> "AnyImage":
    """Return the image as what it is drawn from, its pixels: what the file said beside them is forgotten."""
    if media_type == "image/jpeg" and image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    if media_type == "image/webp" and image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    if "transparency" in image.info and image.mode in ("P", "L", "RGB"):
        image = image.convert("RGBA")
    image.info = {}
    return image


def _jpeg_options(image: "AnyImage") -> dict[str, Any]:
    """Return the tables with which a JPEG was made: drawn anew with them it looks the same and is as small."""
    from PIL import JpegImagePlugin

    tables: Any = getattr(image, "quantization", None)
    # Without "optimize", which would write the whole photo in one go and let no other thread run meanwhile.
    options: dict[str, Any] = {}
    if tables and len(tables) <= 4 and all(1 <= value <= 255 for table in tables.values() for value in table):
        options["qtables"] = [list(tables[number]) for number in sorted(tables)]
    if image.mode == "RGB" and JpegImagePlugin.get_sampling(image) == 0:
        options["subsampling"] = 0
    return options


def _written(frames: list["AnyImage"], media_type: str, options: dict[str, Any]) -> CleanImage:
    defaults: dict[str, dict[str, Any]] = {
        "image/jpeg": {} if "qtables" in options else {"quality": JPEG_QUALITY},
        "image/webp": {"quality": 85, "method": 2},
        "image/png": {"compress_level": 6},
        "image/gif": {"comment": b""},
    }
    out = io.BytesIO()
    frames[0].save(out, format=_FORMATS[media_type], **defaults[media_type], **options)
    return CleanImage(out.getvalue(), *frames[0].size)
