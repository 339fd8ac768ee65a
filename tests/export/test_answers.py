"""Answers: what counts, with consent, for the research side; as many as in the figures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from journey.consent.service import record_consent, withdraw_participant
from journey.export.service import Order, write_export
from journey.models import Study
from journey.participant.service import NewConsent
from journey.rating.queries import list_ratings
from journey.rating.quotes import take_back_quote
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.report.queries import closing, figures
from journey.work import Work
from tests.export.conftest import Export, make, read_csv
from tests.report.cases import close, rate, reader
from tests.support.build import build_participant, get_study_by

pytestmark = pytest.mark.both

OPINIONS = ("negative", "neutral", "positive")


def quote(work: Work, person: object, words: str, step: str = "cv") -> None:
    record_rating(work, person, NewRating(step, "step", "neutral", "call", quote=words))  # type: ignore[arg-type]


def test_n_per_step_is_that_of_the_figures_of_2016(cohort: Work, tmp_path: Path) -> None:
    study = get_study_by(cohort, "haarlem-2016")
    made = write_export(cohort, study, Order("answers", "csv", "controle"), tmp_path / "a.csv")
    counted: Counter[tuple[str, ...]] = Counter(
        (row["route"], row["step"], row["subject"], row["value"]) for row in read_csv(made.paths[0])
    )
    rows = figures(cohort, study).rows
    for row in rows:
        for value in OPINIONS:
            key = (row.route, row.step, row.subject)
            assert counted[*key, value] == getattr(row, value), key
    assert counted.total() == made.rows == sum(row.asked or 0 for row in rows)


def test_the_closing_interviews_give_the_mean_of_the_figures_of_2016(cohort: Work, tmp_path: Path) -> None:
    study = get_study_by(cohort, "haarlem-2016")
    made = write_export(cohort, study, Order("answers", "csv", "controle"), tmp_path / "a.csv")
    rows = read_csv(made.paths[1])
    grades = [float(row["grade"].replace(",", ".")) for row in rows if row["grade"]]
    seen = closing(cohort, study)
    assert (len(rows), round(sum(grades) / len(grades), 1)) == (seen.n, seen.grade_mean) == (18, 6.1)
    friendly = next(one for one in seen.statements if one.id == "friendly")
    assert sum(row["friendly"] == "agree" for row in rows) == friendly.agree == 10


def test_words_go_along_only_with_consent_for_quotes(work: Work, study: Study, export: Export) -> None:
    said, silent = (
        build_participant(work, study),
        build_participant(
            work, study, consent=NewConsent(participate=True, text_version="2026-1", given_via="oral")
        ),
    )
    for person in (said, silent):
        quote(work, person, "Het ging vlot.")
        record_closing_interview(work, person, NewClosing(None, open_answer="Dank u."))
    rows = {row["participant"]: row for row in export(study, "answers")}
    assert (rows[said.code]["quote"], rows[said.code]["quotes_allowed"]) == ("Het ging vlot.", "yes")
    assert (rows[silent.code]["quote"], rows[silent.code]["quotes_allowed"]) == ("", "no")
    ended = {row["participant"]: row["open_answer"] for row in export(study, "answers", "closing")}
    assert ended == {said.code: "Dank u.", silent.code: ""}


def test_the_latest_choice_about_quotes_counts(work: Work, study: Study, export: Export) -> None:
    person = build_participant(work, study)
    quote(work, person, "Het ging vlot.")
    no_more = NewConsent(participate=True, text_version="2026-1", given_via="oral", quotes=False)
    record_consent(work, person, no_more)
    [row] = export(study, "answers")
    assert row["quote"] == ""


def test_words_that_are_not_to_be_used_stay_here(work: Work, study: Study, export: Export) -> None:
    person = build_participant(work, study)
    quote(work, person, "Het ging vlot.")
    [rating] = list_ratings(work, person)
    take_back_quote(reader(work, "researcher"), study, rating.id or 0)
    [row] = export(study, "answers")
    assert (row["value"], row["quote"]) == ("neutral", "")


def test_who_withdraws_from_a_step_on_leaves_out_those_answers_and_the_closing(
    work: Work, study: Study, export: Export
) -> None:
    person = build_participant(work, study)
    for step in ("cv", "workshop", "aanvraag"):
        quote(work, person, f"Over {step}.", step)
    close(work, person, "6.5")
    withdraw_participant(work, person, "from_step", "workshop")
    assert [row["step"] for row in export(study, "answers")] == ["cv"]
    assert export(study, "answers", "closing") == []


def test_who_had_everything_removed_is_not_there(work: Work, study: Study, export: Export) -> None:
    person = build_participant(work, study)
    rate(work, person)
    withdraw_participant(work, person, "erase")
    assert export(study, "answers") == []


def test_who_stopped_and_keeps_what_was_said_is_there(work: Work, study: Study, export: Export) -> None:
    person = build_participant(work, study)
    rate(work, person)
    withdraw_participant(work, person, "stop")
    assert [row["participant"] for row in export(study, "answers")] == [person.code]


def test_a_corrected_answer_is_one_row_that_says_how_often(work: Work, study: Study, export: Export) -> None:
    person = build_participant(work, study)
    rate(work, person, value="negative")
    rate(work, person, value="positive")
    [row] = export(study, "answers")
    assert (row["value"], row["times_answered"]) == ("positive", "2")


def test_names_numbers_and_people_of_other_studies_are_nowhere(
    work: Work, study: Study, tmp_path: Path
) -> None:
    from tests.support.build import build_study

    person = build_participant(work, study, call_name="Geheimenaam", phone="0687654321")
    other = build_participant(work, build_study(work, "elders"))
    for one in (person, other):
        rate(work, one)
    for kind in ("csv", "json"):
        made = make(work, study, tmp_path, "answers", kind)
        text = "".join(path.read_text(encoding="utf-8-sig") for path in made.paths)
        assert person.code in text
        for secret in ("Geheimenaam", "87654321", other.code):
            assert secret not in text
