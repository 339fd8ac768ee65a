"""The first screen on the smallest phone: all that matters without scrolling, in every language, also enlarged."""

from __future__ import annotations

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from journey.web.i18n import LANGUAGES
from journey.work import House
from tests.portal.arrange import Visitor, visitor
from tests.portal.states import STATES, TODAY

SMALL = {"width": 360, "height": 640}
ENLARGED = {"width": 320, "height": 256}  # 1280 x 1024 at 400 %
LEAST_TARGET = 44

# What has to be on the first screen: the faces of the newest step, or where one is when nothing is asked.
BOTTOM = """() => {
  const faces = document.querySelectorAll('#question .face');
  const first = faces.length ? [...faces].map((face) => face.closest('button')) : document.querySelectorAll('.first *');
  return Math.max(...[...first].map((one) => one.getBoundingClientRect().bottom));
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, input, select, textarea')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility() && !e.closest('label'))
  .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
  .filter(([text, box]) => box.height < 44 || box.width < 44).map(([text]) => text)"""


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def everyone(house: House) -> dict[str, Visitor]:
    return {name: visitor(house, arrange) for name, arrange in STATES.items()}


def own_parts(one: Visitor) -> list[str]:
    parts = (
        "",
        "/ratings",
        "/ratings?step=werkplein&subject=staff",
        "/say",
        "/later",
        "/channel",
        "/data",
        "/stop",
    )
    return [one.path + part for part in parts]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_what_matters_fits_on_the_smallest_screen(
    page: Page, live_server: str, everyone: dict[str, Visitor], language: str
) -> None:
    page.set_viewport_size(SMALL)
    too_low = {}
    for name, one in everyone.items():
        page.goto(f"{live_server}{one.path}?lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        bottom = page.evaluate(BOTTOM)
        if bottom > SMALL["height"]:
            too_low[name] = bottom
    assert too_low == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("not applied", ("Participatiegesprek", "wo 18 mrt", "Neem mee: Uw nieuwste cv")),
        ("waits", ("Besluit en beschikking", "Uiterlijk dinsdag 31 maart 2026 hoort u het besluit.")),
        ("papers asked", ("staat nu stil", "Lever ze in, uiterlijk maandag 23 maart 2026.")),
        ("granted", ("uw aanvraag is toegekend", "U kunt bezwaar maken tot en met dinsdag 21 april 2026.")),
    ],
)
def test_the_first_screen_has_all_of_it(
    page: Page, live_server: str, everyone: dict[str, Visitor], name: str, words: tuple[str, ...]
) -> None:
    page.goto(live_server + everyone[name].path)
    first = page.locator(".first")
    for one in words:
        expect(first).to_contain_text(one)
    expect(first.get_by_role("link", name="023 200 0000")).to_be_visible()


def test_the_question_comes_first_and_says_who_asks(
    page: Page, live_server: str, everyone: dict[str, Visitor]
) -> None:
    page.set_viewport_size(SMALL)
    page.goto(live_server + everyone["waits"].path)
    expect(page.locator(".brand")).to_have_text("Onderzoek Haarlem")
    for name in ("Niet goed", "Gaat wel", "Goed"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    headings = page.get_by_role("heading").all_inner_texts()
    assert headings[:2] == ["Hoe vond u: Bijeenkomst Rechten en Plichten?", "Waar bent u nu?"]
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_text("Bewaard. Nog één vraag.")).to_be_visible()
    for name in ("Niet goed", "Gaat wel", "Goed"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)


def test_nothing_is_cut_off_when_enlarged_four_times(
    page: Page, live_server: str, everyone: dict[str, Visitor]
) -> None:
    page.set_viewport_size(ENLARGED)
    wide = []
    for path in [*own_parts(everyone["papers asked"]), "/code", "/check", "/accessibility", "/p/unknown"]:
        page.goto(live_server + path)
        if page.evaluate("document.documentElement.scrollWidth") > ENLARGED["width"]:
            wide.append(path)
    assert wide == []


def test_everything_to_tap_is_large_enough(
    page: Page, live_server: str, everyone: dict[str, Visitor]
) -> None:
    page.set_viewport_size(SMALL)
    small = {}
    for path in [*own_parts(everyone["waits"]), "/code", "/privacy", "/accessibility", "/p/unknown"]:
        page.goto(live_server + path)
        if found := page.evaluate(SMALL_TARGETS):
            small[path] = found
    assert small == {}


