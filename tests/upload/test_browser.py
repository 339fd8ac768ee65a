"""Speaking and blurring on a real phone-sized browser, whose microphone beeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from journey.models import Participant, Upload
from journey.upload.lengths import find_seconds
from journey.upload.queries import list_uploads, read_upload
from journey.work import House
from tests.portal.arrange import Visitor, visitor
from tests.support.browser import chromium, phone_page
from tests.support.build import CONSENT
from tests.upload.samples import opened, photo_from_a_phone, wav

ABOUT = "?step=werkplein&subject=step"
BEEPS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(*BEEPS) as browser:
        yield browser


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house, consent=replace(CONSENT, recording=True, photos=True))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Black stripes on the left half, as print."""
    image = Image.new("RGB", (800, 600), "white")
    for x in range(0, 400, 8):
        image.paste("black", (x, 0, x + 4, 600))
    path = tmp_path / "brief.png"
    image.save(path)
    return path


def stored(house: House, code: str) -> list[bytes]:
    with house.work(write=False) as work:
        person = work.session.exec(select(Participant).where(Participant.code == code)).one()
        return [read_upload(work, row) for row in list_uploads(work, person)]


def record(page: Page, milliseconds: int = 1500) -> None:
    page.get_by_role("button", name="Begin met opnemen").tap()
    expect(page.get_by_text("De opname loopt.")).to_be_visible()
    page.wait_for_timeout(milliseconds)
    page.get_by_role("button", name="Eerst luisteren").tap()
    expect(page.get_by_text("Luister terug.")).to_be_visible()


def test_record_listen_and_send(page: Page, live_server: str, house: House, one: Visitor) -> None:
    page.goto(f"{live_server}{one.path}/voice{ABOUT}")
    expect(page.get_by_role("timer")).to_have_text("Nog 2:00")
    expect(page.get_by_role("button", name="Sturen")).to_be_hidden()
    record(page)
    heard = page.evaluate(
        "async () => { const a = document.querySelector('audio'); a.muted = true; await a.play();"
        " await new Promise((done) => setTimeout(done, 500)); return a.currentTime; }"
    )
    assert heard > 0.1
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    (content,) = stored(house, one.code)
    assert content.startswith(b"\x1aE\xdf\xa3") and find_seconds(content, "audio/webm") is not None


