"""The test files of what changed since `main`, as far as a minute goes: `python -m tests.support.changed`.

First the tests that changed themselves and those of the rooms in which something changed, then those of the rooms that
stand on them, short files first. What no longer fits is named on standard error: `make test` runs it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.support.turns import read_seconds

HOME = Path(__file__).resolve().parents[2]
SHORT_FILE = 1.0  # seconds, of a file too short to be named in seconds.txt
BUDGET = 80.0  # what two cores do in a minute, starting up taken off
# Elsewhere than in a folder of the room's name.
KEPT_ELSEWHERE = {
    "seeds": "seeding",
    "app": "architecture",
    "models": "architecture",
    "db": "web",
    "work": "web",
}


def main() -> None:
    paths = changed_paths()
    rooms = {room for path in paths if (room := room_of(path))}
    tests = {
        str(path.relative_to(HOME)): path.parent.name for path in sorted((HOME / "tests").glob("*/test_*.py"))
    }
    own = [path for path in paths if path in tests]
    taken, left = within(BUDGET, [own, *ranked(tests, rooms, standing_on(rooms))], read_seconds())
    print("\n".join(taken))
    if left:
        print(f"no room in a minute for {len(left)} files: {' '.join(left)}", file=sys.stderr)


def changed_paths() -> list[str]:
    """Tracked and new files that differ from where this branch left `main`; on `main` itself from the last commit."""
    base = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return sorted(
        {*_git("diff", "--name-only", base[0]), *_git("ls-files", "--others", "--exclude-standard")}
    )


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=HOME, capture_output=True, text=True)
    return done.stdout.split() if done.returncode == 0 else []


def room_of(path: str) -> str:
    """`call` for journey/call/service.py and templates/call/list.html; "" for what belongs to no room."""
    parts = path.split("/")
    if parts[0] in ("journey", "templates") and len(parts) > 1:
        return parts[1].removesuffix(".py")
    return {"static": "web", "seeds": "seeding"}.get(parts[0], "")


def standing_on(rooms: Iterable[str]) -> set[str]:
    """The rooms with a module that imports one of these rooms, directly or through others."""
    import grimp

    graph = grimp.build_graph("journey", cache_dir=None)
    found: set[str] = set()
    for room in rooms:
        if f"journey.{room}" in graph.modules:
            above = graph.find_downstream_modules(f"journey.{room}", as_package=True)
            found |= {module.split(".")[1] for module in above if "." in module}
    return found


def ranked(tests: Mapping[str, str], rooms: set[str], above: set[str]) -> list[list[str]]:
    """Files of the rooms themselves, and of those that stand on them."""
    first = {KEPT_ELSEWHERE.get(room, room) for room in rooms}
    return [
        [file for file, room in tests.items() if room in first],
        [file for file, room in tests.items() if room in above - first],
    ]


def within(
    budget: float, groups: Sequence[Sequence[str]], seconds: Mapping[str, float]
) -> tuple[list[str], list[str]]:
    """Which files fit, in the order of the groups, and which do not. The first that fits is always taken."""
    taken: list[str] = []
    left: list[str] = []
    for group in groups:
        for file in sorted(
            set(group) - {*taken, *left}, key=lambda file: (seconds.get(file, SHORT_FILE), file)
        ):
            cost = seconds.get(file, SHORT_FILE)
            if taken and cost > budget:
                left.append(file)
            else:
                taken.append(file)
                budget -= cost
    return taken, left


if __name__ == "__main__":
    main()
