"""`journey import`: takes a file in as the system. Progress goes to stderr, the counts to stdout."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

ROWS_SHOWN = 5

if TYPE_CHECKING:
    from journey.imports.plan import Plan


def import_command(
    file: Path,
    study: Annotated[str, typer.Option(help="code of the study")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen, record nothing")] = False,
    content: Annotated[
        str, typer.Option(help="journeys or participants; responses of a survey")
    ] = "journeys",
    separator: Annotated[str, typer.Option(help="of a CSV; found by itself when left out")] = "",
) -> None:
    """Take in a CSV or XLSX file, whole or not at all."""
    from journey.auth.scope import get_study
    from journey.cli.main import unit_of_work
    from journey.imports.reading import LARGEST_FILE
    from journey.imports.service import ImportRefused, Source, count_words, import_file, preview
    from journey.rules.errors import Invalid

    try:
        with unit_of_work() as work:
            if not file.is_file():
                raise Invalid("Het bestand %(file)s ontbreekt.", file=str(file))
            if file.stat().st_size > LARGEST_FILE:
                raise Invalid("Dit bestand is groter dan 20 MB. Deel het op.")
            split_by = {"tab": "\t", "\\t": "\t"}.get(separator, separator)
            source = Source(content, file.read_bytes(), split_by)
            if dry_run:
                plan = preview(work, get_study(work, study), source)
                if not plan.ok:
                    raise ImportRefused(plan)
                _show_understood(plan)
            else:
                plan = import_file(work, study, source, _report)
    except ImportRefused as refused:
        _say_notes(refused.plan)
        for fault in refused.plan.all_faults:
            typer.echo(f"{fault.place}: {fault.sentence}" if fault.row else fault.sentence, err=True)
        raise typer.Exit(2) from None
    _say_notes(plan)
    if plan.earlier is not None:
        typer.echo(f"Dit bestand is al ingelezen op {plan.earlier.made_at:%Y-%m-%d}.", err=True)
    for line in count_words(plan) if plan.may_run else ("Er valt niets nieuws in te lezen.",):
        typer.echo(line)


def _say_notes(plan: "Plan") -> None:
    for note in plan.notes:
        typer.echo(note, err=True)


def _show_understood(plan: "Plan") -> None:
    """The first rows as they were read, dates above all: a wrong column is seen before it is recorded."""
    for line in plan.lines[:ROWS_SHOWN]:
        read = "; ".join(f"{label} {now}" for label, _before, now in line.changes)
        if read:
            typer.echo(f"rij {line.row}: {line.what}: {read}", err=True)


def _report(done: int, total: int) -> None:
    typer.echo(f"{done} / {total}", err=True)
