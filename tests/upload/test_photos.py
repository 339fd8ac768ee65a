"""What is stored of a photo is what can be seen, and no more."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageChops, ImageStat

from journey.rules.errors import Invalid
from journey.upload.photos import remake_photo
from tests.upload.samples import letter, opened, photo, photo_from_a_phone, saved


def test_place_time_and_camera_are_gone() -> None:
    before, after = photo_from_a_phone(), remake_photo(photo_from_a_phone())
    assert opened(before).getexif().get_ifd(0x8825)
    assert not opened(after).getexif()
    for trace in (b"Telefoonmerk", b"Grote Markt", b"Haarlem", b"Exif", b"xmpmeta"):
        assert trace in before
        assert trace not in after


def test_it_stands_upright() -> None:
    assert opened(remake_photo(photo_from_a_phone((60, 40)))).size == (40, 60)


@pytest.mark.parametrize(("size", "made"), [((3200, 1600), (1600, 800)), ((40, 30), (40, 30))])
def test_it_is_at_most_1600_pixels(size: tuple[int, int], made: tuple[int, int]) -> None:
    assert opened(remake_photo(photo(size=size))).size == made


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_every_kind_becomes_a_jpeg(kind: str) -> None:
    assert opened(remake_photo(photo(kind))).format == "JPEG"


def test_what_is_transparent_becomes_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(made, "PNG")
    assert opened(remake_photo(made.getvalue())).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16"])
def test_other_colours_are_photos_too(mode: str) -> None:
    made = io.BytesIO()
    Image.new(mode, (10, 10)).save(made, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(remake_photo(made.getvalue())).mode == "RGB"


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_a_small_file_that_unpacks_to_gigabytes_is_refused(side: int) -> None:
    with pytest.raises(Invalid, match="te groot"):
        remake_photo(_bomb(side))


@pytest.mark.parametrize("keep", [3, 20, 200, -40])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused_kindly(kind: str, keep: int) -> None:
    noise = Image.effect_noise((200, 200), 90)
    made = io.BytesIO()
    noise.save(made, kind)
    with pytest.raises(Invalid):
        remake_photo(made.getvalue()[:keep])


def _bomb(side: int) -> bytes:
    """A PNG that says it is very large, with hardly anything in it."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + chunk(b"IEND", b"")
    )


def with_alpha(alpha: int) -> Image.Image:
    clear = letter().convert("RGBA")
    clear.putalpha(alpha)
    return clear


ODD = {
    "greys of sixteen bits": lambda: saved(
        letter().convert("L").convert("I").point(lambda grey: grey * 257).convert("I;16"), "PNG"
    ),
    "black and white": lambda: saved(letter().convert("1"), "PNG"),
    "colours for print": lambda: saved(letter().convert("CMYK"), "JPEG"),
    "a palette": lambda: saved(letter().quantize(8), "PNG"),
    "grey with a mask": lambda: saved(with_alpha(255).convert("LA"), "PNG"),
    "two pictures in one": lambda: saved(letter(), "MPO", save_all=True, append_images=[letter()]),
    "without loss": lambda: saved(letter(), "WEBP", lossless=True),
}


@pytest.mark.parametrize("name", list(ODD))
def test_what_scanners_and_phones_make_is_kept_as_it_was(name: str) -> None:
    made = opened(remake_photo(ODD[name]())).convert("L")
    apart = ImageStat.Stat(ImageChops.difference(made, letter().convert("L"))).mean[0]
    assert apart < 8 or name == "black and white"
    assert made.getpixel((100, 70)) > 240 and made.getpixel((50, 40)) < 110  # type: ignore[operator]


def test_white_ink_on_nothing_is_seen_on_black() -> None:
    ink = Image.new("RGBA", (60, 40), (255, 255, 255, 0))
    ink.paste((255, 255, 255, 255), (10, 10, 30, 30))
    made = opened(remake_photo(saved(ink, "PNG")))
    assert made.getpixel((20, 20)) > (240, 240, 240)  # type: ignore[operator]
    assert made.getpixel((50, 35)) < (15, 15, 15)  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_cannot_be_seen_is_refused_and_not_uncovered(kind: str) -> None:
    with pytest.raises(Invalid, match="zien wij niets"):
        remake_photo(saved(with_alpha(0), kind, lossless=True, exact=True))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_photo_not_only_the_first_picture_is_kept(kind: str) -> None:
    first = Image.new("RGB", (120, 80), "white")
    with pytest.raises(Invalid, match="beweegt"):
        remake_photo(saved(first, kind, save_all=True, append_images=[letter()], duration=100))


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "BMP", "AVIF", "JPEG2000", "PDF"])
def test_another_kind_is_refused_with_what_to_do(kind: str) -> None:
    with pytest.raises(Invalid, match="schermafdruk"):
        remake_photo(saved(letter(), kind))
