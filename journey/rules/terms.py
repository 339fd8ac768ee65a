"""The other terms around an application: objection, advance, youth wait, WW, not treating, late penalty.

Amounts and percentages are dated data with their source; a case uses what was in force on its own date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from journey.rules.calendar import next_working_day
from journey.rules.errors import Invalid
from journey.rules.suspension import check_years

T = TypeVar("T")

FOUR_WEEKS: Final = timedelta(days=28)
SIX_WEEKS: Final = timedelta(days=42)


def in_force(table: Sequence[tuple[date, T, str]], day: date) -> T:
    """The value of the last row (from, value, source) that began on or before `day`, or the first row."""
    value = table[0][1]
    for since, candidate, _ in table:
        if since <= day:
            value = candidate
    return value


# --- Objection (Awb 6:7-6:8) -----------------------------------------------------------------------


def objection_last_day(sent: date) -> date:
    """Last day to object: six weeks from the day after sending (Awb 6:7, 6:8), moved by the ATW."""
    check_years({"sent": sent})
    return next_working_day(sent + SIX_WEEKS)


# --- Advance (Pw 52) -------------------------------------------------------------------------------

ADVANCE_PERCENTAGES: Final = (
    (date(2015, 1, 1), Decimal("90.00"), "Pw 52 lid 1"),
    (date(2026, 1, 1), Decimal("95.00"), "Pw 52 lid 1, zoals het luidt vanaf 1 januari 2026"),
)


@dataclass(frozen=True)
class Advance:
    """When an advance is due, its least percentage of the benefit, and that it is a loan (Pw 52)."""

    due: tuple[date, ...]
    percentage: Decimal
    loan: bool = True


def advance(received: date, sent: date | None = None, count: int = 3) -> Advance:
    """The first `count` dates by which an advance is due, until the decision was sent.

    Four weeks after receipt of the application and every four weeks after. Plain dates, not moved by the ATW:
    on a free day one pays before. The percentage goes by the day of receipt.
    """
    check_years({"received": received, "sent": sent})
    if sent is not None and sent < received:
        raise Invalid("Het besluit (%(sent)s) ligt vóór de aanvraag.", field="sent", sent=sent)
    due = (received + number * FOUR_WEEKS for number in range(1, count + 1))
    return Advance(
        due=tuple(day for day in due if sent is None or day < sent),
        percentage=in_force(ADVANCE_PERCENTAGES, received),
    )


# --- Youth wait (Pw 41 lid 4 and 11) ---------------------------------------------------------------

WAIVER_SINCE: Final = date(2026, 1, 1)


def youth_earliest_application(
    reported: date, *, all_under_27: bool = True, exception: bool = False, waived: date | None = None
) -> date:
    """First day on which young applicants may apply: 28 days after the legal report (Pw 41 lid 4), no ATW.

    No wait when someone is 27 or older or an exception holds (praktijkonderwijs or vso up to a year before, a
    medical limit of hours, loonkostensubsidie). From 2026-01-01 the college may waive the rest (lid 11):
    `waived` is that day.
    """
    check_years({"reported": reported, "waived": waived})
    if not all_under_27 or exception:
        return reported
    after_wait = reported + FOUR_WEEKS
    if waived is None:
        return after_wait
    if waived < WAIVER_SINCE:
        raise Invalid(
            "De zoektermijn kan pas vanaf %(since)s worden ingekort.", field="waived", since=WAIVER_SINCE
        )
    if waived < reported:
        raise Invalid(
            "De zoektermijn (%(waived)s) is ingekort vóór de melding (%(reported)s).",
            field="waived",
            waived=waived,
            reported=reported,
        )
    return min(waived, after_wait)


# --- From WW ---------------------------------------------------------------------------------------


def ww_report_from(ends: date) -> date:
    """First day to report for someone whose WW ends: four weeks before, counted back and so without the ATW."""
    check_years({"ends": ends})
    return ends - FOUR_WEEKS


# --- Not treating (Awb 4:5 lid 4) ------------------------------------------------------------------


def not_treating_last_day(term: date, supplied: date | None = None) -> date:
    """Last day to decide and send that an application is not treated (Awb 4:5 lid 4).

    Four weeks after the (insufficient) supplement, or after the term when it passed unused; a term set by
    law, so moved by the ATW. A supplement after the term changes nothing: the term had passed unused.
    """
    check_years({"term": term, "supplied": supplied})
    start = supplied if supplied is not None and supplied <= term else term
    return next_working_day(start + FOUR_WEEKS)


# --- Penalty for late decisions (Awb 4:17) ---------------------------------------------------------

PENALTY_MOST_DAYS: Final = 42
PENALTY_GRACE: Final = timedelta(days=14)

# (days, euro a day) per band.
PENALTY_BANDS: Final = (
    (date(2009, 10, 1), ((14, 23), (14, 35), (14, 45)), "Awb 4:17 lid 2, bedragen die in 2026 gelden"),
)


@dataclass(frozen=True)
class Penalty:
    """An indication of the penalty in whole euros; dates are None when no day is due.

    `first_day` is given for every valid notice: the first day that is or would be due.
    """

    valid_notice: bool
    first_day: date | None
    last_day: date | None
    days: int
    amount_eur: int


def penalty(last_day: date, notice: date, sent: date | None = None) -> Penalty:
    """The penalty after a notice of default received on `notice` (Awb 4:17); without `sent`: the maximum.

    The notice counts only when received after the last day and before the decision. The first day due is the
    day after notice + 14 days, that fourteenth day moved by the ATW. The day of sending is not due, nor any
    day after 42.
    """
    check_years({"last_day": last_day, "notice": notice, "sent": sent})
    if notice <= last_day or (sent is not None and sent < notice):
        return Penalty(valid_notice=False, first_day=None, last_day=None, days=0, amount_eur=0)
    first = next_working_day(notice + PENALTY_GRACE) + timedelta(days=1)
    days = PENALTY_MOST_DAYS if sent is None else max(0, min(PENALTY_MOST_DAYS, (sent - first).days))
    return Penalty(
        valid_notice=True,
        first_day=first,
        last_day=first + timedelta(days=days - 1) if days else None,
        days=days,
        amount_eur=penalty_amount(days, first),
    )


def penalty_amount(days: int, on: date) -> int:
    """Euros for that many days due, by the amounts in force on `on`."""
    amount = 0
    for length, euro in in_force(PENALTY_BANDS, on):
        amount += min(days, length) * euro
        days = max(0, days - length)
    return amount
