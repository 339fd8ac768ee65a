"""The answers about the other terms and about surveys in words; every date and amount comes from the rules."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from journey.progress.term_answers import Answer, Link, address_of, command_of, option
from journey.progress.term_days import ATW, Line, calendar, count_text, in_order, moment, moved, stretch
from journey.rules import terms
from journey.rules.calendar import decree_warnings, free_day_name, short_date
from journey.rules.statistics import decimal_comma
from journey.rules.statistics import reliability as survey_reliability
from journey.rules.suspension import DAY
from journey.web.filters import day as long_day
from journey.web.filters import number
from journey.web.i18n import gettext as _

PW_52: Final = "Participatiewet 52"
PW_41: Final = "Participatiewet 41 lid 4"
PRACTICE: Final = "uitvoeringspraktijk"


def objection(sent: date) -> Answer:
    """Until when one can object, as `journey term objection` gives it."""
    last_day = terms.objection_last_day(sent)
    raw = sent + terms.SIX_WEEKS
    lines = [moment(sent, _("besluit verstuurd, dag 0"), "Awb 6:8 lid 1")]
    lines += stretch(sent + DAY, raw, "used", _("dag %(n)s t/m %(last)s", n=1, last=42), "Awb 6:7")
    lines += moved(raw, _("dag %(n)s", n=42))
    law = "Awb 6:7 en 6:8" if raw == last_day else f"Awb 6:7 en 6:8; {ATW}"
    lines.append(moment(last_day, _("laatste dag voor bezwaar"), law, last=True))
    return Answer(
        headline=_("Laatste dag voor bezwaar: %(day)s", day=long_day(last_day)),
        address=address_of("/termijn/bezwaar", sent=sent),
        sentences=(
            _("Bezwaar kan tot en met %(day)s (Awb 6:7 en 6:8).", day=long_day(last_day)),
            _("De zes weken beginnen op de dag na de verzending van het besluit."),
        ),
        warnings=decree_warnings((raw, last_day)),
        counted_from=((_("Besluit verstuurd"), long_day(sent)),),
        lines=in_order(lines),
        calendar=calendar(lines),
        command=command_of("term", "objection", "--sent", sent),
    )


def advance(received: date) -> Answer:
    """By when an advance is due, as `journey term advance` gives it."""
    result = terms.advance(received)
    share = decimal_comma(result.percentage, 0)
    lines = [moment(received, _("aanvraag ontvangen, dag 0"), PW_52)]
    begin = received + DAY
    for place, due in enumerate(result.due, start=1):
        lines += stretch(begin, due, "used", _("vier weken"), PW_52)
        lines.append(moment(due, _("uiterlijk voorschot %(n)s", n=place), PW_52, last=True))
        begin = due + DAY
    return Answer(
        headline=_("Eerste voorschot: uiterlijk %(day)s", day=long_day(result.due[0])),
        address=address_of("/termijn/voorschot", received=received),
        beside=(_("Ten minste %(share)s %% van de bijstand, als lening.", share=share),),
        sentences=(
            _(
                "Zolang er geen besluit is: uiterlijk een voorschot op %(dates)s, ten minste %(share)s %% van de"
                " bijstand, als lening (Participatiewet 52).",
                dates=_joined(result.due),
                share=share,
            ),
            _(
                "Deze datums schuiven niet op. Valt er een op een vrije dag, dan wordt er vóór die dag betaald."
            ),
        ),
        warnings=tuple(
            _(
                "%(day)s is een vrije dag (%(name)s): betaal ervoor.",
                day=long_day(due).capitalize(),
                name=name,
            )
            for due in result.due
            if (name := free_day_name(due))
        ),
        counted_from=((_("Aanvraag ontvangen"), long_day(received)),),
        lines=in_order(lines),
        calendar=calendar(lines),
        command=command_of("term", "advance", "--received", received),
        further=(
            Link(address_of("/termijn", received=received), _("Wat is de laatste dag van de beslistermijn?")),
        ),
    )


def _joined(days: Sequence[date]) -> str:
    return ", ".join(f"{short_date(day)} {day.year}" for day in days)


def youth(reported: date, *, someone_27: bool, exception: bool, waived: date | None) -> Answer:
    """From when young people may apply, as `journey term youth` gives it; the exceptions are asked only here."""
    earliest = terms.youth_earliest_application(
        reported, all_under_27=not someone_27, exception=exception, waived=waived
    )
    plain = not someone_27 and not exception and waived is None
    law = PW_41 if earliest == reported + terms.FOUR_WEEKS else "Participatiewet 41 lid 4 en 11"
    lines = [moment(reported, _("melding bij UWV"), "Participatiewet 44")]
    lines += stretch(reported, earliest - DAY, "wait", _("zoektermijn"), law)
    lines.append(moment(earliest, _("eerste dag om aan te vragen"), law, last=True))
    why = (
        _(
            "Er geldt geen zoektermijn: niet alle aanvragers zijn jonger dan 27 jaar, of er is een uitzondering."
        )
        if someone_27 or exception
        else _("De zoektermijn is vier weken, gerekend vanaf de melding. Een vrije dag schuift hem niet op.")
    )
    return Answer(
        headline=_("Aanvragen kan vanaf %(day)s", day=long_day(earliest)),
        address=address_of(
            "/termijn/jongeren",
            reported=reported,
            someone_27="yes" if someone_27 else "",
            exception="yes" if exception else "",
            waived=waived,
        ),
        sentences=(
            _("Aanvragen kan vanaf %(day)s (Participatiewet 41 lid 4).", day=long_day(earliest)),
            why,
        ),
        counted_from=(
            (_("Melding bij UWV"), long_day(reported)),
            *([(_("Iemand is 27 of ouder"), _("ja"))] if someone_27 else []),
            *([(_("Uitzondering"), _("ja"))] if exception else []),
            *([(_("Zoektermijn ingekort per"), long_day(waived))] if waived else []),
        ),
        lines=in_order(lines),
        calendar=calendar(lines),
        command=command_of("term", "youth", "--reported", reported) if plain else None,
    )


def ww(ends: date) -> Answer:
    """From when someone whose WW ends may report, as `journey term ww` gives it."""
    start = terms.ww_report_from(ends)
    lines = [
        moment(start, _("eerste dag om te melden"), PRACTICE, last=True),
        *stretch(start, ends - DAY, "used", _("vier weken voor het einde"), PRACTICE),
        moment(ends, _("einde van de WW"), PRACTICE),
    ]
    return Answer(
        headline=_("Melden kan vanaf %(day)s", day=long_day(start)),
        address=address_of("/termijn/ww", ends=ends),
        sentences=(
            _("Melden kan vanaf %(day)s, vier weken voor het einde van de WW.", day=long_day(start)),
            _("Deze dag wordt teruggeteld. Een vrije dag schuift hem niet op."),
        ),
        counted_from=((_("Einde van de WW"), long_day(ends)),),
        lines=in_order(lines),
        calendar=calendar(lines),
        command=command_of("term", "ww", "--ends", ends),
    )


def penalty(last_day: date, notice: date, sent: date | None) -> Answer:
    """The penalty as an indication, as `journey term penalty` gives it."""
    result = terms.penalty(last_day, notice, sent)
    amount = number(result.amount_eur)
    if not result.valid_notice:
        headline = _("De ingebrekestelling telt niet")
    elif result.first_day is None or result.last_day is None:
        headline = _("Er is geen dwangsom")
    elif sent is None:
        headline = _("Indicatie: hoogstens € %(amount)s dwangsom", amount=amount)
    else:
        headline = _("Indicatie: € %(amount)s dwangsom", amount=amount)
    lines = _penalty_lines(result, last_day, notice, sent)
    return Answer(
        headline=headline,
        address=address_of("/termijn/dwangsom", last_day=last_day, notice=notice, sent=sent),
        sentences=(_penalty_sentence(result, amount, until_decision=sent is not None),),
        warnings=decree_warnings((notice + terms.PENALTY_GRACE,)) if result.valid_notice else (),
        counted_from=(
            (_("Laatste dag van de beslistermijn"), long_day(last_day)),
            (_("Ingebrekestelling ontvangen"), long_day(notice)),
            *([(_("Besluit verstuurd"), long_day(sent))] if sent else []),
        ),
        lines=lines,
        calendar=calendar(lines),
        command=command_of(
            "term", "penalty", "--last-day", last_day, "--notice", notice, *option("sent", sent)
        ),
    )


def _penalty_sentence(result: terms.Penalty, amount: str, *, until_decision: bool) -> str:
    if not result.valid_notice:
        return _(
            "De ingebrekestelling telt niet: ze kwam niet na de laatste dag en vóór het besluit (Awb 4:17)."
        )
    if result.first_day is None or result.last_day is None:
        return _("Er is geen dwangsom: het besluit is op tijd na de ingebrekestelling verstuurd (Awb 4:17).")
    days = count_text(result.days)
    return _(
        "Indicatie: %(days)s dwangsom vanaf %(first)s tot en met %(last)s, samen € %(amount)s (Awb 4:17).",
        days=days if until_decision else _("hoogstens %(days)s", days=days),
        first=long_day(result.first_day),
        last=long_day(result.last_day),
        amount=amount,
    )


def _penalty_lines(
    result: terms.Penalty, last_day: date, notice: date, sent: date | None
) -> tuple[Line, ...]:
    lines = [
        moment(last_day, _("laatste dag van de beslistermijn"), "Awb 4:13"),
        moment(notice, _("ingebrekestelling ontvangen"), "Awb 4:17 lid 3"),
    ]
    if sent:
        lines.append(moment(sent, _("besluit verstuurd; die dag telt niet mee"), "Awb 4:17"))
    if result.first_day:
        raw = notice + terms.PENALTY_GRACE
        lines += stretch(notice + DAY, raw, "wait", _("twee weken na de ingebrekestelling"), "Awb 4:17 lid 3")
        lines += moved(raw, _("de laatste dag van die twee weken"))
        lines += _bands(result.first_day, result.days)
    return in_order(lines)


def _bands(first: date, days: int) -> Iterable[Line]:
    """The days due by the amount a day."""
    for length, euro in terms.in_force(terms.PENALTY_BANDS, first):
        here = min(days, length)
        yield from stretch(
            first, first + (here - 1) * DAY, "due", _("€ %(euro)s per dag", euro=euro), "Awb 4:17 lid 2"
        )
        first, days = first + here * DAY, days - here


def reliability(n: int, population: int) -> Answer:
    """How sure a survey is, as `journey reliability` gives it."""
    result = survey_reliability(n, population)
    share, margin, response = (
        decimal_comma(value, 2) for value in (result.reliability, result.margin_95, result.response)
    )
    return Answer(
        headline=_("Betrouwbaarheid: %(share)s %%", share=share),
        address=address_of("/termijn/betrouwbaarheid", n=n, population=population),
        beside=(_("Indicatief."),) if result.indicative else (),
        sentences=(
            _("Betrouwbaarheid %(share)s %% bij een foutmarge van 5 procentpunt.", share=share),
            _("Marge bij 95 %%: ± %(margin)s procentpunt.", margin=margin),
            _("Respons %(response)s %%.", response=response),
        ),
        facts=(
            (_("Marge bij 95 procent"), _("± %(margin)s procentpunt", margin=margin)),
            (_("Respons"), f"{response} %"),
        ),
        counted_from=(
            (_("Aantal mensen dat antwoordde"), number(n)),
            (_("Aantal mensen in de hele groep"), number(population)),
        ),
        command=command_of("reliability", "--n", n, "--population", population),
    )
