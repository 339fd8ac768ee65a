"""The answer of the decision clock in words; every date comes from the rules."""

from collections.abc import Iterable

from journey.progress.term_answers import Answer, Link, address_of, command_of, option
from journey.progress.term_days import calendar, count_text, decision_lines
from journey.rules.decision import Clock, ClockState, Extension, Suspension
from journey.rules.standing import Facts
from journey.rules.suspension import Mode
from journey.web.filters import day as long_day
from journey.web.i18n import gettext as _


def decision_answer(facts: Facts, clock: Clock) -> Answer:
    """The clock of one application, as `journey term decision` gives it."""
    lines = decision_lines(facts, clock)
    return Answer(
        headline=_("Laatste dag: %(day)s", day=long_day(clock.last_day))
        if clock.last_day
        else _("De klok staat stil: er is nu geen laatste dag"),
        address=_decision_address(facts, clock),
        beside=tuple(_beside(facts, clock)),
        sentences=clock.explanation,
        warnings=clock.warnings,
        facts=(
            (_("Gebruikt"), _("%(days)s van 56", days=count_text(clock.days_used))),
            (_("Over"), count_text(clock.days_left)),
            (_("Stilgestaan"), count_text(clock.suspended_days)),
        ),
        counted_from=tuple(_counted_from(facts, clock)),
        lines=lines,
        calendar=calendar(lines, clock.today),
        command=_decision_command(facts, clock),
        further=tuple(_further(facts, clock)),
        clock=clock,
    )


def _beside(facts: Facts, clock: Clock) -> Iterable[str]:
    if clock.clock is ClockState.decided and facts.sent:
        yield _(
            "Besluit verstuurd op %(day)s: %(verdict)s.", day=long_day(facts.sent), verdict=_verdict(clock)
        )
    elif clock.days_late:
        yield _("De beslistermijn is %(days)s overschreden.", days=count_text(clock.days_late))
    elif clock.last_day_if_unused:
        yield _(
            "Gaat de termijn ongebruikt voorbij, dan is de laatste dag %(day)s.",
            day=long_day(clock.last_day_if_unused),
        )
    if clock.last_day_other_mode and clock.last_day:
        by_law, by_circular = clock.last_day, clock.last_day_other_mode
        if clock.mode is Mode.circulaire:
            by_law, by_circular = by_circular, by_law
        yield _("Volgens de tekst van de wet: %(day)s.", day=long_day(by_law))
        yield _("Volgens de circulaire: %(day)s.", day=long_day(by_circular))


def _verdict(clock: Clock) -> str:
    return _("%(days)s te laat", days=count_text(clock.days_late)) if clock.days_late else _("op tijd")


def _counted_from(facts: Facts, clock: Clock) -> Iterable[tuple[str, str]]:
    yield _("Aanvraag ontvangen"), long_day(facts.received)
    yield _("Stand van"), long_day(clock.today)
    for one in facts.suspensions:
        yield _("Opschorting"), _suspension_words(one)
    for extension in facts.extensions:
        sent, until = long_day(extension.sent), long_day(extension.until)
        yield _("Uitstel"), _("verstuurd %(sent)s, tot en met %(until)s", sent=sent, until=until)
    if facts.sent:
        yield _("Besluit verstuurd"), long_day(facts.sent)
    yield (
        _("Telwijze"),
        _("tekst van de wet") if clock.mode is Mode.wet else _("circulaire"),
    )


def _suspension_words(one: Suspension) -> str:
    words = {
        "invited": _("gevraagd %(day)s"),
        "term": _("aanvullen kan tot en met %(day)s"),
        "supplied": _("aangevuld %(day)s"),
        "told": _("meegedeeld %(day)s"),
        "received": _("ontvangen %(day)s"),
        "from_": _("van %(day)s"),
        "to": _("tot en met %(day)s"),
    }
    known = [words[name] % {"day": long_day(day)} for name, day in one.dates().items() if day]
    return f"{one.ground.value}: {', '.join(known)}"


def _spec(one: Suspension) -> str:
    dates = [f"{name.rstrip('_')}={day}" for name, day in one.dates().items() if day]
    return ",".join([f"ground={one.ground.value}", *dates])


def _extension_spec(one: Extension) -> str:
    return f"sent={one.sent},until={one.until}"


def _decision_command(facts: Facts, clock: Clock) -> str:
    words: list[object] = ["term", "decision", "--received", facts.received, "--today", clock.today]
    for one in facts.suspensions:
        words += ["--suspension", _spec(one)]
    for extension in facts.extensions:
        words += ["--extension", _extension_spec(extension)]
    words += option("sent", facts.sent)
    return command_of(*words, *option("mode", None if clock.mode is Mode.wet else clock.mode.value))


def _decision_address(facts: Facts, clock: Clock) -> str:
    values: dict[str, object] = {"received": facts.received, "today": clock.today, "mode": clock.mode.value}
    for place, one in enumerate(facts.suspensions, start=1):
        values[f"s{place}_ground"] = one.ground.value
        values |= {f"s{place}_{name.rstrip('_')}": day for name, day in one.dates().items()}
    for place, extension in enumerate(facts.extensions, start=1):
        values |= {f"e{place}_sent": extension.sent, f"e{place}_until": extension.until}
    return address_of("/termijn", **values, sent=facts.sent)


def _further(facts: Facts, clock: Clock) -> Iterable[Link]:
    if clock.clock is ClockState.decided:
        yield Link(address_of("/termijn/bezwaar", sent=facts.sent), _("Tot wanneer kan bezwaar?"))
    else:
        yield Link(
            address_of("/termijn/voorschot", received=facts.received), _("Wanneer is een voorschot nodig?")
        )
    if clock.days_late and clock.last_day:
        href = address_of("/termijn/dwangsom", last_day=clock.last_day, sent=facts.sent)
        yield Link(href, _("Is er een dwangsom?"))
