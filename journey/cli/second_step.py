"""`journey reset-second-step`: for the operator, when somebody lost the phone and no administrator can help."""

from typing import Annotated

import typer


def reset_second_step_command(email: Annotated[str, typer.Argument()]) -> None:
    """Take away somebody's second step and end their sessions; the next sign-in sets it up again."""
    from sqlmodel import select

    from journey.auth.second_step import reset_second_step
    from journey.cli.main import unit_of_work
    from journey.models import User
    from journey.rules.errors import NotFound

    with unit_of_work() as work:
        user = work.session.exec(select(User).where(User.email == email.strip().lower())).first()
        if user is None:
            raise NotFound("Deze gebruiker is er niet.")
        reset_second_step(work, user)
    typer.echo(f"{email}: tweede stap weg, overal uitgelogd")
