"""`journey setup`: what an installation needs before it is served. What is there already is left as it is."""

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from journey.auth.service import create_user, read_address
from journey.db import Database
from journey.migrations import upgrade
from journey.models import Municipality, User
from journey.municipality.service import get_or_create_municipality, municipality_code
from journey.operations.findings import first_line
from journey.operations.version import is_empty
from journey.resources import folder
from journey.rules.errors import Conflict
from journey.rules.roles import ADMIN
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work

PARTS: Final = ("routes", "consent", "questionnaires")


@dataclass(frozen=True)
class SetUp:
    """`lines` say in Dutch what was done; `password` is that of the administrator who was made now, else empty."""

    lines: tuple[str, ...]
    has_admin: bool
    password: str = ""


def refuse_mistyped(municipality: str | None, admin: str | None) -> None:
    """Invalid for what can be neither a municipality nor an address, before anything is made."""
    if municipality is not None:
        municipality_code(municipality)
    if admin is not None:
        read_address(admin)


def set_up(settings: Settings, municipality: str | None, admin: str | None) -> SetUp:
    """Make tables, what comes with the product, the municipality and a first administrator, as far as they are missing.

    Conflict for a database that does not answer, is of another version, or takes no tables; Invalid as
    `refuse_mistyped`.
    """
    tables = _make_tables(settings.database_url)
    house = House.open(settings)
    try:
        with house.work() as work:
            lines = [f"Tabellen: {tables}."]
            lines += [line for part in PARTS for line in load_folder(work, folder("seeds") / part)]
            if municipality is not None:
                lines.append(_make_municipality(work, municipality))
            return _make_admin(work, admin and read_address(admin), lines)
    finally:
        house.database.close()


def _make_tables(url: str) -> str:
    database = Database(url)
    try:
        if not is_empty(database):
            return "stonden er al"
    finally:
        database.close()
    try:
        upgrade(url)
    except DatabaseError as fault:
        raise Conflict(
            "De tabellen konden niet worden gemaakt (%(why)s). Gebruik een lege database waarvan deze gebruiker de "
            "eigenaar is.",
            why=first_line(fault),
        ) from None
    return "gemaakt"


def _make_municipality(work: Work, name: str) -> str:
    known = set(work.session.exec(select(Municipality.id)).all())
    row = get_or_create_municipality(work, name)
    return f"Gemeente {row.name}: {'stond er al' if row.id in known else 'gemaakt'}."


def _make_admin(work: Work, email: str | None, lines: list[str]) -> SetUp:
    """The first one only: who may run this may make more with `create-user`, and a second run changes nothing."""
    admins = select(User.email).where(User.role == ADMIN, col(User.active)).order_by(col(User.id))
    first = work.session.exec(admins).first()
    if first is not None:
        another = "" if email in (None, first) else f" Nog een: journey create-user {email} --role admin"
        return SetUp((*lines, f"Beheerder {first}: stond er al.{another}"), has_admin=True)
    if email is None:
        return SetUp(tuple(lines), has_admin=False)
    password = secrets.token_urlsafe(12)
    create_user(work, email, ADMIN, password=password, first=True)
    return SetUp((*lines, f"Beheerder {email}: gemaakt."), has_admin=True, password=password)
