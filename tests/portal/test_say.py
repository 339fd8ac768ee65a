"""My say: when, how and by whom somebody is called, a rest, and what we know; each through the service that a text or
the call desk uses."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from journey.call.planning import plan_calls
from journey.clock import AMSTERDAM
from journey.models import AuditEntry, Call, CallBack, Participant
from journey.rating.service import NewRating, record_rating
from journey.work import House, Work
from tests.portal.arrange import Visitor, visitor
from tests.support.pages import PageClient

MONDAY = date(2026, 3, 16)
WEDNESDAY, SUNDAY = date(2026, 3, 18), date(2026, 3, 22)


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def person(house: House) -> Participant:
    with house.work(write=False) as work:
        return work.session.exec(select(Participant)).one()


def call(house: House) -> Call:
    with house.work(write=False) as work:
        return work.session.exec(select(Call).order_by(col(Call.week).desc())).first()  # type: ignore[return-value]


def acts(house: House) -> list[str]:
    with house.work(write=False) as work:
        rows = work.session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
        return [row.action for row in rows if row.actor.startswith("participant:")]


def test_everything_is_one_tap_from_the_own_page(client: PageClient, one: Visitor) -> None:
    assert f'href="{one.path}/say"' in client.get(one.path).text
    page = client.get(f"{one.path}/say").text
    for way in (
        "Bel mij<",
        "Bel mij later",
        "Twee weken pauze",
        "Niet bellen maar anders",
        "Wat weten wij van u?",
    ):
        assert way in page
    assert 'href="/check"' in page and f'href="{one.path}/stop"' in page


def test_what_people_want_most_comes_first_and_the_rest_is_folded(client: PageClient, one: Visitor) -> None:
    page = client.get(f"{one.path}/say").text
    ways = ("Bel mij<", "Bel mij later", "Twee weken pauze", "Niet bellen maar anders", "Stoppen met het")
    folded = ("<summary>Iets anders", "Wat weten wij van u?", "Waar zegt u ja op?", "Is dit echt?")
    places = [page.index(words) for words in (*ways, *folded)]
    assert places == sorted(places)


def test_a_pause_says_until_when_and_can_be_ended(house: House, client: PageClient, one: Visitor) -> None:
    client.post(f"{one.path}/pause")
    page = client.get(f"{one.path}/say").text
    assert "U heeft pauze. Wij bellen u niet tot maandag 30 maart 2026." in page
    assert "Twee weken pauze" not in page
    ended = client.post(f"{one.path}/pause", data={"wanted": "no"}).text
    assert "Uw pauze is voorbij" in ended
    assert person(house).rest_until is None and acts(house)[-1] == "call.resume"
    assert "Twee weken pauze" in client.get(f"{one.path}/say").text


def test_the_choice_that_decides_is_not_called_optional(client: PageClient, one: Visitor) -> None:
    assert "niet verplicht" not in client.get(f"{one.path}/stop").text


# --- Call me ----------------------------------------------------------------------------------------


def test_call_me_is_a_promise_through_the_page(house: House, client: PageClient, one: Visitor) -> None:
    page = client.post(f"{one.path}/call").text
    assert "U hoort ons uiterlijk" in page and "eindigt op 78" in page
    with house.work(write=False) as work:
        assert work.session.exec(select(CallBack.via)).all() == ["page"]


def test_two_taps_on_call_me_are_one_promise(house: House, client: PageClient, one: Visitor) -> None:
    for _ in range(2):
        client.post(f"{one.path}/call")
    with house.work(write=False) as work:
        assert len(work.session.exec(select(CallBack)).all()) == 1


@pytest.mark.parametrize("part", ["call", "later", "pause", "researcher"])
def test_a_reload_of_a_confirmation_leads_back_without_asking_again(
    house: House, client: PageClient, one: Visitor, part: str
) -> None:
    answer = client.get(f"{one.path}/{part}", follow_redirects=False)
    assert answer.status_code in (200, 303)
    assert acts(house) == []


def test_who_has_no_number_reads_whom_to_call(house: House, client: PageClient) -> None:
    own = visitor(house, phone=None, channel="web")
    page = client.get(f"{own.path}/say").text
    assert "Wij hebben geen telefoonnummer van u. Bel ons." in page and "Bel mij<" not in page
    for address, fields in (("call", {}), ("later", {"day": WEDNESDAY.isoformat(), "part": "day"})):
        answer = client.post(f"{own.path}/{address}", data=fields)
        assert answer.status_code == 422 and "Wij hebben geen telefoonnummer van u." in answer.text
    with house.work(write=False) as work:
        assert work.session.exec(select(CallBack)).all() == []


# --- Later ------------------------------------------------------------------------------------------


def later(client: PageClient, one: Visitor, day: date | str, part: str) -> Any:
    return client.post(f"{one.path}/later", data={"day": str(day), "part": part})


def test_a_part_of_a_day_is_an_appointment_with_a_window(
    house: House, client: PageClient, one: Visitor
) -> None:
    page = later(client, one, WEDNESDAY, "afternoon").text
    assert "Wij bellen u op woensdag 18 maart 2026, tussen 12:00 en 17:00." in page
    agreed = call(house)
    assert agreed.appointment_at == datetime(2026, 3, 18, 12, tzinfo=AMSTERDAM)
    assert agreed.appointment_until == datetime(2026, 3, 18, 17, tzinfo=AMSTERDAM)


def test_another_day_of_this_week_moves_the_call_as_later_by_text_does(
    house: House, client: PageClient, one: Visitor
) -> None:
    assert "Wij bellen u op woensdag 18 maart 2026." in later(client, one, WEDNESDAY, "day").text
    moved = call(house)
    assert (moved.due_on, moved.appointment_at) == (WEDNESDAY, None)
    assert "call.move" in acts(house)


def test_what_was_agreed_stands_on_the_own_page(client: PageClient, one: Visitor) -> None:
    later(client, one, WEDNESDAY, "evening")
    assert "Wij bellen u op woensdag 18 maart 2026, tussen 17:00 en 20:30." in client.get(one.path).text


@pytest.mark.parametrize(
    ("day", "part", "sentence"),
    [
        ("", "", "Kies een dag."),
        (WEDNESDAY, "", "Kies een deel van de dag."),
        (MONDAY - timedelta(days=1), "day", "Kies een dag die nog komt."),
        ("1900-01-01", "morning", "Kies een dag die nog komt."),
        (SUNDAY, "day", "Op die dag bellen wij niet. Kies een andere dag."),
        ("2026-04-06", "day", "Op die dag bellen wij niet. Kies een andere dag."),  # Easter Monday
        ("2027-03-18", "day", "Op die dag bellen wij niet. Kies een andere dag."),
        (date(2026, 3, 21), "evening", "Dan bellen wij niet. Kies een ander deel van de dag."),
        ("morgen", "day", "Dit is geen datum."),
        (WEDNESDAY, "night", "Deze keuze bestaat niet."),
        ("😀" * 2000, "day", "te lang: hoogstens 300"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_what_to_choose(
    house: House, client: PageClient, one: Visitor, day: date | str, part: str, sentence: str
) -> None:
    answer = later(client, one, day, part)
    assert answer.status_code == 422 and sentence in answer.text
    assert call(house).appointment_at is None and call(house).due_on == MONDAY


def test_only_days_on_which_we_call_are_offered(client: PageClient, one: Visitor) -> None:
    days = re.findall(r'name="day" value="([^"]+)"', client.get(f"{one.path}/later").text)
    assert 5 <= len(days) <= 6 and SUNDAY.isoformat() not in days


# --- A rest, another way, somebody else -------------------------------------------------------------


def test_a_pause_is_two_weeks_and_bel_mij_ends_it(house: House, client: PageClient, one: Visitor) -> None:
    page = client.post(f"{one.path}/pause").text
    assert "Wij bellen u niet tot maandag 30 maart 2026." in page
    assert person(house).rest_until == MONDAY + timedelta(days=14)
    assert "Wij bellen u weer vanaf maandag 30 maart 2026." in client.get(one.path).text
    client.post(f"{one.path}/call")
    assert person(house).rest_until is None


def test_who_wants_no_phone_is_not_called_this_week_nor_next(
    house: House, client: PageClient, one: Visitor
) -> None:
    page = client.post(f"{one.path}/channel", data={"channel": "web"}).text
    assert "Wij bellen u niet meer elke week." in page
    assert (person(house).channel, call(house).state) == ("web", "cancelled")
    with house.work() as work:
        assert plan_calls(work) == 0
    assert "Wij bellen u" not in client.get(one.path).text


@pytest.mark.parametrize("channel", ["paper", "pigeon", ""])
def test_a_way_in_which_we_cannot_reach_somebody_is_refused(
    house: House, client: PageClient, one: Visitor, channel: str
) -> None:
    answer = client.post(f"{one.path}/channel", data={"channel": channel})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert person(house).channel == "call"


def test_another_researcher_is_asked_for_and_taken_back(house: House, client: PageClient) -> None:
    from journey.models import User
    from tests.support.build import build_user

    build_user(house, "ria@example.org", "researcher")

    def of_ria(work: Work, person: Participant, _journey: Any) -> None:
        person.researcher_id = work.session.exec(select(User.id)).one()

    one = visitor(house, of_ria)
    client.post(f"{one.path}/researcher", data={"wanted": "yes"})
    assert person(house).wants_other
    assert "Toch dezelfde onderzoeker" in client.get(f"{one.path}/say").text
    client.post(f"{one.path}/researcher", data={"wanted": "no"})
    assert not person(house).wants_other


# --- What we know -----------------------------------------------------------------------------------


def told(work: Work, person: Participant, _journey: Any) -> None:
    from journey.progress.service import record_step

    record_step(work, _journey, "werkplein", work.today - timedelta(days=2), source="call")
    record_rating(work, person, NewRating("werkplein", "step", "neutral", "call", "Druk <b>daar</b>."))


def test_what_we_know_comes_after_a_tap_that_is_written_down(house: House, client: PageClient) -> None:
    one = visitor(house, told)
    assert "06 12345678" not in client.get(f"{one.path}/data").text
    page = client.post(f"{one.path}/data").text
    for known in ("Ada", "06 12345678", "Melden op het Werkplein", "Gaat wel", "Druk &lt;b&gt;daar"):
        assert known in page
    assert acts(house) == ["data.view"]


def test_a_file_to_read_and_a_file_with_everything(house: House, client: PageClient) -> None:
    one = visitor(house, told)
    text = client.post(f"{one.path}/data", data={"form": "text"})
    assert "attachment" in text.headers["content-disposition"]
    assert "06 12345678" in text.text and "<script" not in text.text and "/static/" not in text.text
    data = client.post(f"{one.path}/data", data={"form": "json"}).json()
    assert data["person"]["code"] == one.code and data["contact"]["phone"] == "06 12345678"
    assert [row["quote"] for row in data["ratings"]] == ["Druk <b>daar</b>."]
    assert data["steps"][0]["step"] == "werkplein" and data["consents"][0]["participate"] is True
    assert acts(house) == ["data.download", "data.download"]


def test_it_is_of_oneself_and_of_nobody_else(house: House, client: PageClient) -> None:
    def other(work: Work, person: Participant, journey: Any) -> None:
        told(work, person, journey)
        record_rating(work, person, NewRating("werkplein", "staff", "negative", "call", "Van een ander."))

    mine = visitor(house, told)
    visitor(house, other, phone="0687654321", call_name="Bo")
    data = client.post(f"{mine.path}/data", data={"form": "json"}).text
    assert "Van een ander." not in data and "87654321" not in data and "Bo" not in data


def test_texts_are_there_without_the_secret_of_a_link(house: House, client: PageClient, one: Visitor) -> None:
    from journey.portal.service import send_link

    with house.work() as work:
        sent = send_link(work, work.session.exec(select(Participant)).one())
    path = sent.new.link.removeprefix(house.settings.base_url)
    data = client.post(f"{path}/data", data={"form": "json"}).json()
    assert "/p/…" in data["texts_sent"][-1]["text"]


@pytest.mark.parametrize("part", ["say", "call", "later", "pause", "channel", "researcher", "data"])
def test_who_stopped_meets_a_closed_door_everywhere(
    house: House, client: PageClient, one: Visitor, part: str
) -> None:
    client.post(f"{one.path}/stop", data={"level": "stop"})
    for method in ("GET",) if part == "say" else ("GET", "POST"):
        answer = client.request(method, f"{one.path}/{part}")
        assert answer.status_code == 404 and "Deze link werkt niet" in answer.text
