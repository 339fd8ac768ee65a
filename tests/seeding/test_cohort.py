"""The cohort files: plausible in the calendar of 2016, without anything that names a person, and refused when wrong."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from journey.route.definition import load_route
from journey.rules.errors import Invalid
from journey.seeding.cohort import STATEMENTS, Cohort, CohortFact, read_cohort
from journey.seeding.texts import read_statements, read_themes

SEEDS = Path(__file__).parents[2] / "seeds"
FOLDER = SEEDS / "haarlem-2016"
COHORT: Cohort = read_cohort(FOLDER)
ROUTES = {code: load_route(SEEDS / "routes" / f"{code}.toml") for code in COHORT.study.routes}
MONDAY, THURSDAY, SATURDAY = 0, 3, 5
FREE_DAYS = {date(2016, 3, 25), date(2016, 3, 28), date(2016, 4, 27), date(2016, 5, 5), date(2016, 5, 16)}


def all_facts() -> list[tuple[str, str, CohortFact]]:
    """(who, route, fact) of everybody, in the study or not."""
    people = [(p.code, p.route, fact) for p in COHORT.participants for fact in COHORT.progress[p.code]]
    return people + [(j.reference, j.route, fact) for j in COHORT.journeys for fact in j.facts]


def first_day(facts: tuple[CohortFact, ...], step: str) -> date | None:
    return min((f.happened_on for f in facts if f.step == step and f.state == "done"), default=None)


def broken_copy(folder: Path, file: str, right: str, wrong: str) -> str:
    """What the reader says about a copy of the cohort with one thing changed."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        read_cohort(folder)
    return str(caught.value)


# --- calendar


def test_every_step_is_on_the_route():
    assert {(route, fact.step) for _, route, fact in all_facts()} <= {
        (code, step) for code, route in ROUTES.items() for step in route.step_ids
    }


@pytest.mark.parametrize("step", ["rechten-en-plichten", "workshop"])
def test_group_meetings_are_on_monday_or_thursday(step):
    days = {f.happened_on for _, _, f in all_facts() if f.step == step and f.state == "done"}
    assert days
    assert {day.weekday() for day in days} == {MONDAY, THURSDAY}


def test_no_meeting_has_more_than_25_people():
    days = [f.happened_on for _, _, f in all_facts() if f.step == "rechten-en-plichten"]
    assert max(days.count(day) for day in days) <= 25


def test_nothing_happens_at_a_closed_office():
    for who, _, fact in all_facts():
        if fact.step not in {"werk-nl", "cv"}:
            assert fact.happened_on.weekday() < SATURDAY, (who, fact)
            assert fact.happened_on not in FREE_DAYS, (who, fact)


def test_people_were_recruited_on_the_day_of_a_meeting():
    for person in COHORT.participants:
        assert person.enrolled_on.weekday() in {MONDAY, THURSDAY}
        if person.route == "27plus":
            assert first_day(COHORT.progress[person.code], "rechten-en-plichten") == person.enrolled_on


def test_everything_that_was_followed_lies_within_the_study():
    study = COHORT.study
    known_before = {"werk-nl", "cv"}
    days = [f.happened_on for _, _, f in all_facts() if f.step not in known_before]
    days += [r.answered_on for ratings in COHORT.ratings.values() for r in ratings]
    days += [c.held_on for c in COHORT.closing.values()] + [p.enrolled_on for p in COHORT.participants]
    assert study.starts_on <= min(days) <= max(days) <= study.ends_on


def test_an_answer_comes_in_the_first_weekly_call_after_the_step():
    """Seven days at most after the step, or after enrolment for what was before; two weeks for a correction."""
    for person in COHORT.participants:
        ratings = COHORT.ratings[person.code]
        assert len({r.answered_on.weekday() for r in ratings}) == 1
        for number, rating in enumerate(ratings):
            facts = [f for f in COHORT.progress[person.code] if f.step == rating.step]
            since = max(person.enrolled_on, min(f.happened_on for f in facts))
            corrects = any((r.step, r.subject) == (rating.step, rating.subject) for r in ratings[:number])
            assert 1 <= (rating.answered_on - since).days <= (14 if corrects else 7), (person.code, rating)


