"""What surrounds the questions: reading back, themes, the card after the call, and the warning at somebody's words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from journey.call.after import card_line, find_card_before, record_card
from journey.call.read_backs import agreement
from journey.call.service import NewAttempt, plan_calls, record_attempt
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import AfterCall, Call, Participant, QuoteTheme, Rating, ReadBack, Study
from journey.participant.queries import get_journey
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.rating.themes import record_theme
from journey.rules.errors import Invalid, NotFound
from journey.work import House, Work
from tests.support.build import build_participant, build_study, csrf_of, get_study_by, sign_in
from tests.support.pages import PageClient

TODAY = date(2026, 3, 17)
LAST_WEEK = TODAY - timedelta(days=7)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def call_id(house: House) -> int:
    """This week's round of somebody who said last week that werk-nl was positive."""
    with house.work(now=at_local(LAST_WEEK, 10)) as work:
        person = build_participant(work, get_study_by(work, "haarlem-test"))
        record_step(work, get_journey(work, person), "werk-nl", LAST_WEEK, source="call")
        record_rating(work, person, NewRating("werk-nl", "step", "positive", "call", "Het ging vlot."))
        record_attempt(work, work.session.exec(select(Call)).one(), NewAttempt("interview"))
    with house.work(now=at_local(TODAY, 0, 10)) as work:
        plan_calls(work)
        return work.session.exec(select(Call.id).where(Call.state == "open")).one() or 0


@pytest.fixture
def desk(app: FastAPI, call_id: int) -> PageClient:
    return sign_in(app, "r@example.org", "researcher", "haarlem-test")


def tap(desk: PageClient, address: str, *, htmx: bool = False, **fields: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return desk.post(
        address, data={"csrf_token": csrf_of(desk), **fields}, headers=headers, follow_redirects=False
    )


def person(work: Work) -> Participant:
    return work.session.exec(select(Participant)).one()


def study(work: Work) -> Study:
    return get_study_by(work, "haarlem-test")


def values(house: House) -> list[tuple[str, str, str]]:
    with house.work() as work:
        rows = work.session.exec(select(Rating).order_by(col(Rating.id))).all()
        return [(row.step, row.value, row.quote) for row in rows]


# --- Reading back --------------------------------------------------------------------------------------


def test_what_was_said_last_week_is_read_back(desk: PageClient, call_id: int) -> None:
    page = desk.get(f"/calls/{call_id}").text
    assert "Op dinsdag 10 maart 2026 zei u:" in page
    assert "Aanmelden op werk.nl: goed" in page


def test_what_was_texted_is_said_to_be_told_by_the_person(
    desk: PageClient, house: House, call_id: int
) -> None:
    with house.work() as work:
        record_rating(work, person(work), NewRating("cv", "step", "negative", "sms"))
    assert "Op dinsdag 17 maart 2026 gaf u zelf door:" in desk.get(f"/calls/{call_id}").text


def test_a_yes_leaves_the_answer_as_it_was(desk: PageClient, house: House, call_id: int) -> None:
    answer = tap(desk, f"/calls/{call_id}/steps/werk-nl/read-back", step="positive")
    assert answer.headers["location"] == f"/calls/{call_id}#call-readback"
    with house.work() as work:
        row = work.session.exec(select(ReadBack)).one()
        assert (row.said, row.now) == ("positive", "positive")
    assert len(values(house)) == 1


def test_another_face_is_a_new_answer_with_the_words_kept(
    desk: PageClient, house: House, call_id: int
) -> None:
    part = tap(desk, f"/calls/{call_id}/steps/werk-nl/read-back", htmx=True, step="negative")
    assert 'id="call-readback"' in part.text
    assert re.search(r'value="negative" aria-pressed="true"', part.text)
    assert values(house) == [
        ("werk-nl", "positive", "Het ging vlot."),
        ("werk-nl", "negative", "Het ging vlot."),
    ]


def test_a_second_tap_takes_the_first_back(desk: PageClient, house: House, call_id: int) -> None:
    for value in ("negative", "positive"):
        tap(desk, f"/calls/{call_id}/steps/werk-nl/read-back", step=value)
    with house.work() as work:
        row = work.session.exec(select(ReadBack)).one()
        assert (row.said, row.now) == ("positive", "positive")
        assert agreement(work, study(work)).same == 1
    assert values(house)[-1][1] == "positive"


def test_what_was_read_back_is_not_asked_again(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/steps/werk-nl/read-back", step="positive")
    with house.work() as work:
        record_attempt(work, work.session.get_one(Call, call_id), NewAttempt("interview"))
    with house.work(now=at_local(TODAY + timedelta(days=7), 0, 10)) as work:
        plan_calls(work)
        later = work.session.exec(select(Call.id).where(Call.state == "open")).one()
    assert "Klopt dit nog?" not in desk.get(f"/calls/{later}").text


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("cv", {"step": "positive"}),
        ("werk-nl", {"step": "not_applicable"}),
        ("werk-nl", {"step": "bah"}),
        ("werk-nl", {}),
    ],
)
def test_a_wrong_read_back_changes_nothing(
    desk: PageClient, house: House, call_id: int, step: str, fields: dict[str, str]
) -> None:
    assert tap(desk, f"/calls/{call_id}/steps/{step}/read-back", **fields).status_code == 422
    with house.work() as work:
        assert work.session.exec(select(ReadBack)).all() == []


