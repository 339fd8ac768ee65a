"""Sounds and photos as phones make them, small."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

from PIL import Image


def wav(seconds: int = 2, rate: int = 8000) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        file.writeframes(b"\x80" * rate * seconds)
    return made.getvalue()


def webm(seconds: int = 20, codec: bytes = b"A_OPUS") -> bytes:
    """The head of what Chromium records, and two clusters, the last beginning after `seconds`."""
    head = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webmB\x87\x81\x04"
    clusters = b"".join(
        b"\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff\xe7\x84"
        + struct.pack(">I", at * 1000)
        + b"\xa3" * 9
        for at in (0, seconds)
    )
    return head + b"\x86\x86" + codec + clusters


def ogg(seconds: int = 20) -> bytes:
    def page(position: int, content: bytes) -> bytes:
        return b"OggS\x00\x00" + struct.pack("<q", position) + b"\0" * 12 + b"\x01\x13" + content

    return page(0, b"OpusHead\x01\x01" + b"\0" * 9) + page(48_000 * seconds, b"\0" * 19)


def mp4(seconds: int = 20, handler: bytes = b"soun") -> bytes:
    head = struct.pack(">I", 24) + b"ftypM4A \0\0\0\0M4A mp42"
    movie = b"mvhd\0\0\0\0" + b"\0" * 8 + struct.pack(">II", 1000, seconds * 1000)
    return head + b"\0\0\0\x6cmoov\0\0\0\x6c" + movie + b"\0\0\0\x21hdlr" + b"\0" * 8 + handler + b"\0" * 40


def mp3(seconds: int = 20) -> bytes:
    """32 kbit/s."""
    return b"ID3\x03\0\0\0\0\0\x0a" + b"\0" * 10 + b"\xff\xfb\x10\xc4" + b"\0" * (4000 * seconds - 4)


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (40, 30), colour: str = "orange", **options: object
) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **options)
    return made.getvalue()


def photo_from_a_phone(size: tuple[int, int] = (60, 40)) -> bytes:
    """Taken at a place and a time, by a camera held upright: turned a quarter by its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telefoonmerk"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 22.0, 48.0), 3: "E", 4: (4.0, 38.0, 12.0)})
    return photo(size=size, exif=exif, comment=b"Grote Markt", xmp=b"<x:xmpmeta>Haarlem</x:xmpmeta>")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def aac(seconds: int = 20) -> bytes:
    """ADTS at 44.1 kHz, as recorders of older phones make; every frame is 100 bytes."""
    frame = b"\xff\xf1\x50\x80" + bytes([100 >> 3, (100 & 7) << 5 | 0x1F, 0xFC]) + b"\0" * 93
    return frame * round(seconds * 44_100 / 1024)


def amr() -> bytes:
    return b"#!AMR\n" + b"\x3c" + b"\0" * 31


def three_gp(codec: bytes = b"samr") -> bytes:
    described = b"\0\0\0\x45stsd" + b"\0" * 7 + b"\x01" + b"\0\0\0\x35" + codec + b"\0" * 40
    return struct.pack(">I", 24) + b"ftyp3gp4\0\0\0\0isom3gp4" + b"\0\0\0\x6cmoov" + described


def letter() -> Image.Image:
    """A picture with something on it."""
    paper = Image.new("RGB", (120, 80), "white")
    paper.paste((20, 60, 160), (20, 20, 80, 60))
    return paper


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()
