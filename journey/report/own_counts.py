"""The closing interviews and the counts about who took part, as a batch keeps them: each grade, each statement and each
route moves only when enough of its own people changed (rules, 33).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey.models import Batch
from journey.rating.queries import ClosingAnswer
from journey.report.behind import Behind, Earlier, Everybody, Marker, decide, looks_at
from journey.report.figures import GRADES, CountedClosing
from journey.report.missed import disclosed_missed, leaves_a_route_out
from journey.rules.disclosure import Renewal, is_shown, renewal
from journey.rules.disclosure_parts import Splitting
from journey.rules.response import may_show_response

CALLS = "method/calls"
REFUSED = "method/refused"
SUM = "method/sum"


# --- closing interviews -----------------------------------------------------------------------------


def renew_closing(
    now: CountedClosing,
    answers: Sequence[ClosingAnswer],
    marker: Marker,
    earlier: Earlier,
    splitting: Splitting,
) -> tuple[CountedClosing, Everybody]:
    """The closing interviews of the next batch, and who is behind what managers see of them."""
    last = CountedClosing.from_json(earlier[-1][0].closing) if earlier else None
    found, everybody, kept = now, {}, False
    for measure, people in _closing_people(now, answers, marker).items():
        place = f"closing/{measure}"
        looks = [one.people for one in looks_at(earlier, place)]
        decided = renewal(looks, people, splitting.batch_size)
        seen_last = bool(earlier) and place in earlier[-1][1]
        if decided is Renewal.renew:
            everybody[place] = Behind(people)
        elif decided is Renewal.keep and last is not None and seen_last:
            found, everybody[place], kept = _of(found, measure, last), earlier[-1][1][place], True
        else:
            found = _of(found, measure, None)
    if kept and last is not None:
        found = replace(found, kept_from=last.kept_from or earlier[-1][0].as_of.isoformat())
    shown = not found.withheld and is_shown(found.n, splitting.minimum)
    sizes = _sizes(found)
    return found, {
        place: behind
        for place, behind in everybody.items()
        if shown and is_shown(sizes[place.removeprefix("closing/")], splitting.minimum)
    }


def _closing_people(
    now: CountedClosing, answers: Sequence[ClosingAnswer], marker: Marker
) -> dict[str, dict[str, str]]:
    """Per measure: person -> mark of what it shows of that person."""
    found: dict[str, dict[str, str]] = {name: {} for name in ("n", *GRADES, *now.statements)}
    for one in answers:
        key = str(one.participant_id)
        found["n"][key] = marker(one.participant_id, ["closing"])
        for name in GRADES:
            if (grade := getattr(one, name)) is not None:
                found[name][key] = marker(one.participant_id, [name, grade])
        for name, value in one.statements.items():
            if name in found:
                found[name][key] = marker(one.participant_id, [name, value])
    return found


def _of(counted: CountedClosing, measure: str, before: CountedClosing | None) -> CountedClosing:
    """One measure as it was before; with nothing before it is withheld."""
    if measure == "n":
        return replace(counted, n=before.n) if before else replace(counted, withheld=True)
    if measure in GRADES:
        changes: dict[str, Any] = {measure: getattr(before, measure) if before else (0, 0)}
        if measure == "grade":
            changes["positive"] = before.positive if before else 0
        spread = before.spread.get(measure, {}) if before else {}
        return replace(counted, **changes, spread={**counted.spread, measure: spread})
    said = before.statements.get(measure, {}) if before else {}
    return replace(counted, statements={**counted.statements, measure: said})


def _sizes(counted: CountedClosing) -> dict[str, int]:
    grades = {name: getattr(counted, name)[1] for name in GRADES}
    return {
        "n": counted.n,
        **grades,
        **{name: sum(said.values()) for name, said in counted.statements.items()},
    }


# --- who took part ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cohort:
    """Who takes part now, live: `routes` goes from a person to the route, `answered` are those with an answer that
    counts, `calls` how often somebody was dialled and spoken to, `refused` how many were asked and did not join.
    `groups` are, per kind of split, the rows that `overview.count_missed` makes.
    """

    routes: Mapping[int, str]
    answered: Iterable[int]
    calls: Mapping[int, tuple[int, int]]
    refused: int
    groups: Mapping[str, Sequence[Mapping[str, Any]]]


def renew_method(
    now: Cohort, marker: Marker, earlier: Earlier, splitting: Splitting
) -> tuple[dict[str, Any], dict[str, Any], Everybody]:
    """The counts of the next batch (`Batch.method`), who is missed (`Batch.breakdowns["missed"]`), and who is behind
    them. Who is missed sums to who takes part, so it moves only together with all of its routes.
    """
    last = earlier[-1][0] if earlier else None
    everybody: dict[str, Behind] = {}
    routes, fresh = _renew_routes(now, marker, earlier, splitting.batch_size, everybody)
    # Nobody keeps who said no: only how many.
    refused = Behind(dict.fromkeys((f"gone:{number}" for number in range(now.refused)), ""))
    dialled = Behind({str(one): marker(one, list(often)) for one, often in now.calls.items()})
    often = [*(sum(counts[place] for counts in now.calls.values()) for place in (0, 1)), len(now.calls)]
    size = splitting.batch_size
    method = {
        "routes": routes,
        "refused": _one(REFUSED, refused, now.refused, earlier, size, everybody),
        "calls": _one(CALLS, dialled, often, earlier, size, everybody),
    }
    told, renewed = _renew_sum(routes, earlier, splitting, everybody)
    method["sum"] = told
    fresh = fresh and method["refused"] == now.refused and renewed
    before = last.breakdowns.get("missed", {}) if last else {}
    if told is None or told["partial"] or told["answered"] is None:
        return method, {}, everybody  # its groups would sum to what is hidden here
    return method, _renew_missed(now, earlier, splitting) if fresh else before, everybody


def _renew_routes(
    now: Cohort, marker: Marker, earlier: Earlier, batch_size: int, everybody: dict[str, Behind]
) -> tuple[dict[str, dict[str, Any]], bool]:
    """Who takes part and answered per route, and whether all of it is as it is now."""
    last = earlier[-1][0].method.get("routes", {}) if earlier else {}
    answered = set(now.answered)
    people: dict[str, list[int]] = {route: [] for route in last}
    for person, route in now.routes.items():
        people.setdefault(route, []).append(person)
    routes, fresh = {}, True
    for route, own in sorted(people.items()):
        place, spoke = f"method/{route}", [str(one) for one in own if one in answered]
        behind = Behind({str(one): marker(one, ["takes part"]) for one in own}, spoke)
        looks = looks_at(earlier, place)
        decided = decide(looks, behind, batch_size)
        fresh = fresh and decided is Renewal.renew
        if decided is Renewal.renew:
            routes[route] = {"took_part": len(own), "answered": len(spoke), "withheld": False}
            everybody[place] = behind
        elif decided is Renewal.keep and not last.get(route, {"withheld": True})["withheld"]:
            routes[route], everybody[place] = last[route], looks[-1]
        else:
            routes[route] = {"took_part": 0, "answered": 0, "withheld": True}
    return routes, fresh


def _one(
    place: str,
    behind: Behind,
    value: Any,
    earlier: Earlier,
    batch_size: int,
    everybody: dict[str, Behind],
) -> Any:
    """A value that moves when enough of its people changed; None when it is withheld."""
    looks = looks_at(earlier, place)
    decided = renewal([one.people for one in looks], behind.people, batch_size)
    if decided is Renewal.renew:
        everybody[place] = behind
        return value
    before = earlier[-1][0].method.get(place.removeprefix("method/")) if earlier else None
    if decided is Renewal.keep and before is not None:
        everybody[place] = looks[-1]
        return before
    return None


def _renew_missed(now: Cohort, earlier: Earlier, splitting: Splitting) -> dict[str, Any]:
    """Per kind the rows of the next batch: those of the last one while a group that was shown, or would be, moved a
    little, or while it would be cut otherwise than before.
    """
    looks = [seen for batch, _ in earlier if (seen := batch.breakdowns.get("missed"))]
    return {
        kind: rows
        if all(_may_stand_beside(look[kind], rows, splitting) for look in looks)
        else looks[-1][kind]
        for kind, rows in now.groups.items()
    }


def _may_stand_beside(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], splitting: Splitting
) -> bool:
    """Whether no difference between these two looks at a split is a few people."""
    parts = [disclosed_missed("", rows, splitting.minimum).groups for rows in (before, now)]
    if not parts[0] or not parts[1]:
        return True
    there = {row["key"] for row in before if row["enrolled"] or row["approached"]}
    cuts = [{frozenset(part.keys) & there for part in groups} - {frozenset()} for groups in parts]
    return cuts[0] == cuts[1] and all(
        _moved_enough(before, now, frozenset(part.keys), splitting.batch_size)
        for groups in parts
        for part in groups
    )


def _moved_enough(
    before: Iterable[Mapping[str, Any]],
    now: Iterable[Mapping[str, Any]],
    keys: frozenset[str],
    batch_size: int,
) -> bool:
    for name in ("approached", "enrolled", "answered"):
        then, since = (sum(row[name] or 0 for row in rows if row["key"] in keys) for rows in (before, now))
        if then != since and abs(then - since) < batch_size:
            return False
    return True


def _renew_sum(
    routes: Mapping[str, Mapping[str, Any]],
    earlier: Earlier,
    splitting: Splitting,
    everybody: dict[str, Behind],
) -> tuple[dict[str, Any] | None, bool]:
    """The sum over routes that managers see, and whether it is as it is now; None for too few people, or while it would
    differ a little from what they saw. It leaves a route out that is hidden everywhere else ("19 took part" less 16):
    `partial` then.
    """
    found = _sum(routes, splitting.minimum)
    before = earlier[-1][0].method.get("sum") if earlier else None
    if found is None:
        return None, False
    behind = [everybody[f"method/{route}"] for route in found["routes"]]
    people = {person: mark for one in behind for person, mark in one.people.items()}
    spoken = [person for one in behind for person in one.spoken] if found["answered"] is not None else []
    looks = looks_at(earlier, SUM)
    decided = decide(looks, Behind(people, spoken), splitting.batch_size)
    if decided is Renewal.renew:
        everybody[SUM] = Behind(people, spoken)
        return found, True
    if decided is Renewal.keep and before is not None:
        everybody[SUM] = looks[-1]
        return dict(before), False
    return None, False


def _sum(routes: Mapping[str, Mapping[str, Any]], minimum: int) -> dict[str, Any] | None:
    usable = {route: one for route, one in routes.items() if not one["withheld"]}
    large = {route: one for route, one in usable.items() if is_shown(one["took_part"], minimum)}
    partial = leaves_a_route_out(routes, "took_part", minimum)
    chosen = large if partial else usable
    took_part, answered = (sum(one[name] for one in chosen.values()) for name in ("took_part", "answered"))
    if not is_shown(took_part, minimum):
        return None
    may_tell = is_shown(answered, minimum) and not leaves_a_route_out(chosen, "answered", minimum)
    return {
        "took_part": took_part,
        "answered": answered if may_tell else None,
        "partial": partial,
        "routes": sorted(chosen),
    }


@dataclass(frozen=True)
class SeenMethod:
    """What managers see of who took part: `partial` when a small route is left out of every count."""

    counts: dict[str, int]
    partial: bool


def seen_method(batch: Batch, closing: int | None, minimum: int) -> SeenMethod | None:
    """The counts as managers may see them; None for too few people."""
    told = batch.method.get("sum")
    if not told or not is_shown(told["took_part"], minimum):
        return None
    counts = {name: told[name] for name in ("took_part", "answered") if told[name] is not None}
    if closing is not None:
        counts["closing"] = closing
    attempts, interviews, dialled = batch.method.get("calls") or (0, 0, 0)
    if is_shown(dialled, minimum):
        counts |= {"attempts": attempts, "interviews": interviews}
    refused = batch.method.get("refused")
    if not told["partial"] and refused is not None and "answered" in counts:
        approached = counts["took_part"] + refused
        if may_show_response(approached, counts["took_part"], counts["answered"], minimum):
            counts["approached"] = approached
    return SeenMethod(counts, told["partial"])
