"""Reading what was typed: values, a message per field, and everything still there when the page comes back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from journey.clock import AMSTERDAM
from journey.rules import signs
from journey.rules.dates import read_date
from journey.rules.daywords import read_told_day
from journey.rules.errors import DomainError
from journey.rules.recognisable import CITIZEN_NUMBER_REFUSED, find_citizen_number
from journey.web.i18n import gettext as _
from journey.work import Work

T = TypeVar("T")


class Form:
    """What was typed, as text, and what is wrong with it.

    Readers return the value or None and note an error; nothing raises, so that one look shows every error.
    """

    def __init__(
        self, typed: Mapping[str, str | list[str]] | None = None, *, today: date | None = None
    ) -> None:
        self._typed = dict(typed or {})
        self._today = today
        self.errors: dict[str, str] = {}

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def given(self) -> dict[str, str | list[str]]:
        """Everything that was sent, as it was."""
        return dict(self._typed)

    def has(self, name: str) -> bool:
        """Whether the field was part of what was sent, empty or not."""
        return name in self._typed

    def typed(self, name: str) -> str:
        value = self._typed.get(name, "")
        return (value[-1] if isinstance(value, list) else value).replace("\x00", "")

    def all(self, name: str) -> list[str]:
        value = self._typed.get(name, [])
        return [one.replace("\x00", "") for one in (value if isinstance(value, list) else [value])]

    def refuse(self, name: str, message: str) -> None:
        self.errors.setdefault(name, message)

    def text(self, name: str, *, required: bool = False, most: int = 300) -> str:
        return self._read(name, signs.words, required, most)

    def figures(self, name: str, *, required: bool = False, most: int = 40) -> str:
        """A number, code or address of e-mail: digits of any script and odd dashes in plain signs."""
        return self._read(name, signs.figures, required, most)

    def _read(self, name: str, reader: Callable[[str], str], required: bool, most: int) -> str:
        value = reader(self.typed(name))
        if required and not value:
            self.refuse(name, _("Vul dit in."))
        if len(value) > most:
            self.refuse(
                name,
                _("Dit is %(over)s tekens te lang: hoogstens %(most)s.", over=len(value) - most, most=most),
            )
        return value

    def words(self, name: str, *, required: bool = False, most: int = 300) -> str:
        """Free text of a colleague: as `text`, and no citizen number (rules, 35)."""
        value = self.text(name, required=required, most=most)
        if find_citizen_number(value):
            self.refuse(name, _(CITIZEN_NUMBER_REFUSED))
        return value

    def choice(self, name: str, options: Iterable[str], *, required: bool = False) -> str | None:
        value = self.typed(name)
        if not value:
            if required:
                self.refuse(name, _("Maak een keuze."))
            return None
        if value not in set(options):
            self.refuse(name, _("Deze keuze bestaat niet."))
            return None
        return value

    def checked(self, name: str) -> bool:
        return self.typed(name) in ("on", "yes", "1", "true")

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A date as the browser sends it (2026-04-14) or as people type it (14-4-2026, 14 april, gisteren)."""
        today = self._today
        return self._parsed(
            name,
            required,
            (lambda text: read_told_day(text, today)) if today else read_date,
            _("Vul een datum in, zoals 14-4-2026."),
        )

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """Local wall-clock date and time, as an aware moment."""
        return self._parsed(name, required, _parse_moment, _("Vul een dag en een tijd in."))

    def grade(self, name: str) -> Decimal | None:
        """1-10, comma or point, one decimal."""
        return self._parsed(name, False, _parse_grade, _("Vul een cijfer in van 1 tot en met 10, zoals 6,5."))

    def whole(self, name: str, *, least: int, most: int, required: bool = True) -> int | None:
        """A whole number within limits."""

        def parse(text: str) -> int:
            value = int(text)
            if not least <= value <= most:
                raise ValueError(text)
            return value

        message = _("Vul een heel getal in van %(least)s tot en met %(most)s.", least=least, most=most)
        return self._parsed(name, required, parse, message)

    def _parsed(self, name: str, required: bool, parse: Callable[[str], T], message: str) -> T | None:
        text = self.figures(name, required=required, most=300)
        if not text:
            return None
        try:
            return parse(text)
        except DomainError as refusal:
            self.refuse(name, said(refusal))
        except (ValueError, InvalidOperation):
            self.refuse(name, message)
        return None

    @contextmanager
    def attempt(self, work: Work) -> Iterator[None]:
        """Run a service: a refusal becomes a message at its field, and what it had written is undone."""
        savepoint = work.session.begin_nested()
        try:
            yield
        except DomainError as refusal:
            savepoint.rollback()
            self.refuse(refusal.field or "", said(refusal))
        else:
            savepoint.commit()


def said(refusal: DomainError) -> str:
    """The refusal as a sentence for the reader."""
    from journey.web.filters import day

    shown = {key: day(value) if isinstance(value, date) else value for key, value in refusal.params.items()}
    return _(refusal.message, **shown)


def _parse_moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def _parse_grade(text: str) -> Decimal:
    grade = Decimal(text.replace(",", "."))
    if not grade.is_finite() or not 1 <= grade <= 10 or grade * 10 != int(grade * 10):
        raise ValueError(text)
    return grade
