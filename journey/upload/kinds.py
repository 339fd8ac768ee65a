"""What a file is, by its own first bytes; its name and what the sender says of it prove nothing.

Refusals are sentences for the person who sends, so they say what to do.
"""

import re
from typing import Final

from journey.rules.errors import Invalid

HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
)
OPENING: Final = 4096
# A handler box of an MP4 names its track: somebody filmed, which nobody agreed to.
FILM_IN_MP4: Final = re.compile(rb"hdlr.{8}vide", re.DOTALL)
AMR: Final = re.compile(rb"#!AMR")
AMR_IN_MP4: Final = re.compile(rb"stsd.{12}(samr|sawb)", re.DOTALL)
# Twelve set bits, layer 0, and one of the thirteen sample rates.
ADTS: Final = re.compile(rb"\xff[\xf0\xf1\xf8\xf9][\x00-\x33\x40-\x73\x80-\xb3\xc0-\xf3]", re.DOTALL)
FILM_IN_WEBM: Final = re.compile(rb"V_(VP8|VP9|AV1|MPEG|MS|UNCOMPRESSED)")
FILE_ENDINGS: Final = {
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/aac": "aac",
    "image/jpeg": "jpg",
}


def read_photo_kind(content: bytes) -> str:
    """`JPEG`, `PNG` or `WEBP`; Invalid for anything else, with what to do for the photos an iPhone makes."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        raise Invalid(
            "Deze soort foto (HEIC of AVIF) kunnen wij niet openen. Maak een schermafdruk van de foto, en stuur die.",
            field="file",
        )
    raise Invalid(
        "Dit is geen foto die wij kunnen openen (JPEG, PNG of WebP). Maak er een schermafdruk van, en stuur die.",
        field="file",
    )


def read_voice_type(content: bytes) -> str:
    """The media type of a sound: WebM, Ogg, MP4, MP3, AAC or WAV; Invalid for anything else, and for film.

    AMR is refused by its name, also inside a 3GP: no browser plays it, so nobody would hear what was kept.
    """
    opening = content[:OPENING]
    kind = ""
    if AMR.match(opening) or (opening[4:8] == b"ftyp" and AMR_IN_MP4.search(content)):
        raise Invalid(
            "Deze soort opname (AMR) kunnen wij niet afspelen. Neem het op deze pagina op, kies mp3 of m4a in uw "
            "opname-app, of bel ons.",
            field="file",
        )
    if FILM_IN_WEBM.search(opening) or (opening[4:8] == b"ftyp" and FILM_IN_MP4.search(content)):
        raise Invalid("Dit is een filmpje. Stuur alleen geluid, of bel ons.", field="file")
    if opening.startswith(b"\x1aE\xdf\xa3") and b"webm" in opening[:64]:
        kind = "audio/webm"
    elif opening.startswith(b"OggS"):
        kind = "audio/ogg" if b"OpusHead" in opening[:64] or b"\x01vorbis" in opening[:64] else ""
    elif opening[4:8] == b"ftyp" and opening[8:12] not in HEIF_BRANDS:
        kind = "audio/mp4"
    elif opening[:4] == b"RIFF" and opening[8:12] == b"WAVE":
        kind = "audio/wav"
    elif opening.startswith(b"ID3") or _is_mp3_frame(opening):
        kind = "audio/mpeg"
    elif ADTS.match(opening):
        kind = "audio/aac"
    if not kind:
        raise Invalid(
            "Dit is geen geluid dat wij kunnen openen. Neem het op deze pagina op, kies mp3 of m4a in uw opname-app, "
            "of bel ons.",
            field="file",
        )
    return kind


def _is_mp3_frame(opening: bytes) -> bool:
    """Eleven set bits, then a version, layer III, a bit rate and a sample rate that exist."""
    if len(opening) < 4 or opening[0] != 0xFF or opening[1] & 0xE6 != 0xE2:
        return False
    return opening[1] & 0x18 != 0x08 and opening[2] >> 4 not in (0, 15) and opening[2] & 0x0C != 0x0C
