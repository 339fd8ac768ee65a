"""What researchers do with a message, and that nobody else comes near it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import AuditEntry, Rating
from journey.participant.queries import get_journey
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.rules.roles import ADMIN, LEAD, MANAGER, PRIVACY, RESEARCHER
from journey.upload.service import NewUpload, record_upload
from tests.support.build import CONSENT, sign_in
from tests.support.desk import OTHER, STUDY, Desk, build_desk
from tests.upload.samples import files_in, opened, photo, wav


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)


def sent(desk: Desk, study: str = STUDY, kind: str = "voice", step: str = "cv") -> tuple[str, str]:
    """The code of who sent it and the address of the message."""
    code = desk.enrol(study, consent=replace(CONSENT, recording=True, photos=True))
    with desk.work() as work:
        person = desk.person(work, code)
        record_step(work, get_journey(work, person), "cv", work.today, source="call")
        record_rating(work, person, NewRating("cv", "step", "negative", "web", "Lastig."))
        content = wav() if kind == "voice" else photo()
        row = record_upload(work, person, NewUpload(kind, content, "key", step, "step" if step else ""))
        return code, f"/participants/{code}/uploads/{row.id}"


def test_it_is_heard_as_it_was_spoken(desk: Desk) -> None:
    _code, address = sent(desk)
    answer = desk.get(address)
    assert answer.content == wav() and answer.headers["content-type"] == "audio/wav"


def test_it_can_do_no_harm_and_stays_nowhere(desk: Desk) -> None:
    code, address = sent(desk, kind="photo")
    answer = desk.get(address)
    assert opened(answer.content).format == "JPEG"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith(f'inline; filename="{code}-')
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-1", 206, slice(0, 2)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999999", 206, slice(None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=5-2", 416, slice(0, 0)),
        ("bytes=-", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("sheep=0-1", 200, slice(None)),
    ],
)
def test_a_part_can_be_asked_for(desk: Desk, asked: str, status: int, part: slice) -> None:
    _code, address = sent(desk)
    answer = desk.client.get(address, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, wav()[part])


def test_every_listening_is_logged_once(desk: Desk) -> None:
    code, address = sent(desk)
    desk.get(address)
    desk.client.get(address, headers={"Range": "bytes=100-"})
    with desk.work() as work:
        found = work.session.exec(select(AuditEntry).where(AuditEntry.action == "upload.view.voice")).all()
    assert [line.object for line in found] == [f"{code} {address.rpartition('/')[2]}"]


@pytest.mark.parametrize("role", [MANAGER, ADMIN, PRIVACY])
@pytest.mark.parametrize("part", ["", "/1", "/1/delete"])
def test_nobody_but_researchers(app: FastAPI, desk: Desk, uploads: Path, role: str, part: str) -> None:
    code, _address = sent(desk)
    client = sign_in(app, f"{role}2@example.nl", role, STUDY)
    address = f"/participants/{code}/uploads{part}"
    answer = client.post(address) if part.endswith("delete") else client.get(address)
    assert answer.status_code == 403
    assert len(files_in(uploads)) == 1


def test_not_signed_in_is_sent_to_the_door(app: FastAPI, desk: Desk, client: object) -> None:
    _code, address = sent(desk)
    desk.client.cookies.clear()
    assert desk.get(address).status_code == 303


@pytest.mark.parametrize("role", [RESEARCHER, LEAD])
def test_of_another_study_it_is_not_there(app: FastAPI, desk: Desk, role: str) -> None:
    code, address = sent(desk)
    client = sign_in(app, f"{role}3@example.nl", role, OTHER)
    for path in (address, f"/participants/{code}/uploads"):
        assert client.get(path).status_code == 404


def test_under_the_code_of_another_person_it_is_not_there(desk: Desk) -> None:
    _code, address = sent(desk)
    other = desk.enrol(phone="0687654321")
    assert desk.get(f"/participants/{other}/uploads/{address.rpartition('/')[2]}").status_code == 404


@pytest.mark.parametrize("number", ["0", "99999999", "abc", "-1"])
def test_what_never_was_is_not_there(desk: Desk, number: str) -> None:
    code, _address = sent(desk)
    assert desk.get(f"/participants/{code}/uploads/{number}").status_code == 404


def test_the_page_of_the_person_and_the_call_say_that_something_came(desk: Desk) -> None:
    from journey.models import Call

    code, _address = sent(desk)
    with desk.work() as work:
        call = work.session.exec(
            select(Call.id).where(Call.participant_id == desk.person(work, code).id)
        ).one()
    for page in (f"/participants/{code}", f"/calls/{call}"):
        text = desk.get(page).text
        assert "1 spraakbericht" in text and f'href="/participants/{code}/uploads"' in text


def test_what_was_said_becomes_the_words_of_that_answer(desk: Desk) -> None:
    code, _address = sent(desk)
    page = desk.get(f"/participants/{code}/uploads").text
    assert "Lastig.</textarea>" in page
    form = {"subject": "step", "channel": "web", "quote-step": "Lastig, niemand hielp."}
    assert desk.post(f"/participants/{code}/steps/cv/ratings", form).status_code == 303
    with desk.work() as work:
        rows = work.session.exec(select(Rating).order_by(Rating.id)).all()  # type: ignore[arg-type]
    assert [(row.value, row.quote, row.channel) for row in rows][-1] == (
        "negative",
        "Lastig, niemand hielp.",
        "web",
    )


def test_a_message_about_nothing_in_particular_is_shown_too(desk: Desk) -> None:
    code, address = sent(desk, step="")
    page = desk.get(f"/participants/{code}/uploads").text
    assert f'src="{address}"' in page and "<textarea" not in page


def test_a_researcher_deletes_it(desk: Desk, uploads: Path) -> None:
    code, address = sent(desk)
    assert desk.post(f"{address}/delete").status_code == 303
    assert files_in(uploads) == []
    assert desk.get(address).status_code == 404
    assert "Er is niets gestuurd" in desk.get(f"/participants/{code}/uploads").text


def test_a_file_that_is_gone_from_the_disk_is_not_there(desk: Desk, uploads: Path) -> None:
    _code, address = sent(desk)
    for file in files_in(uploads):
        file.unlink()
    assert desk.get(address).status_code == 404


def test_a_damaged_file_is_called_damaged_and_harms_nothing_else(desk: Desk, uploads: Path) -> None:
    code, address = sent(desk)
    [path] = files_in(uploads)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    answer = desk.get(address)
    assert answer.status_code == 409 and "beschadigd" in answer.text
    assert desk.get(f"/participants/{code}/uploads").status_code == 200
    assert desk.post(f"{address}/delete").status_code == 303
    assert files_in(uploads) == []


def test_a_store_that_does_not_answer_is_told(desk: Desk, uploads: Path) -> None:
    _code, address = sent(desk)
    [path] = files_in(uploads)
    path.unlink()
    path.mkdir()
    answer = desk.get(address)
    assert answer.status_code == 503 and "later nog eens" in answer.text
