"""`journey doctor`: looks at an installation as an operator would, and says what is wrong and what to do.

It mends nothing. Each check is one function that yields what it found; a check that fails itself is a fault too.
What needs the tables is looked at only when the database fits this code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from journey.logs import place_of
from journey.operations.doctor_database import DATABASE, check_database
from journey.operations.doctor_machine import MACHINE, check_gateway
from journey.operations.findings import FAULT, Check, Finding, first_line
from journey.rules.errors import DomainError
from journey.web.forms import said
from journey.work import House


@dataclass(frozen=True)
class Examination:
    """`looked_at` are the names of the checks that ran, in order."""

    looked_at: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> int:
        return sum(one.level == FAULT for one in self.findings)


def examine(house: House, *, gateway: bool = False) -> Examination:
    """Every check; with `gateway` the sender of texts is asked too whether it knows us."""
    checks = {**MACHINE, **({"gateway": check_gateway} if gateway else {}), "database": check_database}
    found = _run(house, checks)
    if any((one.check, one.level) == ("database", FAULT) for one in found):
        return Examination(tuple(checks), tuple(found))
    return Examination((*checks, *DATABASE), (*found, *_run(house, DATABASE)))


def examine_refused(wrong: ValidationError) -> Examination:
    """For settings with which nothing starts. The values stay out of it."""
    remedy = "Change it in the environment or in .env; journey/settings.py describes every setting."
    found = []
    for error in wrong.errors(include_input=False):
        sentence = error["msg"].removeprefix("Value error, ")
        name = f"JOURNEY_{str(error['loc'][0]).upper()}: " if error["loc"] else ""
        found.append(Finding(FAULT, f"{name}{sentence}.", remedy, "settings"))
    return Examination(("settings",), tuple(found))


def _run(house: House, checks: Mapping[str, Check]) -> list[Finding]:
    found: list[Finding] = []
    for name, check in checks.items():
        try:
            found += [replace(one, check=name) for one in check(house)]
        except Exception as fault:
            remedy = "Mend what it names, then run the doctor again."
            found.append(Finding(FAULT, f"This could not be looked at: {_reason(fault)}.", remedy, name))
    return found


def _reason(fault: Exception) -> str:
    """In its own words where those can hold nothing of a participant, else where it happened."""
    if isinstance(fault, DomainError):
        return said(fault).rstrip(".")
    if isinstance(fault, OSError | SQLAlchemyError):
        return first_line(fault)
    return place_of(fault)
