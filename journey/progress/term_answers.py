"""What the term calculator answers: one sentence, how it was counted, and the command that gives the same answer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from journey.progress.term_days import Calendar, Line
from journey.rules.decision import Clock


@dataclass(frozen=True)
class Link:
    href: str
    label: str


@dataclass(frozen=True)
class Answer:
    """`headline` is the answer in one sentence, `beside` what must stand right under it.

    `facts` are the other numbers, `counted_from` what was filled in (for paper), both as (name, value). `command` is
    None when the command line cannot ask this. `clock` is there for the decision clock only.
    """

    headline: str
    address: str
    beside: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    counted_from: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    calendar: Calendar | None = None
    command: str | None = None
    further: tuple[Link, ...] = ()
    clock: Clock | None = None


def address_of(path: str, **values: object) -> str:
    """The address that asks this; what is empty is left out."""
    return f"{path}?{urlencode({name: value for name, value in values.items() if value})}"


def command_of(*words: object) -> str:
    """The command line that asks this."""
    return " ".join(("journey", *(str(word) for word in words)))


def option(name: str, value: object | None) -> tuple[object, ...]:
    """The words of one option, none for None."""
    return () if value is None else (f"--{name}", value)
