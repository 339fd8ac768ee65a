"""Words of the call desk: outcomes, good times, and what to say. To someone else and to voicemail the caller says
nothing about what the study is about (rules, 40).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from journey.clock import AMSTERDAM
from journey.rules.cadence import DEFAULTS, CadenceSettings
from journey.rules.calendar import WEEKDAYS, holidays
from journey.rules.calltimes import is_calling_time
from journey.web.i18n import gettext as _

WEEKDAY_SHORT = tuple(day[:2] for day in WEEKDAYS)


def outcome_word(outcome: str) -> str:
    """How an attempt ended, as staff say it."""
    words = {
        "interview": _("gesproken"),
        "partial": _("deels gesproken"),
        "appointment": _("afspraak gemaakt"),
        "not_now": _("wil nu niet, een week rust"),
        "no_answer": _("geen gehoor"),
        "busy": _("in gesprek"),
        "voicemail_left": _("voicemail ingesproken"),
        "voicemail": _("voicemail, niets ingesproken"),
        "someone_else": _("iemand anders aan de lijn"),
        "missed_appointment": _("afspraak gemist"),
        "language": _("andere taal nodig"),
        "temporarily_unable": _("kan tijdelijk niet"),
        "wrong_number": _("verkeerd nummer"),
        "technical": _("storing op de lijn"),
        "not_by_phone": _("wil niet gebeld worden"),
        "stop": _("doet niet meer mee"),
        "deceased": _("overleden"),
    }
    return words.get(outcome, outcome)


def good_times_text(stored: Mapping[str, Any]) -> str:
    """`ma, wo · ochtend, avond`; empty when nothing was named."""
    parts = {"morning": _("ochtend"), "afternoon": _("middag"), "evening": _("avond")}
    days = ", ".join(WEEKDAY_SHORT[day] for day in sorted(stored.get("days") or ()) if 0 <= day < 7)
    hours = ", ".join(parts[part] for part in stored.get("parts") or () if part in parts)
    return " · ".join(text for text in (days, hours) if text)


def calling_hours_notice(now: datetime, rhythms: Sequence[CadenceSettings] = (DEFAULTS,)) -> str:
    """Why nobody is called at this moment, except by appointment; empty within the hours of any of the rhythms
    (rules, 37). The hours named run from the first that opens to the last that closes.
    """
    if any(is_calling_time(now, settings) for settings in rhythms):
        return ""
    local = now.astimezone(AMSTERDAM)
    if name := holidays(local.year).get(local.date()):
        return _("Vandaag is het %(day)s. We bellen alleen op afspraak.", day=name)
    open_hours = [one for settings in rhythms if (one := settings.hours.get(local.weekday()))]
    if not open_hours:
        return _("Op %(day)s bellen we alleen op afspraak.", day=WEEKDAYS[local.weekday()])
    hours = (min(opens for opens, _closes in open_hours), max(closes for _opens, closes in open_hours))
    return _(
        "Vandaag bellen we van %(start)s tot %(end)s. Daarbuiten alleen op afspraak.",
        start=_clock(hours[0]),
        end=_clock(hours[1]),
    )


def _clock(moment: time) -> str:
    return f"{moment:%H.%M}"
