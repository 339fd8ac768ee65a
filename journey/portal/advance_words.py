"""What is said about the advance (Pw 52) to the person who waits: what was recorded of it, and when one is due while
there is no decision. Never surer than its source (rules, 15), and never a promise about the benefit.
"""

from datetime import date
from typing import Final

from journey.models import CaseEvent
from journey.progress.queries import Facts
from journey.rules.terms import FOUR_WEEKS, advance
from journey.web.filters import day
from journey.web.i18n import gettext as _

CERTAIN: Final = ("letter", "import")


def advance_words(facts: Facts, today: date) -> tuple[str, ...]:
    """Sentences for as long as there is an application and no decision; nothing without an application."""
    if facts.application is None:
        return ()
    events = [row for row in facts.events if row.kind == "advance" and row.happened_on <= today]
    events.sort(key=lambda row: (row.happened_on, row.id or 0))
    latest = events[-1] if events else None
    if latest is not None and latest.detail in ("refused", "exception"):
        return _none_to_come(latest)
    paid = [row.happened_on for row in events if row.detail == "paid"]
    due = next_due(facts.application.received_on, paid)
    sure = facts.application.source in CERTAIN
    return (
        *((_happened(latest),) if latest else ()),
        *_due(due, again=bool(paid), sure=sure, over=due < today),
        _("Een voorschot is een lening: de gemeente verrekent het later."),
        _("Een voorschot zegt niets over het besluit."),
    )


def next_due(received_on: date, paid: list[date]) -> date:
    """The day by which the next advance is due: every four weeks after the application (Pw 52 lid 1).

    Each payment stands for one of these days, and the latest one for every such day before it: a payment that nobody
    told us about is not asked for again.
    """
    passed = max(((on - received_on) // FOUR_WEEKS for on in paid), default=0)
    covered = max(len(paid), passed)
    return advance(received_on, count=covered + 1).due[covered]


def _happened(latest: CaseEvent) -> str:
    on, sure = day(latest.happened_on), latest.source in CERTAIN
    if latest.detail == "offered":
        return (
            _("De gemeente bood u een voorschot aan op %(day)s.", day=on)
            if sure
            else _("U vertelde ons dat u een voorschot kon krijgen, op %(day)s.", day=on)
        )
    return (
        _("Er is een voorschot betaald op %(day)s.", day=on)
        if sure
        else _("U vertelde ons dat u een voorschot kreeg op %(day)s.", day=on)
    )


def _none_to_come(latest: CaseEvent) -> tuple[str, ...]:
    on, sure = day(latest.happened_on), latest.source in CERTAIN
    ask = _("Wilt u weten waarom? Vraag het de gemeente.")
    if latest.detail == "exception":
        return (
            _("Volgens wat wij weten, geldt voor u een uitzondering. U krijgt dan geen voorschot."),
            ask,
        )
    refused = (
        _("De gemeente gaf geen voorschot op %(day)s.", day=on)
        if sure
        else _("U vertelde ons dat u geen voorschot kreeg, op %(day)s.", day=on)
    )
    return (refused, ask)


def _due(due: date, *, again: bool, sure: bool, over: bool) -> tuple[str, ...]:
    on = day(due)
    if over:
        late = (
            _("Uiterlijk %(day)s hoorde er een voorschot te zijn.", day=on)
            if sure
            else _("Volgens wat u ons vertelde, hoorde er op %(day)s een voorschot te zijn.", day=on)
        )
        return (late, _("Kreeg u toen niets? U kunt de gemeente nu om een voorschot vragen."))
    if again:
        to_come = (
            _("Uiterlijk %(day)s hoort u een volgend voorschot te krijgen.", day=on)
            if sure
            else _("Volgens wat u ons vertelde, hoort u op %(day)s een volgend voorschot te hebben.", day=on)
        )
    else:
        to_come = (
            _("Uiterlijk %(day)s hoort u een voorschot te krijgen.", day=on)
            if sure
            else _("Volgens wat u ons vertelde, hoort u op %(day)s een voorschot te hebben.", day=on)
        )
    return (
        to_come,
        _("Dat geldt als er dan nog geen besluit is."),
        _("Soms geeft de gemeente geen voorschot. U kunt vragen waarom."),
    )
