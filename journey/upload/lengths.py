"""How long a sound lasts, as far as its container tells without decoding it. A recording of a quarter of an hour is not
what the page asks for and may be of others than the sender."""

import re
from collections.abc import Callable
from typing import Final

# Layer III, kilobits a second by the four bits of a frame header; the first for MPEG 1, the other for MPEG 2 and 2.5.
RATES: Final = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
ADTS_RATES: Final = (
    96_000,
    88_200,
    64_000,
    48_000,
    44_100,
    32_000,
    24_000,
    22_050,
    16_000,
    12_000,
    11_025,
    8_000,
    7_350,
)
WEBM_CLUSTER: Final = b"\x1f\x43\xb6\x75"
MP4_HEADER: Final = re.compile(rb"mvhd([\x00\x01])...", re.DOTALL)


def find_seconds(content: bytes, media_type: str) -> float | None:
    """Seconds of sound, at least; None when the container does not tell or cannot be read."""
    try:
        return READERS[media_type](content)
    except (IndexError, ValueError, ZeroDivisionError):
        return None


def _webm(content: bytes) -> float | None:
    """The time at which the last cluster begins: browsers write no duration, and a cluster is half a minute at most."""
    at = content.rfind(WEBM_CLUSTER)
    if at < 0:
        return None
    at += 4
    at += 9 - content[at].bit_length()  # its own size
    if content[at] != 0xE7:
        return None
    size = content[at + 1] & 0x7F
    return int.from_bytes(content[at + 2 : at + 2 + size]) / 1000


def _ogg(content: bytes) -> float | None:
    """The position on the last page; Opus counts in 48 kHz, Vorbis in the rate of its first header."""
    last = content.rfind(b"OggS")
    vorbis = content.find(b"\x01vorbis")
    rate = int.from_bytes(content[vorbis + 12 : vorbis + 16], "little") if 0 <= vorbis < 64 else 48_000
    position = int.from_bytes(content[last + 6 : last + 14], "little")
    return position / rate if position < 2**63 else None


def _mp4(content: bytes) -> float | None:
    """The duration in the movie header; recordings that were cut in fragments have none there."""
    header = MP4_HEADER.search(content)
    if header is None:
        return None
    wide = header[1] == b"\x01"
    at, size = header.end() + (16 if wide else 8), 8 if wide else 4
    scale = int.from_bytes(content[at : at + 4])
    duration = int.from_bytes(content[at + 4 : at + 4 + size])
    return duration / scale if duration and duration < 2 ** (8 * size) - 1 else None


def _mp3(content: bytes) -> float | None:
    """By the bit rate of the first frame."""
    at = 0
    if content.startswith(b"ID3"):
        size = content[6:10]
        at = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    second, third = content[at + 1], content[at + 2]
    rate = RATES[0 if second & 0x18 == 0x18 else 1][third >> 4]
    return (len(content) - at) * 8 / (rate * 1000)


def _wav(content: bytes) -> float | None:
    """Bytes by the bytes a second of the format."""
    at = content.find(b"fmt ", 12, 4096)
    if at < 0:
        return None
    return len(content) / int.from_bytes(content[at + 16 : at + 20], "little")


def _aac(content: bytes) -> float | None:
    """1024 samples a frame; each frame of ADTS tells how long it is."""
    rate = ADTS_RATES[content[2] >> 2 & 0x0F]
    at = frames = 0
    while at + 7 <= len(content) and content[at] == 0xFF:
        size = (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
        if size < 7:
            return None
        at, frames = at + size, frames + 1
    return frames * 1024 / rate


READERS: Final[dict[str, Callable[[bytes], float | None]]] = {
    "audio/webm": _webm,
    "audio/ogg": _ogg,
    "audio/mp4": _mp4,
    "audio/mpeg": _mp3,
    "audio/wav": _wav,
    "audio/aac": _aac,
}
