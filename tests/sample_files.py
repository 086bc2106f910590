"""Files for tests of attachments: photos with a place in them, documents, and files that are not what they say."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS_CANARY = b"52-13-47-N-canary"
COMMENT_CANARY = b"taken-by-vera-canary"


def colours(width: int = 64, height: int = 48, mode: str = "RGB") -> Any:
    """Return an image whose quarters differ, so that its orientation can be told."""
    image = Image.new(mode, (width, height), (200, 30, 30) if mode == "RGB" else (200, 30, 30, 128))
    image.paste((20, 40, 220) if mode == "RGB" else (20, 40, 220, 255), (0, 0, width // 2, height // 2))
    return image


def saved(image: Any, kind: str, **options: Any) -> bytes:
    """Return the bytes of an image."""
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def photo(orientation: int = 1, width: int = 64, height: int = 48) -> bytes:
    """Return a JPEG with a place, a camera and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = COMMENT_CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 13.0, 47.0), 3: "E", 4: (21.0, 0.0, 42.0), 29: GPS_CANARY.decode()})
    return saved(
        colours(width, height), "JPEG", quality=90, exif=exif.tobytes(), comment=COMMENT_CANARY, xmp=COMMENT_CANARY
    )


def png(width: int = 64, height: int = 48) -> bytes:
    """Return a PNG with a text in it."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", COMMENT_CANARY.decode())
    info.add_itxt("XML:com.adobe.xmp", GPS_CANARY.decode())
    return saved(colours(width, height), "PNG", pnginfo=info)


def gif(frames: int = 3) -> bytes:
    """Return an animation with a comment in it."""
    pictures = [Image.new("RGB", (32, 24), (number * 40 % 256, 90, 160)) for number in range(frames)]
    return saved(
        pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=80, comment=COMMENT_CANARY, loop=0
    )


def webp() -> bytes:
    """Return a WebP with metadata."""
    exif = Image.Exif()
    exif[0x010F] = COMMENT_CANARY.decode()
    return saved(colours(), "WEBP", exif=exif.tobytes(), xmp=GPS_CANARY)


def pdf(words: bytes = b"Invoice 7") -> bytes:
    """Return a small document."""
    return b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + words + b"\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def bomb(side: int = 30_000) -> bytes:
    """Return a PNG of a few hundred kilobytes at most that opens to ``side`` times ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    header = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    line = b"\0" + bytes((side + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*[packer.compress(line) for _ in range(side)], packer.flush()])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


HTML = b"<!doctype html><html><script>alert(document.domain)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
DISGUISED = {
    "a page called a photo": ("photo.jpg", HTML, "type"),
    "a drawing that can run": ("logo.svg", SVG, "type"),
    "a drawing called a photo": ("logo.png", SVG, "type"),
    "a photo called a page": ("index.html", photo(), "mismatch"),
    "a photo called a program": ("holiday.jpg.exe", photo(), "mismatch"),
    "a photo called a document": ("invoice.pdf", photo(), "mismatch"),
    "a document called a photo": ("photo.jpg", pdf(), "mismatch"),
    "the first bytes of a photo, then a page": ("photo.jpg", b"\xff\xd8\xff\xe0" + HTML, "broken"),
    "the first bytes of an animation, then a script": ("a.gif", b"GIF89a=1;alert(1)//" + HTML, "broken"),
    "a document with a page in its head": ("a.pdf", b"%PDF-1.4\n" + HTML + b"\n%%EOF", "broken"),
    "a document with an archive behind its end": (
        "a.pdf",
        pdf() + b"PK\x03\x04" + bytes(4000) + b"PK\x05\x06",
        "broken",
    ),
    "a document that was cut": ("a.pdf", pdf()[:-8], "broken"),
    "a photo that was cut": ("a.jpg", photo(1, 400, 300)[:-900], "broken"),
    "an archive": ("a.zip", b"PK\x03\x04" + bytes(100), "type"),
    "a program": ("setup.exe", b"MZ" + bytes(100), "type"),
    "a video": ("clip.mp4", b"\0\0\0 ftypisom" + bytes(100), "type"),
    "nothing": ("empty.jpg", b"", "type"),
    "an image that opens to gigabytes": ("bomb.png", bomb(), "pixels"),
}
"""Files that are refused: name, bytes, and the reason."""
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