def test_from_the_answer_to_speaking_and_back(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    page.get_by_role("button", name="Gaat wel").tap()
    page.get_by_role("link", name="Liever inspreken").tap()
    expect(page.get_by_text("Over: Melden op het Werkplein")).to_be_visible()
    record(page, 600)
    page.get_by_role("button", name="Sturen").tap()
    page.get_by_role("link", name="Volgende vraag").tap()
    expect(page.get_by_role("button", name="Goed", exact=True)).to_be_visible()
    assert len(stored(house, one.code)) == 1


def test_from_the_first_screen_in_four_taps_with_the_tick_before_the_recording(
    page: Page, live_server: str, house: House
) -> None:
    one = visitor(house, consent=replace(CONSENT, recording=False))
    page.goto(live_server + one.path)
    page.get_by_role("link", name="Liever inspreken").tap()
    begin = page.get_by_role("button", name="Begin met opnemen")
    begin.tap()
    expect(page.get_by_text("Zet een vinkje als u dit goed vindt.")).to_be_visible()
    expect(page.get_by_text("De opname loopt.")).to_be_hidden()
    page.get_by_label("Ja, de onderzoekers mogen dit beluisteren.").tap()
    begin.tap()
    expect(page.get_by_text("De opname loopt.")).to_be_visible()
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Klaar, stuur het").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    assert len(stored(house, one.code)) == 1
    expect(page.get_by_role("link", name="Volgende vraag")).to_have_class("button button--primary")
    expect(page.get_by_role("button", name="Wis dit nu")).to_have_class("button button--quiet")


def test_it_stops_by_itself(page: Page, live_server: str, one: Visitor) -> None:
    page.clock.install()
    page.goto(f"{live_server}{one.path}/voice")
    page.get_by_role("button", name="Begin met opnemen").tap()
    expect(page.get_by_text("De opname loopt.")).to_be_visible()
    page.clock.run_for(60_000)
    expect(page.get_by_role("timer")).to_have_text("Nog 1:00")
    page.clock.run_for(61_000)
    expect(page.get_by_text("Luister terug.")).to_be_visible()


def test_again_throws_the_first_away(page: Page, live_server: str, house: House, one: Visitor) -> None:
    page.goto(f"{live_server}{one.path}/voice")
    record(page, 300)
    page.get_by_role("button", name="Opnieuw").tap()
    expect(page.get_by_role("button", name="Sturen")).to_be_hidden()
    record(page, 300)
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    assert len(stored(house, one.code)) == 1


def test_without_network_it_waits_in_the_page_and_goes_once(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(f"{live_server}{one.path}/voice")
    record(page, 300)
    page.context.set_offline(True)
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Er is geen internet.")).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.context.set_offline(False)
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    assert len(stored(house, one.code)) == 1


def test_an_answer_that_got_lost_is_no_second_message(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(f"{live_server}{one.path}/voice")
    record(page, 300)

    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/voice*", lose)
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Er is geen internet.")).to_be_visible()
    page.unroute("**/voice*")
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    assert len(stored(house, one.code)) == 1


@pytest.mark.parametrize("status", [200, 403, 404, 511])
def test_the_page_of_a_wifi_network_is_no_arrival(
    page: Page, live_server: str, house: House, one: Visitor, status: int
) -> None:
    page.goto(f"{live_server}{one.path}/voice")
    record(page, 300)
    foreign = "<!doctype html><title>Wifi</title><main><h1>Uw spraakbericht is verstuurd.</h1></main>"
    answer = {"status": status, "body": foreign, "content_type": "text/html"}
    page.route("**/voice*", lambda route: route.fulfill(**answer))
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Er is geen internet.")).to_be_visible()
    assert stored(house, one.code) == []
    page.unroute("**/voice*")
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    assert len(stored(house, one.code)) == 1


def test_without_the_tick_the_recording_is_still_there(page: Page, live_server: str, house: House) -> None:
    shy = visitor(house)
    page.goto(f"{live_server}{shy.path}/voice")
    page.get_by_label("Ja, de onderzoekers mogen dit beluisteren.").check()
    record(page, 300)
    page.get_by_label("Ja, de onderzoekers mogen dit beluisteren.").uncheck()
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Zet een vinkje als u dit goed vindt.")).to_be_visible()
    assert stored(house, shy.code) == []
    page.get_by_label("Ja, de onderzoekers mogen dit beluisteren.").check()
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    assert len(stored(house, shy.code)) == 1


def test_a_microphone_that_may_not_be_used_leaves_the_file(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(f"{live_server}{one.path}/voice")
    page.evaluate("void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')))")
    page.get_by_role("button", name="Begin met opnemen").tap()
    expect(page.get_by_text("Wij mogen de microfoon niet gebruiken.")).to_be_visible()
    file = {"name": "memo.wav", "mimeType": "audio/wav", "buffer": wav()}
    page.get_by_label("Kies een opname op uw telefoon").set_input_files(file)
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    assert stored(house, one.code) == [wav()]


def stripes(content: bytes, box: tuple[int, int, int, int]) -> float:
    """How far black and white are apart in a part of the photo: 255 is print, 0 is one colour."""
    low, high = opened(content).convert("L").crop(box).getextrema()
    return float(high - low)  # type: ignore[operator]


def test_what_the_finger_wiped_over_is_gone_from_the_pixels(
    page: Page, live_server: str, house: House, one: Visitor, picture: Path
) -> None:
    page.goto(f"{live_server}{one.path}/photo{ABOUT}")
    page.get_by_label("Of kies een foto").set_input_files(picture)
    canvas = page.locator("canvas")
    expect(canvas).to_be_visible()
    place = canvas.bounding_box()
    assert place
    at = [(place["x"] + place["width"] * share, place["y"] + place["height"] / 4) for share in (0.1, 0.4)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw foto is verstuurd.")).to_be_visible()
    (content,) = stored(house, one.code)
    assert opened(content).size == (800, 600)
    assert stripes(content, (120, 130, 280, 170)) < 40
    assert stripes(content, (120, 400, 280, 440)) > 200


def test_everything_blurred_and_back(
    page: Page, live_server: str, house: House, one: Visitor, picture: Path
) -> None:
    page.goto(f"{live_server}{one.path}/photo")
    page.get_by_label("Of kies een foto").set_input_files(picture)
    page.get_by_role("button", name="Alles waas").tap()
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw foto is verstuurd.")).to_be_visible()
    page.goto(f"{live_server}{one.path}/photo")
    page.get_by_label("Of kies een foto").set_input_files(picture)
    page.get_by_role("button", name="Alles waas").tap()
    page.get_by_role("button", name="Waas weghalen").tap()
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw foto is verstuurd.")).to_be_visible()
    clear, blurred = stored(house, one.code)
    assert stripes(blurred, (40, 40, 360, 560)) < 60
    assert stripes(clear, (40, 40, 360, 560)) > 200


def test_blurring_with_the_keyboard_alone(
    page: Page, live_server: str, house: House, one: Visitor, picture: Path
) -> None:
    page.goto(f"{live_server}{one.path}/photo")
    page.get_by_label("Of kies een foto").set_input_files(picture)
    expect(page.locator("canvas")).to_be_focused()
    for _ in range(8):  # 25 pixels each, from the middle to the left
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Uw foto is verstuurd.")).to_be_visible()
    (content,) = stored(house, one.code)
    assert stripes(content, (180, 280, 220, 320)) < 40
    assert stripes(content, (20, 280, 60, 320)) > 200


def test_a_large_photo_of_a_phone_leaves_it_small_and_upright(
    page: Page, live_server: str, house: House, one: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "img_0001.jpg"
    path.write_bytes(photo_from_a_phone((2400, 1800)))
    page.goto(f"{live_server}{one.path}/photo")
    page.get_by_label("Maak een foto").set_input_files(path)
    expect(page.locator("canvas")).to_be_visible()
    with page.expect_request("**/photo") as sent:
        page.get_by_role("button", name="Sturen").tap()
    body = sent.value.post_data_buffer or b""
    assert b"Telefoonmerk" not in body
    expect(page.get_by_text("Uw foto is verstuurd.")).to_be_visible()
    (content,) = stored(house, one.code)
    assert opened(content).size == (1200, 1600)


def test_what_the_phone_cannot_open_is_not_sent(page: Page, live_server: str, one: Visitor) -> None:
    page.goto(f"{live_server}{one.path}/photo")
    file = {"name": "folder.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"}
    page.get_by_label("Of kies een foto").set_input_files(file)
    expect(page.get_by_text("Deze foto kan uw telefoon hier niet openen.")).to_be_visible()
    expect(page.get_by_role("button", name="Sturen")).to_be_hidden()
    assert page.get_by_label("Of kies een foto").input_value() == ""


def test_without_javascript_both_work_with_the_files_of_the_phone(
    page_without_scripts: Page, live_server: str, house: House, picture: Path
) -> None:
    shy = visitor(house)
    page = page_without_scripts
    page.goto(f"{live_server}{shy.path}/photo{ABOUT}")
    page.get_by_label("Of kies een foto").set_input_files(picture)
    page.get_by_label("Ja, de onderzoekers mogen deze foto bekijken.").check()
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw foto is verstuurd.")).to_be_visible()
    page.goto(f"{live_server}{shy.path}/voice{ABOUT}")
    file = {"name": "memo.wav", "mimeType": "audio/wav", "buffer": wav()}
    page.get_by_label("Kies een opname op uw telefoon").set_input_files(file)
    page.get_by_label("Ja, de onderzoekers mogen dit beluisteren.").check()
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_text("Uw spraakbericht is verstuurd.")).to_be_visible()
    with house.work(write=False) as work:
        assert sorted(work.session.exec(select(Upload.kind)).all()) == ["photo", "voice"]


def test_thirty_megabytes_without_javascript_are_refused_on_the_page(
    page_without_scripts: Page, live_server: str, house: House, one: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "panorama.jpg"
    path.write_bytes(photo_from_a_phone() + b"\0" * 30_000_000)
    page = page_without_scripts
    page.goto(f"{live_server}{one.path}/photo")
    page.get_by_label("Of kies een foto").set_input_files(path)
    page.get_by_role("button", name="Sturen").tap()
    expect(page.get_by_role("alert")).to_contain_text("Een foto mag hoogstens 12 MB zijn.")
    assert stored(house, one.code) == []


def test_no_known_barriers(page: Page, live_server: str, house: House, picture: Path) -> None:
    shy = visitor(house)
    for part in ("/voice", "/photo", "/sent"):
        page.goto(f"{live_server}{shy.path}{part}")
        if part == "/voice":
            page.get_by_label("Ja, de onderzoekers mogen dit beluisteren.").check()
            record(page, 300)
        if part == "/photo":
            page.get_by_label("Of kies een foto").set_input_files(picture)
            expect(page.locator("canvas")).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, part + found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.evaluate("document.querySelector('[data-again], [data-undo]')?.click()")


def test_a_browser_without_these_powers_has_the_files(
    browser: Browser, live_server: str, one: Visitor
) -> None:
    with phone_page(browser) as page:
        page.add_init_script("delete window.MediaRecorder; delete window.createImageBitmap;")
        page.goto(f"{live_server}{one.path}/voice")
        expect(page.get_by_label("Kies een opname op uw telefoon")).to_be_visible()
        page.goto(f"{live_server}{one.path}/photo")
        expect(page.get_by_role("button", name="Sturen")).to_be_visible()
