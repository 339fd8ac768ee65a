"""A yes or no per purpose: its history, who may change it, and what happens at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from journey.call.planning import plan_calls
from journey.call.service import record_call_back
from journey.consent.purposes import list_purposes
from journey.consent.queries import find_consent, list_consents
from journey.consent.service import record_consent
from journey.models import Call, Message
from journey.outbox.service import plan_message
from journey.participant.service import NewConsent, change_preferences
from journey.portal.service import create_link
from journey.rules.errors import Invalid
from tests.support.desk import MONDAY, Desk, hidden_value


def choose(desk: Desk, code: str, **changes: bool) -> None:
    with desk.work() as work:
        new = NewConsent(participate=True, text_version="2026-1", given_via="oral", **changes)
        record_consent(work, desk.person(work, code), new)


def test_each_purpose_has_its_own_dated_history(desk: Desk) -> None:
    code = desk.enrol()
    choose(desk, code, quotes=True, recording=True)
    choose(desk, code, quotes=False, recording=True)
    with desk.house.work(write=False) as work:
        found = {one.purpose: one for one in list_purposes(list_consents(work, desk.person(work, code)))}
    assert [one.allowed for one in found["quotes"].answers] == [False, True]
    assert [one.allowed for one in found["recording"].answers] == [True, False]
    assert [one.allowed for one in found["calls"].answers] == [True]


def test_who_no_longer_wants_calls_is_off_the_list_and_followed_otherwise(desk: Desk) -> None:
    code = desk.enrol()
    assert code in desk.get("/calls").text
    choose(desk, code, calls=False)
    assert code not in desk.get("/calls").text
    with desk.house.work(write=False) as work:
        assert desk.person(work, code).channel == "sms"
        assert {call.state for call in work.session.exec(select(Call)).all()} == {"cancelled"}


def test_no_round_is_planned_without_calls_but_the_one_asked_for(desk: Desk) -> None:
    code = desk.enrol()
    choose(desk, code, calls=False)
    with desk.work() as work:
        desk.person(work, code).channel = "call"
        call = work.session.exec(select(Call)).one()
        call.week = MONDAY - timedelta(days=7)
        work.session.add(call)
        work.session.flush()
        assert plan_calls(work) == 0
        record_call_back(work, desk.person(work, code))
    assert code in desk.get("/calls").text


def test_an_appointment_does_not_outlive_the_yes_to_calls(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        call = work.session.exec(select(Call)).one()
        call.appointment_at = work.now + timedelta(days=1)
        work.session.add(call)
    choose(desk, code, calls=False)
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Call)).one().appointment_at is None


def test_without_texts_what_waits_unasked_goes_no_more_and_what_is_asked_for_does(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        assert plan_message(work, desk.person(work, code), "missed_call", "Wij belden.", "one")
    choose(desk, code, texts=False)
    with desk.work() as work:
        person = desk.person(work, code)
        assert plan_message(work, person, "step_to_rate", "Hoe ging het?", "two") is None
        assert plan_message(work, person, "link", "Uw pagina", "three") is not None
        rows = work.session.exec(select(Message).order_by(col(Message.id))).all()
    assert [(row.occasion, row.state) for row in rows if row.dedup_key in ("one", "three")] == [
        ("missed_call", "cancelled"),
        ("link", "ready"),
    ]


def test_who_asks_for_texts_says_yes_to_them(desk: Desk) -> None:
    code = desk.enrol()
    choose(desk, code, texts=False, quotes=True)
    with desk.work() as work:
        change_preferences(work, desk.person(work, code), channel="sms", language="nl")
        work.session.flush()
        last = find_consent(work, desk.person(work, code))
    assert last is not None
    assert (last.texts, last.quotes) == (True, True)


def test_taking_part_is_not_taken_back_as_a_choice(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work, pytest.raises(Invalid):
        new = NewConsent(participate=False, text_version="2026-1", given_via="oral")
        record_consent(work, desk.person(work, code), new)


def test_the_holder_of_a_link_says_no_on_the_own_page(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        path = create_link(work, desk.person(work, code)).link.removeprefix(desk.house.settings.base_url)
    page = desk.get(f"{path}/choices").text
    typed = {"seen": hidden_value(page, "seen"), "calls": "yes", "texts": "yes"}
    assert "Het geldt nu al." in desk.post(f"{path}/choices", typed).text
    with desk.house.work(write=False) as work:
        last = find_consent(work, desk.person(work, code))
    assert last is not None
    assert (last.quotes, last.calls, last.given_via, last.recorded_by) == (
        False,
        True,
        "web",
        f"participant:{code}",
    )
    assert desk.post(f"{path}/choices", {"seen": typed["seen"]}).status_code == 422


def test_where_somebody_stops_it_says_what_back_ups_still_hold(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        path = create_link(work, desk.person(work, code)).link.removeprefix(desk.house.settings.base_url)
    said = "In reservekopieën staat het nog hoogstens 35 dagen."
    assert said in desk.get(f"{path}/stop").text
    assert said in desk.post(f"{path}/stop", {"level": "stop"}).text
