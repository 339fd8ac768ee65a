"""Makes the file of an export and writes down that it left. The data are read in a look that does not change under the
reader; the line in the log is a short write of its own, made before anybody gets the file.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from journey.audit.service import record_act
from journey.export.csv_file import SEPARATORS, write_csv
from journey.export.json_file import write_json
from journey.export.package import write_package
from journey.export.queries import JOURNEYS, OF_DATES, PARTICIPANTS, get_content, list_formats, made_by_name
from journey.export.sav_file import write_sav
from journey.export.tables import About, Content, dictionary
from journey.export.xes_file import write_xes
from journey.export.xlsx_file import write_xlsx
from journey.models import ExportRun, Study, stored_id
from journey.report.queries import as_of, find_batch, sees_live
from journey.rules.errors import Invalid
from journey.web.i18n import gettext as _
from journey.work import Work

LONGEST_PURPOSE = 300

One = TypeVar("One")


@dataclass(frozen=True)
class Order:
    """What somebody asks for; `separator` is for CSV: semicolon, comma or tab."""

    content: str
    format: str
    purpose: str
    separator: str = "semicolon"


@dataclass(frozen=True)
class Made:
    """The files, the first of which is the data; `rows` is how many rows or traces that one has."""

    paths: tuple[Path, ...]
    rows: int
    sha256: str


class _Counter:
    def __init__(self) -> None:
        self.n = 0

    def count(self, rows: Iterable[One]) -> Iterator[One]:
        for self.n, row in enumerate(rows, 1):
            yield row


def hold_still(work: Work) -> None:
    """From here on every read sees the same moment; to be called before anything is read, and again by whoever does not
    know whether it was. SQLite does so by itself.
    """
    if work.session.get_bind().dialect.name == "postgresql" and not work.session.info.get("still"):
        work.session.info["still"] = True
        work.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def write_export(work: Work, study: Study, order: Order, target: Path) -> Made:
    """Write `target` and what goes beside it, and record nothing yet.

    Invalid for a content, format or separator that does not exist and for an empty purpose; Forbidden for what the
    reader's role may not have.
    """
    content = get_content(work, study, order.content)
    _check(order)
    counter = _Counter()
    content = _counted(content, counter)
    paths = _write(content, order, _about(work, study, order), target)
    return Made(tuple(paths), counter.n, _digest(paths))


def pack(made: Made) -> Made:
    """One file to hand over: as it is, or all together as a ZIP that takes their place."""
    if len(made.paths) == 1:
        return made
    packed = made.paths[0].with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in made.paths:
            archive.write(path, path.name)
            path.unlink()
    return replace(made, paths=(packed,), sha256=_digest([packed]))


def record_export(work: Work, study: Study, order: Order, made: Made) -> ExportRun:
    """That it left, for what purpose and by whom; never what was in it."""
    run = ExportRun(
        study_id=stored_id(study),
        content=order.content,
        format=order.format,
        purpose=order.purpose.strip(),
        rows=made.rows,
        sha256=made.sha256,
        made_by=work.actor.label,
        made_at=work.now,
    )
    work.session.add(run)
    record_act(work, "study.export", f"{study.code} {order.content} {order.format}")
    return run


def _check(order: Order) -> None:
    if order.format not in list_formats(order.content):
        if order.format in list_formats(JOURNEYS):
            raise Invalid("Een eventlog (XES) kan alleen van de reizen.", field="format")
        raise Invalid("Dit formaat bestaat niet: %(format)s.", field="format", format=order.format)
    if order.separator not in SEPARATORS:
        raise Invalid("Dit scheidingsteken bestaat niet.", field="separator")
    if not order.purpose.strip():
        raise Invalid("Waar zijn de gegevens voor? Vul een doel in.", field="purpose")
    if len(order.purpose.strip()) > LONGEST_PURPOSE:
        raise Invalid(
            "Het doel is te lang: hoogstens %(most)s tekens.", field="purpose", most=LONGEST_PURPOSE
        )


def _counted(content: Content, counter: _Counter) -> Content:
    first, *others = content.tables
    rows, traces = first.rows, content.traces
    return replace(
        content,
        tables=(replace(first, rows=lambda: counter.count(rows())), *others),
        traces=traces and (lambda: counter.count(traces())),
    )


def _write(content: Content, order: Order, about: About, target: Path) -> list[Path]:
    if order.format == "json":
        return write_json(content.tables, about, target)
    if order.format == "sav":
        return write_sav(content.tables, about, target)
    if order.format == "xes" and content.traces is not None:
        return write_xes(content.traces(), about, target)
    tables = (*content.tables, dictionary(content.tables), about.table())
    if order.format == "csv":
        paths = write_csv(tables, target, order.separator)
        if content.described:
            paths.append(write_package(tables, paths, about, order.separator, target.parent))
        return paths
    return write_xlsx(tables, target)


def _about(work: Work, study: Study, order: Order) -> About:
    live = sees_live(work)
    by_date = live or order.content in OF_DATES
    batch = None if by_date else find_batch(work, study)
    day = as_of(work, study) if by_date else None
    return About(
        study=study.name,
        code=study.code,
        content=order.content,
        purpose=order.purpose.strip(),
        made_by=made_by_name(work),
        made_at=work.now,
        as_of=batch.as_of if batch else day,
        batch=batch.number if batch else None,
        notes=tuple(_notes(order)),
    )


def _notes(order: Order) -> Iterator[str]:
    if order.content == JOURNEYS:
        yield _("Alleen reizen die uit het zaaksysteem komen, zonder personen.")
    if order.content == PARTICIPANTS:
        yield _("Alleen reizen van deelnemers, zonder namen. Tel ze niet op bij die uit het zaaksysteem.")
    if order.format == "xes":
        yield _("Van alles is de dag bekend, niet het uur: elk moment is middernacht.")
    if order.format == "csv":
        yield _("Een apostrof voor een tekst houdt een rekenblad tegen dat er een formule in ziet.")
    if order.content in ("answers", PARTICIPANTS):
        yield _(
            "Persoonsgegevens: bewaar dit veilig en wis het na gebruik. Maak het opnieuw als iemand stopt."
        )


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 16):
                digest.update(block)
    return digest.hexdigest()
