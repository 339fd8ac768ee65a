"""Rating in two taps, without JavaScript: counted once, corrected, and only what is one's own."""

from __future__ import annotations

import re
import threading

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import Journey, Participant, Rating
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.work import House, Work
from tests.portal.arrange import Visitor, rating, ratings, two_steps, visitor
from tests.support.build import sign_in
from tests.support.pages import PageClient


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def test_two_taps_rate_the_newest_step_and_its_staff(house: House, client: PageClient, one: Visitor) -> None:
    assert "Melden op het Werkplein" in question(client.get(one.path).text)
    first = client.post(f"{one.path}/ratings", data=rating())
    assert "medewerker" in question(first.text)
    second = client.post(f"{one.path}/ratings", data=rating(subject="staff", value="neutral"))
    assert "Dit hebben wij begrepen" in second.text
    assert ratings(house) == [("werkplein", "step", "positive", ""), ("werkplein", "staff", "neutral", "")]


def question(html: str) -> str:
    return html.partition('id="question"')[2].partition("</section>")[0]


def test_the_answer_is_stored_as_from_the_web_by_the_participant(
    house: House, client: PageClient, one: Visitor
) -> None:
    client.post(f"{one.path}/ratings", data=rating())
    with house.work(write=False) as work:
        row = work.session.exec(select(Rating)).one()
    assert (row.channel, row.recorded_by, row.recall_lag) == ("web", f"participant:{one.code}", 2)


def test_after_the_newest_comes_the_one_before(client: PageClient, one: Visitor) -> None:
    client.post(f"{one.path}/ratings", data=rating())
    page = client.post(f"{one.path}/ratings", data=rating(subject="staff")).text
    assert "Volgende vraag: Cv uploaden" in page


def test_a_word_can_be_added_and_shows_what_was_understood(
    house: House, client: PageClient, one: Visitor
) -> None:
    client.post(f"{one.path}/ratings", data=rating())
    client.post(f"{one.path}/ratings", data=rating(subject="staff"))
    page = client.post(f"{one.path}/ratings", data=rating(quote="Snel geholpen.")).text
    assert "“Snel geholpen.”" in page
    assert ratings(house)[-1] == ("werkplein", "step", "positive", "Snel geholpen.")


@pytest.mark.parametrize(
    "words", ["😀👍🏽", "شكراً جزيلاً", "<script>alert(1)</script>", "%(day)s {{ x }}", "é" * 5000]
)
def test_any_words_come_back_as_they_were_typed(
    house: House, client: PageClient, one: Visitor, words: str
) -> None:
    client.post(f"{one.path}/ratings", data=rating())
    client.post(f"{one.path}/ratings", data=rating(subject="staff"))
    page = client.post(f"{one.path}/ratings", data=rating(quote=words)).text
    assert ratings(house)[-1][3] == words
    assert "<script>alert" not in page
    assert '<p dir="auto">' in page


def test_too_many_words_are_not_lost(house: House, client: PageClient, one: Visitor) -> None:
    client.post(f"{one.path}/ratings", data=rating())
    client.post(f"{one.path}/ratings", data=rating(subject="staff"))
    answer = client.post(f"{one.path}/ratings", data=rating(quote="x" * 5001))
    assert answer.status_code == 422
    assert "x" * 5001 in answer.text


def test_who_does_not_want_to_be_quoted_reads_that_only_researchers_read_it(
    house: House, client: PageClient
) -> None:
    from tests.support.build import CONSENT

    own = visitor(house, consent=type(CONSENT)(**{**vars(CONSENT), "quotes": False}))
    client.post(f"{own.path}/ratings", data=rating())
    page = client.post(f"{own.path}/ratings", data=rating(subject="staff")).text
    assert "Alleen de onderzoekers lezen dit." in page


def test_an_answer_can_be_seen_and_corrected(house: House, client: PageClient, one: Visitor) -> None:
    client.post(f"{one.path}/ratings", data=rating(value="negative"))
    answers = client.get(f"{one.path}/ratings").text
    href = re.search(r'href="([^"]*step=werkplein[^"]*)"', answers)
    assert href and "Niet goed" in answers
    asked = client.get(href[1].replace("&amp;", "&")).text
    assert 'value="negative" aria-pressed="true"' in asked
    client.post(f"{one.path}/ratings", data=rating(value="positive"))
    assert [row[2] for row in ratings(house)] == ["negative", "positive"]


def test_what_was_said_on_the_phone_is_there_too(house: House, client: PageClient) -> None:
    def called(work: Work, person: Participant, journey: Journey) -> None:
        two_steps(work, person, journey)
        record_rating(work, person, NewRating("werkplein", "step", "neutral", "call", "Druk."))

    page = client.get(f"{visitor(house, called).path}/ratings").text
    assert "Gaat wel" in page and "“Druk.”" in page


