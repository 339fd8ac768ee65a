"""Who is calling back: found by a name, a code in any spelling or the last digits, with what can be done behind it."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.call.find import find_by_code, find_people
from journey.models import AuditEntry
from journey.rules.roles import LEAD
from journey.work import House
from tests.call.conftest import MONDAY, At
from tests.call.test_list import enrolled, researcher
from tests.support.desk import Desk, build_desk


@pytest.mark.parametrize(
    "typed",
    ["Fatima", "fatima", "el khatib", "Khatib Fatima", "mevrouw El Khatíb", "khat", "Fatma", "mw. fat"],
)
def test_by_a_name_as_it_is_said(at: At, typed: str) -> None:
    with at() as work:
        code = enrolled(work, call_name="mevrouw Fátima El Khatib").code
        enrolled(work, call_name="meneer Jansen")
        found = find_people(work, typed)
        assert [(one.participant, one.name) for one in found] == [(code, "mevrouw Fátima El Khatib")]


@pytest.mark.parametrize("typed", ["mevrouw", "el", "f", "Fatima Jansen", "tima"])
def test_a_form_of_address_or_half_a_match_finds_nobody(at: At, typed: str) -> None:
    with at() as work:
        enrolled(work, call_name="mevrouw Fatima El Khatib")
        assert find_people(work, typed) == []


@pytest.mark.parametrize(
    "typed", ["h1", "H1", "h-1", "H-001", "h 001", " h 1 ", "H–001", "H.1", "h١", "1", "001"]
)
def test_by_a_code_in_any_spelling(at: At, typed: str) -> None:
    with at() as work:
        code = enrolled(work).code
        enrolled(work, phone="0687650002")
        assert code == "H-001"
        assert [one.participant for one in find_people(work, typed)] == [code]


@pytest.mark.parametrize("text", ["345678", "5678", "06 1234 5678", "+31 6 12345678", "678"])
def test_who_calls_back_is_found_by_the_last_digits(at: At, text: str) -> None:
    with at() as work:
        code = enrolled(work).code
        enrolled(work, phone="0687654321")
        assert [one.participant for one in find_people(work, text)] == [code]


@pytest.mark.parametrize("text", ["0020", "020", "0031612340020"])
def test_last_digits_may_begin_with_zeros(at: At, text: str) -> None:
    with at() as work:
        code = enrolled(work, phone="0612340020").code
        enrolled(work)
        assert [one.participant for one in find_people(work, text)] == [code]


def test_who_calls_back_is_found_by_code_in_any_case(at: At) -> None:
    with at() as work:
        code = enrolled(work).code
        assert find_people(work, code.lower())[0].call_id is not None


@pytest.mark.parametrize("text", ["", "78", "a", "999999", "H-999", "💥", "5678 of zo", "0" * 300])
def test_nobody_is_found_by_too_little_or_by_nonsense(at: At, text: str) -> None:
    with at() as work:
        enrolled(work)
        assert find_people(work, text) == []


def test_numbers_of_colleagues_people_are_not_opened(house: House, at: At) -> None:
    with at(actor=researcher(house, "b@example.org")) as work:
        enrolled(work)
    with at(actor=researcher(house, "a@example.org")) as work:
        assert find_people(work, "5678") == []


def test_names_of_colleagues_people_are_not_opened(house: House, at: At) -> None:
    with at(actor=researcher(house, "b@example.org")) as work:
        code = enrolled(work, call_name="Fatima").code
    with at(actor=researcher(house, "a@example.org")) as work:
        assert find_people(work, "Fatima") == []
        (found,) = find_people(work, code)
        assert (found.participant, found.name) == (code, "")


def test_a_lead_finds_the_whole_study(house: House, at: At) -> None:
    with at(actor=researcher(house, "b@example.org")) as work:
        code = enrolled(work, call_name="Fatima").code
    with at(actor=researcher(house, "lead@example.org", LEAD)) as work:
        assert [one.participant for one in find_people(work, "Fatima")] == [code]


def test_somebody_without_a_name_or_number_is_found_by_code_only(at: At) -> None:
    with at() as work:
        code = enrolled(work, call_name=None, phone=None, channel="paper", postal_address="Kade 1").code
        assert find_people(work, "678") == []
        assert [one.name for one in find_people(work, code)] == [""]


@pytest.mark.parametrize("typed", ["h1", "H 001"])
def test_a_promise_takes_a_code_in_any_spelling(at: At, typed: str) -> None:
    with at() as work:
        person = enrolled(work)
        assert find_by_code(work, typed) == person
        assert find_by_code(work, "1") is None


# --- On the page ------------------------------------------------------------------------------------


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)


def test_the_box_stands_on_top_without_a_fold(desk: Desk) -> None:
    html = desk.get("/calls").text
    assert html.index('name="sought"') < html.index('class="tabs"')
    main = html[html.index("<main") :]
    assert "<details" not in main[: main.index('name="sought"')]


def test_behind_each_hit_stands_what_is_done_with_it(desk: Desk) -> None:
    code = desk.enrol(call_name="mevrouw Bakker")
    html = desk.post("/calls/find", {"sought": "bakker"}).text
    found = html[html.index('id="find"') :]
    for action in (f"{code} bellen", f"{code} wil teruggebeld worden", f"Afspraak met {code}", "klopt niet"):
        assert action in found
    assert "mevrouw Bakker" in found


def test_who_was_done_this_week_can_still_be_called(desk: Desk) -> None:
    from journey.call.service import NewAttempt, record_attempt
    from tests.call.test_wrong_number import call_of

    code = desk.enrol()
    with desk.work() as work:
        record_attempt(work, call_of(work, code), NewAttempt("interview"))
        (found,) = find_people(work, code)
    assert (found.is_open, found.call_id is not None) == (False, True)


def test_each_hit_leaves_a_line_and_no_line_tells_what_was_typed(desk: Desk) -> None:
    codes = [desk.enrol(call_name="mevrouw Bakker"), desk.enrol(call_name="meneer Bakker")]
    desk.enrol(call_name="meneer Jansen")
    desk.post("/calls/find", {"sought": "Bakker"})
    with desk.work() as work:
        lines = work.session.exec(select(AuditEntry).where(AuditEntry.action == "participant.find")).all()
        assert [one.object for one in lines] == codes
        assert work.session.exec(select(AuditEntry).where(AuditEntry.object.contains("akker"))).all() == []  # type: ignore[attr-defined]
