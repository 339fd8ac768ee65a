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
FAINTEST: Final = 3  # of 255: less than this nobody sees
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
        raise Invalid(
            "Deze foto kunnen wij niet lezen. Misschien kwam hij niet heel aan. Stuur hem nog eens, of maak een "
            "schermafdruk en stuur die.",
            field="file",
        ) from broken


def _remake(content: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=(kind,)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        if kind != "JPEG" and getattr(image, "is_animated", False):  # only its first picture would be kept
            raise Invalid("Deze foto beweegt. Maak er een schermafdruk van, en stuur die.", field="file")
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is opened at about the size we keep
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright = _in_eight_bits(upright)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        seen = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
        clean = _on_paper(seen)
    made = io.BytesIO()
    clean.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Scanners make greys of sixteen bits, which Pillow cuts off at white instead of scaling them."""
    return image.convert("I").point(lambda grey: grey / 257).convert("L") if image.mode[0] == "I" else image


def _on_paper(seen: Image.Image) -> Image.Image:
    """What can be seen, on white, or on black where all of it is white itself. Invalid when nothing can be seen though
    something was drawn: what was made transparent was not meant to be shown.

    A new picture: Pillow writes the comment and other remarks of the one it opened into what it saves.
    """
    for paper in ("white", "black") if seen.mode == "RGBA" else ("white",):
        clean = Image.new("RGB", seen.size, paper)
        clean.paste(seen, mask=seen if seen.mode == "RGBA" else None)
        if not _is_even(clean) or _is_even(seen):
            return clean
    raise Invalid(
        "Op deze foto zien wij niets. Maak een schermafdruk van de foto, en stuur die.", field="file"
    )


def _is_even(image: Image.Image) -> bool:
    return all(highest - lowest <= FAINTEST for lowest, highest in image.getextrema())  # type: ignore[misc]


def _too_many_pixels() -> Invalid:
    return Invalid("Deze foto is te groot. Maak een schermafdruk van de foto, en stuur die.", field="file")
