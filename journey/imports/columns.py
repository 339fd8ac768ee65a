"""Which column of a file means what: Dutch and English names, whatever their capitals, spaces and dashes.

Columns that hold persons are refused in a file of journeys, and a BSN everywhere (rules, 35).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from journey.imports.cells import Fault, Row, read_day
from journey.imports.reading import Sheet, letter_of
from journey.models.journey import DECISIONS, DEPARTURES, STATES, BypassReason
from journey.route.definition import RouteDefinition
from journey.rules.errors import Invalid
from journey.rules.signs import key
from journey.web.i18n import gettext as _

# Our name of a column: the other names that are understood. The first is the Dutch one of the template.
JOURNEY_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("kenmerk", "zaaknummer", "referentie", "zaak"),
    "route": ("route",),
    "municipality": ("gemeente",),
    "reported_on": ("gemeld op", "melding", "datum melding"),
    "received_on": ("aanvraag ontvangen", "ontvangen op", "application"),
    "decided_on": ("besloten op", "besluit genomen op"),
    "sent_on": ("besluit verzonden", "verzonden op", "besluit verzonden op"),
    "outcome": ("uitkomst", "besluit"),
    "extension_sent_on": ("uitstel verzonden", "verdaging verzonden", "extension sent"),
    "extension_until": ("uitstel tot", "verdaagd tot", "uitgesteld tot"),
    "left_on": ("vertrokken op", "gestopt op"),
    "left_reason": ("reden vertrek", "reden gestopt", "departure reason"),
}
LONG_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "step": ("stap",),
    "happened_on": ("datum", "gebeurd op", "date"),
    "state": ("toestand", "status"),
    "reason": ("reden", "toelichting"),
    "category": ("soort maatwerk", "categorie"),
}
SUSPENSION_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "ground": ("grond",),
    "invited_on": ("gevraagd op", "uitgenodigd op", "invited"),
    "term": ("termijn", "termijn tot"),
    "supplied_on": ("aangevuld op", "supplied"),
    "told_on": ("verteld op", "meegedeeld op", "told"),
    "received_on": ("ontvangen op", "received"),
    "from": ("van", "from on"),
    "to": ("tot", "tot en met", "to on"),
}
PEOPLE_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "route": ("route",),
    "call_name": ("roepnaam", "naam om naar te vragen"),
    "phone": ("telefoon", "telefoonnummer", "mobiel"),
    "postal_address": ("postadres", "adres"),
    "language": ("taal",),
    "channel": ("kanaal",),
    "age_band": ("leeftijd", "leeftijdsgroep"),
    "municipality": ("gemeente",),
    "reported_on": ("gemeld op", "melding", "datum melding"),
    "participate": ("doet mee", "meedoen", "toestemming"),
    "quotes": ("citaten",),
    "recording": ("opname", "opnemen"),
    "given_via": ("gevraagd via", "hoe gevraagd"),
    "text_version": ("tekstversie", "toestemmingstekst"),
}
OUTCOMES: Final = {"toegekend": "granted", "afgewezen": "rejected", "buiten behandeling": "not_treated"} | {
    "ingetrokken": "withdrawn",
    **{word: word for word in DECISIONS},
}
LEAVING: Final = {"ingetrokken": "withdrew", "verhuisd": "moved", "werk": "work", "anders": "other"} | {
    word: word for word in DEPARTURES
}
STATE_WORDS: Final = {"gedaan": "done", "overgeslagen": "skipped", "maatwerk": "bypassed"} | {
    "gepland": "planned",
    **{word: word for word in STATES},
}
CATEGORIES: Final = {str(word): str(word) for word in BypassReason}

NUMBERS: Final = frozenset({"bsn", "burgerservicenummer", "sofinummer"})
BIRTHS: Final = frozenset({"geboortedatum", "geboren", "geboren op", "birth date", "date of birth"})
NAMES: Final = frozenset({"naam", "achternaam", "voornaam", "roepnaam", "name", "call name"})
REACHED_AT: Final = frozenset(
    {"telefoon", "telefoonnummer", "mobiel", "phone", "email", "e mail", "e mailadres", "mail", "mailadres"}
)
LIVING_AT: Final = frozenset(
    {"adres", "postadres", "postal address", "address", "postcode", "woonplaats", "straat", "huisnummer"}
)
PERSONAL: Final = NAMES | REACHED_AT | LIVING_AT
DAYS_LOOKED_AT: Final = 200
STATE_SUFFIXES: Final = frozenset({"state", "toestand"})
SUSPENSION: Final = re.compile(r"(?:suspension|opschorting) ?([0-9]{1,2}) (.+)")


@dataclass(frozen=True)
class Table:
    """A file whose columns are known: place, letter and header of each of our names."""

    places: Mapping[str, int]
    headers: tuple[str, ...]
    notes: tuple[str, ...]

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        letters = {name: letter_of(place) for name, place in self.places.items()}
        headers = {name: self.headers[place] for name, place in self.places.items()}
        for row in sheet.rows:
            cells = {name: row.cells[place] for name, place in self.places.items()}
            yield Row(row.number, cells, letters, headers)

    def __contains__(self, name: str) -> bool:
        return name in self.places


def plain(header: str) -> str:
    """A name of a column without capitals, dashes and underscores."""
    return re.sub(r"[\s_\-.]+", " ", key(header)).strip()


def knows_journey_column(header: str, routes: list[RouteDefinition]) -> bool:
    """Whether a file of journeys, wide or long, may have a column of this name."""
    names = _vocabulary(JOURNEY_COLUMNS) | _vocabulary(LONG_COLUMNS) | _step_names(routes)
    return _name_of(plain(header), names, steps=True) is not None


def knows_people_column(header: str) -> bool:
    return plain(header) in _vocabulary(PEOPLE_COLUMNS)


def read_journey_table(sheet: Sheet, routes: list[RouteDefinition]) -> tuple[Table | None, list[Fault]]:
    """Columns of a file of journeys, wide (a column per step) or long (a row per fact)."""
    long = _vocabulary(LONG_COLUMNS)
    is_long = "step" in {long.get(plain(header)) for header in sheet.headers}
    names = _vocabulary(JOURNEY_COLUMNS) | (long if is_long else _step_names(routes))
    needed = ["reference", "route", *(("step", "happened_on") if is_long else ())]
    return _table(sheet, names, needed, steps=not is_long, people=False)


def read_people_table(sheet: Sheet) -> tuple[Table | None, list[Fault]]:
    return _table(sheet, _vocabulary(PEOPLE_COLUMNS), ["route", "channel", "participate"], people=True)


def _step_names(routes: list[RouteDefinition]) -> dict[str, str]:
    names: dict[str, str] = {}
    for step in (step for route in routes for step in route.steps):
        names[plain(step.id)] = f"step:{step.id}"
        names.setdefault(plain(step.name), f"step:{step.id}")
    return names


def dutch_name(name: str) -> str:
    """The Dutch header of one of our names, for sentences and templates."""
    for columns in (JOURNEY_COLUMNS, PEOPLE_COLUMNS, LONG_COLUMNS):
        if name in columns:
            return columns[name][0]
    return name


def _vocabulary(columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {plain(word): name for name, others in columns.items() for word in (name, *others)}


def _table(
    sheet: Sheet, names: Mapping[str, str], needed: list[str], *, steps: bool = False, people: bool
) -> tuple[Table | None, list[Fault]]:
    places: dict[str, int] = {}
    faults: list[Fault] = []
    ignored = []

    def refuse(place: int, sentence: str) -> None:
        header = sheet.headers[place]
        faults.append(Fault(sheet.header_number, letter_of(place), header, "", sentence))

    for place, header in enumerate(sheet.headers):
        word = plain(header)
        name = _name_of(word, names, steps=steps)
        if word in NUMBERS:
            refuse(place, _("Een BSN bewaren we nooit. Haal deze kolom uit het bestand."))
        elif word in BIRTHS:
            refuse(place, _("Een geboortedatum bewaren we niet. Haal deze kolom uit het bestand."))
        elif name is None and not people and word in PERSONAL:
            refuse(place, _("In een bestand met reizen horen geen personen. Haal deze kolom eruit."))
        elif name is None and _holds_days(sheet, place):
            refuse(
                place,
                _(
                    "In deze kolom staan datums, maar deze naam kennen we niet. "
                    "Geef de kolom een naam uit het voorbeeldbestand, of haal hem weg."
                ),
            )
        elif name is None:
            ignored.append(header or letter_of(place))
        elif name in places:
            refuse(
                place,
                _("Deze kolom staat er twee keer: ook in kolom %(letter)s.", letter=letter_of(places[name])),
            )
        else:
            places[name] = place
    for name in needed:
        if name not in places:
            sentence = _("De kolom %(name)s ontbreekt.", name=dutch_name(name))
            faults.append(Fault(sheet.header_number, "", "", "", sentence))
    notes = (_("Deze kolommen slaan we over: %(names)s.", names=", ".join(ignored)),) if ignored else ()
    return (None if faults else Table(places, sheet.headers, notes)), faults


def _holds_days(sheet: Sheet, place: int) -> bool:
    """Whether every filled cell is a day: what looks like a date of ours is never dropped in silence."""
    cells = [row.cells[place] for row in sheet.rows[:DAYS_LOOKED_AT] if row.cells[place] != ""]
    return bool(cells) and all(isinstance(cell, date | str) and _is_day(cell) for cell in cells)


def _is_day(cell: date | str) -> bool:
    try:
        _day, is_serial = read_day(cell)
    except Invalid:
        return False
    return not is_serial


def _name_of(word: str, names: Mapping[str, str], *, steps: bool) -> str | None:
    if word in names:
        return names[word]
    if found := SUSPENSION.fullmatch(word):
        part = _vocabulary(SUSPENSION_COLUMNS).get(found[2])
        return f"suspension:{int(found[1])}:{part}" if part else None
    before, _colon, suffix = word.rpartition(":")
    if steps and before and suffix.strip() in STATE_SUFFIXES:
        step = names.get(before.strip(), "")
        return f"{step}:state" if step.startswith("step:") else None
    return None
