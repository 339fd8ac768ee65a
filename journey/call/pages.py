"""The pages of the call desk as frozen dataclasses, and how a tap is answered: with its part of the screen, or for a
browser without scripts with the whole screen.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fastapi import Response

from journey.audit.service import record_view
from journey.call.around import AfterView
from journey.call.find import Found
from journey.call.queries import DoneCall, DueCall, DueParts, Part
from journey.call.screen import Screen, StepCard, build_screen
from journey.call.wording import good_times_text, outcome_word
from journey.clock import at_local
from journey.models import Call
from journey.outbox.queries import ShownReply
from journey.participant.tasks import PersonTask
from journey.rating.statements import Statement
from journey.rules.recognisable import Seen
from journey.web.clues import listed
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import Visit


@dataclass(frozen=True)
class DayTab:
    href: str
    label: str
    current: bool


@dataclass(frozen=True)
class Recorded:
    """What was just recorded, to tell it once; `known` when it was recorded before, so that nothing was added."""

    call_id: int
    participant: str
    outcome: str
    next_at: datetime | None
    is_open: bool
    known: bool = False
    after: AfterView | None = None


MOST_SHOWN = 60


def most_shown(show: str) -> int | None:
    """How many of a part of the list: nobody calls five hundred people, and a phone has to lay them out."""
    return None if show == "all" else MOST_SHOWN


@dataclass(frozen=True)
class CallListPage:
    """`sought` is what was typed in the search, `found` its answer or None before a search."""

    on: date
    days: list[DayTab]
    due: DueParts
    done: Part[DoneCall]
    everyone: bool
    can_switch: bool
    several_studies: bool
    hours_notice: str
    recorded: Recorded | None
    sought: str
    found: list[Found] | None
    tasks: list[PersonTask] = field(default_factory=list)
    help_signals: int = 0
    texts: list[ShownReply] = field(default_factory=list)

    @property
    def whole_href(self) -> str:
        return f"/calls?on={self.on.isoformat()}&who={'all' if self.everyone else 'mine'}&show=all"

    @property
    def after(self) -> AfterView | None:
        """The card of the talk that was just held."""
        return self.recorded.after if self.recorded else None

    @staticmethod
    def outcome(outcome: str) -> str:
        return outcome_word(outcome)

    @staticmethod
    def good_times(due: DueCall) -> str:
        return good_times_text(due.good_times)


@dataclass(frozen=True)
class ScreenPage:
    """`step` is the step a partial is about; `at` the part that `form` belongs to, such as `step-cv`."""

    screen: Screen
    form: Form
    at: str = ""
    step: StepCard | None = None

    def errors(self, part: str) -> dict[str, str]:
        return self.form.errors if part == self.at else {}

    def typed(self, part: str, name: str) -> str:
        return self.form.typed(name) if part == self.at else ""

    @property
    def good_times(self) -> str:
        contact = self.screen.contact
        return good_times_text(contact.good_times) if contact else ""

    @property
    def after(self) -> AfterView:
        return self.screen.after

    @staticmethod
    def seen_words(seen: tuple[Seen, ...]) -> str:
        return listed(seen)

    @property
    def yesterday(self) -> date:
        return self.screen.days[0] - timedelta(days=1)

    @staticmethod
    def outcome(outcome: str) -> str:
        return outcome_word(outcome)


@dataclass(frozen=True)
class ClosingPage:
    screen: Screen
    form: Form
    statements: tuple[Statement, ...]


def show_screen(visit: Visit, call: Call) -> Response:
    """The whole call screen; looking at it is a view of the person, and so is fetching it ahead for later. `?step=`
    opens the step that was tapped last.
    """
    screen = build_screen(visit.work, call)
    look = "call.fetch" if visit.request.headers.get("Journey-Fetch") else "call.view"
    record_view(visit.house, visit.work, look, screen.participant.code)
    part = f"step-{visit.request.query_params.get('step', '')}"
    answer = render(visit, "call/screen.html", ScreenPage(screen, Form(), part))
    return keep_today(visit, answer) if screen.is_open else answer


def keep_today(visit: Visit, answer: Response) -> Response:
    """This page may be kept, sealed, on the device of who reads it, for a network that goes away: until midnight."""
    midnight = at_local(visit.work.today + timedelta(days=1), 0)
    answer.headers["Journey-Keep"] = str(int((midnight - visit.work.now).total_seconds()))
    return answer


def answer_tap(visit: Visit, call: Call, form: Form, part: str, *, step: str = "") -> Response:
    """The answer to a tap on a part of the screen, saved or refused."""
    status = 200 if form.ok else 422
    if form.ok and not visit.is_htmx:
        return redirect(f"/calls/{call.id}{f'?step={step}' if step else ''}#call-{part}")
    screen = build_screen(visit.work, call)
    page = ScreenPage(screen, form, part, screen.step(step) if step else None)
    if not visit.is_htmx:
        return render(visit, "call/screen.html", page, status=status)
    template = "call/_step.html" if step else f"call/_{part}.html"
    return render(visit, template, page, status=status)


def go_on(visit: Visit, address: str) -> Response:
    """To another page: a redirect, or for a tap sent by the scripts an address to go to once all taps are sent."""
    if not visit.is_htmx:
        return redirect(address)
    return Response("", headers={"HX-Redirect": address}, media_type="text/html")
