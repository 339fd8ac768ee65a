"""Photos are made anew: what is stored is a JPEG of our own of at most 1600 pixels, so that nothing of the original
file remains but what can be seen: no place, no time, no camera, no thumbnail from before the blur."""

import io
import struct
import threading
from typing import Final

from PIL import Image, ImageOps

from journey.rules.errors import Invalid
from journey.upload.kinds import read_photo_kind

LONGEST_SIDE: Final = 1600
MOST_PIXELS: Final = 50_000_000
QUALITY: Final = 82
UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    struct.error,
)

# Opened pixels take hundreds of megabytes at worst: one photo at a time in this process.
_one_at_a_time = threading.Lock()


def remake_photo(content: bytes) -> bytes:
    """A JPEG without metadata, upright, as large as the original or 1600 pixels; Invalid for what is no photo, is
    broken, or would unpack to more than fifty million pixels."""
    kind = read_photo_kind(content)
    try:
        with _one_at_a_time:
            return _remake(content, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels() from bomb
    except UNREADABLE as broken:
        raise Invalid("Deze foto is niet heel aangekomen. Probeer het nog eens.", field="file") from broken


def _remake(content: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=(kind,)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is opened at about the size we keep
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        seen = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
        # A new picture: Pillow writes the comment and other remarks of the one it opened into what it saves.
        clean = Image.new("RGB", seen.size, "white")
        clean.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    made = io.BytesIO()
    clean.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def _too_many_pixels() -> Invalid:
    return Invalid("Deze foto is te groot. Maak een schermafdruk van de foto, en stuur die.", field="file")