def test_words_stay_when_only_the_face_changes(house: House, client: PageClient, one: Visitor) -> None:
    client.post(f"{one.path}/ratings", data=rating(quote="Druk."))
    client.post(f"{one.path}/ratings", data=rating(value="negative"))
    assert ratings(house)[-1] == ("werkplein", "step", "negative", "Druk.")


def test_the_same_answer_twice_is_one_answer(house: House, client: PageClient, one: Visitor) -> None:
    for _ in range(2):
        client.post(f"{one.path}/ratings", data=rating())
    assert len(ratings(house)) == 1


def test_a_reload_after_a_correction_does_not_bring_the_old_answer_back(
    house: House, client: PageClient, one: Visitor
) -> None:
    first = rating(idempotency_key="tap-1")
    client.post(f"{one.path}/ratings", data=first)
    client.post(f"{one.path}/ratings", data=rating(value="negative", idempotency_key="tap-2"))
    assert client.post(f"{one.path}/ratings", data=first).status_code == 200
    assert [row[2] for row in ratings(house)] == ["positive", "negative"]


def test_another_face_of_the_same_page_is_a_correction(
    house: House, client: PageClient, one: Visitor
) -> None:
    """Back, and another face: no retry with another body, because a key belongs to what was sent with it."""
    (key,) = set(re.findall(r'name="idempotency_key" value="([^"]+)"', question(client.get(one.path).text)))
    for value in ("positive", "negative"):
        answer = client.post(f"{one.path}/ratings", data=rating(value=value, idempotency_key=key))
        assert answer.status_code == 200
    assert [row[2] for row in ratings(house)] == ["positive", "negative"]


@pytest.mark.both
def test_a_double_tap_is_one_answer(house: House, app: FastAPI, one: Visitor) -> None:
    statuses = []

    def tap() -> None:
        client = PageClient(app, base_url=house.settings.base_url)
        answer = client.post(f"{one.path}/ratings", data=rating(idempotency_key="tap"))
        statuses.append(answer.status_code)

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for one_tap in taps:
        one_tap.start()
    for one_tap in taps:
        one_tap.join()
    assert statuses == [200] * 4
    assert len(ratings(house)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        rating(step="workshop"),  # on the route, not happened
        rating(step="leerplein"),  # of another route
        rating(step="no-such-step"),
        rating(step="cv", subject="staff"),  # not asked
        rating(subject="weather"),
        rating(value="great"),
        rating(value=""),
        rating(step="x" * 5000),
    ],
)
def test_what_is_not_asked_is_refused_kindly(
    house: House, client: PageClient, one: Visitor, fields: dict[str, str]
) -> None:
    answer = client.post(f"{one.path}/ratings", data=fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ratings(house) == []


def test_another_person_s_step_is_not_mine(house: House, client: PageClient) -> None:
    def further(work: Work, person: Participant, journey: Journey) -> None:
        record_step(work, journey, "workshop", work.today, source="call")

    mine, _other = visitor(house), visitor(house, further)
    assert client.post(f"{mine.path}/ratings", data=rating(step="workshop")).status_code == 422


def test_a_question_that_does_not_exist_leads_back_to_the_answers(client: PageClient, one: Visitor) -> None:
    answer = client.get(f"{one.path}/ratings?step=nope&subject=step", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{one.path}/ratings")


def test_a_form_from_another_site_is_refused(house: House, client: PageClient, one: Visitor) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"{one.path}/ratings", data=rating(), headers=headers).status_code == 403
    assert ratings(house) == []


def test_somebody_signed_in_who_opens_the_page_acts_as_the_participant(
    house: House, app: FastAPI, one: Visitor
) -> None:
    client = sign_in(app, "ria@example.org", "researcher")
    field = re.search(r'name="csrf_token" value="([^"]+)"', client.get(one.path).text)
    assert field
    client.post(f"{one.path}/ratings", data=rating(csrf_token=field[1]))
    with house.work(write=False) as work:
        assert work.session.exec(select(Rating.recorded_by)).one() == f"participant:{one.code}"


def test_in_english_all_the_way(house: House, client: PageClient) -> None:
    own = visitor(house, language="en")
    client.post(f"{own.path}/ratings", data=rating())
    page = client.post(f"{own.path}/ratings", data=rating(subject="staff")).text
    assert "This is what we understood" in page
    refused = client.post(f"{own.path}/ratings", data=rating(value="great")).text
    assert "This choice does not exist." in refused
