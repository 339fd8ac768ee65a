"""Words become quotes: edited, read by a colleague, and ended at once by other words, no consent or a withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import event
from sqlmodel import select

from journey.consent.service import record_consent, withdraw_participant
from journey.models import AuditEntry, Participant, QuoteEdit, QuoteTheme, Rating, Study
from journey.participant.service import NewConsent
from journey.rating.quotes import (
    Quote,
    code_words,
    decide_quote,
    get_quote,
    list_approved,
    list_candidates,
    list_quotes,
    propose_quote,
    take_back_quote,
)
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.rules.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from journey.work import SYSTEM, Actor, House, Work
from tests.support.build import CONSENT, build_participant, build_study, get_study_by

STUDY = "haarlem-test"
NO_QUOTES = NewConsent(**{**vars(CONSENT), "quotes": False})


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        build_study(work, STUDY)
        yield as_user(work, 1)


@pytest.fixture
def study(work: Work) -> Study:
    return get_study_by(work, STUDY)


def as_user(work: Work, number: int, role: str = "researcher") -> Work:
    return replace(work, actor=Actor("user", f"user:{number}", role, id=number))


def enrolled(work: Work, consent: NewConsent = CONSENT) -> Participant:
    return build_participant(replace(work, actor=SYSTEM), get_study_by(work, STUDY), consent=consent)


def say(work: Work, text: str, person: Participant | None = None, value: str = "neutral") -> Rating:
    who = person or enrolled(work)
    return record_rating(work, who, NewRating("cv", "step", value, "call", text))


def person_of(work: Work, row: Rating) -> Participant:
    return work.session.get_one(Participant, row.participant_id)


def approve(work: Work, study: Study, row: Rating, body: str = "Zo dus.") -> QuoteEdit:
    edit = propose_quote(work, study, row.id or 0, body)
    return decide_quote(as_user(work, 2), study, edit.id or 0, approve=True)


def queue(work: Work, study: Study) -> list[str]:
    return [one.queue for one in list_quotes(work, study)]


def the(quotes: list[Quote]) -> Quote:
    (only,) = quotes
    return only


# --- Which words may be quoted ---------------------------------------------------------------------------


def test_words_with_consent_wait_for_an_edit(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    assert the(list_candidates(work, study)).words.rating_id == row.id


def test_an_answer_without_words_is_no_candidate(work: Work, study: Study) -> None:
    say(work, "")
    assert list_quotes(work, study) == []


def test_without_consent_for_quotes_words_wait_for_nothing(work: Work, study: Study) -> None:
    person = enrolled(work, NO_QUOTES)
    row = say(work, "Het ging snel.", person)
    assert queue(work, study) == ["no_consent"]
    with pytest.raises(Conflict):
        propose_quote(work, study, row.id or 0, "Het ging snel.")


def test_the_latest_consent_counts(work: Work, study: Study) -> None:
    person = enrolled(work, NO_QUOTES)
    say(work, "Het ging snel.", person)
    record_consent(work, person, CONSENT)
    assert queue(work, study) == ["edit"]


def test_words_of_another_study_do_not_exist(work: Work, study: Study) -> None:
    other = build_study(work, "elders")
    row = say(work, "Het ging snel.")
    assert list_quotes(work, other) == []
    for act in (
        lambda: get_quote(work, other, row.id or 0),
        lambda: propose_quote(work, other, row.id or 0, "x"),
        lambda: take_back_quote(work, other, row.id or 0),
    ):
        with pytest.raises(NotFound):
            act()


# --- Editing ---------------------------------------------------------------------------------------------


def test_an_edit_waits_for_a_second_reader(work: Work, study: Study) -> None:
    row = say(work, "Bij Ada ging het snel.")
    propose_quote(work, study, row.id or 0, " Bij […] ging het snel. ")
    quote = the(list_quotes(work, study))
    assert (quote.queue, quote.edit and quote.edit.body) == ("approve", "Bij […] ging het snel.")
    assert list_approved(work, study) == []


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 5001])
def test_an_edit_is_words_and_not_too_many(work: Work, study: Study, body: str) -> None:
    row = say(work, "Het ging snel.")
    with pytest.raises(Invalid) as refusal:
        propose_quote(work, study, row.id or 0, body)
    assert refusal.value.field == "body"


@pytest.mark.parametrize(
    "body", ["x" * 5000, "👩🏽‍🦽 dank u 🙏", "كان الأمر سريعاً جداً", "a\n\n<b>b</b> {{ c }}"]
)
def test_an_edit_is_kept_as_it_is(work: Work, study: Study, body: str) -> None:
    edit = approve(work, study, say(work, "Het ging snel."), body)
    work.session.refresh(edit)
    assert edit.body == body


def test_a_new_edit_takes_the_earlier_one_back(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    first = approve(work, study, row)
    propose_quote(work, study, row.id or 0, "Anders.", seen=first.id)
    assert first.state == "taken_back"
    assert queue(work, study) == ["approve"]


def test_a_colleagues_edit_is_not_overwritten_unseen(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    propose_quote(work, study, row.id or 0, "Eerst.")
    with pytest.raises(Conflict):
        propose_quote(as_user(work, 2), study, row.id or 0, "Ook.")


def test_words_not_to_be_used_leave_the_queue(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    take_back_quote(work, study, row.id or 0)
    assert queue(work, study) == ["aside"]
    propose_quote(work, study, row.id or 0, "Toch wel.")
    assert queue(work, study) == ["approve"]


# --- The second reader -----------------------------------------------------------------------------------


def test_a_colleague_approves(work: Work, study: Study) -> None:
    approve(work, study, say(work, "Het ging snel."))
    assert the(list_approved(work, study)).edit is not None


def test_approved_quotes_are_found_without_reading_the_answers_of_everybody(work: Work, study: Study) -> None:
    approve(work, study, say(work, "Het ging snel."))
    say(work, "Het duurde lang.")
    work.session.flush()
    work.session.expunge_all()
    assert [one.words.text for one in list_approved(work, study)] == ["Het ging snel."]
    assert [one.words.text for one in list_quotes(work, study)] == ["Het ging snel.", "Het duurde lang."]
    read: list[Rating] = []

    def note(_session: object, row: object) -> None:
        if isinstance(row, Rating):
            read.append(row)

    work.session.expunge_all()
    event.listen(work.session, "loaded_as_persistent", note)
    list_approved(work, study)
    assert {row.quote for row in read} == {"Het ging snel."}


def test_who_edited_does_not_approve(work: Work, study: Study) -> None:
    edit = propose_quote(work, study, say(work, "Het ging snel.").id or 0, "Zo dus.")
    with pytest.raises(Conflict):
        decide_quote(work, study, edit.id or 0, approve=True)
    assert list_approved(work, study) == []


def test_who_edits_a_colleagues_proposal_needs_a_second_reader_too(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    first = propose_quote(work, study, row.id or 0, "Eerst.")
    second = propose_quote(as_user(work, 2), study, row.id or 0, "Dan.", seen=first.id)
    with pytest.raises(Conflict):
        decide_quote(as_user(work, 2), study, second.id or 0, approve=True)
    with pytest.raises(Conflict):
        decide_quote(as_user(work, 3), study, first.id or 0, approve=True)


def test_sent_back_comes_with_the_reason(work: Work, study: Study) -> None:
    edit = propose_quote(work, study, say(work, "Bij Ada.").id or 0, "Bij Ada.")
    decide_quote(as_user(work, 2), study, edit.id or 0, approve=False, reason="Er staat een naam in.")
    quote = the(list_candidates(work, study))
    assert quote.edit and quote.edit.reason == "Er staat een naam in."


@pytest.mark.parametrize("role", ["manager", "admin", "privacy", "integrator"])
def test_others_neither_edit_nor_decide(work: Work, study: Study, role: str) -> None:
    row = say(work, "Het ging snel.")
    edit = propose_quote(work, study, row.id or 0, "Zo dus.")
    other = as_user(work, 9, role)
    for act in (
        lambda: decide_quote(other, study, edit.id or 0, approve=True),
        lambda: propose_quote(other, study, row.id or 0, "x", seen=edit.id),
        lambda: take_back_quote(other, study, row.id or 0, seen=edit.id),
        lambda: code_words(other, study, row.id or 0, frozenset({"fast"}), frozenset()),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_researcher_of_another_study_does_not_decide(work: Work, study: Study) -> None:
    edit = propose_quote(work, study, say(work, "Het ging snel.").id or 0, "Zo dus.")
    outsider = replace(work, actor=Actor("user", "user:8", "researcher", id=8, studies=frozenset({-1})))
    with pytest.raises(Forbidden):
        decide_quote(outsider, study, edit.id or 0, approve=True)


def test_an_act_leaves_a_line_without_words(work: Work, study: Study) -> None:
    approve(work, study, say(work, "Bijzondere woorden."), "Bijzondere woorden.")
    lines = [row for row in work.session.exec(select(AuditEntry)).all() if row.action.startswith("quote.")]
    assert [row.action for row in lines] == ["quote.propose", "quote.approve"]
    assert not any("Bijzondere" in row.object for row in lines)


# --- What ends a quote -----------------------------------------------------------------------------------


def test_consent_taken_back_between_edit_and_decision(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    edit = propose_quote(work, study, row.id or 0, "Zo dus.")
    record_consent(work, person_of(work, row), NO_QUOTES)
    with pytest.raises(Conflict):
        decide_quote(as_user(work, 2), study, edit.id or 0, approve=True)


def test_consent_taken_back_after_approval(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    approve(work, study, row)
    record_consent(work, person_of(work, row), NO_QUOTES)
    assert list_approved(work, study) == []


def test_other_words_send_the_quote_back_to_be_edited(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    approve(work, study, row)
    say(work, "Achteraf ging het langzaam.", person_of(work, row))
    quote = the(list_quotes(work, study))
    assert (quote.queue, quote.stale) == ("edit", True)


def test_another_face_with_the_same_words_keeps_the_quote(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    approve(work, study, row)
    again = say(work, "Het ging snel.", person_of(work, row), value="positive")
    assert the(list_approved(work, study)).words.rating_id == again.id
    assert get_quote(work, study, row.id or 0).words.rating_id == again.id


def test_an_edit_of_words_that_changed_is_not_approved(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    edit = propose_quote(work, study, row.id or 0, "Zo dus.")
    say(work, "Anders.", person_of(work, row))
    with pytest.raises(Conflict):
        decide_quote(as_user(work, 2), study, edit.id or 0, approve=True)
    with pytest.raises(Conflict):
        propose_quote(work, study, row.id or 0, "Nog eens.", seen=edit.id)


def test_words_taken_out_of_the_answer_are_gone(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    approve(work, study, row)
    say(work, "", person_of(work, row))
    assert list_quotes(work, study) == []


@pytest.mark.parametrize(
    ("level", "step", "left"), [("stop", None, 1), ("from_step", "cv", 0), ("erase", None, 0)]
)
def test_a_withdrawal_keeps_only_what_was_left(
    work: Work, study: Study, level: str, step: str | None, left: int
) -> None:
    row = say(work, "Het ging snel.")
    approve(work, study, row)
    withdraw_participant(work, person_of(work, row), level, step)
    assert len(list_approved(work, study)) == left


def test_an_erasure_deletes_edits(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    approve(work, study, row)
    withdraw_participant(work, person_of(work, row), "erase")
    assert work.session.exec(select(QuoteEdit)).all() == []


def test_words_set_aside_do_not_exist(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    withdraw_participant(work, person_of(work, row), "from_step", "cv")
    with pytest.raises(NotFound):
        get_quote(work, study, row.id or 0)


def test_what_was_left_by_who_stopped_can_still_be_edited(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    withdraw_participant(work, person_of(work, row), "stop")
    approve(work, study, row)
    assert len(list_approved(work, study)) == 1


def test_words_of_who_had_the_closing_interview_can_be_edited(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    record_closing_interview(work, person_of(work, row), NewClosing())
    approve(work, study, row)
    assert len(list_approved(work, study)) == 1


# --- Themes ----------------------------------------------------------------------------------------------


def given(work: Work) -> set[str]:
    return {row.theme for row in work.session.exec(select(QuoteTheme)).all()}


def test_themes_are_given_and_taken_away_at_once(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    code_words(work, study, row.id or 0, frozenset({"fast", "simple"}), frozenset())
    code_words(work, study, row.id or 0, frozenset({"fast", "relevant"}), frozenset({"fast", "simple"}))
    assert given(work) == {"fast", "relevant"}


def test_a_theme_that_a_colleague_gave_meanwhile_stays(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    code_words(as_user(work, 2), study, row.id or 0, frozenset({"fast"}), frozenset())
    code_words(work, study, row.id or 0, frozenset({"simple"}), frozenset())
    assert given(work) == {"fast", "simple"}


def test_words_of_who_stopped_get_themes(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    withdraw_participant(work, person_of(work, row), "stop")
    code_words(work, study, row.id or 0, frozenset({"fast"}), frozenset())
    assert given(work) == {"fast"}


def test_a_theme_outside_the_codebook_is_refused(work: Work, study: Study) -> None:
    row = say(work, "Het ging snel.")
    with pytest.raises(Invalid):
        code_words(work, study, row.id or 0, frozenset({"verzonnen"}), frozenset())


# --- At the same moment ----------------------------------------------------------------------------------


@pytest.mark.both
def test_two_who_decide_at_once_decide_once(house: House) -> None:
    with house.work() as first:
        work = as_user(first, 1)
        study = build_study(work, STUDY)
        edit = propose_quote(work, study, say(work, "Het ging snel.").id or 0, "Zo dus.").id or 0
    together, outcomes = Barrier(2), []

    def decide(number: int, *, approve: bool) -> None:
        together.wait()
        try:
            with house.work(Actor("user", f"user:{number}", "researcher", id=number)) as own:
                decide_quote(own, get_study_by(own, STUDY), edit, approve=approve)
            outcomes.append("decided")
        except DomainError as refusal:
            outcomes.append(type(refusal).__name__)

    threads = [Thread(target=decide, args=(2,), kwargs={"approve": True})]
    threads.append(Thread(target=decide, args=(3,), kwargs={"approve": False}))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Conflict", "decided"]


@pytest.mark.both
def test_two_who_edit_at_once_make_one_proposal(house: House) -> None:
    with house.work() as first:
        work = as_user(first, 1)
        build_study(work, STUDY)
        rating = say(work, "Het ging snel.").id or 0
    together, outcomes = Barrier(2), []

    def edit(number: int) -> None:
        together.wait()
        try:
            with house.work(Actor("user", f"user:{number}", "researcher", id=number)) as own:
                propose_quote(own, get_study_by(own, STUDY), rating, f"Van {number}.")
            outcomes.append("proposed")
        except DomainError as refusal:
            outcomes.append(type(refusal).__name__)

    threads = [Thread(target=edit, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Conflict", "proposed"]
    with house.work(write=False) as own:
        assert len(own.session.exec(select(QuoteEdit)).all()) == 1
