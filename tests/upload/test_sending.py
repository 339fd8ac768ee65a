"""Speaking and photos on the participant's own page, as the form sends them without scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Consent, Participant, Upload
from journey.upload.queries import list_uploads, read_upload
from journey.work import House
from tests.portal.arrange import Visitor, visitor
from tests.support.build import CONSENT
from tests.support.pages import PageClient
from tests.upload.samples import files_in, mp3, opened, photo, photo_from_a_phone, wav

ABOUT = "step=werkplein&subject=step"
BOTH = replace(CONSENT, recording=True, photos=True)


@pytest.fixture
def one(house: House) -> Visitor:
    """Agreed to both."""
    return visitor(house, consent=BOTH)


@pytest.fixture
def shy(house: House) -> Visitor:
    """Agreed to take part and to be quoted."""
    return visitor(house)


def send(
    client: PageClient, path: str, kind: str, content: bytes, name: str = "mijn bestand.jpg", **fields: str
) -> Response:
    files = {"file": (name, content, "image/jpeg")}
    return client.post(f"{path}/{kind}?{ABOUT}", data={"sending": "key", **fields}, files=files)


def kept(house: House) -> list[tuple[str, str, str, str]]:
    with house.work(write=False) as work:
        rows = work.session.exec(select(Upload).order_by(Upload.id)).all()  # type: ignore[arg-type]
        return [(row.kind, row.media_type, row.step, row.subject) for row in rows]


def test_after_a_rating_both_are_offered_for_that_answer(client: PageClient, one: Visitor) -> None:
    for subject in ("step", "staff"):
        page = client.post(
            f"{one.path}/ratings", data={"step": "werkplein", "subject": subject, "value": "positive"}
        )
    for kind in ("voice", "photo"):
        href = re.search(rf'href="({one.path}/{kind}[^"]*)"', page.text)
        assert href and "Over: Melden op het Werkplein" in client.get(href[1].replace("&amp;", "&")).text


def test_a_voice_message_is_kept_for_the_answer_it_is_about(
    house: House, client: PageClient, one: Visitor
) -> None:
    answer = send(client, one.path, "voice", wav())
    assert answer.status_code == 200 and "Uw spraakbericht is verstuurd." in answer.text
    assert kept(house) == [("voice", "audio/wav", "werkplein", "step")]


def test_a_photo_is_made_anew_by_the_server_too(house: House, client: PageClient, one: Visitor) -> None:
    answer = send(client, one.path, "photo", photo_from_a_phone())
    assert "Uw foto is verstuurd." in answer.text
    with house.work(write=False) as work:
        (row,) = list_uploads(work, work.session.exec(select(Participant)).one())
        stored = read_upload(work, row)
    assert not opened(stored).getexif() and b"Telefoonmerk" not in stored


def test_without_a_tick_nothing_is_kept_and_the_tick_is_asked(
    house: House, client: PageClient, shy: Visitor, uploads: Path
) -> None:
    answer = send(client, shy.path, "voice", wav())
    assert answer.status_code == 422 and 'href="#agree"' in answer.text
    assert kept(house) == [] and files_in(uploads) == []


@pytest.mark.parametrize(("kind", "choice"), [("voice", "recording"), ("photo", "photos")])
def test_the_tick_is_a_dated_choice_that_leaves_the_others(
    house: House, client: PageClient, shy: Visitor, kind: str, choice: str
) -> None:
    page = client.get(f"{shy.path}/{kind}").text
    assert re.search(r'name="agree" value="yes"(?! checked)', page)
    content = wav() if kind == "voice" else photo()
    assert send(client, shy.path, kind, content, agree="yes").status_code == 200
    with house.work(write=False) as work:
        before, after = work.session.exec(select(Consent).order_by(Consent.id)).all()  # type: ignore[arg-type]
    assert (after.given_via, after.recorded_by) == ("web", f"participant:{shy.code}")
    changed = [
        name
        for name in ("participate", "quotes", "recording", "photos")
        if getattr(before, name) != getattr(after, name)
    ]
    assert changed == [choice]


def test_who_agreed_before_is_not_asked_again(house: House, client: PageClient, one: Visitor) -> None:
    assert 'name="agree"' not in client.get(f"{one.path}/voice").text
    send(client, one.path, "voice", wav())
    with house.work(write=False) as work:
        assert len(work.session.exec(select(Consent)).all()) == 1


def test_a_refused_file_is_no_consent(house: House, client: PageClient, shy: Visitor) -> None:
    answer = send(client, shy.path, "photo", b"%PDF-1.7", agree="yes")
    assert answer.status_code == 422 and 'name="agree" value="yes" checked' in answer.text
    with house.work(write=False) as work:
        assert len(work.session.exec(select(Consent)).all()) == 1


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("photo", b"%PDF-1.7 a brochure", "Dit is geen foto die wij kunnen openen"),
        ("photo", wav(), "Dit is geen foto die wij kunnen openen"),
        ("photo", photo()[:-80], "Misschien kwam hij niet heel aan."),
        ("photo", b"", "Kies eerst een foto."),
        ("voice", mp3(600), "Dit duurt te lang."),
        ("voice", photo(), "Dit is geen geluid dat wij kunnen openen."),
        ("voice", b"", "Neem eerst iets op."),
    ],
)
def test_bad_files_are_refused_with_what_to_do(
    house: House, client: PageClient, one: Visitor, uploads: Path, kind: str, content: bytes, sentence: str
) -> None:
    answer = send(client, one.path, kind, content)
    assert answer.status_code == 422 and sentence in answer.text
    assert kept(house) == [] and files_in(uploads) == []


@pytest.mark.parametrize(
    ("kind", "size", "sentence"),
    [
        ("photo", 30_000_000, "Een foto mag hoogstens 12 MB zijn."),
        ("photo", 12_000_001, "Een foto mag hoogstens 12 MB zijn."),
        ("voice", 8_000_000, "Een spraakbericht mag hoogstens 4 MB zijn."),
        ("voice", 4_000_001, "Een spraakbericht mag hoogstens 4 MB zijn."),
    ],
)
def test_too_large_says_how_large_it_may_be(
    house: House, client: PageClient, one: Visitor, kind: str, size: int, sentence: str
) -> None:
    answer = send(client, one.path, kind, photo() + b"\0" * (size - len(photo())))
    assert answer.status_code == 413 and sentence in answer.text
    assert "Over: Melden op het Werkplein" in answer.text
    assert kept(house) == []


def test_too_large_in_the_language_of_the_reader(house: House, client: PageClient) -> None:
    own = visitor(house, language="en", consent=BOTH)
    answer = send(client, own.path, "photo", b"\0" * 13_000_000)
    assert answer.status_code == 413 and "A photo may be 12 MB at most." in answer.text


def test_without_a_length_the_reading_stops_at_the_limit(client: PageClient, one: Visitor) -> None:
    read = 0

    def endless() -> object:
        nonlocal read
        while read < 40_000_000:
            read += 1_000_000
            yield b"\0" * 1_000_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post(f"{one.path}/voice", content=endless(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 413 and "hoogstens 4 MB" in answer.text


def test_elsewhere_the_small_limit_stays(client: PageClient, one: Visitor) -> None:
    for path in (f"{one.path}/ratings", f"{one.path}/voice/more", "/p/x/photos"):
        answer = client.post(path, data={"quote": "x" * 1_100_000})
        assert answer.status_code == 413


def test_a_broken_form_is_nothing_chosen(client: PageClient, one: Visitor) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post(f"{one.path}/photo", content=b"--y\r\nnonsense", headers=headers)
    assert answer.status_code == 422 and "Kies eerst een foto." in answer.text


def test_the_file_of_the_camera_or_the_one_chosen(house: House, client: PageClient, one: Visitor) -> None:
    files = [("file", ("", b"", "application/octet-stream")), ("file", ("a.png", photo("PNG"), "image/png"))]
    assert client.post(f"{one.path}/photo", files=files).status_code == 200
    assert kept(house) == [("photo", "image/jpeg", "", "")]


def test_sent_twice_is_one_message(house: House, client: PageClient, one: Visitor) -> None:
    """Another boundary each time, as a phone that tries again sends it."""
    for _ in range(2):
        assert send(client, one.path, "voice", wav()).status_code == 200
    assert len(kept(house)) == 1


def test_the_eleventh_of_a_day_is_refused(client: PageClient, one: Visitor) -> None:
    for number in range(10):
        assert send(client, one.path, "voice", wav(), sending=str(number)).status_code == 200
    answer = send(client, one.path, "voice", wav(), sending="once more")
    assert answer.status_code == 422 and "Morgen kan het weer" in answer.text


def test_a_full_disk_is_told_kindly(client: PageClient, one: Visitor, uploads: Path) -> None:
    uploads.write_text("a file where the folder should be")
    answer = send(client, one.path, "voice", wav())
    assert answer.status_code == 422 and "Het lukt ons nu niet om dit te bewaren." in answer.text


def test_who_sent_it_can_erase_it(house: House, client: PageClient, one: Visitor, uploads: Path) -> None:
    page = send(client, one.path, "voice", wav()).text
    action = re.search(r'action="([^"]*/delete)"', page)
    assert action and "Het is gewist." in client.post(action[1]).text
    assert files_in(uploads) == []
    assert client.get(action[1], follow_redirects=False).status_code == 303


def test_nobody_erases_what_somebody_else_sent(
    house: House, client: PageClient, one: Visitor, shy: Visitor, uploads: Path
) -> None:
    page = send(client, one.path, "voice", wav()).text
    action = re.search(r'/p/[^/]+(/sent/\d+/delete)"', page)
    assert action
    client.post(shy.path + action[1])
    assert len(files_in(uploads)) == 1


def test_what_was_sent_cannot_be_opened_with_the_link(client: PageClient, one: Visitor) -> None:
    """Phones are shared, and links are passed on."""
    page = send(client, one.path, "photo", photo()).text
    listed = client.get(f"{one.path}/sent").text
    for html in (page, listed):
        assert "Foto van" in html and "<img" not in html and "<audio" not in html


@pytest.mark.parametrize("path", ["/voice", "/photo", "/sent"])
def test_who_stopped_meets_the_closed_door(house: House, client: PageClient, one: Visitor, path: str) -> None:
    with house.work() as work:
        withdraw_participant(work, work.session.exec(select(Participant)).one(), "stop")
    assert client.get(one.path + path).status_code == 404
    if path != "/sent":
        assert send(client, one.path, path[1:], wav()).status_code == 404
    assert kept(house) == []


def test_a_file_from_another_site_is_refused(house: House, client: PageClient, one: Visitor) -> None:
    files = {"file": ("a.wav", wav(), "audio/wav")}
    answer = client.post(f"{one.path}/voice", files=files, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert kept(house) == []


def test_a_step_that_did_not_happen_is_left_out(house: House, client: PageClient, one: Visitor) -> None:
    files = {"file": ("a.wav", wav(), "audio/wav")}
    assert client.post(f"{one.path}/voice?step=workshop&subject=step", files=files).status_code == 200
    assert kept(house) == [("voice", "audio/wav", "", "")]


def test_only_the_page_for_speaking_may_hear(client: PageClient, one: Visitor) -> None:
    heard = client.get(f"{one.path}/voice").headers
    assert "microphone=(self)" in heard["Permissions-Policy"] and "camera=()" in heard["Permissions-Policy"]
    assert "media-src 'self' blob:" in heard["Content-Security-Policy"]
    for path in (one.path, f"{one.path}/photo", f"{one.path}/ratings"):
        other = client.get(path).headers
        assert "microphone=()" in other["Permissions-Policy"]
        assert "blob:" not in other["Content-Security-Policy"]


def test_in_english_all_the_way(house: House, client: PageClient) -> None:
    own = visitor(house, language="en")
    assert "Tell it with your voice" in client.get(f"{own.path}/voice").text
    assert "Tick the box if you agree." in send(client, own.path, "voice", wav()).text
    assert "Your photo has been sent." in send(client, own.path, "photo", photo(), agree="yes").text


def test_the_tick_is_kept_in_the_language_of_the_page_it_stood_on(house: House, client: PageClient) -> None:
    one = visitor(house, language="tr")
    path = f"{one.path}/voice?{ABOUT}&lang=pl"
    files = {"file": ("mijn bestand.wav", wav(), "audio/wav")}
    client.post(path, data={"sending": "key", "agree": "yes"}, files=files)
    with house.work(write=False) as work:
        newest = work.session.exec(select(Consent).order_by(Consent.id.desc())).first()  # type: ignore[union-attr]
    assert newest is not None and newest.language == "pl"
