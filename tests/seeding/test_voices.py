"""Quotes in files: read strictly, and edited and approved through the product by two researchers."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from journey.models import QuoteEdit, Study
from journey.rating.quotes import list_approved, list_candidates, list_quotes
from journey.resources import folder
from journey.rules.errors import Invalid
from journey.rules.recognisable import find_recognisable
from journey.seeding.load import load_folder
from journey.seeding.voices import FILE, load_quotes, read_quotes
from journey.work import House

HERE = folder("seeds") / "haarlem-2016"
HEADER = "code,step,subject,body\n"


def written(folder: Path, *lines: str) -> Path:
    path = folder / FILE
    path.write_text(HEADER + "\n".join(lines), encoding="utf-8")
    return path


def test_a_study_without_quotes_has_none(tmp_path: Path) -> None:
    assert read_quotes(tmp_path / FILE, ["H-001"]) == ()


@pytest.mark.parametrize(
    ("line", "column"),
    [("X-1,cv,step,Goed.", "code"), ("H-001,cv,elders,Goed.", "subject"), ("H-001,cv,step,", "body")],
)
def test_a_wrong_cell_is_named(tmp_path: Path, line: str, column: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_quotes(written(tmp_path, line), ["H-001"])
    assert (refusal.value.params["row"], refusal.value.params["column"]) == (2, column)


def test_the_quotes_of_2016_are_approved_by_another_than_who_edited(house: House) -> None:
    with house.work() as work:
        load_folder(work, HERE)
        study = work.session.exec(select(Study)).one()
        edits = work.session.exec(select(QuoteEdit)).all()
        assert len(list_approved(work, study)) == len(edits) > 15
        assert all(edit.decided_by and edit.decided_by != edit.edited_by for edit in edits)
        assert any(quote.edit and quote.edit.body != quote.words.text for quote in list_quotes(work, study))
        assert not [edit.body for edit in edits if find_recognisable(edit.body)]
        said = list_candidates(work, study)[0].words
        assert said.text
        bad = read_quotes_of(("H-003", "cv", "step", "Dit zei niemand."))
        with pytest.raises(Invalid):
            load_quotes(work, study, bad)


def read_quotes_of(cells: tuple[str, str, str, str]):  # type: ignore[no-untyped-def]
    from journey.seeding.voices import EditedQuote

    return [EditedQuote(*cells, at={"field": "step", "file": FILE, "row": 2, "column": "step"})]
