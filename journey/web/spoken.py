"""Recordings of fixed sentences, as files beside the sealed uploads: one folder a language, named after the words.

The name is a mark of the words themselves, so that a changed sentence never plays an old voice. A municipality adds
and replaces them; nothing here belongs to a person.
"""

import hashlib
import re
from pathlib import Path
from typing import Final

from journey.rules.errors import Invalid

MEDIA_TYPES: Final = {"ogg": "audio/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4", "webm": "audio/webm"}
NAME: Final = re.compile(rf"[0-9a-f]{{1,8}}\.({'|'.join(MEDIA_TYPES)})")
LARGEST: Final = 900_000


def mark_of(words: str) -> str:
    """FNV-1a of the words, 32 bits as hexadecimal; `speak.js` reckons the same."""
    found = 0x811C9DC5
    for sign in " ".join(words.split()):
        found = (found ^ ord(sign)) * 0x1000193 & 0xFFFFFFFF
    return f"{found:x}"


def can_be_recorded(words: str) -> bool:
    """A sentence with a date or a name in it is different each time: the phone speaks it."""
    return bool(words) and "%(" not in words and "\n" not in words


def list_recordings(uploads: str, language: str) -> dict[str, str]:
    """Mark of the words -> name of the file."""
    names = sorted(path.name for path in _folder(uploads, language).glob("*.*") if NAME.fullmatch(path.name))
    return {name.partition(".")[0]: name for name in names}


def recordings_address(uploads: str, language: str) -> str:
    """Where a page finds which recordings there are, another address after each change; "" without recordings."""
    files = sorted(path for path in _folder(uploads, language).glob("*.*") if NAME.fullmatch(path.name))
    if not files:
        return ""
    state = "".join(f"{path.name}{path.stat().st_mtime_ns}" for path in files)
    return f"/recordings/{language}?v={hashlib.sha256(state.encode()).hexdigest()[:8]}"


def find_recording(uploads: str, language: str, name: str) -> Path | None:
    path = _folder(uploads, language) / name
    return path if NAME.fullmatch(name) and path.is_file() else None


def keep_recording(uploads: str, language: str, words: str, content: bytes) -> str:
    """Keep the voice that says these words, in place of a former one; the name of the file.

    Invalid for what is no sound that phones play, too large, or words that differ each time.
    """
    if not can_be_recorded(words):
        raise Invalid("Deze zin is steeds anders. De telefoon leest hem voor.", field="file")
    if len(content) > LARGEST:
        raise Invalid("Dit bestand is te groot: hoogstens 900 kB.", field="file")
    ending = _ending(content)
    folder = _folder(uploads, language)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{mark_of(words)}.{ending}"
    half = folder / f"{name}.writing"
    half.write_bytes(content)
    delete_recording(uploads, language, words)
    half.rename(folder / name)
    return name


def delete_recording(uploads: str, language: str, words: str) -> None:
    for ending in MEDIA_TYPES:
        (_folder(uploads, language) / f"{mark_of(words)}.{ending}").unlink(missing_ok=True)


def _ending(content: bytes) -> str:
    if content.startswith(b"OggS"):
        return "ogg"
    if content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] in (b"\xfb", b"\xf3", b"\xf2")):
        return "mp3"
    if content[4:8] == b"ftyp" and content[8:11] in (b"M4A", b"mp4", b"iso", b"MSN", b"das"):
        return "m4a"
    if content.startswith(b"\x1aE\xdf\xa3") and b"webm" in content[:64]:
        return "webm"
    raise Invalid("Dit is geen geluid dat telefoons afspelen. Kies ogg, mp3, m4a of webm.", field="file")


def _folder(uploads: str, language: str) -> Path:
    return Path(uploads) / "recordings" / language
