"""The calculator on a phone without JavaScript: add a suspension, fill in dates, read the last day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_adding_a_suspension_and_calculating_without_scripts(
    page_without_scripts: Page, live_server: str
) -> None:
    page = page_without_scripts
    page.goto(f"{live_server}/termijn")
    page.get_by_label("Aanvraag ontvangen op").fill("2026-02-03")
    page.get_by_label("De dag waarop u kijkt").fill("2026-03-16")
    page.get_by_label("Nog een opschorting of uitstel").select_option("1a")
    page.get_by_role("button", name="Voeg toe").click()
    assert page.url.endswith("#fresh")
    added = page.get_by_role("group", name="Opschorting 1")
    added.get_by_label("Vraag om aanvulling verstuurd op").fill("2026-02-10")
    added.get_by_label("Aanvullen kan tot en met").fill("2026-02-24")
    page.get_by_role("button", name="Bereken").click()
    assert page.get_by_role("heading", name="Laatste dag: dinsdag 14 april 2026").is_visible()
    assert "s1_term=2026-02-24" in page.url


def test_enter_in_a_field_calculates(page_without_scripts: Page, live_server: str) -> None:
    page = page_without_scripts
    page.goto(f"{live_server}/termijn?received=2026-02-03&today=2026-03-16&s1_ground=2a&s1_from=2026-02-10")
    ending = page.get_by_label("Tot en met")
    ending.fill("2026-02-11")
    ending.press("Enter")
    assert page.get_by_role("heading", name="Laatste dag: donderdag 2 april 2026").is_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/termijn",
        "/termijn?received=2026-02-06&today=2026-04-10&s1_ground=1a&s1_invited=2026-02-10&s1_term=2026-02-24"
        "&e1_sent=2026-04-20&e1_until=2026-04-30",
        "/termijn?received=2026-02-30&s1_ground=9z",
        "/termijn/dwangsom?last_day=2026-03-31&notice=2026-04-01",
        "/termijn/betrouwbaarheid?n=38&population=2300",
    ],
)
def test_a_page_fits_a_phone_and_has_no_known_accessibility_faults(
    page: Page, live_server: str, address: str
) -> None:
    page.goto(f"{live_server}{address}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
