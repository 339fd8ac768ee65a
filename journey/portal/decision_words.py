"""Until when the decision may take, in words for the person who waits: never surer than the source of the dates
(rules, 15), never a promise."""

from dataclasses import dataclass
from datetime import date

from journey.models import Suspension
from journey.portal.advance_words import CERTAIN, advance_words
from journey.progress.queries import Facts
from journey.rules.decision import Clock, ClockState
from journey.rules.terms import objection_last_day
from journey.web.filters import day
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class DecisionWords:
    """`main` is the sentence to remember, `first` what must be read with it (why, and what to do), `more` the rest;
    `advance` is about money meanwhile; `kind` is the colour of the box: info | warning."""

    main: str
    first: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    kind: str = "info"
    advance: tuple[str, ...] = ()


def decision_words(facts: Facts, clock: Clock | None, today: date) -> DecisionWords:
    if facts.decision is not None:
        return _decided(facts, today)
    if facts.departure is not None:
        return DecisionWords(_("Uw aanvraag loopt niet meer, volgens wat wij weten."))
    if clock is None:
        return DecisionWords(
            _("Er is nog geen aanvraag, volgens wat wij weten."),
            more=(
                _(
                    "Lever het aanvraagformulier in. Vanaf die dag heeft de gemeente acht weken voor het besluit."
                ),
            ),
        )
    if clock.clock is ClockState.stopped:
        return _standing_still(facts, today)
    return _running(facts, clock, today)


def _running(facts: Facts, clock: Clock, today: date) -> DecisionWords:
    if clock.last_day is None:
        raise AssertionError("a running clock has a last day")
    sure, last = _is_certain(facts), day(clock.last_day)
    if clock.days_late > 0:
        main = (
            _("U had het besluit uiterlijk %(day)s moeten horen.", day=last)
            if sure
            else _("Volgens wat u ons vertelde, was %(day)s de laatste dag voor het besluit.", day=last)
        )
        ask = _("Vraag de gemeente hoe het met uw aanvraag staat.")
        return DecisionWords(main, (ask,), kind="warning", advance=advance_words(facts, today))
    main = (
        _("Uiterlijk %(day)s hoort u het besluit.", day=last)
        if sure
        else _("Volgens wat u ons vertelde, is %(day)s de laatste dag voor het besluit.", day=last)
    )
    longer = _("Vraagt de gemeente u om meer papieren? Dan kan het langer duren.")
    return DecisionWords(main, more=(longer,), advance=advance_words(facts, today))


def _standing_still(facts: Facts, today: date) -> DecisionWords:
    """Why it stands still and what one can do go first; with more reasons at once, of each."""
    reasons = [_why(row) for row in facts.suspensions if _is_open(row, today)]
    first = [sentence for reason in reasons for sentence in reason[:2]]
    more = [sentence for reason in reasons for sentence in reason[2:]]
    main = (
        _("De tijd voor het besluit staat nu stil.")
        if _is_certain(facts)
        else _("Volgens wat u ons vertelde, staat de tijd voor het besluit nu stil.")
    )
    return DecisionWords(
        main,
        tuple(dict.fromkeys(first)),
        (*dict.fromkeys(more), _("Daarna loopt de tijd weer door.")),
        "warning",
        advance_words(facts, today),
    )


def _why(row: Suspension) -> list[str]:
    """Why the clock stands still (Awb 4:15) and what the person can do."""
    if row.ground == "1a":
        return [
            _("De gemeente vroeg u om meer papieren."),
            _("Lever ze in, uiterlijk %(day)s.", day=day(row.term))
            if row.source in CERTAIN
            else _("Volgens wat u ons vertelde, kunt u ze inleveren tot en met %(day)s.", day=day(row.term)),
            _("Lukt dat niet? Bel dan op tijd de gemeente."),
        ]
    if row.ground == "1b":
        return [
            _("De gemeente wacht op informatie uit het buitenland."),
            _("U hoeft nu niets te doen."),
        ]
    if row.ground == "2a":
        return [_("U sprak met de gemeente af dat het langer mag duren.")]
    if row.ground == "2b":
        return [
            _("De gemeente wacht op iets van u."),
            _("Weet u niet wat? Bel de gemeente."),
        ]
    return [_("De gemeente kan door overmacht nu niet verder."), _("U hoeft nu niets te doen.")]


def _decided(facts: Facts, today: date) -> DecisionWords:
    """What was decided, and until when objection is possible (Awb 6:7); not for who took the application back."""
    decision = facts.decision
    if decision is None:
        raise AssertionError("only called with a decision")
    sure, sent = decision.source in CERTAIN, day(decision.sent_on)
    main = _outcome(decision.outcome) if sure else _told_outcome(decision.outcome)
    if decision.outcome == "withdrawn":
        more = (
            _("De gemeente stuurde daarover een brief op %(day)s.", day=sent)
            if sure
            else _("U vertelde ons dat de brief daarover is van %(day)s.", day=sent)
        )
        return DecisionWords(main, (more,))
    when = (
        _("Het besluit (de beschikking) is verstuurd op %(day)s.", day=sent)
        if sure
        else _("U vertelde ons dat het besluit (de beschikking) is verstuurd op %(day)s.", day=sent)
    )
    last = objection_last_day(decision.sent_on)
    objection = _objection(day(last), sure=sure, over=last < today)
    return DecisionWords(main, objection[:1], (when, *objection[1:]))


def _outcome(outcome: str) -> str:
    return {
        "granted": _("Het besluit: uw aanvraag is toegekend."),
        "rejected": _("Het besluit: uw aanvraag is afgewezen."),
        "not_treated": _("Het besluit: de gemeente neemt uw aanvraag niet in behandeling."),
        "withdrawn": _("Uw aanvraag is ingetrokken."),
    }[outcome]


def _told_outcome(outcome: str) -> str:
    return {
        "granted": _("Volgens wat u ons vertelde, is uw aanvraag toegekend."),
        "rejected": _("Volgens wat u ons vertelde, is uw aanvraag afgewezen."),
        "not_treated": _("Volgens wat u ons vertelde, neemt de gemeente uw aanvraag niet in behandeling."),
        "withdrawn": _("Volgens wat u ons vertelde, is uw aanvraag ingetrokken."),
    }[outcome]


def _objection(last: str, *, sure: bool, over: bool) -> tuple[str, ...]:
    if over and sure:
        return (_("Bezwaar maken kon tot en met %(day)s.", day=last),)
    if over:
        return (_("Klopt die datum? Dan kon u bezwaar maken tot en met %(day)s.", day=last),)
    disagree = (
        _("Bent u het niet eens met het besluit? U kunt bezwaar maken tot en met %(day)s.", day=last)
        if sure
        else _("Klopt die datum? Dan kunt u bezwaar maken tot en met %(day)s.", day=last)
    )
    return (disagree, _("In de brief met het besluit (de beschikking) staat hoe dat gaat."))


def _is_certain(facts: Facts) -> bool:
    """A date is only as good as its worst source."""
    rows = [facts.application, *facts.suspensions, *facts.extensions]
    return all(row.source in CERTAIN for row in rows if row is not None)


def _is_open(row: Suspension, today: date) -> bool:
    """Whether this suspension is why the clock stands still today."""
    if row.ground == "1a":
        waiting = row.supplied_on is None or row.supplied_on > today
        return waiting and row.term is not None and row.term >= today
    if row.ground == "1b":
        return row.received_on is None or row.received_on > today
    begun = row.from_on is not None and row.from_on <= today
    return begun and (row.to_on is None or row.to_on >= today)
