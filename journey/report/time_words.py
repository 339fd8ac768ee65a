"""What is said about lead times, on the page and in the report. A sentence holds for the cases that still wait as well:
nothing is "at most" or "all in time" while one of them may prove it wrong (rules, 24).
"""

from collections.abc import Callable, Iterator

from journey.report.leadtimes import LIMIT_DAYS, LeadTime, LeadTimes, PairTime
from journey.report.throughput import Funnel, LimitCounts
from journey.web.filters import number, percent_of_all
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext


def days(value: float | int) -> str:
    """`1 dag`, `11 dagen`, `11,4 dagen`."""
    return _("1 dag") if value == 1 else _("%(n)s dagen", n=number(value))


def application_sentences(time: LeadTime, limit: LimitCounts) -> Iterator[str]:
    """From application to decision: how long it took, who kept to the own last day, and who still waits."""
    yield from _took(time)
    yield from _kept(time, limit)
    yield from _waiting(limit)


def _took(time: LeadTime) -> Iterator[str]:
    n, waiting = time.n or 0, time.open or 0
    if time.mean is None or time.max is None:
        if waiting:
            yield ngettext(
                "Op de enige lopende aanvraag is nog niet besloten.",
                "Op geen van de %(n)s lopende aanvragen is al besloten.",
                waiting,
            )
        elif time.cases:
            yield _("Op geen enkele aanvraag is besloten: wie aanvroeg, stopte voor het besluit.")
        return
    if n == 1:
        yield _("Op één aanvraag is besloten, na %(days)s.", days=days(time.max))
    elif waiting:
        yield _(
            "Van aanvraag tot besluit duurde het gemiddeld %(days)s, bij %(n)s besluiten; het langste tot nu toe "
            "duurde %(longest)s.",
            days=days(time.mean),
            n=number(n),
            longest=days(time.max),
        )
    else:
        yield _(
            "Van aanvraag tot besluit duurt het gemiddeld %(days)s en hoogstens %(longest)s.",
            days=days(time.mean),
            longest=days(time.max),
        )
    if waiting:
        yield ngettext("Eén aanvraag loopt nog.", "%(n)s aanvragen lopen nog.", waiting)


def _kept(time: LeadTime, limit: LimitCounts) -> Iterator[str]:
    kept, judged = time.within_limit or 0, time.within_of or 0
    if not judged:
        return
    if kept < judged or kept != time.n or limit.near or limit.late:
        yield in_time_sentence(kept, judged)
    elif kept == 1:
        yield _("Dat besluit viel op of voor de eigen uiterste dag.")
    elif time.open:
        yield _("De %(n)s besluiten tot nu toe vielen op of voor de eigen uiterste dag.", n=number(kept))
    else:
        yield _("Alle %(n)s besluiten vielen op of voor de eigen uiterste dag.", n=number(kept))
    if kept and time.max is not None and time.max > LIMIT_DAYS:
        yield _(
            "Een besluit na meer dan %(n)s dagen kan op tijd zijn: de termijn kan stilstaan of verlengd worden.",
            n=LIMIT_DAYS,
        )


def in_time_sentence(kept: int, judged: int) -> str:
    """How many decisions kept to the own last day, of the cases of which that is certain."""
    if kept == 0:
        return ngettext(
            "De enige aanvraag waarvan dat vaststaat, kreeg geen besluit op of voor de eigen uiterste dag.",
            "Geen van de %(of)s aanvragen waarvan dat vaststaat, kreeg een besluit op of voor de eigen uiterste dag.",
            judged,
            of=number(judged),
        )
    return _(
        "Op of voor de eigen uiterste dag besloten: %(kept)s van de %(of)s aanvragen waarvan dat vaststaat "
        "(%(share)s).",
        kept=number(kept),
        of=number(judged),
        share=percent_of_all(kept / judged, 1),
    )


def _waiting(limit: LimitCounts) -> Iterator[str]:
    """Who is past, near or without a last day now."""
    if limit.late:
        yield ngettext(
            "Eén aanvraag is nog open en voorbij haar uiterste dag.",
            "%(n)s aanvragen zijn nog open en voorbij hun uiterste dag.",
            limit.late,
        )
    if limit.near:
        yield ngettext(
            "Eén lopende aanvraag is bijna op haar uiterste dag (dag 42 of later).",
            "%(n)s lopende aanvragen zijn bijna op hun uiterste dag (dag 42 of later).",
            limit.near,
        )
    if limit.stopped:
        yield ngettext(
            "Bij één lopende aanvraag staat de klok stil.",
            "Bij %(n)s lopende aanvragen staat de klok stil.",
            limit.stopped,
        )


