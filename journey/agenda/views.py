"""The agenda by day and by week, its calendar feed, and the switch for the text in the morning."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Response

from journey.agenda.days import PARTS, AgendaDay, day_words
from journey.agenda.queries import get_today, get_whose, list_colleagues, list_days
from journey.agenda.service import (
    change_digest,
    close_feed,
    create_feed,
    find_feed,
    find_text_number,
    get_feed,
)
from journey.auth.access import Everyone, Researcher
from journey.call.pages import DayTab
from journey.models import CalendarFeed, User
from journey.participant.phones import shown_number
from journey.rules.cadence import week_start
from journey.rules.roles import LEAD
from journey.web.filters import day as long_day
from journey.web.filters import day_short
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

FURTHEST = timedelta(days=366)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class AgendaPage:
    """`own` when it is the reader's; `days` are one day or a week; `text_number` is where the text of the
    morning goes, empty when there is none.
    """

    title: str
    days: list[AgendaDay]
    is_week: bool
    tabs: list[DayTab]
    earlier: str
    today: str
    later: str
    own: bool
    whose: User
    colleagues: list[DayTab]
    in_short: str
    feed: CalendarFeed | None
    text_number: str
    errors: dict[str, str]

    @property
    def who(self) -> str:
        """What an address carries on so that it stays the same agenda."""
        return "" if self.own else f"&who={self.whose.id}"

    @staticmethod
    def part(part: str) -> str:
        return dict(zip(PARTS, (_("Ochtend"), _("Middag"), _("Avond"), _("Elk moment")), strict=True))[part]


@dataclass(frozen=True)
class FeedPage:
    address: str


@router.get("/agenda")
def agenda(visit: Researcher) -> Response:
    """The week of today, or the day or week that is asked for."""
    return _show(visit)


@router.post("/agenda/digest")
def switch_digest(visit: Researcher) -> Response:
    """On with `wanted`, else off."""
    form = visit.form()
    with form.attempt(visit.work):
        change_digest(visit.work, wanted=form.checked("wanted"))
    return redirect("/agenda#agenda-arrange") if form.ok else _show(visit, form)


@router.post("/agenda/feed")
def make_feed(visit: Researcher) -> Response:
    """A new address takes the place of the former one. It is in this answer only."""
    return render(visit, "agenda/feed.html", FeedPage(create_feed(visit.work)))


@router.post("/agenda/feed/stop")
def stop_feed(visit: Researcher) -> Response:
    close_feed(visit.work)
    return redirect("/agenda#agenda-arrange")


@router.get("/agenda/feed/{token}.ics")
def feed(visit: Everyone, token: str) -> Response:
    """For calendars, which cannot sign in: who has the address may read it."""
    return Response(
        get_feed(visit.work, token),
        media_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


def _show(visit: Visit, form: Form | None = None) -> Response:
    work, asked = visit.work, visit.request.query_params
    whose = get_whose(work, asked.get("who", ""))
    own = whose.id == work.actor.id
    is_week = "day" not in asked
    on = _day(asked.get("week" if is_week else "day", ""), work.today)
    first = week_start(on) if is_week else on
    last = first + timedelta(days=6) if is_week else on
    step = WEEK if is_week else timedelta(days=1)
    number = find_text_number(whose) if own else None

    def at(day: date, *, week: bool = is_week, user: int | None = whose.id) -> str:
        who = "" if user == work.actor.id else f"&who={user}"
        return f"/agenda?{'week' if week else 'day'}={day.isoformat()}{who}"

    page = AgendaPage(
        title=_("Week van %(day)s", day=day_short(first)) if is_week else long_day(on).capitalize(),
        days=list_days(work, whose.id, first, last),
        is_week=is_week,
        tabs=[
            DayTab(at(on, week=False), _("Dag"), not is_week),
            DayTab(at(on, week=True), _("Week"), is_week),
        ],
        earlier=at(first - step),
        today=at(work.today),
        later=at(first + step),
        own=own,
        whose=whose,
        colleagues=_colleagues(visit, whose, lambda user: at(on, user=user)),
        in_short=day_words(get_today(work, whose.id)),
        feed=find_feed(work, whose) if own else None,
        text_number=shown_number(number) if number else "",
        errors=form.errors if form else {},
    )
    return render(visit, "agenda/agenda.html", page, status=422 if page.errors else 200)


def _colleagues(visit: Visit, whose: User, at: Callable[[int | None], str]) -> list[DayTab]:
    if visit.work.actor.role != LEAD:
        return []
    users = list_colleagues(visit.work)
    return [DayTab(at(user.id), user.name, user.id == whose.id) for user in users]


def _day(text: str, today: date) -> date:
    """The day asked for; today for what is no day or far away."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST else today
