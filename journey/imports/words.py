"""What a statement says as one value per fact, to compare two files with each other and to show the difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from journey.imports.cells import dutch
from journey.imports.columns import dutch_name
from journey.progress.statement import Statement
from journey.web.i18n import gettext as _

Words = dict[str, Any]

SUSPENSION: Final = "suspension:"
MEANINGS: Final = {
    "granted": "toegekend",
    "rejected": "afgewezen",
    "not_treated": "buiten behandeling",
    "withdrawn": "ingetrokken",
    "withdrew": "ingetrokken",
    "moved": "verhuisd",
    "work": "werk",
    "other": "anders",
    "skipped": "overgeslagen",
    "bypassed": "maatwerk",
    "planned": "gepland",
    "done": "",
}


def words_of(statement: Statement) -> Words:
    """JSON values; what the statement does not say is left out."""
    said: Words = {"route": statement.route}
    if statement.municipality is not None:
        said["municipality"] = statement.municipality
    for name in ("reported_on", "received_on"):
        if (day := getattr(statement, name)) is not None:
            said[name] = [day.isoformat()]
    for fact in statement.facts:
        said.setdefault(f"step:{fact.step}", []).append(
            [_iso(fact.happened_on), fact.state, fact.reason, fact.category]
        )
    for name, times in said.items():
        if name.startswith("step:"):
            times.sort(key=lambda one: [part or "" for part in one])
    for one in statement.suspensions or ():
        days = {name: _iso(value) for name, value in vars(one).items() if isinstance(value, date)}
        said[f"{SUSPENSION}{one.ground}:{_iso(one.start)}"] = [[name, days[name]] for name in sorted(days)]
    for key in ("extension", "decision", "departure"):
        if (fact_of := getattr(statement, key)) is not None:
            values = vars(fact_of).values()
            said[key] = [value.isoformat() if isinstance(value, date) else value for value in values]
    return said


def merged(known: Mapping[str, Any], statement: Statement) -> Words:
    """What holds after it: what is not named stays, a list of suspensions is the whole list."""
    kept = {
        name: value
        for name, value in known.items()
        if statement.suspensions is None or not name.startswith(SUSPENSION)
    }
    return {**kept, **words_of(statement)}


def differences(known: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Label, what the earlier file said, what this one says."""
    names = [*now, *(name for name in known if name not in now)]
    return [
        (label(name), shown(known.get(name)), shown(now.get(name)))
        for name in names
        if known.get(name) != now.get(name)
    ]


def label(name: str) -> str:
    if name.startswith(SUSPENSION):
        return _("opschorting %(ground)s", ground=name.split(":")[1])
    plain = {"extension": _("uitstel"), "decision": _("besluit"), "departure": _("vertrek")}
    return plain.get(name) or name.removeprefix("step:") if ":" in name or name in plain else dutch_name(name)


def shown(value: Any) -> str:
    """For people: days as 31-3-2026, our words in Dutch; a dash for nothing."""
    if value is None:
        return "–"
    return " ".join(part for part in _parts(value) if part) or "–"


def _parts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [part for one in value for part in _parts(one)]
    if value is None:
        return []
    try:
        return [dutch(date.fromisoformat(str(value)))]
    except ValueError:
        return [_(MEANINGS[str(value)]) if MEANINGS.get(str(value)) else MEANINGS.get(str(value), str(value))]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
