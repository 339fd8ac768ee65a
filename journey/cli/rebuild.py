"""`journey rebuild`: counts the journeys again after something changed that no fact tells of, such as a new decree with
holidays in the rules."""

from typing import Annotated

import typer


def rebuild(
    study: Annotated[str | None, typer.Option(help="code; without it every study")] = None,
) -> None:
    """Count the journeys of one study or of all again, from their facts."""
    from sqlmodel import select

    from journey.auth.scope import get_study
    from journey.cli.main import unit_of_work
    from journey.models import Study
    from journey.progress.summary import rebuild_summaries

    with unit_of_work() as work:
        every = select(Study).order_by(Study.code)
        studies = [get_study(work, study)] if study else work.session.exec(every).all()
        counted = {one.code: rebuild_summaries(work.session, one) for one in studies}
    for code, journeys in counted.items():
        typer.echo(f"{code}: {journeys} {'reis' if journeys == 1 else 'reizen'} geteld")
