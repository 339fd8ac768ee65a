"""Debian's Chromium at phone size, kept from calling home, with an ear for what it complains about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

PHONE = {"width": 360, "height": 740}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A started browser, with `more` flags; while it is open, its event loop occupies the thread it was started in."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # a slow machine is no failure
    executable = shutil.which("chromium")
    assert executable, "no browser on this machine: install Debian's package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *more])
        yield browser
        browser.close()


@contextmanager
def phone_page(browser: Browser, *, java_script: bool = True) -> Iterator[Page]:
    """A Dutch phone. `AssertionError` at the end on a script error or a refusal by the content security policy."""
    context = browser.new_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        java_script_enabled=java_script,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    troubles: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # Other console lines are not errors of ours: Chromium also reports every 404 and 422 there.
        if "Content Security Policy" in message.text:
            troubles.append(message.text)

    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", listen)
    try:
        yield page
    finally:
        context.close()
    assert not troubles, f"the browser complained: {troubles}"
