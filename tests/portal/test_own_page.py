"""What someone reads on their own page: where they are, what comes, and until when, never surer than the source."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from journey.models import Journey, Participant
from journey.participant.queries import get_journey
from journey.portal.advance_words import next_due
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_decision,
    record_departure,
    record_event,
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
    assert "Volgens wat u ons vertelde, is dinsdag 31 maart 2026 de laatste dag voor het besluit." in text
    assert "uiterlijk" not in text.lower()


def test_a_date_is_only_as_good_as_its_worst_source(house: House, client: PageClient) -> None:
    def told_of_a_delay(work: Work, _p: Participant, journey: Journey) -> None:
        record_application(work, journey, RECEIVED, source="letter")
        record_extension(work, journey, date(2026, 3, 12), date(2026, 4, 21), source="call")

    text = page(house, client, told_of_a_delay)
    assert "Volgens wat u ons vertelde, is dinsdag 21 april 2026 de laatste dag voor het besluit." in text


LAST_WEEK = date(2026, 3, 2)  # so that the first advance is due on 30 March


def with_advance(*events: tuple[date, str], source: str = "letter", received: date = RECEIVED) -> object:
    def arrange(work: Work, _p: Participant, journey: Journey) -> None:
        record_application(work, journey, received, source=source)
        for day, detail in events:
            record_event(work, journey, "advance", day, source=source, detail=detail)

    return arrange


def test_until_when_an_advance_is_due_without_a_promise(house: House, client: PageClient) -> None:
    text = page(house, client, with_advance(received=LAST_WEEK))
    assert "Uiterlijk maandag 30 maart 2026 hoort u een voorschot te krijgen." in text
    assert "Dat geldt als er dan nog geen besluit is." in text
    assert "Een voorschot is een lening" in text
    assert "Een voorschot zegt niets over het besluit." in text


def test_an_advance_after_a_told_application_is_never_surer_than_that(
    house: House, client: PageClient
) -> None:
    text = page(house, client, with_advance(received=LAST_WEEK, source="call"))
    assert "Volgens wat u ons vertelde, hoort u op maandag 30 maart 2026 een voorschot te hebben." in text
    assert "uiterlijk" not in text.lower()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("letter", "Uiterlijk dinsdag 3 maart 2026 hoorde er een voorschot te zijn."),
        ("call", "Volgens wat u ons vertelde, hoorde er op dinsdag 3 maart 2026 een voorschot te zijn."),
    ],
)
def test_after_four_weeks_they_may_ask_now(
    house: House, client: PageClient, source: str, sentence: str
) -> None:
    text = page(house, client, applied(source))
    assert sentence in text
    assert "U kunt de gemeente nu om een voorschot vragen." in text


@pytest.mark.parametrize(
    ("source", "paid", "again"),
    [
        (
            "letter",
            "Er is een voorschot betaald op maandag 2 maart 2026.",
            "Uiterlijk dinsdag 31 maart 2026 hoort u een volgend voorschot te krijgen.",
        ),
        (
            "call",
            "U vertelde ons dat u een voorschot kreeg op maandag 2 maart 2026.",
            "Volgens wat u ons vertelde, hoort u op dinsdag 31 maart 2026 een volgend voorschot te hebben.",
        ),
    ],
)
def test_an_advance_that_was_paid_is_said_with_the_next_one(
    house: House, client: PageClient, source: str, paid: str, again: str
) -> None:
    text = page(house, client, with_advance((LAST_WEEK, "paid"), source=source))
    assert paid in text and again in text


def test_an_advance_that_was_offered_leaves_its_day_as_it_was(house: House, client: PageClient) -> None:
    text = page(house, client, with_advance((date(2026, 3, 9), "offered"), received=LAST_WEEK))
    assert "De gemeente bood u een voorschot aan op maandag 9 maart 2026." in text
    assert "Uiterlijk maandag 30 maart 2026 hoort u een voorschot te krijgen." in text


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ("refused", "De gemeente gaf geen voorschot op maandag 2 maart 2026."),
        ("exception", "geldt voor u een uitzondering. U krijgt dan geen voorschot."),
    ],
)
def test_without_an_advance_to_come_no_day_is_named(
    house: House, client: PageClient, detail: str, sentence: str
) -> None:
    text = page(house, client, with_advance((LAST_WEEK, detail)))
    assert sentence in text and "Wilt u weten waarom? Vraag het de gemeente." in text
    assert "hoort u een" not in text and "hoorde er een" not in text


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ([], date(2026, 3, 3)),
        ([date(2026, 2, 20)], date(2026, 3, 31)),
        ([date(2026, 3, 3)], date(2026, 3, 31)),
        ([date(2026, 3, 5)], date(2026, 3, 31)),
        ([date(2026, 2, 20), date(2026, 3, 20)], date(2026, 4, 28)),
        ([date(2026, 4, 2)], date(2026, 4, 28)),
    ],
)
def test_the_day_of_the_next_advance(paid: list[date], due: date) -> None:
    assert next_due(RECEIVED, paid) == due


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


OUTCOMES = {
    "granted": ("Het besluit: uw aanvraag is toegekend.", "is uw aanvraag toegekend."),
    "rejected": ("Het besluit: uw aanvraag is afgewezen.", "is uw aanvraag afgewezen."),
    "not_treated": (
        "Het besluit: de gemeente neemt uw aanvraag niet in behandeling.",
        "neemt de gemeente uw aanvraag niet in behandeling.",
    ),
}


@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_the_decision_is_named_with_until_when_objection_is_possible(
    house: House, client: PageClient, outcome: str
) -> None:
    text = page(house, client, decided(date(2026, 3, 10), outcome))
    assert OUTCOMES[outcome][0] in text
    assert "Het besluit (de beschikking) is verstuurd op dinsdag 10 maart 2026." in text
    assert "U kunt bezwaar maken tot en met dinsdag 21 april 2026." in text
    assert "voorschot" not in text and "hier bent u nu" not in text


@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_a_decision_that_was_told_is_said_to_be_so(house: House, client: PageClient, outcome: str) -> None:
    text = page(house, client, decided(date(2026, 3, 10), outcome, "call"))
    assert f"Volgens wat u ons vertelde, {OUTCOMES[outcome][1]}" in text
    assert "U vertelde ons dat het besluit (de beschikking) is verstuurd op dinsdag 10 maart 2026." in text
    assert "Klopt die datum? Dan kunt u bezwaar maken tot en met dinsdag 21 april 2026." in text


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("letter", "Bezwaar maken kon tot en met dinsdag 3 maart 2026."),
        ("call", "Klopt die datum? Dan kon u bezwaar maken tot en met dinsdag 3 maart 2026."),
    ],
)
def test_when_objection_is_too_late_that_is_said_too(
    house: House, client: PageClient, source: str, sentence: str
) -> None:
    assert sentence in page(house, client, decided(date(2026, 1, 20), source=source))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("letter", "Uw aanvraag is ingetrokken."),
        ("call", "Volgens wat u ons vertelde, is uw aanvraag ingetrokken."),
    ],
)
def test_who_took_the_application_back_reads_nothing_about_objection(
    house: House, client: PageClient, source: str, sentence: str
) -> None:
    text = page(house, client, decided(date(2026, 3, 10), "withdrawn", source))
    assert sentence in text and "dinsdag 10 maart 2026" in text
    assert "bezwaar" not in text and "beschikking)" not in text


def test_who_left_reads_that_nothing_runs(house: House, client: PageClient) -> None:
    def left(work: Work, _p: Participant, journey: Journey) -> None:
        record_application(work, journey, RECEIVED, source="letter")
        record_departure(work, journey, date(2026, 3, 2), "work", source="call")

    assert "Uw aanvraag loopt niet meer, volgens wat wij weten." in page(house, client, left)


# --- languages --------------------------------------------------------------------------------------


def test_the_person_s_own_language_when_we_have_it(house: House, client: PageClient) -> None:
    text = page(house, client, applied(), "en")
    assert '<html lang="en"' in text
    assert "You will hear the decision by Tuesday 31 March 2026." in text
    assert "Register at werk.nl" in text
    assert "besluit." not in text


def test_a_decision_and_an_advance_are_in_english_too(house: House, client: PageClient) -> None:
    text = page(house, client, decided(date(2026, 3, 10), "rejected"), "en")
    assert "The decision: your application has been rejected." in text
    assert "You can object up to and including Tuesday 21 April 2026." in text
    text = page(house, client, with_advance((LAST_WEEK, "paid")), "en")
    assert "You should get another advance by Tuesday 31 March 2026." in text


def test_dutch_is_one_tap_away_and_stays(house: House, client: PageClient) -> None:
    one = visitor(house, language="en")
    text = client.get(f"{one.path}?lang=nl").text
    assert '<html lang="nl"' in text
    assert f'action="{one.path}/ratings?lang=nl"' in text
    assert f'href="{one.path}/stop?lang=nl"' in text


@pytest.mark.parametrize("asked", ["xx", "de", "../en", "EN", ""])
def test_a_language_we_do_not_have_is_not_taken(house: House, client: PageClient, asked: str) -> None:
    assert '<html lang="nl"' in client.get(visitor(house).path, params={"lang": asked}).text


# --- calls ------------------------------------------------------------------------------------------


def test_bel_mij_asks_for_a_call_and_says_until_when(house: House, client: PageClient) -> None:
    from sqlmodel import select

    from journey.models import Call

    one = visitor(house)
    answer = client.post(f"{one.path}/call")
    assert "Wij bellen u" in answer.text and "eindigt op 78" in answer.text
    with house.work(write=False) as work:
        call = work.session.exec(select(Call)).one()
        assert call.asked_back_at is not None and call.state == "open"


def test_the_number_of_the_research_is_on_the_first_screen(house: House, client: PageClient) -> None:
    assert 'href="tel:+31232000000"' in first_screen(page(house, client, applied()))


def first_screen(html: str) -> str:
    return html.partition('class="first"')[2].partition('id="question"')[0].partition('id="more"')[0]


def test_the_researcher_s_name_is_there(house: House, client: PageClient) -> None:
    from sqlmodel import select

    from journey.models import User
    from tests.support.build import build_user

    build_user(house, "ria@example.org", "researcher")

    def of_ria(work: Work, person: Participant, _j: Journey) -> None:
        person.researcher_id = work.session.exec(select(User.id)).one()

    assert "Bel Ria:" in first_screen(page(house, client, of_ria))


def test_young_people_read_their_own_route(house: House, client: PageClient) -> None:
    one = visitor(
        house,
        lambda work, person, journey: record_step(
            work, get_journey(work, person), "werkplein", work.today - timedelta(days=1), source="call"
        ),
        route="jongeren",
    )
    assert "hier bent u nu" in client.get(one.path).text


def test_who_has_no_number_is_not_promised_a_call(house: House, client: PageClient) -> None:
    with_number = client.get(visitor(house, nothing).path).text
    without = client.get(visitor(house, nothing, phone=None, channel="web").path).text
    assert "Bel mij, pauze, stoppen" in with_number
    assert "Bel mij" not in without and "Stoppen en meer" in without
