"""One request by one actor: what a view gets, and how every view declares who may use it.

A view's first parameter is `visit: Annotated[Visit, Depends(Access(...))]` (see `journey.auth.access`). `UnitOfWork`,
the route class of every room, opens the unit of work around the view and commits before the answer leaves.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from journey.rules.errors import Conflict
from journey.rules.wording import msgid
from journey.web.forms import Form
from journey.web.i18n import RIGHT_TO_LEFT, language, use_language
from journey.web.i18n import gettext as _
from journey.web.idempotency import has_room, remember, replayed
from journey.web.spoken import recordings_address
from journey.web.taps import ASKED, asked_at, is_same_tap
from journey.work import NOBODY, Actor, House, Work

LONGEST_WAIT = timedelta(
    days=6
)  # what was dialled a week ago is refused; a device forgets to send for shorter
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Pages of a study that stand under another item of the main menu than its figures; "": under one of their own.
MENU_PLACES = {"team": "/team", "recruitment": "", "quotes": "", "themes": "", "letters": ""}
# Lists and pages from which people go to one person and back; without words: what the address names.
ORIGINS = (
    (r"/calls", msgid("Bellijst")),
    (r"/calls/\d+", msgid("Gesprek")),
    (r"/agenda", msgid("Agenda")),
    (r"/participants", msgid("Deelnemers")),
    (r"/participants/([^/]+)", ""),
    (r"/call-backs", msgid("Terugbellen")),
    (r"/messages", msgid("Berichten")),
    (r"/help-signals", msgid("Hulp")),
    (r"/studies/[^/]+/team", msgid("Team")),
    (r"/studies/[^/]+/recruitment(?:/\d+)?", msgid("Werving")),
    (r"/studies/[^/]+/letters", msgid("Brieven")),
)
MOST_IN_ROW = 5
MOST_STUDIES = 4


@dataclass(frozen=True)
class NavigationItem:
    href: str
    label: str
    current: bool
    waiting: int = 0


@dataclass(frozen=True)
class NavigationGroup:
    """Further pages, of a study with its name when there are several."""

    name: str
    pages: list[NavigationItem]

    @property
    def current(self) -> bool:
        return any(page.current for page in self.pages)


@dataclass
class Visit:
    """Made by `Access` for each request; `work` exists once the view runs."""

    request: Request
    house: House
    actor: Actor | None = None
    csrf_token: str = ""
    session_id: int | None = None
    half_session: bool = False  # the password was right, the second step is still to come: `actor` stays None
    must_change: bool = False  # a first password: nothing opens but the own account
    body: bytes = b""
    form_data: FormData = field(default_factory=FormData)
    chosen_language: str = ""  # kept here because a refusal is answered outside the view's thread
    is_running: bool = False  # whether the unit of work is open: a page of an error asks the database nothing
    _work: Work | None = None

    @property
    def work(self) -> Work:
        if self._work is None:
            raise RuntimeError("the unit of work is open only while the view runs")
        return self._work

    @contextmanager
    def short_work(self) -> Iterator[Work]:
        """A unit of work of its own, for a view that is in none."""
        with self.house.work(self.actor or NOBODY, origin=self.origin) as work:
            self._work, self.is_running = work, True
            try:
                yield work
            finally:
                self._work, self.is_running = None, False

    @property
    def path(self) -> str:
        return self.request.url.path

    @property
    def is_htmx(self) -> bool:
        return self.request.headers.get("HX-Request") == "true"

    @property
    def follows_tap(self) -> bool:
        """Whether this page comes under a thumb that has just tapped on another of ours."""
        referrer = self.request.headers.get("Referer", "")
        base = self.settings.base_url.rstrip("/") + "/"
        return self.request.method == "POST" or referrer.startswith((base, str(self.request.base_url)))

    @property
    def asked_at(self) -> int:
        """For the field `asked` of a question; 0 where nothing was tapped before."""
        return asked_at(self.work.now) if self.follows_tap else 0

    def is_same_tap(self) -> bool:
        """Whether this post is the second half of the tap that brought its page."""
        return is_same_tap(self.form().typed(ASKED), self.work.now)

    def speak(self, code: str) -> None:
        """Go on in this language, also when it ends in a refusal."""
        use_language(code)
        self.chosen_language = code

    @property
    def locale(self) -> str:
        return language()

    @property
    def dir(self) -> str:
        return "rtl" if language() in RIGHT_TO_LEFT else "ltr"

    @property
    def recorded(self) -> str:
        """Where the recordings of sentences in this language are listed; "" when there are none."""
        return recordings_address(self.settings, language())

    @property
    def today(self) -> Any:
        return self.work.today

    @property
    def settings(self) -> Any:
        return self.house.settings

    def form(self) -> Form:
        """What was typed; a NUL, which PostgreSQL takes nowhere, is dropped."""
        typed = {name: self.form_data.getlist(name) for name in self.form_data}
        return Form(
            {name: [str(value).replace("\0", "") for value in values] for name, values in typed.items()},
            today=self._work.today if self._work else None,
        )

    @property
    def idempotency_key(self) -> str:
        """What makes a repeated post count once; empty when it counts each time.

        A key in a form belongs to what was typed: who goes back, changes a field and sends the old page again
        means something new, and must not hear that the key was used before.
        """
        if header := self.request.headers.get("Idempotency-Key"):
            return header
        field = str(self.form_data.get("idempotency_key", "")).replace("\0", "")
        return field and f"{field[:100]}:{hashlib.sha256(self.body).hexdigest()}"

    @property
    def tapped_at(self) -> datetime:
        """When the button was pressed: a tap that waited on the device says how long, by a clock that need not be
        right. An age that cannot be is none: then it is now.
        """
        age = self.request.headers.get("Journey-Age", "")
        if not age.isdecimal() or len(age) > 7 or int(age) > LONGEST_WAIT.total_seconds():
            return self.work.now
        return self.work.now - timedelta(seconds=int(age))

    @property
    def origin(self) -> str:
        return self.request.client.host if self.request.client else ""

    def back(self, label: str, href: str) -> tuple[str, str]:
        """The page that led here, as words and address, when it is one that people come from; else what is given."""
        came = urlsplit(self.request.headers.get("Referer", ""))
        if came.netloc != self.request.headers.get("Host") or came.path == self.path:
            return label, href
        for origin, words in ORIGINS:
            if found := re.fullmatch(origin, came.path):
                return _(words) if words else found[1], came.path + (f"?{came.query}" if came.query else "")
        return label, href

    @property
    def nav_row(self) -> list[NavigationItem]:
        """As many as fit in the row of a phone, beside the way to the others."""
        items = self.nav
        return items[: MOST_IN_ROW - 1] if self.nav_more else items[:MOST_IN_ROW]

    @functools.cached_property
    def nav_more(self) -> list[NavigationGroup]:
        """What the row has no room for, and the pages of the running studies that this actor makes."""
        state = self.request.app.state
        pages = [(page, label) for roles, page, label in state.study_navigation if self._has_role(roles)]
        if not pages or not self.is_running:
            return []
        studies = [one for one in state.list_studies(self.work, "journey") if one.closed_at is None][
            :MOST_STUDIES
        ]
        groups = [NavigationGroup("", self.nav[MOST_IN_ROW - 1 :])]
        for study in studies:
            items = [
                NavigationItem(
                    f"/studies/{study.code}/{page}",
                    _(label),
                    f"{self.path}/".startswith(f"/studies/{study.code}/{page}/"),
                )
                for page, label in pages
            ]
            groups.append(NavigationGroup(study.name if len(studies) > 1 else "", items))
        return [group for group in groups if group.pages]

    def _has_role(self, roles: Any) -> bool:
        return self.actor is not None and self.actor.role in roles

    @functools.cached_property
    def nav(self) -> list[NavigationItem]:
        """The pages of this actor's role; a study's pages only when the actor has exactly one study in mind."""
        if self.actor is None:
            return []
        return [
            NavigationItem(href, _(label), _menu_place(self.path).startswith(href), self._waiting(href))
            for roles, href, label in self.request.app.state.navigation
            if self.actor.role in roles
        ]

    def _waiting(self, href: str) -> int:
        """How much waits behind an item of the menu, for its badge."""
        counts = self.request.app.state.waiting
        return counts[href](self.work) if self.is_running and href in counts else 0


def _menu_place(path: str) -> str:
    parts = path.split("/")
    return MENU_PLACES.get(parts[3], path) if parts[1] == "studies" and len(parts) > 3 else path


class UnitOfWork(APIRoute):
    """Runs a view inside one unit of work: committed before the answer leaves, rolled back when the view raises."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        status = options.get("status_code") or 200
        super().__init__(path, _in_unit_of_work(endpoint, status, self.may_answer_again), **options)

    @staticmethod
    def may_answer_again(visit: Visit, arguments: dict[str, Any]) -> bool:
        """Whether who asks may still read the answer that was kept for a retry: asked by a room whose visitors are let
        in by the view itself."""
        return True


