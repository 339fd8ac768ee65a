"""When we call, in words for who waits for it; nothing is promised that the call room does not know."""

from journey.call.coming import Coming, NextCall
from journey.rules.appointments import Slot
from journey.web.filters import clock_time, day
from journey.web.i18n import gettext as _


def call_words(coming: NextCall | None) -> str:
    """One sentence, or nothing when nobody is sure that we call."""
    if coming is None:
        return ""
    if coming.slot is not None:
        return slot_sentence(coming.slot)
    if coming.day is not None:
        return {
            Coming.promised: _("Wij bellen u. U hoort ons uiterlijk %(day)s.", day=day(coming.day)),
            Coming.from_day: _("Wij bellen u weer vanaf %(day)s.", day=day(coming.day)),
        }.get(coming.kind, _("Wij bellen u op %(day)s.", day=day(coming.day)))
    if coming.kind is Coming.this_week:
        return _("Wij bellen u deze week.")
    return _("Wij bellen u volgende week.")


def slot_sentence(slot: Slot) -> str:
    """`Wij bellen u op woensdag 18 maart 2026, tussen 12:00 en 17:00.`"""
    if slot.until is None:
        return _("Wij bellen u op %(day)s om %(start)s.", day=day(slot.at), start=clock_time(slot.at))
    return _(
        "Wij bellen u op %(day)s, tussen %(start)s en %(end)s.",
        day=day(slot.at),
        start=clock_time(slot.at),
        end=clock_time(slot.until),
    )
