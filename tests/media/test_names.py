"""Names are safe to show and to save, and their endings are true."""

import pytest

from chatgate.media import claimed_kind, media_type_of, safe_name
from tests import sample_files

NAMES = {
    "photo.jpg": "photo.jpg",
    "photo.JPEG": "photo.JPEG",
    "photo.png": "photo.jpg",
    "": "image.jpg",
    ".jpg": "jpg.jpg",
    "../../etc/passwd": "passwd.jpg",
    "C:\\Users\\vera\\cup.jpg": "cup.jpg",
    "invoice\u202egpj.exe": "invoicegpj.exe.jpg",
    "a\x00b\nc.jpg": "ab c.jpg",
    "ż\u00f3łć ☕.jpg": "żółć ☕.jpg",
    "قدح.jpg": "قدح.jpg",
    "x" * 500 + ".jpg": "x" * 116 + ".jpg",
    '"><img src=x>.jpg': "img src=x.jpg",
    "...": "image.jpg",
}


@pytest.mark.parametrize("given", NAMES)
def test_a_name_is_one_line_with_the_ending_of_its_type(given):
    name = safe_name(given, "image/jpeg")
    assert name == NAMES[given]
    assert len(name) <= 120


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jpg", "image"),
        ("a.WEBP", "image"),
        ("a.pdf", "document"),
        ("a.html", "other"),
        ("a.jpg.exe", "other"),
        ("a", None),
        (".profile", None),
        ("Order No. 5", None),
        ("", None),
    ],
)
def test_what_a_name_claims(name, kind):
    assert claimed_kind(name) == kind


def test_the_bytes_decide_what_a_file_is():
    assert media_type_of(sample_files.photo()) == "image/jpeg"
    assert media_type_of(sample_files.webp()) == "image/webp"
    assert media_type_of(sample_files.pdf()) == "application/pdf"
    for data in (sample_files.HTML, sample_files.SVG, b"", b"RIFF....WAVE", b" " + sample_files.photo()):
        assert media_type_of(data) is None