def test_no_call_on_a_weekend_or_holiday():
    days = {r.answered_on for ratings in COHORT.ratings.values() for r in ratings}
    days |= {c.held_on for c in COHORT.closing.values()}
    assert not {day for day in days if day.weekday() >= SATURDAY or day in FREE_DAYS}


def test_the_application_of_a_participant_is_the_step_aanvraag_and_the_decision_beschikking():
    for code, application in COHORT.applications.items():
        facts = COHORT.progress[code]
        assert first_day(facts, "aanvraag") == application.received_on
        assert first_day(facts, "beschikking") == application.sent_on


def test_young_people_apply_four_weeks_after_the_legal_report_at_the_earliest():
    young = [
        (p.reported_on, COHORT.applications.get(p.code)) for p in COHORT.participants if p.route == "jongeren"
    ]
    young += [(j.reported_on, j.application) for j in COHORT.journeys if j.route == "jongeren"]
    applied = [(reported, application) for reported, application in young if application is not None]
    assert len(applied) > 3
    for reported, application in applied:
        assert application.received_on >= reported + timedelta(days=28)


def test_who_comes_from_ww_reports_at_most_four_weeks_before_it_ends():
    from_ww = [p for p in COHORT.participants if p.ww_ends_on]
    assert len(from_ww) == 1
    assert from_ww[0].reported_on >= from_ww[0].ww_ends_on - timedelta(days=28)


def test_the_desk_visit_comes_before_the_meetings_and_the_decision():
    for journey in [*COHORT.progress.values(), *(j.facts for j in COHORT.journeys)]:
        desk = first_day(journey, "werkplein")
        for step in ("rechten-en-plichten", "workshop", "participatiegesprek", "rmc", "beschikking"):
            later = first_day(journey, step)
            assert desk is None or later is None or desk < later


def test_who_left_or_is_still_open_has_no_decision():
    for journey in COHORT.journeys:
        decided = journey.application is not None and journey.application.sent_on is not None
        assert not (decided and journey.left_on)
    open_cases = [j for j in COHORT.journeys if not j.left_on and first_day(j.facts, "beschikking") is None]
    assert len(open_cases) >= 5


def test_reality_is_messier_than_the_boxes():
    states = [fact.state for _, _, fact in all_facts()]
    assert states.count("skipped") >= 2
    assert states.count("bypassed") >= 4
    early = [
        j
        for j in COHORT.journeys
        if j.application
        and first_day(j.facts, "workshop")
        and j.application.received_on < first_day(j.facts, "workshop")
    ]
    swapped = [
        facts
        for facts in COHORT.progress.values()
        if first_day(facts, "workshop")
        and first_day(facts, "workshop") < first_day(facts, "participatiegesprek")
    ]
    late_cv = [
        facts
        for facts in COHORT.progress.values()
        if first_day(facts, "werkplein") and first_day(facts, "cv") > first_day(facts, "werkplein")
    ]
    assert early
    assert swapped
    assert late_cv


# --- people


def test_there_are_about_120_journeys_without_a_person():
    assert 110 <= len(COHORT.journeys) <= 130
    assert {j.route for j in COHORT.journeys} == {"27plus", "jongeren"}


def test_quotes_come_only_from_people_who_agreed_to_quotes():
    quoted = {code for code, ratings in COHORT.ratings.items() for r in ratings if r.quote}
    assert quoted <= {p.code for p in COHORT.participants if p.quotes}
    assert sum(bool(r.quote) for ratings in COHORT.ratings.values() for r in ratings) >= 25


def test_no_quote_comes_from_what_a_withdrawal_forbids():
    for person in COHORT.participants:
        if person.withdrawal_from:
            route = ROUTES[person.route]
            quoted = {r.step for r in COHORT.ratings[person.code] if r.quote}
            assert all(route.position(step) < route.position(person.withdrawal_from) for step in quoted)


def test_every_quote_has_a_theme_of_the_codebook():
    codebook = {theme.id for theme in read_themes(SEEDS / "themes.toml")}
    for ratings in COHORT.ratings.values():
        for rating in ratings:
            assert bool(rating.quote) == bool(rating.themes)
            assert set(rating.themes) <= codebook


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.name)
def test_no_number_that_could_be_a_bsn_or_a_phone(file):
    text = re.sub(r"\d{4}-\d{2}-\d{2}", "", file.read_text(encoding="utf-8"))
    assert not re.search(r"\d[\d ]{7,}", text)
    assert "+31" not in text