class FewAtATime(APIRoute):
    """For a view that computes for long by design, such as looking at a password: it opens its own short units of work
    and runs in threads of its own, a few at a time, so that a crowd at the door keeps nobody inside waiting. Those who
    wait for their turn hold no thread.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _few_at_a_time(endpoint), **options)


def _few_at_a_time(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    async def run(*, visit: Visit, **arguments: Any) -> Any:
        limiter: CapacityLimiter = visit.request.app.state.few
        call = functools.partial(endpoint, visit=visit, **arguments)
        return await to_thread.run_sync(call, limiter=limiter)

    return run


class LongRead(APIRoute):
    """For a POST that reads for long and then writes a line in a short unit of work of its own (`visit.house.work`): on
    SQLite the one lock of all writers is not held while it reads. It keeps no answer for a retry.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _reading(endpoint), **options)


def _reading(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    def run(*, visit: Visit, **arguments: Any) -> Any:
        with visit.house.work(visit.actor or NOBODY, write=False, origin=visit.origin, long=True) as work:
            visit._work = work
            return endpoint(visit=visit, **arguments)

    return run


def _in_unit_of_work(
    endpoint: Callable[..., Any],
    status: int,
    may_answer_again: Callable[[Visit, dict[str, Any]], bool],
) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    def run(**arguments: Any) -> Any:
        visit = cast("Visit | None", arguments.get("visit"))
        if visit is None:
            return endpoint(**arguments)
        write = visit.request.method not in SAFE_METHODS
        actor = visit.actor or NOBODY
        with visit.house.work(actor, write=write, origin=visit.origin) as work:
            visit._work, visit.is_running = work, True
            try:
                if not write:
                    return endpoint(**arguments)
                return once(
                    visit, lambda: endpoint(**arguments), status, lambda: may_answer_again(visit, arguments)
                )
            finally:
                visit.is_running = False

    return run


def once(
    visit: Visit,
    act: Callable[[], Any],
    status: int = 200,
    may_answer_again: Callable[[], bool] = lambda: True,
) -> Any:
    """Act within the present unit of work, or give the first answer again to a repeated post."""
    work, key = visit.work, visit.idempotency_key
    if not key or (visit.actor is None and not has_room(work, key, visit.path)):
        return act()
    first: Response | int | Conflict
    try:
        first = replayed(work, key, visit.path, visit.body)
    except Conflict as used:
        first = used
    if isinstance(first, int):
        return remember(work, first, act(), status)
    if not may_answer_again():
        return act()
    if isinstance(first, Conflict):
        raise first
    return first
