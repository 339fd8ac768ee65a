"""`journey report`: the report of a study as a file, of today or as it was recorded."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer


def report(
    study: Annotated[str, typer.Option(help="code")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")],
    kind: Annotated[Literal["html", "pdf", "docx"], typer.Option("--format")] = "html",
    audience: Annotated[
        Literal["manager", "research"],
        typer.Option(help="manager: published figures, no small groups; research: live, with small groups"),
    ] = "manager",
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="as it was recorded last on or before this day"),
    ] = None,
    number: Annotated[int | None, typer.Option(help="the recorded report with this number")] = None,
) -> None:
    """Write the report of a study to a file; with --on or --number one that was recorded."""
    from journey.auth.scope import get_study
    from journey.cli.main import unit_of_work
    from journey.document.files import make_file
    from journey.document.service import (
        get_snapshot,
        get_snapshot_on,
        open_report,
        open_snapshot,
        read_report,
    )

    if not output.parent.is_dir():
        typer.echo(f"De map {output.parent} bestaat niet.", err=True)
        raise typer.Exit(2)
    with unit_of_work() as work:
        found = get_study(work, study)
        if on is not None or number is not None:
            recorded = (
                get_snapshot(work, found, number)
                if number is not None
                else get_snapshot_on(work, found, audience, on.date() if on else work.today)
            )
            content, which = open_snapshot(work, found, recorded), recorded.number
        else:
            content, which = open_report(work, found, read_report(work, found, audience)), None
        file = make_file(content, kind, work.now, which)
    try:
        with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(file.data)
    except OSError as failure:
        typer.echo(f"{output}: {failure.strerror}", err=True)
        raise typer.Exit(2) from None
    if content.audience == "manager" and content.batch is None:
        typer.echo(
            "Er zijn nog geen cijfers vrijgegeven, dus het rapport heeft geen oordelen. "
            "Met --audience research staan de cijfers van nu erin, ook van kleine groepen.",
            err=True,
        )
    typer.echo(str(output))
