"""What someone reads on their own page: where they are, what comes, and until when, never surer than the source."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from journey.models import Journey, Participant
from journey.participant.queries import get_journey
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_decision,
    record_departure,
    record_extension,
    record_step,
    record_suspension,
)
from journey.work import House, Work
from tests.portal.arrange import visitor
from tests.support.pages import PageClient

RECEIVED = date(2026, 2, 3)


@pytest.fixture
def today() -> date:
    return date(2026, 3, 16)


def page(house: House, client: PageClient, arrange: object, language: str = "nl") -> str:
    return client.get(visitor(house, arrange, language=language).path).text  # type: ignore[arg-type]


def nothing(work: Work, person: Participant, journey: Journey) -> None: ...


def applied(source: str = "letter") -> object:
    return lambda work, person, journey: record_application(work, journey, RECEIVED, source=source)


def test_somebody_who_only_just_began(house: House, client: PageClient) -> None:
    text = page(house, client, nothing)
    assert "Er is nog geen aanvraag, volgens wat wij weten." in text
    assert "Aanmelden op werk.nl" in text and "hier bent u nu" in text
    assert "Neem mee:" in text and "Uw DigiD." in text
    assert 'id="question"' not in text


def test_where_they_are_is_after_the_furthest_step_done(house: House, client: PageClient) -> None:
    text = page(
        house,
        client,
        lambda work, _p, journey: record_step(work, journey, "workshop", date(2026, 3, 12), source="call"),
    )
    now = text.partition('aria-current="step"')[2].partition("</li>")[0]
    assert "Aanvraagformulier indienen" in now


def test_a_planned_step_says_when(house: House, client: PageClient) -> None:
    def planned(work: Work, _p: Participant, journey: Journey) -> None:
        record_step(work, journey, "werkplein", date(2026, 3, 10), source="call")
        record_step(work, journey, "rechten-en-plichten", date(2026, 3, 19), source="call", state="planned")

    assert "Gepland op donderdag 19 maart 2026." in page(house, client, planned)


@pytest.mark.parametrize("source", ["letter", "import"])
def test_a_date_from_paper_is_said_plainly(house: House, client: PageClient, source: str) -> None:
    assert "Uiterlijk dinsdag 31 maart 2026 hoort u het besluit." in page(house, client, applied(source))


@pytest.mark.parametrize("source", ["call", "participant"])
def test_a_date_by_telling_is_said_to_be_so(house: House, client: PageClient, source: str) -> None:
    text = page(house, client, applied(source))
    assert "Volgens wat u ons vertelde, hoort u het besluit uiterlijk dinsdag 31 maart 2026." in text
    assert "Uiterlijk dinsdag" not in text


def test_a_date_is_only_as_good_as_its_worst_source(house: House, client: PageClient) -> None:
    def told_of_a_delay(work: Work, _p: Participant, journey: Journey) -> None:
        record_application(work, journey, RECEIVED, source="letter")
        record_extension(work, journey, date(2026, 3, 12), date(2026, 4, 21), source="call")

    text = page(house, client, told_of_a_delay)
    assert "Volgens wat u ons vertelde, hoort u het besluit uiterlijk dinsdag 21 april 2026." in text


def test_the_advance_is_a_question_they_may_ask(house: House, client: PageClient) -> None:
    text = page(
        house,
        client,
        lambda work, _p, journey: record_application(work, journey, date(2026, 3, 2), source="letter"),
    )
    assert "Is er op maandag 30 maart 2026 nog geen besluit? Dan kunt u om een voorschot vragen." in text
    assert "Een voorschot is een lening" in text


def test_after_four_weeks_they_may_ask_now(house: House, client: PageClient) -> None:
    assert "U kunt nu om een voorschot vragen." in page(house, client, applied())


@pytest.mark.parametrize(
    ("suspension", "why", "what"),
    [
        (
            NewSuspension("1a", invited_on=date(2026, 3, 9), term=date(2026, 3, 23)),
            "De gemeente vroeg u om meer papieren.",
            "Lever ze in, uiterlijk maandag 23 maart 2026.",
        ),
        (
            NewSuspension("1b", told_on=date(2026, 3, 9)),
            "De gemeente wacht op informatie uit het buitenland.",
            "U hoeft nu niets te doen.",
        ),
        (
            NewSuspension("2a", from_on=date(2026, 3, 9), to_on=date(2026, 3, 30)),
            "U sprak met de gemeente af dat het langer mag duren.",
            "Daarna loopt de tijd weer door.",
        ),
        (
            NewSuspension("2b", from_on=date(2026, 3, 9)),
            "De gemeente wacht op iets van u.",
            "Weet u niet wat? Bel de gemeente.",
        ),
        (
            NewSuspension("2c", from_on=date(2026, 3, 9)),
            "De gemeente kan door overmacht nu niet verder.",
            "U hoeft nu niets te doen.",
        ),
    ],
)
def test_standing_still_says_why_and_what_to_do(
    house: House, client: PageClient, suspension: NewSuspension, why: str, what: str
) -> None:
    def stopped(work: Work, _p: Participant, journey: Journey) -> None:
        record_application(work, journey, RECEIVED, source="letter")
        record_suspension(work, journey, suspension, source="letter")

    text = page(house, client, stopped)
    assert "De tijd voor het besluit staat nu stil." in text
    assert why in text and what in text
    assert "hoort u het besluit" not in text


def test_late_says_what_to_do_and_promises_nothing(house: House, client: PageClient) -> None:
    text = page(
        house,
        client,
        lambda work, _p, journey: record_application(work, journey, date(2026, 1, 10), source="letter"),
    )
    assert "U had het besluit uiterlijk maandag 9 maart 2026 moeten horen." in text
    assert "Vraag de gemeente hoe het met uw aanvraag staat." in text


def decided(sent: date, outcome: str = "granted", source: str = "letter") -> object:
    def arrange(work: Work, _p: Participant, journey: Journey) -> None:
        record_application(work, journey, date(2026, 1, 5), source="letter")
        record_decision(work, journey, sent, outcome, source=source)

    return arrange


def test_after_the_decision_until_when_objection_is_possible(house: House, client: PageClient) -> None:
    text = page(house, client, decided(date(2026, 3, 10)))
    assert "Het besluit is verstuurd op dinsdag 10 maart 2026." in text
    assert "U kunt bezwaar maken tot en met dinsdag 21 april 2026." in text
    assert "voorschot" not in text and "hier bent u nu" not in text


def test_when_objection_is_too_late_that_is_said_too(house: House, client: PageClient) -> None:
    text = page(house, client, decided(date(2026, 1, 20)))
    assert "Bezwaar maken kon tot en met dinsdag 3 maart 2026." in text


def test_who_took_the_application_back_reads_nothing_about_objection(
    house: House, client: PageClient
) -> None:
    assert "bezwaar maken tot" not in page(house, client, decided(date(2026, 3, 10), "withdrawn"))


def test_who_left_reads_that_nothing_runs(house: House, client: PageClient) -> None:
    def left(work: Work, _p: Participant, journey: Journey) -> None:
        record_application(work, journey, RECEIVED, source="letter")
        record_departure(work, journey, date(2026, 3, 2), "work", source="call")

    assert "Uw aanvraag loopt niet meer, volgens wat wij weten." in page(house, client, left)


@pytest.mark.parametrize("outcome", ["granted", "rejected", "not_treated"])
def test_the_page_never_tells_the_outcome(house: House, client: PageClient, outcome: str) -> None:
    text = page(house, client, decided(date(2026, 3, 10), outcome)).lower()
    for word in ("toegekend", "afgewezen", "granted", "rejected"):
        assert word not in text


# --- languages --------------------------------------------------------------------------------------


def test_the_person_s_own_language_when_we_have_it(house: House, client: PageClient) -> None:
    text = page(house, client, applied(), "en")
    assert '<html lang="en"' in text
    assert "You will hear the decision by Tuesday 31 March 2026." in text
    assert "Register at werk.nl" in text
    assert "besluit." not in text


def test_a_language_without_texts_is_not_offered(house: House, client: PageClient) -> None:
    text = page(house, client, nothing, "ti")
    assert '<html lang="nl"' in text and "ትግርኛ" not in text


def test_dutch_is_one_tap_away_and_stays(house: House, client: PageClient) -> None:
    one = visitor(house, language="en")
    text = client.get(f"{one.path}?lang=nl").text
    assert '<html lang="nl"' in text
    assert f'action="{one.path}/ratings?lang=nl"' in text
    assert f'href="{one.path}/stop?lang=nl"' in text


@pytest.mark.parametrize("asked", ["xx", "ti", "../en", "EN", ""])
def test_a_language_we_do_not_have_is_not_taken(house: House, client: PageClient, asked: str) -> None:
    assert '<html lang="nl"' in client.get(visitor(house).path, params={"lang": asked}).text


# --- calls ------------------------------------------------------------------------------------------


def test_opening_the_page_changes_nothing(house: House, client: PageClient) -> None:
    """A scanner of messages opens every link, and some try HEAD."""
    one = visitor(house)
    before = dump(house)
    for part in ("", "/ratings", "/ratings?step=cv&subject=step", "/call", "/stop"):
        client.get(one.path + part)
    assert dump(house) == before


def dump(house: House) -> list[tuple[str, int]]:
    from sqlmodel import func, select

    from journey.models import metadata

    with house.work(write=False) as work:
        return [
            (table.name, work.session.exec(select(func.count()).select_from(table)).one())
            for table in metadata.sorted_tables
        ]


def test_bel_mij_asks_for_a_call_and_says_until_when(house: House, client: PageClient) -> None:
    from sqlmodel import select

    from journey.models import Call

    one = visitor(house)
    answer = client.post(f"{one.path}/call")
    assert "Wij bellen u" in answer.text and "eindigt op 78" in answer.text
    with house.work(write=False) as work:
        call = work.session.exec(select(Call)).one()
        assert call.asked_back_at is not None and call.state == "open"


def test_without_a_number_there_is_no_button_but_a_number_to_call(house: House, client: PageClient) -> None:
    text = client.get(visitor(house, phone=None, channel="web").path).text
    assert "Bel mij" not in text
    assert "023 200 0000" in text


def test_the_researcher_s_name_is_there(house: House, client: PageClient) -> None:
    from sqlmodel import select

    from journey.models import User
    from tests.support.build import build_user

    build_user(house, "ria@example.org", "researcher")

    def of_ria(work: Work, person: Participant, _j: Journey) -> None:
        person.researcher_id = work.session.exec(select(User.id)).one()

    assert "Uw onderzoeker is Ria." in page(house, client, of_ria)


def test_young_people_read_their_own_route(house: House, client: PageClient) -> None:
    one = visitor(
        house,
        lambda work, person, journey: record_step(
            work, get_journey(work, person), "werkplein", work.today - timedelta(days=1), source="call"
        ),
        route="jongeren",
    )
    assert "hier bent u nu" in client.get(one.path).text