def test_agreement_leaves_out_what_was_taken_back(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/steps/werk-nl/read-back", step="negative")
    with house.work() as work:
        found = agreement(work, study(work))
        assert (found.n, found.same) == (1, 0)
        withdraw_participant(work, person(work), "from_step", "werk-nl")
        assert agreement(work, study(work)).n == 0


# --- Themes --------------------------------------------------------------------------------------------


def themes(house: House) -> list[tuple[str, str, str]]:
    with house.work() as work:
        rows = work.session.exec(select(QuoteTheme).order_by(QuoteTheme.theme)).all()
        return [(row.step, row.subject, row.theme) for row in rows]


def test_a_theme_goes_on_and_off_by_a_tap(desk: PageClient, house: House, call_id: int) -> None:
    address = f"/calls/{call_id}/steps/werk-nl/themes"
    tap(desk, address, subject="step", on="fast")
    tap(desk, address, subject="step", on="fast")
    tap(desk, address, subject="step", on="simple")
    assert themes(house) == [("werk-nl", "step", "fast"), ("werk-nl", "step", "simple")]
    part = tap(desk, address, htmx=True, subject="step", off="fast").text
    assert themes(house) == [("werk-nl", "step", "simple")]
    assert "Thema's: Eenvoudig" in part


@pytest.mark.parametrize(
    "fields", [{"subject": "step", "on": "bestaat-niet"}, {"subject": "step"}, {"on": "fast"}]
)
def test_a_wrong_theme_is_refused(
    desk: PageClient, house: House, call_id: int, fields: dict[str, str]
) -> None:
    assert tap(desk, f"/calls/{call_id}/steps/werk-nl/themes", **fields).status_code == 422
    assert themes(house) == []


# --- The warning at words --------------------------------------------------------------------------------


def test_words_that_could_tell_who_it_is_are_kept_with_a_warning(
    desk: PageClient, house: House, call_id: int
) -> None:
    said = "Toen belde mevrouw Jansen terug."
    part = tap(desk, f"/calls/{call_id}/steps/werk-nl/quote", htmx=True, subject="step", quote=said)
    assert "een medewerker met naam (mevrouw Jansen)" in part.text
    assert values(house)[-1] == ("werk-nl", "positive", said)


def test_ordinary_words_get_no_warning(desk: PageClient, call_id: int) -> None:
    assert "te herkennen zijn" not in desk.get(f"/calls/{call_id}").text


# --- The card after a call -------------------------------------------------------------------------------


def test_each_tap_on_the_card_is_saved(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/after", continues="unsure")
    tap(desk, f"/calls/{call_id}/after", trust="low")
    tap(desk, f"/calls/{call_id}/after", trust="high")
    with house.work() as work:
        card = work.session.exec(select(AfterCall)).one()
        assert (card.continues, card.trust, card.language_help) == ("unsure", "high", "")


@pytest.mark.parametrize("fields", [{"trust": "bah"}, {}])
def test_a_wrong_tap_on_the_card_is_refused(
    desk: PageClient, house: House, call_id: int, fields: dict[str, str]
) -> None:
    assert tap(desk, f"/calls/{call_id}/after", **fields).status_code == 422
    with house.work() as work:
        assert work.session.exec(select(AfterCall)).all() == []


def test_the_card_is_shown_right_after_a_talk_and_not_after_a_voicemail(
    desk: PageClient, call_id: int
) -> None:
    tap(desk, f"/calls/{call_id}/attempts", outcome="voicemail_left")
    assert "Hoe staat het ervoor?" not in desk.get(f"/calls?from={call_id}").text
    tap(desk, f"/calls/{call_id}/attempts", outcome="interview")
    assert "Hoe staat het ervoor?" in desk.get(f"/calls?from={call_id}").text


def test_next_week_the_card_is_one_line(desk: PageClient, house: House, call_id: int) -> None:
    with house.work() as work:
        earlier = work.session.exec(select(Call).where(Call.id != call_id)).one()
        record_card(work, earlier, "continues", "unsure")
        record_card(work, earlier, "language_help", "family")
    assert "doet mee: twijfelt · hulp bij de taal: familie" in desk.get(f"/calls/{call_id}").text


def test_without_a_card_there_is_no_line(house: House, call_id: int) -> None:
    with house.work() as work:
        assert card_line(find_card_before(work, work.session.get_one(Call, call_id))) == ""


# --- Whose it is -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["after", "help", "steps/werk-nl/themes", "steps/werk-nl/read-back"])
def test_people_of_another_study_do_not_exist(app: FastAPI, house: House, call_id: int, part: str) -> None:
    with house.work() as work:
        build_study(work, "elders")
    outsider = sign_in(app, "x@example.org", "researcher", "elders")
    assert tap(outsider, f"/calls/{call_id}/{part}").status_code == 404


@pytest.mark.parametrize("part", ["after", "help", "steps/werk-nl/themes", "steps/werk-nl/read-back"])
def test_after_a_withdrawal_nothing_is_recorded(
    desk: PageClient, house: House, call_id: int, part: str
) -> None:
    with house.work() as work:
        withdraw_participant(work, person(work), "stop")
    assert tap(desk, f"/calls/{call_id}/{part}", subject="step", on="fast").status_code == 409


def test_a_theme_of_a_step_that_is_not_on_the_route_is_refused(house: House, call_id: int) -> None:
    with house.work() as work, pytest.raises(Invalid):
        record_theme(replace(work), person(work), "rmc", "step", "fast")


def test_nothing_said_is_nothing_to_read_back(house: House, call_id: int) -> None:
    from journey.call.read_backs import tell_read_back

    with house.work() as work, pytest.raises(NotFound):
        tell_read_back(work, work.session.get_one(Call, call_id), "cv", "step", "positive")


# --- To someone else and to the voicemail (rules, 40) ------------------------------------------------------


@pytest.mark.parametrize("name", ["Ada", "فاطمة", "ሰላም", "Łukasz Çelik-O'Neill"])
def test_the_words_for_someone_else_say_nothing_of_the_subject(
    app: FastAPI, house: House, call_id: int, name: str
) -> None:
    with house.work() as work:
        build_participant(work, study(work), call_name=name, phone="0687654321")
        other = work.session.exec(select(Call.id).order_by(col(Call.id).desc())).first()
    desk = sign_in(app, "r@example.org", "researcher", "haarlem-test")
    page = desk.get(f"/calls/{other}").text
    block = page[page.index("Wat zegt u tegen iemand anders") : page.index("Zeg niet waar het over gaat")]
    assert name in block.replace("&#39;", "'")
    said = block.casefold()
    forbidden = (
        "bijstand",
        "uitkering",
        "gemeente",
        "haarlem",
        "sociale",
        "werkplein",
        "onderzoek",
        "aanvraag",
    )
    assert [word for word in forbidden if word in said] == []