def gate_sentences(time: LeadTime) -> Iterator[str]:
    """From the desk to the workshop."""
    if time.mean is None:
        return
    if time.n == 1:
        yield _(
            "Eén reis kwam van de balie van het Werkplein tot de workshop, in %(days)s.", days=days(time.mean)
        )
    else:
        yield _(
            "Van de balie van het Werkplein tot de workshop duurt het gemiddeld %(days)s.",
            days=days(time.mean),
        )
    yield from _not_so_far(time)


def total_sentences(time: LeadTime) -> Iterator[str]:
    """From the desk to the decision."""
    if time.mean is None:
        return
    if time.n == 1:
        yield _(
            "Eén reis kwam van de balie van het Werkplein tot het besluit, in %(days)s.", days=days(time.mean)
        )
    else:
        yield _(
            "Van de balie van het Werkplein tot het besluit duurt het gemiddeld %(days)s.",
            days=days(time.mean),
        )
    yield from _not_so_far(time)


def _not_so_far(time: LeadTime) -> Iterator[str]:
    if time.open:
        yield ngettext(
            "Eén reis is nog niet zo ver en telt in dat gemiddelde niet mee.",
            "%(n)s reizen zijn nog niet zo ver en tellen in dat gemiddelde niet mee.",
            time.open,
        )


def longest_sentence(step_name: Callable[[str], str], times: LeadTimes) -> str:
    """Between which steps it took longest, with those that took as long; empty when nobody went from one to another."""
    known = [pair for pair in times.pairs if pair.time.mean is not None]
    top = max((pair.time.mean or 0 for pair in known), default=None)
    if top is None:
        return ""
    if top == 0:
        return _("Geen twee stappen lagen gemiddeld een dag uit elkaar.")
    longest = [pair for pair in known if pair.time.mean == top]
    between = _(" en ").join(
        _("tussen ‘%(start)s’ en ‘%(end)s’", start=step_name(one.from_step), end=step_name(one.to_step))
        for one in longest
    )
    if len(longest) > 1:
        return _(
            "Het langst duurde het %(between)s: elk gemiddeld %(days)s.", between=between, days=days(top)
        )
    return " ".join(_about_pair(longest[0], between))


def _about_pair(pair: PairTime, between: str) -> Iterator[str]:
    yield ngettext(
        "Het langst duurde het %(between)s: %(days)s, bij één reis.",
        "Het langst duurde het %(between)s: gemiddeld %(days)s, bij %(n)s reizen.",
        pair.time.n or 0,
        between=between,
        days=days(pair.time.mean or 0),
        n=number(pair.time.n),
    )
    if pair.time.open:
        yield ngettext(
            "Daar wacht nog één reis.",
            "Daar wachten nog %(n)s reizen.",
            pair.time.open,
        )
    if words := norm_words(pair):
        yield _("Afgesproken is %(norm)s.", norm=words)


def norm_words(pair: PairTime) -> str:
    """What was promised between two steps: days only where a document gives a number of them."""
    if pair.norm_days is not None:
        return days(pair.norm_days)
    return _("binnen een aantal dagen") if pair.norm_text else ""


def kept_words(pair: PairTime) -> str:
    """How many kept to the promise; empty where none can be counted."""
    if pair.norm_days is None or not pair.time.n:
        return ""
    return _("%(within)s van %(n)s", within=number(pair.within_norm), n=number(pair.time.n))


def waiting_sentences(funnel: Funnel) -> Iterator[str]:
    """After which step of a route most people wait now, all of them when several are equal."""
    most = max((step.waiting for step in funnel.steps), default=0)
    longest = [step for step in funnel.steps if step.waiting == most]
    if not most:
        return
    if len(longest) > 1:
        names = _(" en ").join(f"‘{step.name}’" for step in longest)
        yield ngettext(
            "Nu wacht er één na elk van deze stappen: %(names)s.",
            "Nu wachten de meesten na %(names)s: elk %(n)s.",
            most,
            names=names,
        )
        return
    step = longest[0]
    yield ngettext(
        "Nu wacht er één na ‘%(step)s’, %(days)s.",
        "Nu wachten de meesten na ‘%(step)s’: %(n)s, mediaan %(days)s.",
        most,
        step=step.name,
        days=days(step.waiting_days or 0),
    )
