"""What is stored of a photo is what can be seen, and no more."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from journey.rules.errors import Invalid
from journey.upload.photos import remake_photo
from tests.upload.samples import opened, photo, photo_from_a_phone


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
