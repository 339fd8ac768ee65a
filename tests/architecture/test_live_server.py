"""The product as strangers meet it: a real server, a real browser, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import phone_page


def test_the_start_page_fits_a_phone(live_server: str, page: Page) -> None:
    page.goto(live_server)
    assert page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_htmx_is_there(live_server: str, page: Page) -> None:
    page.goto(live_server)
    assert page.evaluate("typeof htmx") == "object"


def test_the_start_page_works_without_scripts(live_server: str, page_without_scripts: Page) -> None:
    page_without_scripts.goto(live_server)
    assert page_without_scripts.locator("form").count() >= 1


def test_a_script_error_fails_the_test_that_meets_it(browser: Browser) -> None:
    with pytest.raises(AssertionError, match="kapot"), phone_page(browser) as page:
        page.set_content("<p>x</p><script>throw new Error('kapot')</script>")
