"""Makes municipalities; one installation serves several."""

import re

from sqlmodel import col, func, or_, select

from journey.models import Municipality
from journey.rules.errors import Invalid
from journey.work import Work


def municipality_code(name: str) -> str:
    """What a municipality of this name is called in addresses and files. Invalid when it cannot be a name."""
    name = name.strip()
    code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not code or len(name) > 60:
        raise Invalid("Vul de naam van de gemeente in.", field="municipality")
    return code


def get_or_create_municipality(work: Work, name: str) -> Municipality:
    """By code or name, whatever the capitals; a new one takes its pseudonym letter from its name."""
    name = name.strip()
    code = municipality_code(name)
    found = work.session.exec(
        select(Municipality).where(
            or_(col(Municipality.code) == code, func.lower(Municipality.name) == name.lower())
        )
    ).first()
    if found:
        return found
    taken = set(work.session.exec(select(Municipality.prefix)).all())
    letters = re.sub(r"[^A-Z]", "", name.upper()) or "X"
    choices = [letters[:length] for length in (1, 2, 3)] + [f"{letters[0]}{n}" for n in range(2, 1000)]
    municipality = Municipality(
        code=code,
        name=name if name != code else name.title(),
        prefix=next(c for c in choices if c not in taken),
    )
    work.session.add(municipality)
    work.session.flush()
    return municipality
