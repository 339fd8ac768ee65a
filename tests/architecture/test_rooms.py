"""Which way imports go inside a room and between rooms; the order of the rooms themselves is import-linter's.

Inside: views and api → forms, service, queries; jobs → service, queries; service → queries; queries → models, rules.
Between: a room calls another's service or queries, never its views, forms, api or jobs.
"""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest

from tests.support.source import Module, modules, parse

# Not rooms: the floors below them, and the top that puts them together.
OUTSIDE = {"__main__", "app", "cli", "clock", "db", "migrations", "models", "resources", "rules", "seeding"}
OUTSIDE |= {"settings", "vault", "web", "work", "worker"}

# What a part may import of its own room. Parts with another name are helpers: nothing that a reader could mistake
# for a layer, so they may be imported by all and import all but the private parts.
INSIDE = {
    "views": {"forms", "service", "queries"},
    "api": {"forms", "service", "queries"},
    "jobs": {"service", "queries"},
    "forms": set[str](),
    "service": {"queries"},
    "queries": set[str](),
}
PRIVATE = {"views", "api", "forms", "jobs"}
READERS = {"report", "export"}


def wrong_ways(module: Module) -> list[str]:
    if module.room in OUTSIDE:
        return []
    return [
        f"{module.name}:{line} imports {name}"
        for line, name in module.imports()
        if name.startswith("journey.") and not _may_import(module, name)
    ]


def _may_import(module: Module, name: str) -> bool:
    _, room, *rest = name.split(".")
    part = _kind(rest[0] if rest else "")
    if room in OUTSIDE:
        return True
    if room == module.room:
        return part not in INSIDE or part in INSIDE.get(_kind(module.part), {"service", "queries"})
    if module.room in READERS and part == "service":
        return room in {"auth", "audit", "outbox"}
    return part not in PRIVATE


def _kind(part: str) -> str:
    """Views that fill more than one file stand in `…_views.py`, under the same rules."""
    return "views" if part.endswith("_views") else part


def test_imports_keep_their_direction_in_and_between_rooms() -> None:
    found = [place for module in modules() if module.name != "journey" for place in wrong_ways(module)]
    assert found == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("journey.call.service", "from journey.call import views"),
        ("journey.call.service", "from journey.call.forms import AttemptForm"),
        ("journey.call.queries", "from journey.call.service import close_round"),
        ("journey.call.order", "from journey.call.forms import AttemptForm"),
        ("journey.call.views", "from journey.call.api import router"),
        ("journey.call.views", "from journey.rating.forms import RatingForm"),
        ("journey.portal.views", "import journey.rating.views"),
        ("journey.call.service", "from journey.call.closing_views import router"),
        ("journey.report.queries", "from journey.rating.service import record_rating"),
    ],
)
def test_a_wrong_way_is_noticed(module: str, line: str) -> None:
    assert len(wrong_ways(parse(module, line))) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("journey.call.views", "from journey.call import forms, queries, service"),
        ("journey.call.service", "from journey.rating.service import record_rating"),
        ("journey.call.queries", "from journey.call.order import sort_key"),
        ("journey.app", "from journey.call import views"),
    ],
)
def test_a_right_way_passes(module: str, line: str) -> None:
    assert wrong_ways(parse(module, line)) == []


def test_only_the_unit_of_work_commits() -> None:
    committing = [
        f"{module.name}:{line} {name}()"
        for module in modules()
        for line, name in module.calls()
        if name.endswith(("session.commit", "session.rollback")) and module.name != "journey.db"
    ]
    assert committing == []


def test_no_modules_need_each_other_to_be_imported() -> None:
    names = {module.name for module in modules()}
    graph = {
        module.name: {
            needed
            for _, name in module.imports(lazy=False)
            for needed in (name, name.rpartition(".")[0])
            if needed in names and needed not in (module.name, "journey")
        }
        for module in modules()
    }
    assert list(TopologicalSorter(graph).static_order())
