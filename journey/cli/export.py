"""`journey export`: data of a study as a file, for who runs the installation. It is written down like every export."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

Separator = Annotated[str, typer.Option(help="of CSV: semicolon, comma or tab")]


def export(
    study: Annotated[str, typer.Option(help="code of the study")],
    format_: Annotated[str, typer.Option("--format", help="csv, xlsx, sav, json or xes")],
    output: Annotated[Path, typer.Option("-o", "--output", help="the file; other tables come beside it")],
    content: Annotated[
        str | None,
        typer.Option(
            help="answers, journeys, participants (theirs) or figures (default: answers; for xes journeys)"
        ),
    ] = None,
    purpose: Annotated[str, typer.Option(help="what it is for, in the log")] = "Opdrachtregel, zonder doel",
    separator: Separator = "semicolon",
) -> None:
    """Write data of a study to a file, as the research side may have it."""
    from journey.auth.scope import get_study
    from journey.cli.main import plain_errors
    from journey.export.service import Order, hold_still, record_export, write_export
    from journey.rules.errors import Invalid
    from journey.settings import Settings
    from journey.work import House

    order = Order(content or ("journeys" if format_ == "xes" else "answers"), format_, purpose, separator)
    with plain_errors():
        if not output.parent.is_dir() or output.is_dir():
            raise Invalid("Hier kan geen bestand komen: %(path)s.", field="output", path=str(output))
        house = House.open(Settings())
        try:
            with (
                house.work(write=False) as work,
                tempfile.TemporaryDirectory(dir=output.parent, prefix=".export-") as folder,
            ):
                hold_still(work)
                found = get_study(work, study)
                made = write_export(work, found, order, Path(folder) / output.name)
                with house.work() as log:
                    record_export(log, found, order, made)
                for path in made.paths:
                    path.chmod(0o600)
                    path.replace(output.parent / path.name)
        except OSError as failure:
            raise Invalid(
                "Hier kan geen bestand komen: %(path)s.", field="output", path=str(output)
            ) from failure
        finally:
            house.database.close()
    for path in made.paths:
        typer.echo(output.parent / path.name)
    typer.echo(f"{made.rows} {'rij' if made.rows == 1 else 'rijen'}")
