"""The decision clock in Dutch sentences that a case worker would sign, and what looks wrong in the dates.

A sentence names every day it counts, so that it can be checked with a calendar and the law.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from journey.rules.calendar import decree_warnings, free_day_name, long_date, short_date, span_text
from journey.rules.standing import Facts, Refusal, Standing, announced, raw_last_day_before
from journey.rules.suspension import (
    DAY,
    DUTCH_DATES,
    TERM_DAYS,
    Extension,
    Ground,
    Mode,
    Suspension,
    find_span,
)

GROUND_TEXT: Final = {
    Ground.supplement: "er wordt gewacht op aanvulling door de aanvrager (Awb 4:15 lid 1 onder a)",
    Ground.foreign_body: "er wordt gewacht op informatie uit het buitenland (Awb 4:15 lid 1 onder b)",
    Ground.agreed: "de aanvrager stemde schriftelijk in met uitstel (Awb 4:15 lid 2 onder a)",
    Ground.applicant: "de vertraging is aan de aanvrager toe te rekenen (Awb 4:15 lid 2 onder b)",
    Ground.force_majeure: "er is overmacht (Awb 4:15 lid 2 onder c)",
}


def explain(
    facts: Facts, now: Standing, mode: Mode, other_last_day: date | None, *, decided: bool
) -> tuple[str, ...]:
    """How the answer comes about, first the sum and then where it stands; `other_last_day` is that of the
    other mode.
    """
    sentences = list(_stopped(facts, now, mode) if now.stopped else _counted(facts, now))
    if decided:
        sentences.append(_decided(now))
    elif not now.stopped:
        sentences.extend(_running(facts, now, mode))
    if other_last_day:
        sentences.append(
            "Telt de dag van aanvullen of ontvangen als stilstand (circulaire), dan is de laatste dag"
            f" {long_date(other_last_day)}."
            if mode is Mode.wet
            else "Telt de dag van aanvullen of ontvangen niet als stilstand (tekst van de wet), dan is de laatste dag"
            f" {long_date(other_last_day)}."
        )
    return tuple(sentences)


def _counted(facts: Facts, now: Standing) -> Iterator[str]:
    raw, by_law = now.raw, now.by_law
    if raw is None or by_law is None:
        return
    year = f" {facts.received.year}" if facts.received.year != by_law.year else ""
    still = f", {_days(now.suspended_days)} stilgestaan ({_periods(now.periods)})" if now.periods else ""
    yield f"{TERM_DAYS} dagen vanaf {short_date(facts.received)}{year}{still}, laatste dag {long_date(by_law)}."
    if raw != by_law:
        free = [raw + offset * DAY for offset in range((by_law - raw).days)]
        named = ", ".join(_free_day(day) for day in free)
        yield (
            f"Dag {TERM_DAYS} is {long_date(raw)}; een termijn eindigt niet op een zaterdag, zondag of"
            f" feestdag ({named}) en loopt door tot en met {long_date(by_law)} (Algemene termijnenwet, artikel 1)."
        )
    if now.extension:
        yield (
            f"Met de brief van {short_date(now.extension.sent)} is uitstel gegeven: de laatste dag is"
            f" {long_date(now.extension.until)} (Awb 4:14 lid 3)."
        )


def _running(facts: Facts, now: Standing, mode: Mode) -> Iterator[str]:
    yield _used(now)
    for one in announced(facts, now.as_of, mode):
        yield f"Vanaf {short_date(now.as_of + DAY)} staat de klok stil: {_ground(one)}."
    if now.if_unused:
        yield _if_unused(now.if_unused)
    if now.last_day and now.as_of == now.last_day:
        yield "Vandaag is de laatste dag."
    elif now.last_day and now.as_of > now.last_day:
        yield f"De beslistermijn is {_days((now.as_of - now.last_day).days)} overschreden."


def _stopped(facts: Facts, now: Standing, mode: Mode) -> Iterator[str]:
    for one in facts.suspensions:
        span = find_span(one, mode, now.as_of)
        if span and span.open and span.first <= now.as_of:
            yield f"De klok staat stil vanaf {short_date(span.first)}: {_ground(one)}."
    if now.periods:
        yield f"Tot nu toe {_days(now.suspended_days)} stilgestaan ({_periods(now.periods)})."
    yield f"{_used(now)} Zolang de klok stilstaat is er geen laatste dag."
    if now.if_unused:
        yield _if_unused(now.if_unused)


def _decided(now: Standing) -> str:
    late = (now.as_of - now.last_day).days if now.last_day else 0
    verdict = f"{_days(late)} te laat" if late > 0 else "op tijd"
    return f"Het besluit is verstuurd op {long_date(now.as_of)}: {verdict}."


def _used(now: Standing) -> str:
    return f"Gebruikt: {_days(now.used)}; over: {_days(TERM_DAYS - now.used)}."


def _if_unused(day: date) -> str:
    return f"Gaat de termijn ongebruikt voorbij, dan is de laatste dag {long_date(day)}."


def _ground(one: Suspension) -> str:
    until = one.term if one.ground is Ground.supplement else one.to
    return GROUND_TEXT[one.ground] + (f", tot en met {short_date(until)}" if until else "")


def _free_day(day: date) -> str:
    name = free_day_name(day)
    return f"{short_date(day)}: {name}" if name else short_date(day)


def _days(n: int) -> str:
    return "1 dag" if n == 1 else f"{n} dagen"


def _periods(periods: Sequence[tuple[date, date]]) -> str:
    joined: list[tuple[date, date]] = []
    for first, last in periods:
        if joined and first == joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return ", ".join(span_text(first, last) for first, last in joined)


# --- Warnings: the dates are accepted, but something has no effect or cannot be right --------------


def warn(facts: Facts, now: Standing, mode: Mode, today: date, *, decided: bool) -> tuple[str, ...]:
    """What a reader must know about the dates; nothing here is refused."""
    sentences = []
    if facts.received > today:
        sentences.append(f"De ontvangst ({long_date(facts.received)}) ligt na vandaag.")
    for one in sorted(facts.suspensions, key=lambda suspension: (suspension.begun, suspension.ground)):
        sentences.extend(_suspension_warnings(facts, one, now, mode, decided=decided))
    sentences.extend(_extension_warning(*refused, decided=decided) for refused in now.refused)
    if facts.sent and facts.sent > today:
        sentences.append(f"Het besluit van {long_date(facts.sent)} ligt na vandaag en telt nog niet.")
    sentences.extend(decree_warnings((now.raw, now.by_law, now.if_unused)))
    return tuple(dict.fromkeys(sentences))


def effect_lost(
    facts: Facts, now: Standing, mode: Mode, *, decided: bool
) -> dict[Suspension | Extension, str]:
    """Which suspensions and notices of delay have no legal effect, each with the sentence that says why."""
    lost: dict[Suspension | Extension, str] = {}
    for one in facts.suspensions:
        for sentence in _suspension_warnings(facts, one, now, mode, decided=decided):
            if "geen effect" in sentence or "telt niet" in sentence:
                lost[one] = sentence
    lost.update({one: _extension_warning(one, why, decided=decided) for one, why in now.refused})
    return lost


def _suspension_warnings(
    facts: Facts, one: Suspension, now: Standing, mode: Mode, *, decided: bool
) -> Iterator[str]:
    name = _suspension_name(one)
    if one.ground is Ground.supplement and one.term is None:
        if one.supplied is None or one.supplied > now.as_of:
            yield f"{name} heeft geen effect: er is geen termijn gesteld om aan te vullen."
            return
        yield f"{name} telt alleen als de brief een termijn noemde: die is nog niet ingevuld."
    if one.begun > now.as_of and (decided or one.to is None):
        yield f"{name} ligt na {'het besluit en telt niet' if decided else 'vandaag en telt nog niet'}."
        return
    if one.begun < facts.received:
        yield f"{name} ligt vóór de ontvangst: alleen dagen na de ontvangst tellen."
    span = find_span(one, mode, now.as_of)
    raw = raw_last_day_before(facts, span.first, now.as_of, mode) if span else None
    if span and raw and span.first > raw:
        yield f"{name} heeft geen effect: dag {TERM_DAYS} was {long_date(raw)}."
    for field in ("supplied", "received"):
        day = getattr(one, field)
        if day and day > now.as_of and not decided:
            yield f"De {DUTCH_DATES[field]} van {short_date(day)} ligt na vandaag: de klok staat tot dan stil."


def _suspension_name(one: Suspension) -> str:
    if one.ground is Ground.supplement:
        return f"De uitnodiging van {short_date(one.begun)}"
    if one.ground is Ground.foreign_body:
        return f"De opschorting die op {short_date(one.begun)} is gemeld"
    return f"De opschorting vanaf {short_date(one.begun)}"


def _extension_warning(one: Extension, refusal: Refusal, *, decided: bool) -> str:
    name = f"Het uitstel van {short_date(one.sent)} tot {long_date(one.until)} heeft"
    if refusal is Refusal.too_late:
        return f"{name} geen effect: het is verstuurd na de laatste dag."
    if refusal is Refusal.earlier_date:
        return f"{name} geen effect: die datum ligt vóór de laatste dag."
    why = "geen effect: het ligt na het besluit" if decided else "nog geen effect: het ligt na vandaag"
    return f"{name} {why}."