@pytest.mark.parametrize("name", list(STATES))
def test_no_known_barriers_in_any_state(
    page: Page, live_server: str, everyone: dict[str, Visitor], name: str
) -> None:
    page.goto(live_server + everyone[name].path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_three_answers_are_named_below_each_other_and_reached_by_keyboard(
    page: Page, live_server: str, everyone: dict[str, Visitor]
) -> None:
    page.goto(live_server + everyone["waits"].path)
    question = page.locator("#question")
    expect(question).to_match_aria_snapshot(
        """
        - 'heading "Hoe vond u: Bijeenkomst Rechten en Plichten?" [level=1]'
        - paragraph: do 12 mrt
        - button "Niet goed"
        - button "Gaat wel"
        - button "Goed"
        - button "Dit had ik niet"
        """
    )
    boxes = [one.bounding_box() for one in question.get_by_role("button").all()[:3]]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops) and len({box["x"] for box in boxes if box}) == 1
    question.get_by_role("button", name="Niet goed").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert "Goed" in (focused.text_content() or "") or "Gaat wel" in (focused.text_content() or "")
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()


LATE_VOICES = """
let voices = [], changed, arrived = Infinity;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, cancel() {}, speak() {}, set onvoiceschanged(act) { changed = act; } } });
window.voicesArrive = () => {
  arrived = performance.now();
  voices = ["nl", "tr", "ar"].map((lang) => ({ lang }));
  changed();
};
window.shift = 0;
const count = (one) => { if (one.startTime >= arrived) window.shift += one.value; };
new PerformanceObserver((list) => list.getEntries().forEach(count)).observe({ type: "layout-shift", buffered: true });
"""
OVERLAPS = """() => {
  const all = [...document.querySelectorAll('a, button, summary, input, label.chip')]
    .filter(e => e.type !== 'hidden' && e.checkVisibility() && !(e.matches('input') && e.closest('label')));
  const boxes = all.map(e => e.getBoundingClientRect());
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  return all.flatMap((e, i) => all.filter((f, j) => j !== i && e.matches('.say') && over(boxes[i], boxes[j]))
    .map((f) => [e.ariaLabel, f.ariaLabel || f.textContent.trim()]));
}"""


def small_page(page: Page, address: str) -> None:
    """Opened on the smallest phone; then its voices arrive, and the page had time for another picture."""
    page.goto(address)
    page.wait_for_function("window.voicesArrive && document.querySelector('script[src*=speak]')")
    page.wait_for_load_state("networkidle")
    assert page.locator(".say").count() == 0
    page.evaluate("voicesArrive()")
    expect(page.locator(".say").first).to_be_visible()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


@pytest.mark.parametrize("language", ["nl", "tr", "ar"])
def test_play_buttons_that_arrive_late_move_nothing_and_lie_over_nothing(
    page: Page, live_server: str, everyone: dict[str, Visitor], language: str
) -> None:
    page.set_viewport_size(SMALL)
    page.add_init_script(LATE_VOICES)
    wrong = {}
    for name in ("only began", "not applied", "papers asked", "granted"):
        one = everyone[name]
        small_page(page, f"{live_server}{one.path}?lang={language}")
        found = (page.evaluate("shift"), page.evaluate(OVERLAPS), page.evaluate(SMALL_TARGETS))
        lowest = page.evaluate(BOTTOM)
        if found != (0, [], []) or lowest > SMALL["height"]:
            wrong[name] = (*found, lowest)
    assert wrong == {}


def test_play_buttons_keep_to_their_column_on_every_page(
    page: Page, live_server: str, everyone: dict[str, Visitor]
) -> None:
    page.set_viewport_size(SMALL)
    page.add_init_script(LATE_VOICES)
    wrong = {}
    for path in own_parts(everyone["papers asked"])[1:-1]:
        small_page(page, live_server + path)
        found = (page.evaluate("shift"), page.evaluate(OVERLAPS))
        wide = page.evaluate("document.documentElement.scrollWidth") > SMALL["width"]
        if found != (0, []) or wide:
            wrong[path] = (*found, wide)
    assert wrong == {}
