"""What a case system says otherwise, on the screens: beside ours, with one tap to take it over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlmodel import select

from journey.consent.service import record_consent
from journey.models import Application, AuditEntry, Progress, Suspension
from journey.participant.queries import get_journey
from journey.progress.beside import list_beside
from journey.progress.queries import get_facts
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_step,
    record_suspension,
    retract_fact,
)
from tests.support.build import CONSENT
from tests.support.desk import Desk

OURS, THEIRS = date(2026, 3, 10), date(2026, 3, 12)
INVITED = date(2026, 3, 2)


def different(desk: Desk) -> str:
    code = desk.enrol()
    desk.arrange(code, record_step, "workshop", OURS, source="call")
    desk.arrange(code, record_step, "workshop", THEIRS, source="import")
    return code


def said_id(desk: Desk, code: str, table: type = Progress) -> str:
    with desk.house.work(write=False) as work:
        [row] = list_beside(work, table, get_journey(work, desk.person(work, code)).id)
        return str(row.id)


def workshop_days(desk: Desk, code: str) -> list[date | None]:
    with desk.house.work(write=False) as work:
        facts = get_facts(work, get_journey(work, desk.person(work, code)))
        return [row.happened_on for row in facts.progress if row.step == "workshop"]


def test_a_step_shows_what_the_system_says_beside_our_day(desk: Desk) -> None:
    code = different(desk)
    page = desk.get(f"/participants/{code}/steps/workshop").text
    assert "Gedaan: dinsdag 10 maart 2026" in page
    assert "Volgens het systeem: gedaan op donderdag 12 maart 2026." in page
    assert "Wat eerder stond" not in page


def test_the_page_of_the_person_shows_it_with_the_step(desk: Desk) -> None:
    page = desk.get(f"/participants/{different(desk)}").text
    assert "gedaan op dinsdag 10 maart 2026. Volgens het systeem: gedaan op donderdag 12 maart 2026." in page


def test_one_plain_form_takes_it_over_and_keeps_ours_as_history(desk: Desk) -> None:
    code = different(desk)
    address = f"/participants/{code}/steps/workshop"
    assert desk.post(f"{address}/take", {"id": said_id(desk, code)}).status_code == 303
    assert workshop_days(desk, code) == [THEIRS]
    page = desk.get(address).text
    assert "Volgens het systeem" not in page
    assert "Wat eerder stond" in page and "10 mrt" in page
    with desk.house.work(write=False) as work:
        lines = work.session.exec(select(AuditEntry).where(AuditEntry.action == "step.take")).all()
        assert [line.object for line in lines] == [f"{code} workshop"]


def test_the_second_of_two_taps_changes_nothing(desk: Desk) -> None:
    code = different(desk)
    said = said_id(desk, code)
    for status in (303, 422):
        answer = desk.post(f"/participants/{code}/steps/workshop/take", {"id": said})
        assert answer.status_code == status
    assert workshop_days(desk, code) == [THEIRS]


def test_what_is_said_of_someone_else_cannot_be_taken_over(desk: Desk) -> None:
    code, other = desk.enrol(), different(desk)
    said = said_id(desk, other)
    assert desk.post(f"/participants/{code}/steps/workshop/take", {"id": said}).status_code == 422
    assert workshop_days(desk, other) == [OURS]


def test_one_time_more_than_we_know_of_is_shown_apart(desk: Desk) -> None:
    code = different(desk)
    desk.arrange(code, record_step, "workshop", date(2026, 3, 13), source="import")
    page = desk.get(f"/participants/{code}/steps/workshop").text
    assert "Volgens het systeem ook: gedaan op vrijdag 13 maart 2026." in page


def suspended(desk: Desk) -> str:
    code = desk.enrol()
    for day, source in ((date(2026, 3, 16), "letter"), (date(2026, 3, 18), "import")):
        desk.arrange(
            code, record_suspension, NewSuspension("1a", invited_on=INVITED, term=day), source=source
        )
    return code


def test_a_suspension_shows_what_the_system_says_and_is_taken_over(desk: Desk) -> None:
    code = suspended(desk)
    page = desk.get(f"/participants/{code}").text
    assert "Volgens het systeem: gevraagd om aanvulling, ma 2 mrt" in page
    said = said_id(desk, code, Suspension)
    assert desk.post(f"/participants/{code}/facts/suspension/take", {"id": said}).status_code == 303
    assert "Volgens het systeem" not in desk.get(f"/participants/{code}").text
    with desk.house.work(write=False) as work:
        [row] = get_facts(work, get_journey(work, desk.person(work, code))).suspensions
        assert (row.term, row.source) == (date(2026, 3, 18), "import")


def test_what_is_left_when_ours_was_taken_back_is_still_shown(desk: Desk) -> None:
    code = suspended(desk)
    with desk.house.work() as work:
        journey = get_journey(work, desk.person(work, code))
        [ours] = get_facts(work, journey).suspensions
        retract_fact(work, journey, Suspension, ours.id or 0)
    assert "Volgens het systeem: gevraagd om aanvulling" in desk.get(f"/participants/{code}").text


def test_a_bypass_shows_its_category_and_words(desk: Desk) -> None:
    code = desk.enrol()
    typed = {"state": "bypassed", "category": "work_or_study", "reason": "begint op 1 april"}
    assert desk.post(f"/participants/{code}/steps/workshop", typed).status_code == 303
    for page in (f"/participants/{code}/steps/workshop", f"/participants/{code}"):
        assert "werk of opleiding gevonden: begint op 1 april" in desk.get(page).text


def test_a_reason_chosen_for_another_state_is_not_kept(desk: Desk) -> None:
    code = desk.enrol()
    typed = {"state": "skipped", "category": "urgent", "reason": "was ziek"}
    assert desk.post(f"/participants/{code}/steps/workshop", typed).status_code == 303
    page = desk.get(f"/participants/{code}/steps/workshop").text
    assert "was ziek" in page and '<p dir="auto">spoed' not in page


def test_the_history_tells_why_a_step_was_taken_away(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_step, "workshop", OURS, source="call", state="bypassed", category="urgent")
    with desk.house.work() as work:
        journey = get_journey(work, desk.person(work, code))
        retract_fact(work, journey, Progress, get_facts(work, journey).progress[0].id or 0)
    past = desk.get(f"/participants/{code}/steps/workshop").text.partition("Wat eerder stond")[2]
    assert "spoed of acute nood" in past


def without_file_dates(desk: Desk) -> str:
    """Somebody who said yes, of whom the case system said something else, and who took it back."""
    code = different(desk)
    desk.arrange(code, record_application, OURS, source="call")
    desk.arrange(code, record_application, THEIRS, source="import")
    with desk.work() as work:
        record_consent(work, desk.person(work, code), replace(CONSENT, file_dates=False))
    return code


def test_without_a_yes_to_dates_of_the_municipality_nothing_stands_beside(desk: Desk) -> None:
    code = without_file_dates(desk)
    for address in (f"/participants/{code}", f"/participants/{code}/steps/workshop"):
        page = desk.get(address).text
        assert "10 maart 2026" in page or "10 mrt" in page
        assert "volgens het systeem" not in page.lower() and "12 maart" not in page and "12 mrt" not in page


def test_without_a_yes_nothing_is_taken_over(desk: Desk) -> None:
    code = without_file_dates(desk)
    for address, table in (("steps/workshop", Progress), ("facts/application", Application)):
        row = said_id(desk, code, table)
        answer = desk.post(f"/participants/{code}/{address}/take", {"id": row})
        assert answer.status_code == 422 and "wil niet dat wij bij de gemeente vragen" in answer.text
    assert workshop_days(desk, code) == [OURS]


def test_a_later_yes_brings_it_back(desk: Desk) -> None:
    code = without_file_dates(desk)
    with desk.work() as work:
        record_consent(work, desk.person(work, code), CONSENT)
    assert "Volgens het systeem" in desk.get(f"/participants/{code}/steps/workshop").text


def test_the_page_says_who_may_not_be_phoned(desk: Desk) -> None:
    code = desk.enrol()
    assert "niet bellen: geen toestemming" not in desk.get(f"/participants/{code}").text
    with desk.work() as work:
        record_consent(work, desk.person(work, code), replace(CONSENT, calls=False))
    assert "niet bellen: geen toestemming" in desk.get(f"/participants/{code}").text
