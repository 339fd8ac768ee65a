"""The pages of the call desk as frozen dataclasses, and how a tap is answered: with its part of the screen, or for a
browser without scripts with the whole screen.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fastapi import Response

from journey.audit.service import record_view
from journey.call.around import AfterView
from journey.call.cards import StepCard, week_words
from journey.call.closing import Answered
from journey.call.find import Found
from journey.call.queries import DoneCall, DueCall, DueParts, Part
from journey.call.screen import Screen, build_screen
from journey.call.wording import good_times_text, outcome_word
from journey.clock import at_local
from journey.models import Call
from journey.outbox.queries import ShownReply
from journey.participant.tasks import PersonTask
from journey.rating.statements import Statement
from journey.rules.recognisable import Seen
from journey.web.clues import listed
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import Visit


@dataclass(frozen=True)
class DayTab:
    href: str
    label: str
    current: bool


@dataclass(frozen=True)
class Undo:
    """The outcome of a call that can be taken back."""

    call_id: int
    outcome: str


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
    undo: Undo | None = None


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
    def undo(self) -> Undo | None:
        """The way back from what was just recorded."""
        return self.recorded.undo if self.recorded else None

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
    """`step` is the step a partial is about; `at` the part that `form` belongs to, such as `step-cv`; `recorded` the
    outcome that was tapped just now.
    """

    screen: Screen
    form: Form
    at: str = ""
    step: StepCard | None = None
    recorded: str = ""

    def errors(self, part: str) -> dict[str, str]:
        return self.form.errors if part == self.at else {}

    def typed(self, part: str, name: str) -> str:
        return self.form.typed(name) if part == self.at else ""

    def has(self, part: str, name: str) -> bool:
        """Whether the field was sent with a refused form, be it empty."""
        return part == self.at and self.form.has(name) and not self.form.ok

    @property
    def good_times(self) -> str:
        contact = self.screen.contact
        return good_times_text(contact.good_times) if contact else ""

    @property
    def after(self) -> AfterView:
        return self.screen.after

    @property
    def undo(self) -> Undo | None:
        attempt = self.screen.to_take_back
        return Undo(self.screen.id, attempt.outcome) if attempt else None

    @staticmethod
    def seen_words(seen: tuple[Seen, ...]) -> str:
        return listed(seen)

    @staticmethod
    def week_words(monday: date) -> str:
        return week_words(monday)

    @property
    def day_names(self) -> list[tuple[int, date, str]]:
        """The days with a name: how long ago, which day, and the name."""
        names = (_("vandaag"), _("gisteren"), _("eergisteren"))
        return [(ago, self.screen.days[ago], name) for ago, name in enumerate(names)]

    @staticmethod
    def outcome(outcome: str) -> str:
        return outcome_word(outcome)


@dataclass(frozen=True)
class ClosingPage:
    """`answered` counts what is kept so far."""

    screen: Screen
    form: Form
    statements: tuple[Statement, ...]
    answered: Answered


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


def go_on(visit: Visit, address: str, html: str = "") -> Response:
    """To another page: a redirect, or for a tap sent by the scripts an address to go to. They only go when the reader
    still looks at what was tapped; else `html` says in its place what became of it.
    """
    if not visit.is_htmx:
        return redirect(address)
    return Response(html, headers={"HX-Redirect": address}, media_type="text/html")


def after_outcome(visit: Visit, call: Call, address: str, outcome: str) -> Response:
    """An outcome was recorded, or taken back (""): on to the list, or told in the bar it was tapped in."""
    if not visit.is_htmx:
        return redirect(address)
    page = ScreenPage(build_screen(visit.work, call), Form(), recorded=outcome)
    return go_on(visit, address, bytes(render(visit, "call/_bar.html", page).body).decode())
