"""Questionnaires are data: read strictly, kept by version."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import QuestionnaireVersion
from journey.questionnaire.definition import load_questionnaire, parse_questionnaire, questionnaire_from_data
from journey.questionnaire.service import load_questionnaires, record_questionnaire
from journey.resources import folder
from journey.rules.errors import Conflict, Invalid
from journey.rules.questionnaire import Kind
from journey.survey.published import list_published

FILES = sorted((folder("seeds") / "questionnaires").glob("*.toml"))
SMALL = """id = "klein"
version = 1
name = "Klein"

[[sections]]
id = "deel"
title = "Deel"

[[items]]
id = "waar"
section = "deel"
kind = "one_of"
label = "Waar"
text = "Waar?"
options = [{ id = "hier", text = "Hier" }, { id = "daar", text = "Daar" }]

[[items]]
id = "cijfer"
section = "deel"
kind = "grade10"
label = "Cijfer"
text = "Welk cijfer?"
asked_of = ["waar=hier"]
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_comes_with_the_product_is_whole(path: object) -> None:
    read = load_questionnaire(path)  # type: ignore[arg-type]
    assert questionnaire_from_data(read.data, "database") == read
    for item in read.items:
        assert set(item.texts) == {"nl", "en"} and all(set(one.texts) == {"nl", "en"} for one in item.options)
        assert (item.worded != "") is (item.kind is Kind.agree4)
        assert "klant" not in item.texts["nl"].lower()


def test_published_numbers_are_of_items_and_options_that_exist() -> None:
    for published in list_published():
        read = load_questionnaire(folder("seeds") / "questionnaires" / f"{published.questionnaire}.toml")
        for item, _unit, option, _number in published.printed():
            found = read.find_item(item)
            assert found is not None and (not option or option in found.values)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('id = "cijfer"', 'id = "waar"', "id"),
        ('id = "cijfer"', 'id = "Cijfer"', "id"),
        ('kind = "grade10"', 'kind = "grade"', "kind"),
        ("waar=hier", "waar=ergens", "asked_of"),
        ("waar=hier", "hoe=hier", "asked_of"),
        ("waar=hier", "cijfer=7", "asked_of"),
        ("waar=hier", "waar", "asked_of"),
        ('id = "daar"', 'id = "hier"', "id"),
        (', { id = "daar", text = "Daar" }', "", "options"),
        ('section = "deel"\nkind = "grade10"', 'section = "stuk"\nkind = "grade10"', "section"),
        ('label = "Cijfer"', 'label = "Cijfer"\nlable = "x"', "lable"),
        ('label = "Cijfer"', 'label = "Cijfer"\noptions = [{ id = "a", text = "A" }]', "options"),
        ('label = "Cijfer"', 'label = "Cijfer"\nworded = "neutral"', "worded"),
        ("version = 1", "version = 0", "version"),
        ("version = 1", "version == 1", "version"),
    ],
)
def test_a_wrong_file_is_refused_with_its_field(old: str, new: str, field: str) -> None:
    assert old in SMALL
    with pytest.raises(Invalid) as refused:
        parse_questionnaire(SMALL.replace(old, new), "klein.toml")
    assert refused.value.field == field and "klein.toml" in str(refused.value)


def test_a_changed_questionnaire_needs_a_higher_version(app: FastAPI) -> None:
    first = parse_questionnaire(SMALL, "klein.toml")
    other = parse_questionnaire(SMALL.replace("Welk cijfer?", "Cijfer?"), "klein.toml")
    second = parse_questionnaire(SMALL.replace("version = 1", "version = 2"), "klein.toml")
    with app.state.house.work() as work:
        assert record_questionnaire(work, first).id == record_questionnaire(work, first).id
        with pytest.raises(Conflict, match="Verhoog"):
            record_questionnaire(work, other)
        record_questionnaire(work, second)
        with pytest.raises(Conflict, match="versie 2"):
            record_questionnaire(work, first)
        assert work.session.exec(select(QuestionnaireVersion.version)).all() == [1, 2]


def test_loading_the_folder_twice_loads_nothing_twice(app: FastAPI) -> None:
    with app.state.house.work() as work:
        first = load_questionnaires(work, folder("seeds") / "questionnaires")
        assert [row.id for row in load_questionnaires(work, folder("seeds") / "questionnaires")] == [
            row.id for row in first
        ]
        assert sorted(row.code for row in first) == ["kort", "minima-2022", "participatiewet-2022"]
