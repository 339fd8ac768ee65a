"""Letters: who is due one and why, what stands in it as text, a code of its own, and nothing kept but that it went."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import AuditEntry, Letter, Link, Participant, Replay, User
from journey.participant.letters import list_due_letters
from journey.participant.queries import OpenContact, get_journey
from journey.portal.letters_words import address_lines
from journey.portal.service import create_link
from journey.progress.service import record_step
from journey.rules.roles import MANAGER
from journey.work import Work
from tests.portal.arrange import visitor
from tests.support.build import get_study_by, monday
from tests.support.desk import MONDAY, OTHER, STUDY, Desk, build_desk

CALLER = "researcher@example.nl"
HOME = "Grote Markt 2\n2011 RD  HAARLEM"
LETTERS = f"/studies/{STUDY}/letters"


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)


def on_paper(desk: Desk, **changes: Any) -> str:
    return desk.enrol(**{"channel": "paper", "phone": None, "postal_address": HOME, **changes})


def never_reached(desk: Desk, outcome: str = "no_answer", **changes: Any) -> str:
    """Three rounds missed: their calls pause."""
    from journey.models import Attempt, Call

    code = desk.enrol(**{"postal_address": HOME, "channel": "sms", **changes})
    with desk.work() as work:
        person = desk.person(work, code)
        person.calls_paused = True
        person.researcher_id = work.session.exec(select(User.id).where(User.email == CALLER)).one()
        work.session.add(person)
        call = work.session.exec(select(Call).where(Call.participant_id == person.id)).one()
        call.state, call.week = "missed", monday(work.today) - timedelta(days=7)
        at = work.now - timedelta(days=4)
        work.session.add(call)
        work.session.add(
            Attempt(call_id=call.id or 0, outcome=outcome, at=at, recorded_by="user:1", recorded_at=at)
        )
    return code


def due(desk: Desk) -> dict[str, str]:
    with desk.house.work(write=False) as work:
        return {one.code: one.reason for one in list_due_letters(work, get_study_by(work, STUDY))}


def print_one(desk: Desk, code: str) -> str:
    """The text of the letter that the page of one person makes."""
    page = desk.get(f"/participants/{code}/letter").text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    answer = desk.post(f"/participants/{code}/letter", {"seen": seen[1] if seen else ""})
    assert answer.headers["content-type"] == "application/pdf", answer.text
    return text_of(answer.content)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def code_in(text: str) -> str:
    found = re.search(r"^([A-Z0-9]{4} [A-Z0-9]{4})$", text, re.MULTILINE)
    assert found, text
    return found[1]


# --- who is due one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrange", "reason"),
    [
        (on_paper, "paper"),
        (never_reached, "missed"),
        (lambda desk: never_reached(desk, "not_by_phone", channel="paper"), "paper"),
        (lambda desk: desk.enrol(channel="call", phone=None), "no_mobile"),
        (lambda desk: desk.enrol(channel="web", phone="0235550000"), "no_mobile"),
    ],
)
def test_a_letter_goes_to_who_cannot_be_reached_otherwise(
    desk: Desk, arrange: Callable[[Desk], str], reason: str
) -> None:
    code = arrange(desk)
    assert due(desk) == {code: reason}


@pytest.mark.parametrize(
    "arrange",
    [
        lambda desk: desk.enrol(channel="call", phone="0235550000"),
        lambda desk: desk.enrol(channel="sms"),
        lambda desk: never_reached(desk, "not_by_phone"),
        lambda desk: on_paper(desk, study=OTHER),
    ],
)
def test_who_is_reached_or_of_another_study_is_not_due_one(
    desk: Desk, arrange: Callable[[Desk], str]
) -> None:
    arrange(desk)
    assert due(desk) == {}


def test_who_stopped_or_rests_is_not_due_one(desk: Desk) -> None:
    stopped, resting = on_paper(desk), on_paper(desk)
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, stopped), "stop")
        person = desk.person(work, resting)
        person.rest_until = work.today + timedelta(days=3)
        work.session.add(person)
    assert due(desk) == {}


def test_a_letter_that_was_printed_is_not_due_until_there_is_something_new(desk: Desk) -> None:
    code = on_paper(desk)
    print_one(desk, code)
    assert due(desk) == {}
    with desk.work() as work:
        work.now += timedelta(days=8)
        journey = get_journey(work, desk.person(work, code))
        record_step(work, journey, "cv", work.today - timedelta(days=1), source="call")
        assert [one.reason for one in list_due_letters(work)] == ["new_step"]


def test_the_task_goes_from_the_call_list_when_the_letter_is_printed(desk: Desk) -> None:
    code = never_reached(desk)
    assert "Brief sturen" in desk.get("/calls").text
    print_one(desk, code)
    assert "Brief sturen" not in desk.get("/calls").text


def test_a_colleague_s_people_are_no_task_of_mine(desk: Desk) -> None:
    code = never_reached(desk)
    with desk.work() as work:
        person = desk.person(work, code)
        person.researcher_id = None
        work.session.add(person)
    assert "Brief sturen" not in desk.get("/calls").text
    assert due(desk) == {code: "missed"}


# --- what stands in it ------------------------------------------------------------------------------


def test_the_letter_says_who_why_what_to_do_and_how_to_stop(desk: Desk) -> None:
    text = " ".join(print_one(desk, on_paper(desk)).split())
    for words in (
        "Ada",
        "2011 RD HAARLEM",
        "Onderzoek Haarlem",
        "maandag 16 maart 2026",
        "U doet mee aan ons onderzoek in Haarlem.",
        "023 200 0000",
        "Stoppen mag altijd.",
        "127.0.0.1:8000/check",
        "maandag 13 april 2026",
    ):
        assert words in text


def test_nothing_about_the_benefit_stands_in_any_letter(desk: Desk) -> None:
    texts = print_one(desk, on_paper(desk)) + print_one(desk, never_reached(desk))
    assert not re.search(r"bijstand|uitkering|werkplein|sociale", texts, re.IGNORECASE)


def test_who_was_not_reached_reads_that_we_called(desk: Desk) -> None:
    assert "Wij belden u een paar keer" in print_one(desk, never_reached(desk))


def test_the_letter_is_in_the_person_s_language(desk: Desk) -> None:
    text = " ".join(print_one(desk, on_paper(desk, language="en")).split())
    assert "You are taking part in our study in Haarlem." in text and "Monday 16 March 2026" in text


def test_a_language_we_do_not_have_becomes_dutch_with_a_note(desk: Desk) -> None:
    code = on_paper(desk, language="ti")
    assert "hij komt in het Nederlands" in desk.get(f"/participants/{code}/letter").text
    text = print_one(desk, code)
    assert "Beste Ada" in text and "Do you prefer another language?" in text


@pytest.mark.parametrize(
    "name", ['#import "x"', "$x$", "*a* _b_", "<b>@c", "#(1 + 1)", "\\u{41}", "[x] // y"]
)
def test_what_looks_like_markup_is_printed_as_it_stands(desk: Desk, name: str) -> None:
    text = print_one(desk, on_paper(desk, call_name=name, postal_address=f"Straat {name} 1\n2011 RD Haarlem"))
    assert text.count(name) == 3  # name, street, greeting


@pytest.mark.parametrize("name", ["محمد علي", "Łucja Żółć", "ሰላም", "漢字"])
def test_names_in_other_scripts_make_a_letter(desk: Desk, name: str) -> None:
    assert "2011 RD" in print_one(desk, on_paper(desk, call_name=name))


def test_an_arabic_name_is_printed_in_its_own_letters(desk: Desk) -> None:
    text = print_one(desk, on_paper(desk, call_name="محمد"))
    assert set("محمد") <= set(text) or re.search(r"[\ufb50-\ufeff]", text)


def test_the_file_is_tagged_and_has_a_title(desk: Desk) -> None:
    code = on_paper(desk)
    reader = PdfReader(io.BytesIO(desk.post(f"/participants/{code}/letter", {"seen": ""}).content))
    assert reader.metadata and reader.metadata.title == "Brieven aan deelnemers"
    assert "/StructTreeRoot" in reader.trailer["/Root"]


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("Grote Markt 2\r\n2011 RD  Haarlem", ("Ada", "Grote Markt 2", "2011 RD Haarlem")),
        ("Grote Markt 2, 2011 RD Haarlem", ("Ada", "Grote Markt 2", "2011 RD Haarlem")),
        ("Mevrouw Ada\nMarkt 2", ("Mevrouw Ada", "Markt 2")),
        ("Ada 2\n2011 RD Haarlem", ("Ada", "Ada 2", "2011 RD Haarlem")),
    ],
)
def test_the_address_is_set_line_by_line(address: str, lines: tuple[str, ...]) -> None:
    assert address_lines(OpenContact("Ada", None, address, {})) == lines


def top(cm: Any, tm: Any) -> float:
    """How far below the top of the page a text stands."""
    return float(297 - (tm[4] * cm[1] + tm[5] * cm[3] + cm[5]) / 72 * 25.4)


def test_through_the_window_only_the_address_is_seen(desk: Desk) -> None:
    """In millimetres from the top of the page; the windows of C5 and C5/6 lie between 39 and 102."""
    code = on_paper(desk)
    reader = PdfReader(io.BytesIO(desk.post(f"/participants/{code}/letter", {"seen": ""}).content))
    seen: list[str] = []

    def note(text: str, cm: Any, tm: Any, *_more: Any) -> None:
        if text.strip() and 39 <= top(cm, tm) <= 102:
            seen.append(text.strip())

    assert len(reader.pages) == 1
    reader.pages[0].extract_text(visitor_text=note)
    assert " ".join(" ".join(seen).split()) == "Ada Grote Markt 2 2011 RD HAARLEM"


# --- the code ---------------------------------------------------------------------------------------


def test_the_code_of_the_letter_opens_the_own_page(desk: Desk) -> None:
    code = code_in(print_one(desk, on_paper(desk)))
    answer = desk.post("/code", {"code": code})
    assert answer.status_code == 303 and "/p/" in answer.headers["location"]


def test_a_letter_ends_the_former_links_and_codes(desk: Desk) -> None:
    code = on_paper(desk)
    with desk.work() as work:
        former = create_link(work, desk.person(work, code))
    print_one(desk, code)
    assert desk.get(former.link).status_code == 404
    assert desk.post("/code", {"code": former.letter_code}).status_code == 422


def test_only_hashes_and_a_line_of_the_letter_are_kept(desk: Desk) -> None:
    person = on_paper(desk)
    code = code_in(print_one(desk, person)).replace(" ", "")
    with desk.house.work(write=False) as work:
        rows = [*work.session.exec(select(Link)).all(), *work.session.exec(select(AuditEntry)).all()]
        letter = work.session.exec(select(Letter)).one()
        assert code not in str(rows) and "Grote Markt" not in str(rows)
        assert (letter.reason, letter.language, letter.printed_at) == (
            "paper",
            "nl",
            work.now,
        ) or letter.printed_by
        acts = [row.action for row in rows if isinstance(row, AuditEntry) and row.object == person]
    assert "letter.print" in acts


def test_a_letter_is_never_kept_for_a_retry(desk: Desk) -> None:
    code = on_paper(desk)
    answer = desk.post(f"/participants/{code}/letter", {"seen": ""}, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 400
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Replay)).all() == []
        assert work.session.exec(select(Letter)).all() == []


def test_a_second_press_makes_no_second_letter(desk: Desk) -> None:
    code = on_paper(desk)
    answers = [desk.post(f"/participants/{code}/letter", {"seen": ""}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 422]
    assert "Er is net al een brief gemaakt." in answers[1].text


# --- a batch ----------------------------------------------------------------------------------------


def test_a_batch_is_one_file_with_a_page_for_who_is_ticked(desk: Desk) -> None:
    first, second, third = (on_paper(desk, call_name=name) for name in ("Een", "Twee", "Drie"))
    page = desk.get(LETTERS).text
    assert all(code in page for code in (first, second, third))
    answer = desk.post(LETTERS, {"people": [first, third]})
    reader = PdfReader(io.BytesIO(answer.content))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert [("Een" in page.extract_text(), "Drie" in page.extract_text()) for page in reader.pages] == [
        (True, False),
        (False, True),
    ]
    assert due(desk) == {second: "paper"}


def test_every_letter_of_a_batch_has_a_code_of_its_own(desk: Desk) -> None:
    codes = [on_paper(desk) for _ in range(3)]
    reader = PdfReader(io.BytesIO(desk.post(LETTERS, {"people": codes}).content))
    assert len({code_in(page.extract_text()) for page in reader.pages}) == 3


def test_the_same_batch_twice_is_refused(desk: Desk) -> None:
    code = on_paper(desk)
    statuses = [desk.post(LETTERS, {"people": [code]}).status_code for _ in range(2)]
    assert statuses == [200, 422]


def test_nobody_ticked_is_asked_again(desk: Desk) -> None:
    on_paper(desk)
    answer = desk.post(LETTERS)
    assert answer.status_code == 422 and "Kies minstens één persoon." in answer.text


def test_without_an_address_there_is_a_link_to_fill_it_in(desk: Desk) -> None:
    code = desk.enrol(channel="call", phone=None)
    assert f'href="/participants/{code}/contact"' in desk.get(LETTERS).text
    assert f'href="/participants/{code}/contact"' in desk.get(f"/participants/{code}/letter").text


def test_one_without_an_address_stops_the_batch_before_any_code_is_made(desk: Desk) -> None:
    with_address, without = on_paper(desk), desk.enrol(channel="call", phone=None)
    answer = desk.post(LETTERS, {"people": [with_address, without]})
    assert answer.status_code == 422 and "geen adres bekend" in answer.text
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Letter)).all() == [] == work.session.exec(select(Link)).all()


def test_the_person_s_page_shows_the_letter(desk: Desk) -> None:
    code = on_paper(desk)
    print_one(desk, code)
    assert "brief van" in desk.get(f"/participants/{code}").text


def test_who_stopped_gets_no_letter(desk: Desk) -> None:
    code = on_paper(desk)
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, code), "stop")
    assert desk.post(f"/participants/{code}/letter", {"seen": ""}).status_code == 409
    assert desk.get(f"/participants/{code}/letter").status_code == 404


def test_other_studies_and_roles_are_shut_out(app: FastAPI) -> None:
    desk = build_desk(app)
    theirs = on_paper(desk, study=OTHER)
    assert desk.get(f"/studies/{OTHER}/letters").status_code == 404
    assert desk.post(f"/participants/{theirs}/letter", {"seen": ""}).status_code == 404
    mine = on_paper(desk)
    from tests.support.build import sign_in

    manager = sign_in(app, "m@example.nl", MANAGER, STUDY)
    for address in (LETTERS, f"/participants/{mine}/letter"):
        assert manager.get(address).status_code == 403


# --- typing the code --------------------------------------------------------------------------------


def wrong_codes(beginning: str, count: int) -> list[str]:
    from journey.portal.letters import ALPHABET

    return [f"{beginning}CDEF{ALPHABET[n]}" for n in range(count)]


@pytest.mark.usefixtures("still_clock")
def test_ten_wrong_codes_from_one_address_are_enough(desk: Desk) -> None:
    codes = [f"{one}CDEFGHJ" for one in "ACDEFGHJKMN"]
    answers = [desk.post("/code", {"code": code}) for code in codes]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Wacht een kwartier, of bel ons." in answers[-1].text


def test_right_codes_are_not_counted(desk: Desk) -> None:
    code = code_in(print_one(desk, on_paper(desk)))
    assert {desk.post("/code", {"code": code}).status_code for _ in range(12)} == {303}


@pytest.mark.usefixtures("still_clock")
def test_many_addresses_together_are_limited_per_beginning_of_the_code(app: FastAPI, desk: Desk) -> None:
    from starlette.testclient import TestClient

    person = visitor_of(desk)
    beginning = person[:2]
    statuses = []
    codes = wrong_codes(beginning + "X", 11)
    for number, code in enumerate([*codes[:10], person]):
        other = TestClient(app, base_url=desk.house.settings.base_url, client=(f"10.0.0.{number}", 5000))
        statuses.append(other.post("/code", data={"code": code}, follow_redirects=False).status_code)
    guesser = TestClient(app, base_url=desk.house.settings.base_url, client=("10.0.0.0", 5000))
    again = guesser.post("/code", data={"code": codes[10]}, follow_redirects=False).status_code
    # Who guesses is stopped and shuts nobody out: a right code from a phone that did not guess still works.
    assert (statuses, again) == ([422] * 10 + [303], 429)


def visitor_of(desk: Desk) -> str:
    with desk.work() as work:
        return create_link(work, desk.person(work, on_paper_in(work))).letter_code


def on_paper_in(work: Work) -> str:
    from tests.support.build import build_participant

    return build_participant(work, get_study_by(work, STUDY)).code


def test_codes_that_never_were_expired_or_stopped_get_one_answer(desk: Desk) -> None:
    expired, stopped = visitor(desk.house), visitor(desk.house)
    with desk.work() as work:
        for row in work.session.exec(select(Link)).all():
            row.expires_at = work.now if row.participant_id == _id(work, expired.code) else row.expires_at
            work.session.add(row)
        withdraw_participant(work, desk.person(work, stopped.code), "stop")
    typed = [expired.letter_code, stopped.letter_code, "ACDEFGHJ"]
    answers = [desk.post("/code", {"code": code}) for code in typed]
    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.text.replace(code, "") for answer, code in zip(answers, typed, strict=True)}) == 1


def _id(work: Work, code: str) -> int | None:
    return work.session.exec(select(Participant.id).where(Participant.code == code)).one()


def test_the_square_holds_the_code_where_no_log_sees_it(desk: Desk) -> None:
    from journey.portal import letters_pdf

    links: list[str] = []
    known = letters_pdf._qr
    try:
        letters_pdf._qr = lambda link: links.append(link) or known(link)  # type: ignore[func-returns-value]
        text = print_one(desk, on_paper(desk, language="en"))
    finally:
        letters_pdf._qr = known
    address, _, code = links[0].partition("#")
    assert address == "http://127.0.0.1:8000/code?lang=en"
    assert code == code_in(text).replace(" ", "")


def test_the_square_fills_in_the_code_and_takes_it_from_the_address(live_server: str, page: Page) -> None:
    page.goto(f"{live_server}/code#ACDEFGHJ")
    expect(page.locator("#code")).to_have_value("ACDEFGHJ")
    assert page.evaluate("location.href") == f"{live_server}/code"
