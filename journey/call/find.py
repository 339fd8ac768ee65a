"""Who is calling back? Somebody found by a name, by a code in any spelling, or by the last digits of the number.

Names and numbers lie sealed and nothing about them is stored to search by: those of the reader's own people are opened
one by one for this question and forgotten with its answer.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import col, func, select

from journey.auth.scope import scoped
from journey.call.queries import own_id
from journey.call.rounds import AT_ONCE
from journey.models import Call, Contact, Participant, stored_id
from journey.participant.queries import OpenContact, open_contact
from journey.rules.names import is_part_of_name
from journey.rules.roles import LEAD
from journey.rules.signs import figures
from journey.work import Work

CODE: Final = re.compile(r"([^\W\d_]*)[\W_]*0*(\d{1,6})")
WHOLE_NUMBER: Final = 10
FEWEST_DIGITS: Final = 3
MOST_FOUND: Final = 8


@dataclass(frozen=True)
class Found:
    """`call_id` is the latest round, on whose screen they are dialled; `is_open` whether it still is. `name` is whom to
    ask for, empty for colleagues' people.
    """

    participant: str
    name: str
    call_id: int | None
    is_open: bool


def find_people(work: Work, text: str) -> list[Found]:
    """Own people and those of nobody; a lead finds the whole study, and anybody's code is found by everybody."""
    text = figures(text.strip())
    people = _people(work)
    own = {stored_id(person) for person in _own(work, people)}
    by_code = [one for one in people if _has_code(one, text, is_own=stored_id(one) in own)]
    if by_code and any(sign.isalpha() for sign in text):
        contacts = _open(work, own & {stored_id(one) for one in by_code})
        return _described(work, by_code[:MOST_FOUND], contacts)
    contacts = _open(work, own)
    answering = {person for person, contact in contacts.items() if _answers_to(contact, text)}
    answering |= {stored_id(one) for one in by_code}
    found = [one for one in people if stored_id(one) in answering]
    return _described(work, found[:MOST_FOUND], contacts)


def find_by_code(work: Work, text: str) -> Participant | None:
    """Whose code this is, in any spelling with its letters, also of who stopped."""
    everyone = scoped(work, select(Participant), col(Participant.study_id))
    text = figures(text.strip())
    return next((one for one in work.session.exec(everyone) if _has_code(one, text, is_own=False)), None)


def _people(work: Work) -> Sequence[Participant]:
    statement = select(Participant).where(Participant.state == "active").order_by(Participant.code)
    return work.session.exec(scoped(work, statement, col(Participant.study_id))).all()


def _own(work: Work, people: Sequence[Participant]) -> list[Participant]:
    mine = own_id(work)
    sees_all = mine is None or work.actor.role == LEAD
    return [one for one in people if sees_all or one.researcher_id in (mine, None)]


def _has_code(person: Participant, text: str, *, is_own: bool) -> bool:
    """`h43`, `H-043`, `h 043`; the number alone is one of the own people."""
    typed, own = CODE.fullmatch(text.casefold()), CODE.fullmatch(person.code.casefold())
    if typed is None or own is None or int(typed[2]) != int(own[2]):
        return False
    return typed[1] == own[1] or (not typed[1] and is_own)


def _answers_to(contact: OpenContact, text: str) -> bool:
    if any(sign.isalpha() for sign in text):
        return is_part_of_name(text, contact.call_name or "")
    digits = re.sub(r"\D", "", text).removeprefix("0031")
    if len(digits) >= WHOLE_NUMBER:
        digits = digits.lstrip("0")
    return len(digits) >= FEWEST_DIGITS and (contact.phone or "").endswith(digits)


def _open(work: Work, people: Iterable[int]) -> dict[int, OpenContact]:
    ids = sorted(people)
    rows: list[Contact] = []
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        rows += work.session.exec(select(Contact).where(col(Contact.participant_id).in_(part))).all()
    return {row.participant_id: open_contact(work, row) for row in rows}


def _described(work: Work, people: Sequence[Participant], contacts: Mapping[int, OpenContact]) -> list[Found]:
    latest: Any = (
        select(func.max(Call.id))
        .where(col(Call.participant_id).in_([one.id for one in people]))
        .group_by(col(Call.participant_id))
    )
    calls = {
        call.participant_id: call
        for call in work.session.exec(select(Call).where(col(Call.id).in_(latest))).all()
    }
    found = []
    for person in people:
        call, contact = calls.get(stored_id(person)), contacts.get(stored_id(person))
        found.append(
            Found(
                person.code,
                (contact.call_name or "") if contact else "",
                call.id if call else None,
                call is not None and call.state == "open",
            )
        )
    return found
