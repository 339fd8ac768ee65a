"""A number that turned out to be somebody else's is a task: it is not dialled and gets nothing until it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.call.queries import list_due
from journey.call.service import NewAttempt, plan_appointment, record_attempt
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import AuditEntry, Call, Contact, Message, Participant, Rating, StoppedNumber, stored_id
from journey.outbox.service import plan_message
from journey.participant.service import record_contact
from journey.participant.tasks import list_own_tasks
from journey.portal.inbound import receive_text
from journey.work import Work
from tests.support.desk import MONDAY, Desk, build_desk

ADDRESS = "Kade 1, 2011 AA Haarlem"
NUMBER, OTHER = "+31612345678", "+31687654321"
MORNING = at_local(MONDAY, 10)


@pytest.fixture
def today() -> object:
    return MONDAY


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)


def call_of(work: Work, code: str) -> Call:
    return work.session.exec(select(Call).join(Participant).where(Participant.code == code)).one()


def wrong(desk: Desk, **changes: object) -> tuple[str, int]:
    """Somebody who was dialled, and a stranger answered."""
    code = desk.enrol(**changes)
    with desk.house.work(now=MORNING) as work:
        call = call_of(work, code)
        record_attempt(work, call, NewAttempt("wrong_number"))
        return code, stored_id(call)


def waiting(desk: Desk) -> list[tuple[str, str]]:
    """Occasion and number of what stands ready."""
    with desk.work() as work:
        rows = work.session.exec(select(Message).where(Message.state == "ready").order_by(Message.id)).all()
        return [
            (row.occasion, work.vault.open(row.recipient, f"message:{row.dedup_key}:recipient"))
            for row in rows
        ]


def mend(desk: Desk, call_id: int, **form: str) -> int:
    return desk.post(f"/calls/{call_id}/number", form).status_code


def test_the_screen_dials_no_stranger(desk: Desk) -> None:
    _code, call_id = wrong(desk)
    html = desk.get(f"/calls/{call_id}").text
    assert "tel:" not in html
    assert "Dit nummer klopt niet" in html


def test_nor_does_the_page_of_contact_data(desk: Desk) -> None:
    code, _call = wrong(desk)
    html = desk.get(f"/participants/{code}/contact").text
    assert "tel:" not in html
    assert "Dit nummer klopt niet" in html


def test_it_is_a_task_and_no_call_for_now(desk: Desk) -> None:
    code, call_id = wrong(desk)
    html = desk.get("/calls").text
    assert f'href="/calls/{call_id}#call-number"' in html
    with desk.house.work(now=MORNING) as work:
        (due,) = list_due(work)
    assert (due.participant, due.now, due.later_today) == (code, False, False)
    assert due.reason == "Het nummer klopt niet: verbeter het eerst"


def test_an_appointment_does_not_bring_the_stranger_back(desk: Desk) -> None:
    code, _call = wrong(desk)
    with desk.house.work(now=MORNING) as work:
        plan_appointment(work, call_of(work, code), MORNING + timedelta(hours=2))
    with desk.house.work(now=MORNING + timedelta(hours=2)) as work:
        (due,) = list_due(work)
        assert (due.now, due.later_today) == (False, False)


def test_one_tap_corrects_it(desk: Desk) -> None:
    code, call_id = wrong(desk)
    assert mend(desk, call_id, act="correct", phone="06 8765 4321") == 303
    assert f'href="tel:{OTHER}"' in desk.get(f"/calls/{call_id}").text
    with desk.work() as work:
        assert list_own_tasks(work) == []
        assert work.session.exec(
            select(AuditEntry.object).where(AuditEntry.action == "contact.change")
        ).all() == [code]


@pytest.mark.parametrize(
    ("typed", "said"), [("12", "niemand bellen"), ("14 023", "niemand bellen"), ("", "Vul dit in")]
)
def test_a_correction_that_is_none_is_told_at_its_field(desk: Desk, typed: str, said: str) -> None:
    _code, call_id = wrong(desk)
    answer = desk.post(f"/calls/{call_id}/number", {"act": "correct", "phone": typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed}"' in answer.text or not typed
    assert "tel:" not in answer.text


def test_the_same_number_again_is_no_correction(desk: Desk) -> None:
    _code, call_id = wrong(desk)
    mend(desk, call_id, act="correct", phone=NUMBER)
    assert "tel:" not in desk.get(f"/calls/{call_id}").text


def test_one_tap_goes_on_by_letter(desk: Desk) -> None:
    code, call_id = wrong(desk, postal_address=ADDRESS)
    assert mend(desk, call_id, act="paper") == 303
    with desk.work() as work:
        assert desk.person(work, code).channel == "paper"
        assert list_own_tasks(work) == []


def test_a_letter_needs_an_address_when_the_number_is_no_way(desk: Desk) -> None:
    _code, call_id = wrong(desk)
    assert mend(desk, call_id, act="paper") == 422


def test_a_mistapped_mark_is_taken_back(desk: Desk) -> None:
    _code, call_id = wrong(desk)
    assert mend(desk, call_id, act="right") == 303
    assert f'href="tel:{NUMBER}"' in desk.get(f"/calls/{call_id}").text


def test_somebody_may_say_so_without_a_dial(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        call_id = stored_id(call_of(work, code))
    assert mend(desk, call_id, act="wrong") == 303
    assert "tel:" not in desk.get(f"/calls/{call_id}").text
    with desk.work() as work:
        assert call_of(work, code).state == "open"


def test_nothing_goes_there_whoever_asked_for_it(desk: Desk) -> None:
    code, _call = wrong(desk)
    with desk.house.work(now=MORNING) as work:
        assert plan_message(work, desk.person(work, code), "link", "Uw link", "link:1") is None
        plan_appointment(work, call_of(work, code), MORNING + timedelta(days=2))
    assert waiting(desk) == []


def test_what_stood_ready_goes_no_more(desk: Desk) -> None:
    code = desk.enrol()
    with desk.house.work(now=MORNING) as work:
        plan_appointment(work, call_of(work, code), MORNING + timedelta(days=2))
        plan_message(work, desk.person(work, code), "link", "Uw link", "link:1")
    assert [occasion for occasion, _number in waiting(desk)] == ["appointment", "link"]
    with desk.house.work(now=MORNING) as work:
        record_attempt(work, call_of(work, code), NewAttempt("wrong_number"))
    assert waiting(desk) == []


@pytest.mark.parametrize(
    ("form", "number"), [({"act": "right"}, NUMBER), ({"act": "correct", "phone": OTHER}, OTHER)]
)
def test_what_was_agreed_is_told_again_once_it_is_mended(
    desk: Desk, form: dict[str, str], number: str
) -> None:
    code, call_id = wrong(desk)
    with desk.work() as work:
        plan_appointment(work, call_of(work, code), work.now + timedelta(days=2))
    mend(desk, call_id, **form)
    assert waiting(desk) == [("appointment", number)]


def test_what_waits_goes_to_the_new_number(desk: Desk) -> None:
    """Also when the old one was not wrong: every text holds the number it was written for."""
    code = desk.enrol()
    with desk.work() as work:
        plan_appointment(work, call_of(work, code), work.now + timedelta(days=2))
    with desk.work() as work:
        record_contact(
            work, desk.person(work, code), call_name="Ada", phone=OTHER, postal_address=None, good_times={}
        )
    assert waiting(desk) == [("appointment", OTHER)]


def test_a_stranger_on_it_answers_for_nobody(desk: Desk) -> None:
    code, _call = wrong(desk)
    with desk.house.work(now=MORNING) as work:
        assert receive_text(work, NUMBER, "3", "SM1") == "kept"
        assert work.session.exec(select(Rating)).all() == []
        receive_text(work, NUMBER, "STOP", "SM2")
        assert desk.person(work, code).state == "active"


def test_a_stop_from_it_holds_for_the_number(desk: Desk) -> None:
    wrong(desk)
    with desk.house.work(now=MORNING) as work:
        receive_text(work, NUMBER, "STOP", "SM1")
        assert work.session.exec(select(StoppedNumber)).one().stopped_at == MORNING


def test_who_shares_the_number_and_is_on_it_still_speaks(desk: Desk) -> None:
    wrong(desk)
    other = desk.enrol()
    with desk.house.work(now=MORNING) as work:
        assert receive_text(work, NUMBER, "STOP", "SM1") == "stopped"
        assert desk.person(work, other).state == "stopped"


def test_a_stop_takes_the_task_away(desk: Desk) -> None:
    code, _call = wrong(desk)
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, code), "stop")
    with desk.work() as work:
        assert work.session.exec(select(Contact)).all() == []
        assert list_own_tasks(work) == []


@pytest.mark.parametrize(
    "typed",
    [
        *("112", "144", "14 023", "+31 14 023", "0031 14 020", "1888", "116 123"),
        *("0800 1234", "0900 8844", "0906-1234", "097 012345678", "066 1234567"),
        *("+32 800 12345", "+44 800 123 4567", "+49 900 1234567", "+49 180 5123456"),
    ],
)
def test_service_numbers_are_no_persons_phone(typed: str) -> None:
    from journey.participant.phones import normal_number
    from journey.rules.errors import Invalid

    with pytest.raises(Invalid, match="niemand bellen"):
        normal_number(typed)


@pytest.mark.parametrize(
    "typed", ["06 12345678", "023 5111111", "085 1234567", "088 1234567", "+49 30 901820"]
)
def test_numbers_at_which_people_answer_are_taken(typed: str) -> None:
    from journey.participant.phones import normal_number

    assert normal_number(typed).startswith("+")
