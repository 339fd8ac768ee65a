"""Airplane mode at the desk: today's list and the next screens open, every tap waits with its own time, and nothing
lies readable on the phone afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from journey.clock import AMSTERDAM
from journey.models import Attempt, AuditEntry, Call, Participant, Progress, Rating
from journey.work import House
from tests.support.build import PASSWORD, build_participant, build_study, build_user

EMAIL = "r@example.org"
PEOPLE = 5
NAME = "mevrouw Zonneveld"
# Everything that a page of this origin can read from the device, as text.
STORED = """async () => {
  const asked = (request) => new Promise((good) => { request.onsuccess = () => good(request.result); });
  const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) all.push(await (await caches.match(request)).text());
  for (const { name } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name));
    for (const table of db.objectStoreNames)
      for (const row of await asked(db.transaction(table).objectStore(table).getAll()))
        all.push(row.sealed ? new TextDecoder("latin1").decode(row.sealed) : `extractable ${row.key.extractable}`);
    db.close();
  }
  return all;
}"""


@pytest.fixture(autouse=True)
def not_at_midnight() -> None:
    """What is kept goes at midnight: a test that begins shortly before waits for it."""
    now = datetime.now(AMSTERDAM)
    left = (now.replace(hour=0, minute=0, second=0) + timedelta(days=1) - now).total_seconds()
    if left < 180:
        time.sleep(left + 1)


@pytest.fixture
def desk(house: House, live_server: str, page: Page) -> Iterator[Page]:
    with house.work() as work:
        study = build_study(work, "vandaag")
        for number in range(PEOPLE):
            build_participant(work, study, phone=f"061234560{number}", call_name=NAME)
    build_user(house, EMAIL, "researcher", "vandaag")
    page.goto(live_server)
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/calls")
    expect(page.locator(f"body[data-ahead='{PEOPLE}']")).to_be_attached(timeout=60_000)
    yield page


def airplane(page: Page, *, on: bool) -> None:
    page.context.set_offline(on)


def call_ids(house: House) -> list[int]:
    with house.work() as work:
        return [one or 0 for one in work.session.exec(select(Call.id).order_by(col(Call.id))).all()]


def held_call(page: Page, number: int) -> tuple[datetime, datetime]:
    """A call from the list and back; between which moments it was ended."""
    page.get_by_role("link", name="Bellijst").first.click()
    expect(page.locator("[data-kept-line]")).to_be_visible()
    page.locator(f"#due-{number} a[data-fetch-ahead]").click()
    page.wait_for_url(f"**/calls/{number}")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    card = page.locator("#call-step-werk-nl")
    card.get_by_role("button", name="gisteren").first.click()
    card.locator("button[value=positive]").first.click()
    before = datetime.now(UTC)
    page.get_by_role("button", name="Gesprek klaar").click()
    expect(page.locator("[data-keep-status]")).to_contain_text("niet verstuurd")
    return before, datetime.now(UTC)


def test_five_calls_in_airplane_mode_lose_nothing_and_keep_their_times(desk: Page, house: House) -> None:
    desk.on("dialog", lambda dialog: dialog.accept())
    calls = call_ids(house)
    airplane(desk, on=True)
    ended = [held_call(desk, number) for number in calls]
    with house.work() as work:
        assert work.session.exec(select(Attempt)).all() == []
    time.sleep(2)
    airplane(desk, on=False)
    desk.goto(desk.url.split("/calls")[0] + "/calls")
    expect(desk.locator("[data-keep-region].keep--unsent")).to_have_count(0, timeout=90_000)
    with house.work() as work:
        attempts = work.session.exec(select(Attempt).order_by(col(Attempt.at))).all()
        assert [(one.call_id, one.outcome) for one in attempts] == [(call, "interview") for call in calls]
        for attempt, (before, after) in zip(attempts, ended, strict=True):
            assert before - timedelta(seconds=1.5) <= attempt.at <= after + timedelta(seconds=1.5)
            assert attempt.recorded_at - attempt.at >= timedelta(seconds=1)
        assert {call.state for call in work.session.exec(select(Call)).all()} == {"done"}
        assert len(work.session.exec(select(Progress)).all()) == PEOPLE
        ratings = work.session.exec(select(Rating)).all()
        assert sorted((one.participant_id, one.value) for one in ratings) == [
            (person, "positive")
            for person in sorted(one or 0 for one in work.session.exec(select(Participant.id)).all())
        ]


def test_what_was_tapped_shows_on_the_kept_page_and_on_the_list(desk: Page, house: House) -> None:
    desk.on("dialog", lambda dialog: dialog.accept())
    first = call_ids(house)[0]
    airplane(desk, on=True)
    held_call(desk, first)
    desk.reload()
    expect(desk.locator("#call-step-werk-nl [aria-pressed='true'][value=positive]")).to_have_count(1)
    desk.get_by_role("link", name="Bellijst").first.click()
    expect(desk.locator(f"#due-{first}.due--waiting")).to_be_visible()


def test_a_screen_that_was_never_seen_says_so(desk: Page) -> None:
    airplane(desk, on=True)
    desk.goto(desk.url + "/9999", wait_until="load")
    expect(desk.get_by_role("heading", name="Geen verbinding")).to_be_visible()


def test_nothing_lies_readable_on_the_phone_and_nothing_at_all_after_sign_out(desk: Page) -> None:
    stored = desk.evaluate(STORED)
    assert "extractable false" in stored  # the key is there and cannot be read out
    assert len(stored) > PEOPLE
    for text in stored:
        assert NAME not in text
        assert "061234560" not in text.replace(" ", "")
    desk.get_by_role("button", name="Uitloggen").click()
    desk.wait_for_url(lambda url: "/calls" not in url)
    desk.wait_for_function("async () => (await indexedDB.databases()).length === 0")
    assert desk.evaluate("caches.keys()") == []
    airplane(desk, on=True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        desk.goto(desk.url + "calls")


def test_what_was_fetched_ahead_stands_in_the_trail(desk: Page, house: House) -> None:
    with house.work() as work:
        seen = work.session.exec(select(AuditEntry.object).where(AuditEntry.action == "call.fetch")).all()
        people = work.session.exec(select(Participant.code)).all()
    assert sorted(seen) == sorted(people)
