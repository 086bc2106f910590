"""Images are drawn anew: nothing but pixels is left, upright, and what opens to gigabytes is not opened."""

import io
import tracemalloc

import pytest
from PIL import Image, ImageCms

from chatgate.media import ImageRefused, clean_image
from chatgate.media.images import MAX_SIDE
from tests import sample_files

ALL = {
    "image/jpeg": sample_files.photo(),
    "image/png": sample_files.png(),
    "image/gif": sample_files.gif(),
    "image/webp": sample_files.webp(),
}


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("media_type", ALL)
def test_nothing_but_the_pixels_is_left(media_type):
    data = ALL[media_type]
    assert sample_files.COMMENT_CANARY in data or sample_files.GPS_CANARY in data
    cleaned = clean_image(data, media_type)
    for canary in (sample_files.COMMENT_CANARY, sample_files.GPS_CANARY, b"Exif", b"http://ns.adobe.com", b"XML"):
        assert canary not in cleaned.data
    image = opened(cleaned.data)
    assert image.get_format_mimetype() == media_type
    assert image.size == (cleaned.width, cleaned.height)
    assert not image.getexif()


@pytest.mark.parametrize("media_type", ALL)
def test_what_stands_behind_the_end_is_left_behind(media_type):
    cleaned = clean_image(ALL[media_type] + sample_files.HTML + sample_files.EICAR, media_type)
    assert b"<script>" not in cleaned.data
    assert b"EICAR" not in cleaned.data


@pytest.mark.parametrize("media_type", ALL)
def test_nothing_of_an_image_reaches_the_log(media_type, caplog):
    caplog.set_level("DEBUG")
    clean_image(ALL[media_type], media_type)
    with pytest.raises(ImageRefused):
        clean_image(ALL[media_type][:60], media_type)
    assert caplog.text == ""


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whichever_way_the_camera_was_held(orientation):
    data = sample_files.photo(orientation)
    shown = opened(clean_image(data, "image/jpeg").data)
    from PIL import ImageOps

    meant = ImageOps.exif_transpose(opened(data))
    assert shown.size == meant.size
    for place in ((4, 4), (shown.width - 4, shown.height - 4), (shown.width - 4, 4)):
        assert all(
            abs(one - other) < 24 for one, other in zip(shown.getpixel(place), meant.getpixel(place), strict=True)
        )


def test_a_photo_stays_about_as_large_as_it_was():
    noise = Image.effect_noise((800, 600), 60).convert("RGB")
    data = sample_files.saved(noise, "JPEG", quality=75)
    assert len(clean_image(data, "image/jpeg").data) < len(data) * 1.1


def test_a_huge_photo_is_made_smaller():
    cleaned = clean_image(sample_files.saved(Image.new("RGB", (6000, 1500)), "JPEG"), "image/jpeg")
    assert (cleaned.width, cleaned.height) == (MAX_SIDE, MAX_SIDE // 4)


def test_an_animation_stays_one():
    image = opened(clean_image(sample_files.gif(5), "image/gif").data)
    assert image.n_frames == 5


def test_transparency_and_palettes_are_kept():
    clear = sample_files.saved(sample_files.colours(mode="RGBA"), "PNG")
    assert opened(clean_image(clear, "image/png").data).getpixel((60, 40))[3] == 128
    palette = sample_files.saved(sample_files.colours().quantize(8), "PNG")
    assert opened(clean_image(palette, "image/png").data).convert("RGB").getpixel((4, 4)) == (20, 40, 220)


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "LA", "I;16"])
def test_other_kinds_of_pixels_are_drawn_too(mode):
    kind, media_type = ("JPEG", "image/jpeg") if mode in ("L", "CMYK") else ("PNG", "image/png")
    assert clean_image(sample_files.saved(Image.new(mode, (20, 10)), kind), media_type).width == 20


def test_a_colour_profile_is_applied_and_not_kept():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = sample_files.saved(sample_files.colours(), "JPEG", icc_profile=profile)
    assert "icc_profile" not in opened(clean_image(data, "image/jpeg").data).info
    broken = sample_files.saved(sample_files.colours(), "JPEG", icc_profile=b"no profile" * 40)
    assert clean_image(broken, "image/jpeg").width == 64


def test_a_bomb_is_refused_without_being_opened():
    data = sample_files.bomb()
    assert len(data) < 500_000
    tracemalloc.start()
    with pytest.raises(ImageRefused, match="pixels"):
        clean_image(data, "image/png")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_an_animation_is_counted_with_all_its_frames():
    with pytest.raises(ImageRefused, match="pixels"):
        clean_image(sample_files.gif(400), "image/gif")


@pytest.mark.parametrize("cut", [3, 20, 200, -40])
def test_a_broken_image_is_refused(cut):
    with pytest.raises(ImageRefused, match="broken"):
        clean_image(sample_files.photo(1, 200, 200)[:cut], "image/jpeg")


def test_another_format_under_this_name_is_not_opened():
    with pytest.raises(ImageRefused, match="broken"):
        clean_image(sample_files.png(), "image/jpeg")
