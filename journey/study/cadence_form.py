"""The form of the call rhythm: what every figure is called, what it is usually, and reading them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final

from journey.rules.cadence import DEFAULTS, CadenceSettings
from journey.rules.calendar import WEEKDAYS
from journey.rules.errors import DomainError
from journey.rules.rhythm import (
    CLOCK_TIMES,
    DAYS,
    LIMITS,
    SWITCHES,
    cadence_from_data,
    find_faults,
)
from journey.web.forms import Form, said
from journey.web.i18n import gettext as _

YES_NO: Final = ("yes", "no")


@dataclass(frozen=True)
class Figure:
    """One field; `kind` is number, time or choice, `usual` how the default reads."""

    name: str
    kind: str
    label: str
    usual: str


@dataclass(frozen=True)
class DayHours:
    """The fields of one weekday; both empty is closed."""

    day: str
    name: str
    usual: str

    @property
    def opens(self) -> str:
        return f"hours.{self.day}.from"

    @property
    def closes(self) -> str:
        return f"hours.{self.day}"


def list_days() -> tuple[DayHours, ...]:
    return tuple(DayHours(day, WEEKDAYS[number], _span(number)) for number, day in enumerate(DAYS))


def list_figures() -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    """The other figures under their headings."""
    groups = (
        (_("Pogingen"), ("attempts_a_day", "hours_between", "hours_from_failed_time", "attempts_a_round")),
        (_("Dagdelen"), ("afternoon_from", "evening_from", "day_parts", "evening_needed")),
        (_("Volgorde van de lijst"), ("new_step_days", "late_legal_day")),
        (_("Rust en niet bereikt"), ("rest_days", "rounds_to_other_channel", "rounds_to_pause")),
    )
    words = _words()
    return tuple((title, tuple(_figure(name, words[name]) for name in names)) for title, names in groups)


def typed_of(settings: CadenceSettings) -> dict[str, str | list[str]]:
    """The form filled in with a rhythm."""
    typed: dict[str, str | list[str]] = {name: str(getattr(settings, name)) for name in LIMITS}
    typed |= {name: f"{getattr(settings, name):%H:%M}" for name in CLOCK_TIMES}
    typed |= {name: "yes" if getattr(settings, name) else "no" for name in SWITCHES}
    for number, one in enumerate(list_days()):
        hours = settings.hours.get(number)
        typed[one.opens] = f"{hours[0]:%H:%M}" if hours else ""
        typed[one.closes] = f"{hours[1]:%H:%M}" if hours else ""
    return typed


def read_cadence(form: Form) -> CadenceSettings | None:
    """None with a sentence at each field that is wrong, also for figures that cannot go together."""
    data: dict[str, object] = {
        name: form.whole(name, least=least, most=most) for name, (least, most) in LIMITS.items()
    }
    data |= {name: form.choice(name, YES_NO, required=True) == "yes" for name in SWITCHES}
    data |= {name: form.text(name, required=True, most=5) for name in CLOCK_TIMES}
    data["hours"] = {one.day: _read_day(form, one) for one in list_days()}
    if not form.ok:
        return None
    try:
        settings = cadence_from_data(data)
    except DomainError as refusal:
        form.refuse(refusal.field or "", said(refusal))
        return None
    names = {one.closes: one.name.capitalize() for one in list_days()}
    for fault in find_faults(settings):
        sentence = _(fault.message)
        name = names.get(fault.field, "")
        form.refuse(fault.field, f"{name}: {sentence}" if name else sentence)
    return settings if form.ok else None


def _read_day(form: Form, one: DayHours) -> str:
    opens, closes = form.text(one.opens, most=5), form.text(one.closes, most=5)
    if not opens and not closes:
        return ""
    for name, value in ((one.opens, opens), (one.closes, closes)):
        if not value:
            form.refuse(name, _("Vul het begin en het einde in, of laat allebei leeg."))
    return f"{opens}-{closes}"


def _figure(name: str, label: str) -> Figure:
    usual = getattr(DEFAULTS, name)
    if name in SWITCHES:
        return Figure(name, "choice", label, _("ja") if usual else _("nee"))
    return (
        Figure(name, "time", label, f"{usual:%H:%M}")
        if isinstance(usual, time)
        else Figure(name, "number", label, str(usual))
    )


def _span(number: int) -> str:
    hours = DEFAULTS.hours.get(number)
    if hours is None:
        return _("niet bellen")
    return _("%(start)s tot %(end)s", start=f"{hours[0]:%H:%M}", end=f"{hours[1]:%H:%M}")


def _words() -> Mapping[str, str]:
    return {
        "attempts_a_day": _("Hoe vaak per dag hoogstens?"),
        "hours_between": _("Hoeveel uur tussen twee pogingen?"),
        "hours_from_failed_time": _(
            "Hoeveel uur vóór of na het tijdstip dat eerder mislukte bellen we niet?"
        ),
        "attempts_a_round": _("Hoe vaak per week hoogstens?"),
        "afternoon_from": _("De middag begint om"),
        "evening_from": _("De avond begint om"),
        "day_parts": _("Op hoeveel dagdelen proberen we het ten minste?"),
        "evening_needed": _("Hoort de avond daar altijd bij?"),
        "new_step_days": _("Hoeveel dagen is een stap nieuw?"),
        "late_legal_day": _("Vanaf welke dag van de 56 gaat iemand voor?"),
        "rest_days": _("Hoeveel dagen rust na 'nu niet'?"),
        "rounds_to_other_channel": _("Na hoeveel gemiste weken een andere weg, zoals sms?"),
        "rounds_to_pause": _("Na hoeveel gemiste weken een brief en een pauze?"),
    }
