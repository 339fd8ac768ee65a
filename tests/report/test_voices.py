"""Good and bad points from themes, and approved quotes: live for researchers, as published for managers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import select

from journey.consent.service import record_consent, withdraw_participant
from journey.models import Participant, QuoteEdit, Rating, Study
from journey.participant.service import NewConsent
from journey.rating.quotes import decide_quote, propose_quote, take_back_quote
from journey.rating.service import NewRating, record_rating
from journey.rating.themes import record_theme
from journey.report.queries import figures, find_batch
from journey.report.service import publish_batch
from journey.report.voices import StepVoices, voices
from journey.work import Actor, House, Work
from tests.report.cases import rate, rated_people, reader
from tests.support.build import CONSENT, build_participant

CV = ("27plus", "cv")


def as_user(work: Work, number: int) -> Work:
    return replace(work, actor=Actor("user", f"user:{number}", "researcher", id=number))


def say(
    work: Work, person: Participant, text: str, step: str = "cv", *themes: str, value: str = "neutral"
) -> Rating:
    row = record_rating(work, person, NewRating(step, "step", value, "call", text))
    for theme in themes:
        record_theme(work, person, step, "step", theme)
    return row


def publish_quote(work: Work, study: Study, row: Rating, body: str = "") -> int:
    edit = propose_quote(as_user(work, 1), study, row.id or 0, body or row.quote)
    decide_quote(as_user(work, 2), study, edit.id or 0, approve=True)
    return edit.id or 0


def live(work: Work, study: Study, key: tuple[str, str] = CV) -> StepVoices:
    return voices(reader(work, "researcher"), study)[key]


def points(found: Sequence[object]) -> list[tuple[str, int, int]]:
    return [(one.name, one.people, one.of) for one in found]  # type: ignore[attr-defined]


def test_points_are_ordered_by_people_and_apart_by_tone(work: Work, study: Study) -> None:
    people = rated_people(work, study, 3)
    for person in people:
        record_theme(work, person, "cv", "step", "simple")
    record_theme(work, people[0], "cv", "step", "fast")
    record_theme(work, people[0], "cv", "step", "black-box")
    found = live(work, study)
    assert points(found.good) == [("Eenvoudig", 3, 3), ("Snel", 1, 3)]
    assert points(found.bad) == [("Geen idee wat er gebeurt", 1, 3)]


def test_a_theme_about_step_and_staff_counts_a_person_once(work: Work, study: Study) -> None:
    person = build_participant(work, study)
    rate(work, person, "werkplein")
    rate(work, person, "werkplein", subject="staff")
    for subject in ("step", "staff"):
        record_theme(work, person, "werkplein", subject, "fast")
    assert points(live(work, study, ("27plus", "werkplein")).good) == [("Snel", 1, 1)]


def test_a_theme_counts_with_who_gave_an_opinion(work: Work, study: Study) -> None:
    person = build_participant(work, study)
    rate(work, person, "cv", "no_answer")
    record_theme(work, person, "cv", "step", "fast")
    assert live(work, study).good == ()


def test_an_approved_quote_appears_as_edited(work: Work, study: Study) -> None:
    publish_quote(
        work,
        study,
        say(work, build_participant(work, study), "Bij Ada ging het goed."),
        "Bij […] ging het goed.",
    )
    assert live(work, study).quotes == ("Bij […] ging het goed.",)


def test_the_order_of_quotes_is_stable_and_not_that_of_people(work: Work, study: Study) -> None:
    texts = [f"Zin nummer {number}." for number in range(6)]
    for text in texts:
        publish_quote(work, study, say(work, build_participant(work, study), text))
    found = live(work, study).quotes
    assert sorted(found) == texts
    assert list(found) != texts
    assert found == live(work, study).quotes


def published(work: Work, study: Study) -> tuple[Study, Work]:
    """What a manager reads once these voices were published."""
    assert publish_batch(work, study) is not None
    return study, reader(work, "manager")


def test_a_manager_sees_nothing_before_a_batch(work: Work, study: Study) -> None:
    publish_quote(work, study, say(work, build_participant(work, study), "Goed."))
    found = voices(reader(work, "manager"), study)[CV]
    assert (found.shown, found.quotes) == (False, ())
    assert found.reason == "Er zijn nog geen cijfers vrijgegeven."


def test_a_manager_sees_points_that_two_people_named(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    for person in people[:2]:
        record_theme(work, person, "cv", "step", "fast")
    record_theme(work, people[2], "cv", "step", "simple")
    _study, manager = published(work, study)
    assert points(voices(manager, study)[CV].good) == [("Snel", 2, 12)]


def test_a_small_group_hides_points_and_quotes_with_the_reason(work: Work, study: Study) -> None:
    for person in rated_people(work, study, 9):
        publish_quote(work, study, say(work, person, "Goed.", "cv", "fast"))
    _study, manager = published(work, study)
    found = voices(manager, study)[CV]
    assert (found.shown, found.good, found.quotes) == (False, (), ())
    assert found.reason and "Minder dan 10 antwoorden" in found.reason


def test_a_small_group_about_the_staff_hides_words_about_both(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12, "werkplein")
    rate(work, people[0], "werkplein", subject="staff")
    publish_quote(work, study, say(work, people[1], "Goed.", "werkplein"))
    _study, manager = published(work, study)
    assert not voices(manager, study)["27plus", "werkplein"].shown


def filled(work: Work, study: Study) -> tuple[list[Participant], Rating]:
    """Twelve people about the cv, one of whom is quoted."""
    people = rated_people(work, study, 12)
    row = say(work, people[0], "Dat ging snel.", "cv", "fast")
    publish_quote(work, study, row)
    return people, row


def test_a_manager_sees_a_published_quote(work: Work, study: Study) -> None:
    filled(work, study)
    assert voices(published(work, study)[1], study)[CV].quotes == ("Dat ging snel.",)


def test_a_quote_approved_after_the_batch_waits_for_the_next(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    _study, manager = published(work, study)
    publish_quote(work, study, say(work, people[1], "Nieuw."))
    assert voices(manager, study)[CV].quotes == ("Dat ging snel.",)


def test_consent_taken_back_takes_the_quote_away_at_once(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    _study, manager = published(work, study)
    record_consent(work, people[0], NewConsent(**{**vars(CONSENT), "quotes": False}))
    assert voices(manager, study)[CV].quotes == ()


def test_a_quote_taken_back_goes_at_once(work: Work, study: Study) -> None:
    _people, row = filled(work, study)
    _study, manager = published(work, study)
    edit = work.session.exec(select(QuoteEdit.id)).one()
    take_back_quote(as_user(work, 3), study, row.id or 0, seen=edit)
    assert voices(manager, study)[CV].quotes == ()


def test_other_words_end_the_quote(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    _study, manager = published(work, study)
    say(work, people[0], "Achteraf duurde het lang.")
    assert voices(manager, study)[CV].quotes == ()


def test_another_face_with_the_same_words_keeps_the_quote(work: Work, study: Study) -> None:
    people, row = filled(work, study)
    _study, manager = published(work, study)
    say(work, people[0], row.quote, value="positive")
    assert voices(manager, study)[CV].quotes == ("Dat ging snel.",)


def test_who_stopped_and_kept_what_was_said_is_still_quoted(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    _study, manager = published(work, study)
    withdraw_participant(work, people[0], "stop")
    assert voices(manager, study)[CV].quotes == ("Dat ging snel.",)


def test_words_set_aside_are_quoted_no_more(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    _study, manager = published(work, study)
    withdraw_participant(work, people[0], "from_step", "cv")
    assert voices(manager, study)[CV].quotes == ()


def test_everything_removed_is_quoted_no_more(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    _study, manager = published(work, study)
    withdraw_participant(work, people[0], "erase")
    assert voices(manager, study)[CV].quotes == ()


# --- The next batch --------------------------------------------------------------------------------------


def publish_again(work: Work, study: Study) -> Work:
    """One more batch, because five people changed their mind about another step."""
    for person in work.session.exec(select(Participant).limit(5)).all():
        rate(work, person, "werk-nl", "negative")
    return published(work, study)[1]


def test_points_of_a_step_wait_until_enough_people_named_something(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    record_theme(work, people[1], "cv", "step", "fast")
    published(work, study)
    for person in people[2:6]:
        record_theme(work, person, "cv", "step", "simple")
    manager = publish_again(work, study)
    assert points(voices(manager, study)[CV].good) == [("Snel", 2, 12)]
    record_theme(work, people[6], "cv", "step", "simple")
    for person in work.session.exec(select(Participant).limit(5)).all():
        rate(work, person, "werk-nl", "positive")
    published(work, study)
    assert points(voices(manager, study)[CV].good) == [("Eenvoudig", 5, 12), ("Snel", 2, 12)]


def test_points_of_who_took_the_words_back_are_withheld(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    record_theme(work, people[1], "cv", "step", "fast")
    extra = rated_people(work, study, 5)
    published(work, study)
    withdraw_participant(work, people[1], "from_step", "cv")
    for person in extra:
        rate(work, person, "werk-nl", "negative")
    _study, manager = published(work, study)
    found = voices(manager, study)[CV]
    assert (found.shown, found.good) == (False, ())
    assert found.reason


def test_a_new_quote_comes_with_the_next_batch(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    published(work, study)
    publish_quote(work, study, say(work, people[1], "Nieuw."))
    manager = publish_again(work, study)
    assert sorted(voices(manager, study)[CV].quotes) == ["Dat ging snel.", "Nieuw."]


def test_quotes_of_five_people_make_a_batch_of_their_own(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    rows = [say(work, person, f"Zin {number}.") for number, person in enumerate(people)]
    published(work, study)
    for row in rows[:4]:
        publish_quote(work, study, row)
    assert publish_batch(work, study) is None
    publish_quote(work, study, rows[4])
    _study, manager = published(work, study)
    assert len(voices(manager, study)[CV].quotes) == 5


def test_after_the_closing_one_quote_is_enough(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    row = say(work, people[0], "Achteraf goed.")
    published(work, study)
    study.closed_at = work.now
    publish_quote(work, study, row)
    _study, manager = published(work, study)
    assert voices(manager, study)[CV].quotes == ("Achteraf goed.",)


def test_the_number_beside_a_point_is_that_of_the_bar(work: Work, study: Study) -> None:
    people, _row = filled(work, study)
    record_theme(work, people[1], "cv", "step", "fast")
    published(work, study)
    rated_people(work, study, 1)
    manager = publish_again(work, study)
    bar = next(row for row in figures(manager, study).rows if (row.route, row.step) == CV)
    assert [one.of for one in voices(manager, study)[CV].good] == [bar.n] == [12]


def test_an_earlier_batch_without_voices_shows_none(work: Work, study: Study) -> None:
    filled(work, study)
    published(work, study)
    batch = find_batch(work, study)
    assert batch is not None
    batch.breakdowns = {name: kept for name, kept in batch.breakdowns.items() if name != "voices"}
    work.session.add(batch)
    work.session.flush()
    assert not voices(reader(work, "manager"), study)[CV].shown


# --- The study of 2016 -----------------------------------------------------------------------------------


def test_every_step_of_2016_has_good_and_bad_points_and_quotes(cohort: House) -> None:
    with cohort.work(Actor("user", "user:9", "manager", id=9), write=False) as work:
        said = voices(work, work.session.exec(select(Study)).one())
    steps = {step: one for (route, step), one in said.items() if route == "27plus"}
    assert len(steps) == 8
    for one in steps.values():
        assert one.good and one.bad and 1 <= len(one.quotes) <= 3
    assert not any(one.shown for (route, _step), one in said.items() if route == "jongeren")
