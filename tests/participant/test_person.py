"""One person's page: the clock card, the timeline, contact on request, and what stays after a withdrawal."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import AuditEntry, Municipality
from journey.participant.queries import find_contact, timeline
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_decision,
    record_melding,
    record_step,
    record_suspension,
)
from journey.rating.service import NewRating, record_rating
from tests.support.build import sign_in
from tests.support.desk import MONDAY, OTHER, Desk, hidden_value


def test_without_an_application_there_is_no_term(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_step, "werkplein", MONDAY - timedelta(days=12), source="call")
    page = desk.get(f"/participants/{code}").text
    assert "nog geen aanvraag" in page
    assert "12 dagen sinds het bezoek aan de balie" in page
    assert "nog 44 dagen" not in page


def test_the_clock_explains_itself(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    page = desk.get(f"/participants/{code}").text
    assert "56 dagen vanaf 3 februari, laatste dag dinsdag 31 maart 2026." in page
    assert "nog 15 dagen" in page
    assert "uit een brief" in page


def test_both_dates_are_shown_when_the_ways_of_counting_differ(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_application, date(2026, 1, 5), source="letter")
    supplement = NewSuspension(
        "1a", invited_on=date(2026, 1, 12), term=date(2026, 1, 30), supplied_on=date(2026, 1, 27)
    )
    desk.arrange(code, record_suspension, supplement, source="letter")
    page = desk.get(f"/participants/{code}").text
    assert "maandag 16 maart 2026" in page
    assert "Volgens de circulaire: dinsdag 17 maart 2026." in page


def test_while_the_clock_stands_still_there_is_no_last_day(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    open_request = NewSuspension("1a", invited_on=date(2026, 3, 9), term=date(2026, 3, 23))
    desk.arrange(code, record_suspension, open_request, source="letter")
    page = desk.get(f"/participants/{code}").text
    assert "klok staat stil" in page
    assert "34 van 56 dagen gebruikt" in page
    assert "uiterlijk" not in page


def test_the_legal_report_is_not_the_desk_visit(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_melding, date(2026, 3, 2), source="call")
    page = desk.get(f"/participants/{code}").text
    assert "Wettelijke melding: maandag 2 maart 2026." in page
    assert "sinds het bezoek aan de balie" not in page


def states(desk: Desk, code: str) -> dict[str, str]:
    with desk.house.work(write=False) as work:
        return {step.id: step.state for step in timeline(work, desk.person(work, code)).steps}


def test_now_is_the_first_open_step_after_the_furthest_that_is_done(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_step, "werkplein", MONDAY, source="call")
    found = states(desk, code)
    assert (found["werk-nl"], found["werkplein"], found["rechten-en-plichten"]) == ("next", "done", "now")


def test_a_step_taken_away_shows_its_reason(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_step, "workshop", MONDAY, source="call", state="bypassed", reason="werkt al")
    page = desk.get(f"/participants/{code}/timeline").text
    assert "vervallen door maatwerk" in page
    assert "werkt al" in page


def test_a_repeated_step_counts_from_its_first_day(desk: Desk) -> None:
    code = desk.enrol()
    for day in (date(2026, 3, 12), date(2026, 3, 5)):
        desk.arrange(code, record_step, "workshop", day, source="call")
    page = desk.get(f"/participants/{code}/timeline").text
    assert "do 5 mrt" in page
    assert "opnieuw op 12 maart" in page


def test_a_decision_ends_the_journey(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    desk.arrange(code, record_decision, MONDAY, "granted", source="letter")
    found = states(desk, code)
    assert found["aanvraag"] == found["beschikking"] == "done"
    assert "now" not in found.values()


def test_an_answer_given_elsewhere_appears_in_the_part_that_is_polled(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_step, "werkplein", MONDAY, source="call")
    assert "stap: goed" not in desk.get(f"/participants/{code}").text
    with desk.work() as work:
        record_rating(work, desk.person(work, code), NewRating("werkplein", "step", "positive", "web"))
    part = desk.client.get(f"/participants/{code}/timeline", headers={"HX-Request": "true"}).text
    assert "stap: goed" in part
    assert part.strip().startswith('<div id="participant-timeline"')


def test_polling_by_who_was_signed_out_does_not_fetch_the_sign_in_page(desk: Desk) -> None:
    code = desk.enrol()
    desk.client.cookies.clear()
    answer = desk.client.get(f"/participants/{code}/timeline", headers={"HX-Request": "true"})
    assert answer.status_code == 401


def audited(desk: Desk, action: str) -> int:
    with desk.house.work(write=False) as work:
        return len(work.session.exec(select(AuditEntry).where(AuditEntry.action == action)).all())


def test_name_and_number_are_shown_on_request_and_the_look_is_logged(desk: Desk) -> None:
    code = desk.enrol(call_name="Ada van Dam")
    assert "Ada van Dam" not in desk.get(f"/participants/{code}").text
    assert audited(desk, "contact.view") == 0
    page = desk.get(f"/participants/{code}/contact").text
    assert "Ada van Dam" in page
    assert "06 12345678" in page
    assert audited(desk, "contact.view") == 1


def test_a_look_at_a_person_is_logged(desk: Desk) -> None:
    code = desk.enrol()
    desk.get(f"/participants/{code}")
    assert audited(desk, "participant.view") == 1


CONTACT = {"channel": "sms", "phone": "06 87654321", "call_name": "meneer Brons", "language": "tr"}


def test_contact_data_change_in_one_go(desk: Desk) -> None:
    code = desk.enrol()
    seen = hidden_value(desk.get(f"/participants/{code}/contact").text, "seen")
    answer = desk.post(f"/participants/{code}/contact", {**CONTACT, "seen": seen, "days": ["4"]})
    assert answer.status_code == 303
    with desk.house.work(write=False) as work:
        person = desk.person(work, code)
        contact = find_contact(work, person)
    assert contact is not None
    assert (contact.phone, contact.good_times, person.channel, person.language) == (
        "+31687654321",
        {"days": [4]},
        "sms",
        "tr",
    )


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(desk: Desk) -> None:
    code = desk.enrol()
    seen = hidden_value(desk.get(f"/participants/{code}/contact").text, "seen")
    desk.post(f"/participants/{code}/contact", {**CONTACT, "seen": seen})
    answer = desk.post(f"/participants/{code}/contact", {**CONTACT, "call_name": "oud", "seen": seen})
    assert answer.status_code == 422
    assert 'value="oud"' in answer.text
    again = hidden_value(answer.text, "seen")
    assert desk.post(f"/participants/{code}/contact", {**CONTACT, "seen": again}).status_code == 303


def test_a_number_of_somebody_else_is_a_warning_here_too(desk: Desk) -> None:
    desk.enrol(phone="0687654321")
    code = desk.enrol(phone="0612345678")
    seen = hidden_value(desk.get(f"/participants/{code}/contact").text, "seen")
    answer = desk.post(f"/participants/{code}/contact", {**CONTACT, "seen": seen})
    assert answer.status_code == 422
    assert "H-001 heeft hetzelfde nummer" in answer.text
    again = desk.post(f"/participants/{code}/contact", {**CONTACT, "seen": seen, "shared": "yes"})
    assert again.status_code == 303


def test_after_a_withdrawal_the_page_stays_without_contact_and_without_forms(desk: Desk) -> None:
    code = desk.enrol(call_name="Ada van Dam")
    desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, code), "stop")
    page = desk.get(f"/participants/{code}").text
    assert "Gestopt, eerdere antwoorden blijven" in page
    assert 'method="post" action="/participants' not in page
    assert "Ada van Dam" not in desk.get(f"/participants/{code}/contact").text
    assert desk.get(f"/participants/{code}/steps/cv").text.count('action="/participants') == 0


def test_after_everything_was_removed_only_the_code_is_left(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, code), "erase")
    page = desk.get(f"/participants/{code}").text
    assert "Alles verwijderd" in page
    assert "De reis" not in page
    for part in ("/timeline", "/steps/cv", "/enrolled"):
        assert desk.get(f"/participants/{code}{part}").status_code in (404, 409), part


def test_nothing_can_be_written_after_a_withdrawal(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, code), "stop")
    for part in ("steps/cv", "steps/cv/ratings", "facts/application", "contact", "consent", "link"):
        typed = {"when": "today", "subject": "step", "value-step": "positive", "received_on": "2026-03-01"}
        assert desk.post(f"/participants/{code}/{part}", typed).status_code == 409, part


def test_people_of_another_study_do_not_exist(desk: Desk) -> None:
    code = desk.enrol(OTHER)
    for part in ("", "/timeline", "/contact", "/consent", "/withdrawal", "/steps/cv", "/enrolled"):
        assert desk.get(f"/participants/{code}{part}").status_code == 404, part
    for part in (
        "/steps/cv",
        "/steps/cv/ratings",
        "/facts/application",
        "/contact",
        "/consent",
        "/withdrawal",
        "/link",
    ):
        assert desk.post(f"/participants/{code}{part}", {"level": "erase"}).status_code == 404, part


def test_a_lead_sees_the_people_of_every_researcher(desk: Desk) -> None:
    code = desk.enrol()
    lead = sign_in(desk.app, "lead@example.nl", "lead")
    assert lead.get(f"/participants/{code}").status_code == 200


def test_the_way_of_counting_is_that_of_the_municipality(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        place = work.session.exec(select(Municipality).where(Municipality.code == "haarlem")).one()
        place.counting_mode = "circulaire"
        work.session.add(place)
    desk.arrange(code, record_application, date(2026, 1, 5), source="letter")
    supplement = NewSuspension(
        "1a", invited_on=date(2026, 1, 12), term=date(2026, 1, 30), supplied_on=date(2026, 1, 27)
    )
    desk.arrange(code, record_suspension, supplement, source="letter")
    assert "Volgens de tekst van de wet: maandag 16 maart 2026." in desk.get(f"/participants/{code}").text
