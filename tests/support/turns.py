"""Which tests have their turn, when, and what they cost.

Parallel workers take whole files, the longest first (`seconds.txt` beside this says which those are), so that they end
together and what a file shares is made once. `--order random` shuffles files and the tests in them, and names the seed
that does the same again.

`--times` ends with seconds per room. `--record` keeps which statements each test sent to the database; with
`--chosen`, a run on PostgreSQL takes what those and the marker `both` say (see CONTRIBUTING.md).
"""

from __future__ import annotations

import random
import resource
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.choice import chosen

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

SECONDS = Path(__file__).with_name("seconds.txt")
WORTH_NAMING = 2.0  # a shorter file fills a gap wherever it is put
RECORD = "statements/sqlite"

_spent: dict[str, Counter[str]] = defaultdict(Counter)
_files: Counter[str] = Counter()
_statements: dict[str, list[int]] = {}
_before = 0.0


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("turns")
    group.addoption(
        "--order", default="longest", help="longest (default), random, or the seed of a random run"
    )
    group.addoption("--no-browser", action="store_true", help="without the tests that need one")
    group.addoption("--times", action="store_true", help="seconds per room; a whole run renews seconds.txt")
    group.addoption("--record", action="store_true", help="keep which statements each test sends")
    group.addoption("--chosen", action="store_true", help="on PostgreSQL only what may differ there")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both: runs on PostgreSQL too, whatever statements it sends")
    if hasattr(config, "workerinput"):
        config.option.order = config.workerinput["order"]
    elif config.option.order == "random":
        config.option.order = str(secrets.randbelow(10**6))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["order"] = node.config.option.order


def pytest_report_header(config: pytest.Config) -> str:
    order = config.option.order
    return f"order: {order}" if order == "longest" else f"order: random, the same again with --order {order}"


# --- who and when ----------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.no_browser:
        keep(
            config,
            items,
            {item.nodeid for item in items if "browser" not in getattr(item, "fixturenames", ())},
        )
    if config.option.chosen and config.option.database == "postgresql":
        keep(config, items, chosen(items, config.cache.get(RECORD, {})))
    if config.option.order != "longest":
        items[:] = shuffled(items, int(config.option.order))
    elif hasattr(config, "workerinput"):
        items[:] = longest_first(items, read_seconds())


def keep(config: pytest.Config, items: list[pytest.Item], wanted: set[str]) -> None:
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in wanted])
    items[:] = [item for item in items if item.nodeid in wanted]


def shuffled(items: Sequence[pytest.Item], seed: int) -> list[pytest.Item]:
    """Files in any order and the tests of each in any order; the same for the same seed."""
    dice, files = random.Random(seed), list(_by_file(items).values())
    dice.shuffle(files)
    return [item for file in files for item in dice.sample(file, len(file))]


def longest_first(items: Sequence[pytest.Item], seconds: dict[str, float]) -> list[pytest.Item]:
    files = _by_file(items)
    order = sorted(files, key=lambda file: -seconds.get(file, 0))
    return [item for file in order for item in files[file]]


def _by_file(items: Sequence[pytest.Item]) -> dict[str, list[pytest.Item]]:
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(file_of(item.nodeid), []).append(item)
    return files


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def read_seconds() -> dict[str, float]:
    """Per file of tests how long it took when it was last measured, long ones only."""
    lines = (line.split() for line in SECONDS.read_text(encoding="utf-8").splitlines())
    return {file: float(seconds) for seconds, file in lines}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return file_of(nodeid)

    config.option.loadscopereorder = False  # the order is that of the tests
    return ByFile(config, log)


# --- what it costs ---------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """In the process that runs the test; what is put on the report reaches the one that counts."""
    global _before
    report = yield
    now = _processor()
    report.processor = now - _before
    _before = now
    if report.when == "teardown" and item.config.option.record:
        from tests.support.process import sent

        report.statements = sorted(sent)
        sent.clear()
    return report  # type: ignore[return-value]


def _processor() -> float:
    """Seconds of this process and of those it started and waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    room = _spent[room_of(report.nodeid)]
    room[report.when] += report.duration
    room["processor"] += getattr(report, "processor", 0)
    room["tests"] += report.when == "call"
    _files[file_of(report.nodeid)] += report.duration
    if (statements := getattr(report, "statements", None)) is not None:
        _statements[report.nodeid] = statements


def room_of(nodeid: str) -> str:
    return nodeid.split("/")[1]


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput"):
        return
    if _statements:
        config.cache.set(RECORD, config.cache.get(RECORD, {}) | _statements)
    whole = config.args == config.getini("testpaths") and not config.option.keyword
    if config.option.times and config.option.database == "sqlite" and whole:
        long = sorted((-seconds, file) for file, seconds in _files.items() if seconds >= WORTH_NAMING)
        SECONDS.write_text("".join(f"{-seconds:.0f} {file}\n" for seconds, file in long), encoding="utf-8")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not config.option.times:
        return
    terminalreporter.section("seconds per room")
    columns = ("tests", "setup", "call", "teardown", "processor")
    terminalreporter.write_line(f"{'':<14}" + "".join(f"{name:>11}" for name in columns))
    whole: Counter[str] = Counter()
    for spent in _spent.values():
        whole.update(spent)
    longest = sorted(_spent.items(), key=lambda room: -room[1]["processor"])
    for name, spent in [*longest, ("together", whole)]:
        terminalreporter.write_line(f"{name:<14}" + "".join(f"{spent[column]:>11.0f}" for column in columns))
