"""What people said in their own words: edited so that nobody can be recognised, and read by a second researcher before
a manager sees it (rules, 34).

An edit belongs to the words as they were. Other words, consent taken back or a step withdrawn end it at once.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlmodel import col, select, update

from journey.audit.service import record_act
from journey.consent.queries import find_consent
from journey.models import Consent, Participant, QuoteEdit, Rating, Study, stored_id
from journey.participant.queries import hold, list_answers_kept
from journey.rating.queries import list_answers
from journey.rating.service import LONGEST_QUOTE
from journey.rating.themes import find_themes, list_quote_themes, put_theme
from journey.rules.errors import Conflict, Forbidden, Invalid, NotFound
from journey.work import Work

LONGEST_REASON = 300
LIVE = ("proposed", "approved")

Queue = Literal["edit", "approve", "approved", "aside", "no_consent"]
Place = tuple[int, str, str]


@dataclass(frozen=True)
class Words:
    """What one person said about a step or its staff, in the answer that counts."""

    rating_id: int
    participant_id: int
    step: str
    subject: str
    value: str  # empty: nobody put a face to these words
    text: str
    answered_on: date

    @property
    def place(self) -> Place:
        return self.participant_id, self.step, self.subject


@dataclass(frozen=True)
class Quote:
    """Words with their themes and with what became of them; `edit` is the latest, `stale` when it is of other words."""

    words: Words
    may_quote: bool
    themes: frozenset[str]
    edit: QuoteEdit | None
    stale: bool

    @property
    def queue(self) -> Queue:
        """Where these words are waiting; those that nobody may quote only wait for themes."""
        if not self.may_quote:
            return "no_consent"
        if self.edit is None or self.stale or self.edit.state == "rejected":
            return "edit"
        if self.edit.state == "taken_back":
            return "aside"
        return "approve" if self.edit.state == "proposed" else "approved"

    @property
    def live_id(self) -> int | None:
        """The edit that is proposed or approved; None when these words begin anew."""
        return self.edit.id if self.edit and self.edit.state in LIVE else None


def list_quotes(work: Work, study: Study) -> list[Quote]:
    """All words that count and may be used, oldest first, whether they may be quoted or not."""
    return _list_quotes(work, study, select(Participant.id).where(Participant.study_id == study.id))


def _list_quotes(work: Work, study: Study, people: Any) -> list[Quote]:
    """Those of these people of the study, given as a query for their numbers."""
    session = work.session
    ratings = select(Rating).where(col(Rating.participant_id).in_(people), Rating.quote != "")
    said = {stored_id(row): row for row in session.exec(ratings).all()}
    written = select(QuoteEdit).where(col(QuoteEdit.participant_id).in_(people)).order_by(col(QuoteEdit.id))
    edits = {(row.participant_id, row.step, row.subject): row for row in session.exec(written).all()}
    chosen = select(Consent).where(col(Consent.participant_id).in_(people)).order_by(col(Consent.id))
    consents = {row.participant_id: row.quotes for row in session.exec(chosen).all()}
    themes: dict[Place, set[str]] = defaultdict(set)
    for given in list_quote_themes(work, study, people):
        themes[given.participant_id, given.step, given.subject].add(given.theme)
    found = []
    for answer in list_answers(work, study, people, with_words=True):
        row = said.get(answer.rating_id)
        if row is not None:
            words = _words(row)
            edit = edits.get(words.place)
            found.append(
                Quote(
                    words,
                    consents.get(words.participant_id, False),
                    frozenset(themes[words.place]),
                    edit,
                    _is_stale(words, edit, said),
                )
            )
    return found


def list_candidates(work: Work, study: Study) -> list[Quote]:
    """The words that may be quoted and wait for an edit: new, changed since, or sent back by the second reader."""
    return [one for one in list_quotes(work, study) if one.queue == "edit"]


def list_approved(work: Work, study: Study) -> list[Quote]:
    """The quotes that may appear now: read by a second researcher, of words that still count, with consent."""
    # Every page of figures asks this. They are few, of all studies too; SQLite would go by all people of this one.
    approved = select(QuoteEdit.participant_id).where(QuoteEdit.state == "approved")
    theirs = work.session.exec(approved.distinct()).all()
    quotes = _list_quotes(work, study, theirs) if theirs else []
    return [one for one in quotes if one.queue == "approved"]


def get_quote(work: Work, study: Study, rating_id: int) -> Quote:
    """NotFound for an answer of another study or one that may not be used; Conflict when the words changed since."""
    row = work.session.get(Rating, rating_id)
    person = work.session.get(Participant, row.participant_id) if row else None
    if row is None or person is None or person.study_id != study.id or not row.quote:
        raise NotFound("Dit citaat is er niet.")
    return _at(work, person, row)


def propose_quote(
    work: Work, study: Study, rating_id: int, body: str, *, seen: int | None = None
) -> QuoteEdit:
    """An edit for a second reader. `seen` is the edit that the writer looked at: Conflict when there is another now.

    A proposed or approved edit of the same words is taken back by it. Invalid for nothing, or too much.
    """
    _refuse_outsider(work, study)
    quote = _held(work, study, rating_id)
    _refuse_without_consent(quote)
    _refuse_unseen(quote, seen)
    body = body.strip()
    if not body:
        raise Invalid("Vul dit in.", field="body")
    if len(body) > LONGEST_QUOTE:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="body", most=LONGEST_QUOTE)
    if quote.live_id is not None:
        _decide(work, quote.live_id, LIVE, "taken_back")
    return _record(work, quote, body, "proposed")


def decide_quote(work: Work, study: Study, edit_id: int, *, approve: bool, reason: str = "") -> QuoteEdit:
    """The second reader approves an edit or sends it back with a reason.

    Conflict for who edited it, when somebody else decided first, and when the words or the consent are no more.
    """
    _refuse_outsider(work, study)
    edit = work.session.get(QuoteEdit, edit_id)
    if edit is None:
        raise NotFound("Dit citaat is er niet.")
    if len(reason) > LONGEST_REASON:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="reason", most=LONGEST_REASON)
    quote = _held(work, study, edit.rating_id)
    _refuse_without_consent(quote)
    if quote.stale or quote.edit is None or quote.edit.id != edit_id:
        raise Conflict("De woorden zijn intussen veranderd. Bewerk ze opnieuw.")
    if quote.edit.edited_by == work.actor.label:
        raise Conflict("U hebt dit zelf bewerkt. Een collega moet het nalezen.")
    _decide(work, edit_id, ("proposed",), "approved" if approve else "rejected", reason.strip())
    record_act(work, "quote.approve" if approve else "quote.reject", f"{study.code} {edit_id}")
    return quote.edit


def take_back_quote(work: Work, study: Study, rating_id: int, *, seen: int | None = None) -> QuoteEdit:
    """These words are not to be used: an edit is taken back, or it is noted that there will be none."""
    _refuse_outsider(work, study)
    quote = _held(work, study, rating_id)
    _refuse_unseen(quote, seen)
    if quote.live_id is not None and quote.edit is not None:
        _decide(work, quote.live_id, LIVE, "taken_back")
        record_act(work, "quote.take_back", f"{study.code} {quote.live_id}")
        return quote.edit
    return _record(work, quote, quote.words.text, "taken_back")


def code_words(
    work: Work, study: Study, rating_id: int, codes: frozenset[str], known: frozenset[str]
) -> None:
    """Give words these themes. `known` are those the coder saw: what a colleague gave meanwhile stays.

    Also of somebody who stopped and left what was said. Invalid for a theme that is not in the codebook.
    """
    _refuse_outsider(work, study)
    quote = _held(work, study, rating_id)
    person = work.session.get_one(Participant, quote.words.participant_id)
    for code in sorted(codes - known):
        put_theme(work, person, quote.words.step, quote.words.subject, code, on=True)
    for code in sorted(known - codes):
        put_theme(work, person, quote.words.step, quote.words.subject, code, on=False)


def _words(row: Rating) -> Words:
    return Words(
        stored_id(row),
        row.participant_id,
        row.step,
        row.subject,
        "" if row.words_only else row.value,
        row.quote,
        row.answered_on,
    )


def _is_stale(words: Words, edit: QuoteEdit | None, said: Mapping[int, Rating]) -> bool:
    """Whether the edit is of other words than those that count now; another face with the same words is no other."""
    if edit is None:
        return False
    before = said.get(edit.rating_id)
    return before is None or before.quote != words.text


def _at(work: Work, person: Participant, row: Rating) -> Quote:
    """The words of one person at the place of this answer."""
    kept = [
        one for one in list_answers_kept(work, person) if (one.step, one.subject) == (row.step, row.subject)
    ]
    if not kept:
        raise NotFound("Dit citaat is er niet.")
    if kept[-1].quote != row.quote:
        raise Conflict("De woorden zijn intussen veranderd. Bewerk ze opnieuw.")
    words = _words(kept[-1])
    edit = work.session.exec(
        select(QuoteEdit)
        .where(
            QuoteEdit.participant_id == person.id,
            QuoteEdit.step == row.step,
            QuoteEdit.subject == row.subject,
        )
        .order_by(col(QuoteEdit.id).desc())
        .execution_options(populate_existing=True)
    ).first()
    consent = find_consent(work, person)
    return Quote(
        words,
        consent is not None and consent.quotes,
        find_themes(work, person).get((row.step, row.subject), frozenset()),
        edit,
        _is_stale(words, edit, {stored_id(one): one for one in kept}),
    )


def _held(work: Work, study: Study, rating_id: int) -> Quote:
    """The same, while nobody else can change anything about this person: answer, consent, withdrawal or edit."""
    row = work.session.get(Rating, rating_id)
    person = work.session.get(Participant, row.participant_id) if row else None
    if person is not None and person.study_id == study.id:
        hold(work, person)
    return get_quote(work, study, rating_id)


def _record(work: Work, quote: Quote, body: str, state: str) -> QuoteEdit:
    words = quote.words
    edit = QuoteEdit(
        participant_id=words.participant_id,
        rating_id=words.rating_id,
        step=words.step,
        subject=words.subject,
        body=body,
        state=state,
        edited_by=work.actor.label,
        edited_at=work.now,
    )
    work.session.add(edit)
    work.session.flush()
    record_act(work, "quote.propose" if state == "proposed" else "quote.take_back", f"quote {edit.id}")
    return edit


def _decide(work: Work, edit_id: int, before: tuple[str, ...], after: str, reason: str = "") -> None:
    """One change of state, by whoever comes first."""
    changed = work.session.exec(
        update(QuoteEdit)
        .where(col(QuoteEdit.id) == edit_id, col(QuoteEdit.state).in_(before))
        .values(state=after, reason=reason, decided_by=work.actor.label, decided_at=work.now)
    )
    if changed.rowcount != 1:
        raise Conflict("Een collega heeft hier al over beslist.")
    work.session.refresh(work.session.get_one(QuoteEdit, edit_id))


def _refuse_outsider(work: Work, study: Study) -> None:
    if not work.actor.is_researcher or not work.actor.reaches(stored_id(study)):
        raise Forbidden("Dit hoort niet bij uw rol.")


def _refuse_without_consent(quote: Quote) -> None:
    if not quote.may_quote:
        raise Conflict("Deze deelnemer wil niet (meer) dat wij woorden gebruiken.")


def _refuse_unseen(quote: Quote, seen: int | None) -> None:
    if quote.live_id != seen:
        raise Conflict("Een collega heeft deze woorden intussen bewerkt. Kijk eerst wat er nu staat.")
