"""Reads the address of the term calculator: its parameters are the whole state, nothing is stored.

Names are those of the command line; the suspensions are `s1_ground`, `s1_invited`, … and the notices of delay
`e1_sent`, `e1_until`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from journey.rules.decision import Clock, decision_clock
from journey.rules.errors import DomainError
from journey.rules.standing import Facts
from journey.rules.suspension import DATES_OF_GROUND, Extension, Ground, Mode, Suspension
from journey.rules.wording import msgid
from journey.web.forms import Form, said
from journey.web.i18n import gettext as _

MOST_ROWS: Final = 20
MOST_NAMES_SHOWN: Final = 3
EXTENSION: Final = "extension"

# Kind of row in a name, to what it is called.
SUSPENSION_ROW, EXTENSION_ROW = "s", "e"
_ROW_NAME: Final = re.compile(r"(s|e)(\d{1,4})_(\w+)")

DECISION_NAMES: Final = ("received", "today", "mode", "sent", "add", "remove")

LABELS: Final = {
    "invited": msgid("Vraag om aanvulling verstuurd op"),
    "term": msgid("Aanvullen kan tot en met (hersteltermijn)"),
    "supplied": msgid("Aangevuld op"),
    "told": msgid("Aan de aanvrager meegedeeld op"),
    "received": msgid("Informatie ontvangen op"),
    "from": msgid("Van"),
    "to": msgid("Tot en met"),
    "sent": msgid("Brief over uitstel verstuurd op"),
    "until": msgid("Nieuwe datum in de brief"),
}
HINTS: Final = {
    "term": msgid("Zonder termijn staat de klok niet stil."),
    "supplied": msgid("Leeg: nog niet aangevuld."),
    "received": msgid("Leeg: nog niet ontvangen."),
    "to": msgid("Leeg: nog geen einde bekend."),
}

_DATE_KEYS: Final[Mapping[Ground, tuple[str, ...]]] = {
    Ground.supplement: ("invited", "term", "supplied"),
    Ground.foreign_body: ("told", "received"),
    Ground.agreed: ("from", "to"),
    Ground.applicant: ("from", "to"),
    Ground.force_majeure: ("from", "to"),
}
ADDABLE: Final = (*(ground.value for ground in Ground), EXTENSION)
_KEYS: Final = {
    SUSPENSION_ROW: ("ground", *dict.fromkeys(key for keys in _DATE_KEYS.values() for key in keys)),
    EXTENSION_ROW: ("sent", "until"),
}


class TermForm(Form):
    """A form whose dates come back as the date field of a browser wants them, and as typed when they are none."""

    def day(self, name: str, *, required: bool = False) -> date | None:
        value = super().day(name, required=required)
        if value is not None:
            self._typed[name] = value.isoformat()
        return value

    def fill(self, typed: Mapping[str, str]) -> None:
        self._typed.update(typed)

    def input_type(self, name: str) -> str:
        """A date field shows nothing for what is no date: then it is a text field, so that it is not lost."""
        try:
            date.fromisoformat(self.typed(name) or "2000-01-01")
        except ValueError:
            return "text"
        return "date"

    @contextmanager
    def refusals(self, name_of: Callable[[DomainError], str]) -> Iterator[None]:
        """A refusal of the rules becomes a message at the field that `name_of` gives."""
        try:
            yield
        except DomainError as refusal:
            self.refuse(name_of(refusal), said(refusal))


@dataclass(frozen=True)
class Question:
    """What an address asks. `unknown`: names in it that mean nothing here; `asked`: anything was filled in."""

    form: TermForm
    unknown: tuple[str, ...]
    asked: bool


def read_question(query: Iterable[tuple[str, str]], names: Iterable[str]) -> Question:
    """The parameters of a page without rows; of a name that stands there twice the last one counts."""
    pairs, known = list(query), set(names)
    typed = {name: value for name, value in pairs if name in known}
    return Question(TermForm(typed), _unknown(name for name, _ in pairs if name not in known), bool(typed))


def _unknown(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name[:40] for name in dict.fromkeys(names))[:MOST_NAMES_SHOWN]


# --- The decision clock -----------------------------------------------------------------------------


@dataclass(frozen=True)
class DateField:
    """One date of a row; `name` is that of the parameter, `key` that of the command line."""

    name: str
    key: str
    required: bool

    @property
    def label(self) -> str:
        return _(LABELS[self.key])

    @property
    def hint(self) -> str:
        return _(HINTS[self.key]) if self.key in HINTS and not self.required else ""


@dataclass(frozen=True)
class Row:
    """A suspension or a notice of delay on the form. `ground` is None for what is no ground; `fresh`: just added."""

    kind: str
    number: int
    ground: Ground | None
    fields: tuple[DateField, ...]
    fresh: bool = False

    @property
    def prefix(self) -> str:
        return f"{self.kind}{self.number}"

    @property
    def is_extension(self) -> bool:
        return self.kind == EXTENSION_ROW


@dataclass(frozen=True)
class DecisionQuestion(Question):
    """`clock` is None when nothing was asked or something is wrong with it; `facts` are those it counted."""

    rows: tuple[Row, ...]
    facts: Facts | None = None
    clock: Clock | None = None


def read_decision(query: Iterable[tuple[str, str]], today: date) -> DecisionQuestion:
    """The address of the decision clock, answered when it can be; `today` is used when none was given.

    A button that adds or removes a row asks for no judgement yet: what is still empty is then no error.
    """
    typed, given, unknown = _sort_out(query)
    asked = bool(typed or given)
    pressed = typed.get("add") in ADDABLE or typed.get("remove", "") in map(_name, given)
    form = TermForm({**typed, "today": typed.get("today", "").strip() or today.isoformat()})
    form.choice("add", ADDABLE)
    rows = [row for kind in _KEYS for row in _rows(form, kind, given, typed)]
    not_added = dict(form.errors)
    facts, clock = _answer(form, rows, today) if asked else (None, None)
    if pressed:
        form.errors = not_added
    return DecisionQuestion(form, unknown, asked, tuple(rows), facts, clock)


def _sort_out(
    query: Iterable[tuple[str, str]],
) -> tuple[dict[str, str], dict[tuple[str, int], dict[str, str]], tuple[str, ...]]:
    """Single values, values by row, and the names that mean nothing. Rows without any value are left out."""
    typed: dict[str, str] = {}
    rows: dict[tuple[str, int], dict[str, str]] = {}
    unknown: list[str] = []
    for name, value in query:
        match = _ROW_NAME.fullmatch(name)
        if name in DECISION_NAMES:
            typed[name] = value
        elif match and match[3] in _KEYS[match[1]]:
            rows.setdefault((match[1], int(match[2])), {})[match[3]] = value
        else:
            unknown.append(name)
    filled = {
        place: values for place, values in rows.items() if any(value.strip() for value in values.values())
    }
    return typed, filled, _unknown(unknown)


def _rows(
    form: TermForm, kind: str, given: Mapping[tuple[str, int], dict[str, str]], typed: Mapping[str, str]
) -> Iterator[Row]:
    """The rows of one kind, numbered from 1, with the one that was removed left out and the one added at the end."""
    kept = [
        given[place] for place in sorted(given) if place[0] == kind and _name(place) != typed.get("remove")
    ]
    added = _added(kind, typed.get("add", ""))
    if len(kept) + len(added) > MOST_ROWS:
        told = {"n": len(kept) + len(added), "most": MOST_ROWS}
        form.refuse("add", _too_many(kind) % told)
        kept, added = kept[:MOST_ROWS], []
    for number, values in enumerate([*kept, *added], start=1):
        form.fill({f"{kind}{number}_{key}": value for key, value in values.items()})
        yield _row(kind, number, values, fresh=number > len(kept))


def _too_many(kind: str) -> str:
    if kind == EXTENSION_ROW:
        return _(
            "U gaf %(n)s keer uitstel. De rekenhulp telt er hoogstens %(most)s; de eerste %(most)s staan er nog."
        )
    return _(
        "U gaf %(n)s opschortingen. De rekenhulp telt er hoogstens %(most)s; de eerste %(most)s staan er nog."
    )


def _name(place: tuple[str, int]) -> str:
    return f"{place[0]}{place[1]}"


def _added(kind: str, choice: str) -> list[dict[str, str]]:
    if kind == EXTENSION_ROW:
        return [{}] if choice == EXTENSION else []
    return [{"ground": choice}] if choice in list(Ground) else []


def _row(kind: str, number: int, values: Mapping[str, str], *, fresh: bool) -> Row:
    """With the dates of its ground, and any other date that was typed, so that it is not lost."""
    if kind == EXTENSION_ROW:
        keys, must, ground = _KEYS[kind], set(_KEYS[kind]), None
    else:
        ground = Ground(values["ground"]) if values.get("ground") in list(Ground) else None
        own = _DATE_KEYS[ground] if ground else ()
        keys = own + tuple(key for key in _KEYS[kind][1:] if key not in own and values.get(key, "").strip())
        must = {key.rstrip("_") for key in DATES_OF_GROUND[ground][0]} if ground else set()
    fields = tuple(DateField(f"{kind}{number}_{key}", key, key in must) for key in keys)
    return Row(kind, number, ground, fields, fresh)


def _answer(form: TermForm, rows: Iterable[Row], default: date) -> tuple[Facts | None, Clock | None]:
    received = form.day("received", required=True)
    today = form.day("today") or default
    sent = form.day("sent")
    mode = _mode(form)
    suspensions: list[Suspension] = []
    extensions: list[tuple[Row, Extension]] = []
    for row in rows:
        dates = {
            field.key: form.day(field.name, required=row.is_extension and not row.fresh)
            for field in row.fields
        }
        if row.fresh or any(field.name in form.errors for field in row.fields) or not _has_ground(form, row):
            continue
        with form.refusals(partial(_row_field, row)):
            if row.is_extension:
                extensions.append((row, Extension(**{key: day for key, day in dates.items() if day})))
            else:
                suspensions.append(_suspension(form, row, dates))
    if received is None or not form.ok:
        return None, None
    facts = Facts(received, tuple(suspensions), tuple(one for _, one in extensions), sent)
    with form.refusals(lambda refusal: _clock_field(refusal, sent, extensions)):
        return facts, decision_clock(received, today, suspensions, facts.extensions, sent, mode)
    return None, None


def _mode(form: TermForm) -> Mode:
    typed = form.text("mode")
    if typed and typed not in list(Mode):
        form.refuse("mode", _("De telwijze %(typed)s bestaat niet.", typed=typed[:40]))
        return Mode.wet
    return Mode(typed or Mode.wet)


def _has_ground(form: TermForm, row: Row) -> bool:
    return row.is_extension or bool(form.text(f"{row.prefix}_ground", required=True))


def _row_field(row: Row, refusal: DomainError) -> str:
    return f"{row.prefix}_{(refusal.field or 'ground').rstrip('_')}"


def _suspension(form: TermForm, row: Row, dates: Mapping[str, date | None]) -> Suspension:
    ground = row.ground or form.typed(f"{row.prefix}_ground")[:20]
    return Suspension(ground, **{"from_" if key == "from" else key: day for key, day in dates.items()})  # type: ignore[arg-type]  # Suspension checks the ground itself


def _clock_field(refusal: DomainError, sent: date | None, extensions: Iterable[tuple[Row, Extension]]) -> str:
    """Where a refusal of the clock belongs: it calls the sending of a decision and of a notice of delay both `sent`."""
    day = refusal.params.get("sent")
    if refusal.field == "sent" and day != sent:
        return next((f"{row.prefix}_sent" for row, one in extensions if one.sent == day), "sent")
    return refusal.field or ""
