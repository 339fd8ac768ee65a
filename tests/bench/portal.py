"""How fast a participant's first screen and first tap are on a slow phone.

Chromium pretends to be a phone (processor four times slower, 400 kbit/s, 400 ms). Next to our page a bare page of one
kilobyte is measured in the same run, by turns, each time with an empty cache; the ratios say what our page costs beyond
what the network costs anybody.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from fastapi import FastAPI
from playwright.sync_api import Browser, CDPSession, Error, Page, ViewportSize
from starlette.types import Receive, Scope, Send

from journey.app import create_app
from journey.settings import Settings
from journey.work import House
from tests.bench.figure import Figure, Options
from tests.portal.arrange import visitor
from tests.portal.states import STATES, TODAY
from tests.support.browser import chromium
from tests.support.databases import SqliteDatabases
from tests.support.server import served

SLOW_NETWORK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
SMALL: ViewportSize = {"width": 360, "height": 640}
RATIOS = {"first_paint_ms": 1.25, "largest_paint_ms": 1.25, "tap_ms": 1.2}
AIMS = {"bytes": 14_336.0, "layout_shift": 0.0}
MEASURES = (
    ("bytes", "bytes of the first visit, heads and scripts included", "bytes"),
    ("requests", "requests of the first visit", ""),
    ("first_paint_ms", "first paint", "ms"),
    ("largest_paint_ms", "largest paint", "ms"),
    ("layout_shift", "layout shift", ""),
    ("tap_ms", "tap until the next question is visible", "ms"),
    ("tap_bytes", "bytes of a tap", "bytes"),
)
WATCH = """
  window.seen = { shift: 0, largest: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (!one.hadRecentInput) seen.shift += one.value; })).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { seen.largest = one.startTime; }))
    .observe({ type: "largest-contentful-paint", buffered: true });
"""
# The heading that is waited for, found by the page itself before the frame that shows it: a question from outside comes
# up to half a second late, and sooner after a navigation. The touch is kept for the page that comes after it.
TOUCHED = """
  const now = () => performance.timeOrigin + performance.now();
  addEventListener("pointerdown", () => sessionStorage.setItem("touched", now()), true);
  const look = () => {
    const heading = document.querySelector("h1");
    if (heading?.textContent.includes(AFTER)) seen.tap = now() - sessionStorage.getItem("touched");
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
BARE = (
    '<!doctype html><html lang="nl"><meta charset="utf-8"><title>.</title><link rel="icon" href="data:,">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><h1>{title}</h1><form method="post">'
    '<button value="positive" name="value">Goed</button></form><p>{filling}</p>'
)


@dataclass(frozen=True)
class Run:
    """One cold visit with one tap; bytes as they went over the line, milliseconds, layout shift as the browser counts
    it."""

    bytes: int
    requests: int
    first_paint_ms: float
    largest_paint_ms: float
    layout_shift: float
    tap_ms: float
    tap_bytes: int


class Line:
    """What goes over the line, as the browser counts it."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = self.requests = 0
        session.on("Network.requestWillBeSent", self._count)
        session.on("Network.loadingFinished", self._weigh)

    def _count(self, event: dict[str, Any]) -> None:
        self.requests += not event["request"]["url"].startswith("data:")

    def _weigh(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """A page of one kilobyte with a button, and one of the same size as its answer.

    It is mounted in our own application: the same server and the same head.
    """
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    title = "Dank u wel" if scope["method"] == "POST" else "Hoe vond u deze stap?"
    filling = ("Een kale bladzijde. " * 50)[: 1024 - len(BARE.format(title=title, filling=""))]
    body = BARE.format(title=title, filling=filling).encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-encoding", b"identity")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def with_bare(settings: Settings) -> FastAPI:
    app = create_app(settings)
    app.mount("/bare", bare)
    return app


def visit(browser: Browser, address: str, after: str, network: dict[str, Any] | None) -> Run:
    """Open with an empty cache, wait until it is quiet, tap "Goed", wait until the heading `after` can be seen.

    Without a `network` the machine is as fast as it is.
    """
    context = browser.new_context(viewport=SMALL, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if network:
        session.send("Network.emulateNetworkConditions", network)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    line = Line(session)
    page.add_init_script(WATCH + TOUCHED.replace("AFTER", json.dumps(after)))
    page.goto(address, wait_until="networkidle")
    seen = page.evaluate("window.seen")
    paint = page.evaluate(PAINT)
    opened = (line.bytes, line.requests)
    tap_ms = _tap(page)
    page.wait_for_timeout(300)
    shift = page.evaluate("window.seen.shift") if opened[1] else 0
    context.close()
    return Run(
        *opened,
        first_paint_ms=paint,
        largest_paint_ms=seen["largest"],
        layout_shift=max(shift, seen["shift"]),
        tap_ms=tap_ms,
        tap_bytes=line.bytes - opened[0],
    )


def _tap(page: Page) -> float:
    """From the touch until the frame in which the heading stands."""
    button = page.locator("button[value=positive]")
    button.scroll_into_view_if_needed()
    button.tap(no_wait_after=True)
    for _ in range(600):  # from outside: our pages let nobody evaluate words, and a page may just be leaving
        with suppress(Error):
            if found := page.evaluate("() => window.seen && window.seen.tap"):
                return float(found)
        page.wait_for_timeout(50)
    raise AssertionError("the next question never came")


def parts(options: Options) -> Iterator[Figure]:
    """Both pages by turns; every visit of ours is by somebody else, who did not answer yet."""
    times = 1 if options.quick else max(options.runs, 7)
    phone = None if options.quick else SLOW_NETWORK
    with tempfile.TemporaryDirectory() as folder, SqliteDatabases(Path(folder)).fresh(Path(folder)) as url:
        settings = Settings(database_url=url, env="development", today=TODAY)
        house = House.open(settings)
        paths = [visitor(house, STATES["papers asked"]).path for _ in range(times + 1)]
        house.database.close()
        ours: list[Run] = []
        others: list[Run] = []
        with (
            served(lambda address: with_bare(settings.model_copy(update={"base_url": address}))) as own,
            chromium() as browser,
        ):
            if not options.quick:
                visit(browser, own + paths.pop(), "Hoe was het contact", None)  # warms up the server
            for path in paths[:times]:
                others.append(visit(browser, own + "/bare/", "Dank u wel", phone))
                ours.append(visit(browser, own + path, "Hoe was het contact", phone))
    for measure, label, unit in MEASURES:
        values = [float(getattr(run, measure)) for run in ours]
        bare_values = [float(getattr(run, measure)) for run in others]
        if measure in RATIOS:
            yield Figure(label, unit, values, bare_values, "bare page", RATIOS[measure], database="sqlite")
        else:
            note = f"bare page {median(bare_values):.6g}"
            yield Figure(label, unit, values, aim=AIMS.get(measure), database="sqlite", note=note)
