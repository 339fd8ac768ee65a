"""Recordings of fixed sentences, as files beside the sealed uploads: one folder a language, named after the words.

The name is a mark of the words themselves, so that a changed sentence never plays an old voice. A municipality adds
and replaces them; nothing here belongs to a person.
"""

import hashlib
import logging
import re
import time
from typing import Final

from journey.rules.errors import Invalid
from journey.settings import Settings
from journey.web.i18n import LANGUAGES
from journey.web.open_files import OpenFiles

log = logging.getLogger("journey.spoken")

MEDIA_TYPES: Final = {"ogg": "audio/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4", "webm": "audio/webm"}
NAME: Final = re.compile(rf"[0-9a-f]{{1,8}}\.({'|'.join(MEDIA_TYPES)})")
LARGEST: Final = 900_000
LISTED_SECONDS: Final = 60.0
_LISTED: dict[
    tuple[str, str, str], tuple[float, dict[str, str]]
] = {}  # of stores: until when it holds, and what


def mark_of(words: str) -> str:
    """FNV-1a of the words, 32 bits as hexadecimal; `speak.js` reckons the same."""
    found = 0x811C9DC5
    for sign in " ".join(words.split()):
        found = (found ^ ord(sign)) * 0x1000193 & 0xFFFFFFFF
    return f"{found:x}"


def can_be_recorded(words: str) -> bool:
    """A sentence with a date or a name in it is different each time: the phone speaks it."""
    return bool(words) and "%(" not in words and "\n" not in words


def list_recordings(settings: Settings, language: str, *, fresh: bool = False) -> dict[str, str]:
    """Mark of the words -> name of the file. A store is asked once a minute by each process, unless `fresh`."""
    return {name.partition(".")[0]: name for name in _listed(settings, language, fresh=fresh)}


def recordings_address(settings: Settings, language: str) -> str:
    """Where a page finds which recordings there are, another address after each change; "" without recordings."""
    files = _listed(settings, language)
    if not files:
        return ""
    state = "".join(f"{name}{mark}" for name, mark in files.items())
    return f"/recordings/{language}?v={hashlib.sha256(state.encode()).hexdigest()[:8]}"


def find_recording(settings: Settings, language: str, name: str) -> bytes | None:
    return _files(settings, language).read(name) if NAME.fullmatch(name) else None


def keep_recording(settings: Settings, language: str, words: str, content: bytes) -> str:
    """Keep the voice that says these words, in place of a former one; the name of the file.

    Invalid for what is no sound that phones play, too large, or words that differ each time.
    """
    if not can_be_recorded(words):
        raise Invalid("Deze zin is steeds anders. De telefoon leest hem voor.", field="file")
    if len(content) > LARGEST:
        raise Invalid("Dit bestand is te groot: hoogstens 900 kB.", field="file")
    name = f"{mark_of(words)}.{_ending(content)}"
    _files(settings, language).write(name, content)
    _delete_all(settings, language, words, besides=name)
    return name


def delete_recording(settings: Settings, language: str, words: str) -> None:
    _delete_all(settings, language, words)


def put_back_recording(settings: Settings, language: str, name: str, content: bytes) -> None:
    """From a back-up. Invalid for what is none of our names."""
    if language not in LANGUAGES or not NAME.fullmatch(name):
        raise Invalid("De reservekopie is beschadigd. Er is niets veranderd.")
    _files(settings, language).write(name, content)
    _LISTED.clear()


def _delete_all(settings: Settings, language: str, words: str, besides: str = "") -> None:
    for name in (f"{mark_of(words)}.{ending}" for ending in MEDIA_TYPES):
        if name != besides:
            _files(settings, language).delete(name)
    _LISTED.clear()


def _listed(settings: Settings, language: str, *, fresh: bool = False) -> dict[str, str]:
    """Name -> mark of its writing. A store that is away is no reason to show no page: then what it last said holds."""
    files = _files(settings, language)
    key = (settings.s3_endpoint, settings.uploads, language)
    until, known = _LISTED.get(key, (0.0, {}))
    if files.is_far and not fresh:
        if time.monotonic() < until:
            return known
        _LISTED[key] = time.monotonic() + LISTED_SECONDS, known  # who comes meanwhile does not wait with us
    try:
        found = {name: mark for name, mark in files.list().items() if NAME.fullmatch(name)}
    except OSError as fault:
        log.warning("recordings cannot be listed: %s", fault)
        return known
    if files.is_far:
        _LISTED[key] = time.monotonic() + LISTED_SECONDS, found
    return found


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


def _files(settings: Settings, language: str) -> OpenFiles:
    return OpenFiles.of(settings, "recordings", language)
