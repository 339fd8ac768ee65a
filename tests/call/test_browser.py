"""The call desk in a real browser at phone size: a call with a bad network, and one without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, delete, select

from journey.call.service import NewAttempt, record_attempt
from journey.models import AfterCall, Attempt, Call, Progress, QuoteTheme, Rating, UserSession
from journey.work import House
from tests.support.build import PASSWORD, build_participant, build_study, build_user

EMAIL = "r@example.org"
NOT_UNDER_THE_BAR = """(() => {
    const bar = document.querySelector(".action-bar--call"), at = document.activeElement;
    const [top, seen] = [bar, at].map((one) => one.getBoundingClientRect());
    return !at.matches("main button, main summary") || bar.contains(at) || seen.bottom <= top.top + 1;
})()"""


@pytest.fixture
def desk(house: House, live_server: str, page: Page) -> Page:
    arrange(house)
    sign_in(page, live_server)
    return page


@pytest.fixture
def plain(house: House, live_server: str, browser: Browser) -> Iterator[Page]:
    """A phone without scripts."""
    arrange(house)
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, live_server)
    yield page
    context.close()


def arrange(house: House) -> None:
    with house.work() as work:
        build_participant(work, build_study(work, "vandaag"))  # now: a browser has no clock that stands still
    build_user(house, EMAIL, "researcher", "vandaag")


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/calls")
    page.get_by_role("link", name="bellen").first.click()
    page.wait_for_url("**/calls/*")


def values(house: House) -> list[tuple[str, str, str, str]]:
    with house.work() as work:
        rows = work.session.exec(select(Rating).order_by(col(Rating.id))).all()
        return [(row.step, row.subject, row.value, row.quote) for row in rows]


def step(page: Page, name: str = "werk-nl") -> str:
    return f"#call-step-{name}"


def test_a_dropped_network_loses_nothing_and_says_so(desk: Page, house: House) -> None:
    card = desk.locator(step(desk))
    status = desk.locator("[data-keep-status]")
    card.get_by_role("button", name="gisteren", exact=True).click()
    expect(card.locator(".tag--success")).to_be_visible()
    desk.context.set_offline(True)
    card.get_by_role("button", name="niet goed").click()
    expect(status).to_have_text("Nog 1 niet verstuurd")
    card.get_by_label("Waarom?").fill("Ik moest drie keer opnieuw beginnen.")
    card.get_by_role("button", name="gaat wel").click()
    expect(status).to_have_text("Nog 3 niet verstuurd")
    assert values(house) == []
    desk.context.set_offline(False)
    expect(status).to_have_text("Opgeslagen", timeout=20_000)
    words = "Ik moest drie keer opnieuw beginnen."
    assert values(house) == [
        ("werk-nl", "step", "negative", ""),
        ("werk-nl", "step", "negative", words),
        ("werk-nl", "step", "neutral", words),
    ]


def test_a_network_that_drops_halfway_and_a_reload_lose_nothing(desk: Page, house: House) -> None:
    with house.work() as work:
        record_attempt(work, work.session.exec(select(Call)).one(), NewAttempt("partial"))
    desk.reload()
    desk.on("dialog", lambda dialog: dialog.accept())
    card, status = desk.locator(step(desk)), desk.locator("[data-keep-status]")
    card.get_by_role("button", name="gisteren", exact=True).click()
    expect(card.locator(".tag--success")).to_be_visible()
    desk.context.route(
        "**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    card.get_by_role("button", name="niet goed").click()
    card.get_by_label("Waarom?").fill("Mevrouw Jansen legde het niet uit.")
    card.get_by_text("Thema's").click()
    for theme in ("fast", "fast", "simple"):
        card.locator(f"[data-toggle][value={theme}]").click()
    desk.locator("#call-after").get_by_role("button", name="twijfelt").click()
    desk.locator("#call-note-text").fill("Vraag naar de oppas.")
    desk.get_by_role("button", name="Notitie bewaren").click()
    expect(status).to_have_text("Nog 7 niet verstuurd")
    desk.reload()
    expect(status).to_have_text("Nog 7 niet verstuurd")
    assert values(house) == []
    desk.context.unroute_all()
    desk.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status).to_have_text("Opgeslagen", timeout=30_000)
    said = "Mevrouw Jansen legde het niet uit."
    assert values(house) == [("werk-nl", "step", "negative", ""), ("werk-nl", "step", "negative", said)]
    with house.work() as work:
        assert work.session.exec(select(QuoteTheme.theme)).all() == ["simple"]
        assert work.session.exec(select(AfterCall.continues)).all() == ["unsure"]
        assert work.session.exec(select(Call.note)).one() == "Vraag naar de oppas."


def test_a_page_of_a_session_that_is_over_sends_after_a_new_sign_in(desk: Page, house: House) -> None:
    with house.work() as work:
        work.session.execute(delete(UserSession))
    other = desk.context.new_page()
    sign_in(other, desk.url.split("/calls")[0])
    card = desk.locator(step(desk))
    card.get_by_role("button", name="niet goed").click()
    expect(desk.locator("[data-keep-status]")).to_have_text("Opgeslagen")
    assert values(house) == [("werk-nl", "step", "negative", "")]


def test_who_taps_with_keys_stays_at_the_chip_in_full_view(desk: Page) -> None:
    chip = desk.locator(step(desk)).get_by_role("button", name="goed", exact=True)
    chip.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-keep-status]")).to_have_text("Opgeslagen")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(chip).to_be_focused()
    for _ in range(60):
        desk.keyboard.press("Tab")
        assert desk.evaluate(NOT_UNDER_THE_BAR), desk.evaluate("document.activeElement.outerHTML")


def test_a_warning_at_words_comes_without_losing_them(desk: Page) -> None:
    card = desk.locator(step(desk))
    card.get_by_label("Waarom?").fill("Ik sprak mevrouw Jansen.")
    card.get_by_role("button", name="Woorden bewaren").click()
    expect(card.get_by_text("een medewerker met naam (mevrouw Jansen)")).to_be_visible()
    expect(card.get_by_label("Waarom?")).to_have_value("Ik sprak mevrouw Jansen.")


def test_a_whole_call_is_a_handful_of_taps(desk: Page, house: House) -> None:
    card = desk.locator(step(desk))
    card.get_by_role("button", name="vandaag").click()
    card.get_by_role("button", name="goed", exact=True).click()
    desk.locator("#call-note-text").fill("Vraag naar de oppas.")
    desk.get_by_role("button", name="Gesprek klaar").click()
    desk.wait_for_url("**/calls?from=*")
    expect(desk.get_by_text("gesproken").first).to_be_visible()
    with house.work() as work:
        call = work.session.exec(select(Call)).one()
        assert (call.state, call.note) == ("done", "Vraag naar de oppas.")
        assert len(work.session.exec(select(Progress)).all()) == 1
        assert work.session.exec(select(Attempt.outcome)).one() == "interview"
    assert values(house) == [("werk-nl", "step", "positive", "")]


# Of the first two steps: day, faces and words; from the heading that the link leads to, below which all of it lies.
SWIPES = """() => {
    const cards = [...document.querySelectorAll("li.step:has(.ratings)")].slice(0, 2);
    for (const card of cards) card.querySelector("details").open = true;
    const bar = document.querySelector(".action-bar").getBoundingClientRect().top;
    const last = cards[1].querySelector("textarea").getBoundingClientRect().bottom;
    return Math.max(0, Math.ceil((last - bar) / 480));
}"""


def test_two_steps_with_faces_and_words_are_three_swipes(desk: Page) -> None:
    link = desk.locator(".jumps a").first
    expect(link).to_be_in_viewport()
    link.click()
    expect(desk.locator("#call-steps-title")).to_be_in_viewport()
    assert desk.evaluate(SWIPES) <= 3


def test_a_refused_tap_is_told_at_its_place(desk: Page) -> None:
    card = desk.locator(step(desk))
    card.get_by_text("Andere datum").first.click()
    card.get_by_label("Andere datum").fill("laatst")
    card.get_by_role("button", name="Bewaren", exact=True).click()
    expect(card.locator("#call-werk-nl-other_day-error")).to_contain_text("Dit is geen datum")
    expect(card.get_by_label("Andere datum")).to_have_value("laatst")
    expect(desk).to_have_title(re.compile("^Fout: "))


def test_the_closing_interview_is_sent_and_leads_back(desk: Page, house: House) -> None:
    desk.goto(f"{desk.url}/closing")
    desk.get_by_label("Het hele traject").fill("11")
    desk.get_by_text("Afronden", exact=True).last.click()
    desk.get_by_role("button", name="Afronden en nummer wissen").click()
    expect(desk.get_by_role("alert").first).to_contain_text("1 tot en met 10")
    desk.get_by_label("Het hele traject").fill("6,1")
    desk.get_by_text("oneens", exact=True).first.click()
    desk.get_by_text("Afronden", exact=True).last.click()
    desk.get_by_role("button", name="Afronden en nummer wissen").click()
    desk.wait_for_url("**/calls?from=*")


def test_it_fits_a_phone_and_the_thumb(desk: Page) -> None:
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
    small = desk.evaluate(
        """[...document.querySelectorAll("main button, main .button, main summary, main .chip")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
        .map((one) => one.textContent.trim())"""
    )
    assert small == []
    bar = desk.get_by_role("button", name="Gesprek klaar").bounding_box()
    assert bar is not None
    assert 370 < bar["y"] < 740 - bar["height"]
    box = desk.locator("a[href^='tel:']").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 740


def test_nothing_stands_in_the_way_of_people_who_cannot_see_or_tap(desk: Page) -> None:
    address = desk.url
    for path in ("", "/closing", "/../../calls"):
        desk.goto(f"{address}{path}")
        for summary in desk.locator("main details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        found = Axe().run(desk)
        assert found.violations_count == 0, found.generate_report()


def test_everything_works_without_scripts(plain: Page, house: House) -> None:
    card = plain.locator(step(plain))
    card.get_by_role("button", name="gisteren", exact=True).click()
    card.get_by_role("button", name="goed", exact=True).click()
    card.get_by_label("Waarom?").fill("Het ging vlot.")
    card.get_by_role("button", name="Woorden bewaren").click()
    plain.get_by_role("button", name="Gesprek klaar").click()
    plain.wait_for_url("**/calls?from=*")
    assert values(house)[-1] == ("werk-nl", "step", "positive", "Het ging vlot.")