def test_people_are_pseudonyms_and_age_bands_only():
    header = (FOLDER / "participants.csv").read_text(encoding="utf-8").splitlines()[0]
    assert not {"name", "call_name", "phone", "address", "bsn", "birth", "gender"} & set(header.split(","))
    assert all(re.fullmatch(r"H-\d{3}", p.code) for p in COHORT.participants)
    assert {p.age_band for p in COHORT.participants} <= {"18-26", "27-34", "35-44", "45-54", "55-66"}


def test_the_statements_of_the_cohort_are_those_of_the_closing_interview():
    assert tuple(s.id for s in read_statements(SEEDS / "statements.toml")) == STATEMENTS


# --- wrong files


@pytest.mark.parametrize(
    ("file", "right", "wrong", "says"),
    [
        (
            "participants.csv",
            "H-002,27plus",
            "H-001,27plus",
            "participants.csv, rij 3, kolom code: H-001 komt twee keer",
        ),
        ("participants.csv", "H-001,27plus", "H-001,60plus", "participants.csv, rij 2, kolom route: 60plus"),
        ("participants.csv", "H-001,27plus,35-44", "H-001,27plus,", "rij 2, kolom age_band: hier ontbreekt"),
        ("participants.csv", "2016-04-21", "21-04-2016", "kolom enrolled_on: 21-04-2016 is geen datum"),
        (
            "participants.csv",
            "from_step,workshop",
            "from_step,",
            "participants.csv, rij 15, kolom withdrawal_from",
        ),
        ("participants.csv", "age_band", "leeftijd", "rij 1: de kolom age_band ontbreekt"),
        ("progress.csv", "done,,call", "gedaan,,call", "progress.csv, rij 2, kolom state: gedaan"),
        ("progress.csv", "done,,call", "done,,call,extra", "progress.csv, rij 2: er zijn 7 kolommen"),
        ("ratings.csv", "H-001,werk-nl", "H-099,werk-nl", "ratings.csv, rij 2, kolom code: H-099"),
        ("ratings.csv", ",positive,", ",super,", "ratings.csv, rij 2, kolom value: super"),
        (
            "applications.csv",
            "2016-05-30",
            "2016-04-30",
            "applications.csv, rij 2, kolom sent_on: het besluit",
        ),
        ("closing.csv", ",8,,", ",80,,", "closing.csv, rij 2, kolom grade: een cijfer is 1 tot 10"),
        ("closing.csv", ",8,,", ",7.75,,", "closing.csv, rij 2, kolom grade: een cijfer is 1 tot 10"),
        ("journeys.csv", "2016-0002,", "2016-0001,", "journeys.csv, rij 3, kolom reference: 2016-0001"),
        ("study.toml", "ends_on = 2016-10-28", "ends_on = 2015-10-28", "study.toml, regel 7, veld ends_on"),
        ("study.toml", "prefix =", "prefx =", "study.toml, regel 1, veld prefix: dit veld ontbreekt"),
    ],
)
def test_a_wrong_file_is_refused_with_file_row_and_column(tmp_path, file, right, wrong, says):
    assert says in broken_copy(tmp_path, file, right, wrong)


def test_a_study_brings_its_own_call_rhythm(tmp_path):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    study = tmp_path / "study.toml"
    words = study.read_text(encoding="utf-8")
    study.write_text(words + '\n[cadence]\nrest_days = 10\n\n[cadence.hours]\nsat = ""\n', encoding="utf-8")
    cadence = read_cohort(tmp_path).study.cadence
    assert cadence.rest_days == 10
    assert 5 not in cadence.hours


def test_a_call_rhythm_that_cannot_be_is_refused_with_its_field(tmp_path):
    says = broken_copy(tmp_path, "study.toml", "[consent]", "[cadence]\nrounds_to_pause = 2\n\n[consent]")
    assert "veld cadence: rounds_to_other_channel klopt niet." in says


def test_a_missing_file_is_named(tmp_path):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "ratings.csv").unlink()
    with pytest.raises(Invalid, match=r"ratings\.csv ontbreekt"):
        read_cohort(tmp_path)
