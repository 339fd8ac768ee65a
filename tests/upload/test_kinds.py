"""A file is what its bytes say, and as long as its container tells."""

from __future__ import annotations

import pytest

from journey.rules.errors import Invalid
from journey.upload.kinds import read_photo_kind, read_voice_type
from journey.upload.lengths import find_seconds
from tests.upload.samples import aac, amr, mp3, mp4, ogg, photo, three_gp, wav, webm

SOUNDS = {
    "audio/webm": webm,
    "audio/ogg": ogg,
    "audio/mp4": mp4,
    "audio/mpeg": mp3,
    "audio/wav": wav,
    "audio/aac": aac,
}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.mark.parametrize("media_type", SOUNDS)
def test_a_sound_is_known_by_its_bytes(media_type: str) -> None:
    assert read_voice_type(SOUNDS[media_type]()) == media_type


@pytest.mark.parametrize("media_type", SOUNDS)
@pytest.mark.parametrize("seconds", [12, 600])
def test_its_length_is_read_from_its_container(media_type: str, seconds: int) -> None:
    found = find_seconds(SOUNDS[media_type](seconds), media_type)
    assert found == pytest.approx(seconds, rel=0.02)


@pytest.mark.parametrize("media_type", SOUNDS)
@pytest.mark.parametrize("keep", [4, 12, 30, 60])
def test_half_a_file_is_no_fault(media_type: str, keep: int) -> None:
    find_seconds(SOUNDS[media_type]()[:keep], media_type)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_known_by_its_bytes(kind: str) -> None:
    assert read_photo_kind(photo(kind)) == kind


@pytest.mark.parametrize(
    "content",
    [
        PDF,
        b"",
        b"\xff",
        b"RIFF",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 20,
        b"MZ" + b"\0" * 60,
        webm(codec=b"V_VP8"),
        mp4(handler=b"vide"),
        b"\xff\xf1\x34\x80" + b"\0" * 40,
    ],
)
def test_what_is_neither_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_voice_type(content)
    with pytest.raises(Invalid):
        read_photo_kind(content)


def test_a_photo_that_only_an_iphone_opens_gets_a_way_out() -> None:
    with pytest.raises(Invalid, match="schermafdruk"):
        read_photo_kind(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")


@pytest.mark.parametrize("content", [amr(), b"#!AMR-WB\n" + b"\0" * 40, three_gp(), three_gp(b"sawb")])
def test_a_recording_that_nobody_could_play_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"AMR.*mp3 of m4a"):
        read_voice_type(content)


def test_a_recording_of_an_older_phone_that_can_be_played_is_kept() -> None:
    assert read_voice_type(three_gp(b"mp4a")) == "audio/mp4"


@pytest.mark.parametrize("content", [webm(codec=b"V_VP8"), mp4(handler=b"vide")])
def test_a_film_is_called_a_film(content: bytes) -> None:
    with pytest.raises(Invalid, match="filmpje"):
        read_voice_type(content)
