"""A study on Monday 16 March 2026, and files as a case system or a researcher would hand them in."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sqlmodel import select

from journey.auth.scope import get_study
from journey.imports.plan import JOURNEYS, Plan
from journey.imports.service import Source, import_file, preview
from journey.models import Journey
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work
from tests.support.build import build_study

CODE = "haarlem-test"
HEADER = "kenmerk,route,gemeld_op,aanvraag ontvangen,besluit verzonden,uitkomst,werkplein,workshop"
ROW = "Z-1,27plus,2026-02-02,2026-02-16,2026-03-12,toegekend,2026-02-05,2026-02-12"
PEOPLE = "route,roepnaam,telefoon,kanaal,doet mee,citaten"

Table = list[list[object]]


@pytest.fixture
def today() -> date:
    return date(2026, 3, 16)


@pytest.fixture
def settings(database_url: str, today: date, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, env="development", today=today, uploads=str(tmp_path / "uploads")
    )


@pytest.fixture
def inside(house: House) -> House:
    """With the consent text that the study reads aloud."""
    with house.work() as work:
        build_study(work)
        load_folder(work, folder("seeds") / "consent")
    return house


def csv_file(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def xlsx_file(rows: Table) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day)  # type: ignore[arg-type]
            else:
                sheet.write(number, column, cell)
    book.close()
    return file.getvalue()


def look(house: House, file: bytes, content: str = JOURNEYS, separator: str = "") -> Plan:
    with house.work(write=False) as work:
        return preview(work, get_study(work, CODE), Source(content, file, separator))


def take_in(house: House, file: bytes, content: str = JOURNEYS) -> Plan:
    with house.work() as work:
        return import_file(work, CODE, Source(content, file), lambda done, total: None)


def journey_of(work: Work, reference: str) -> Journey:
    return work.session.exec(select(Journey).where(Journey.reference == reference)).one()


def said(plan: Plan) -> list[str]:
    """Place and sentence of all faults."""
    return [f"{fault.place}: {fault.sentence}" for fault in plan.all_faults]


Taker = Callable[..., Plan]
