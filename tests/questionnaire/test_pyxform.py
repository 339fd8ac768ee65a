"""What we write as XLSForm, the reference implementation converts without a word of warning."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from journey.questionnaire.definition import load_questionnaire
from journey.questionnaire.xlsform import write_xlsform
from journey.resources import folder

FILES = sorted((folder("seeds") / "questionnaires").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pyxform_converts_it_without_a_warning(path: Path, tmp_path: Path) -> None:
    read = load_questionnaire(path)
    form = tmp_path / f"{path.stem}.xlsx"
    form.write_bytes(write_xlsform(read))
    made = convert(xlsform=str(form))
    assert made.warnings == []
    for item in read.items:
        assert f"/{item.id}" in made.xform
