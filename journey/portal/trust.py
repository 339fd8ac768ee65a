"""What belongs to us: the numbers we call and text from, who calls, and the codes in our messages.

Answers only about what somebody already has in hand, and only about our own people: a participant's number or name is
as unknown as any. Nothing is listed.
"""

from collections.abc import Iterable

import phonenumbers
from sqlmodel import col, select

from journey.models import Membership, Study, User
from journey.portal.check_codes import is_check_code
from journey.portal.queries import list_calling_numbers
from journey.rules.names import is_near, name_words
from journey.rules.roles import LEAD, RESEARCHER
from journey.work import Work


def recognise(work: Work, typed: str) -> str:
    """`number`, `name` or `code` when it is ours, else `unknown`. Looks everything up whatever was typed."""
    studies = work.session.exec(select(Study).where(col(Study.closed_at).is_(None))).all()
    found = {
        "number": is_our_number(typed, list_calling_numbers(work)),
        "name": any(is_same_name(typed, name) for name in _callers(work, studies)),
        "code": is_check_code(work.vault, studies, typed),
    }
    return next((kind for kind, ours in found.items() if ours), "unknown")


def is_our_number(typed: str, ours: Iterable[str]) -> bool:
    """However it was typed; a sender may also be a word, such as the name of the municipality."""
    number, word = _comparable(typed), typed.strip().casefold()
    return any(
        _comparable(own) == number if number and _comparable(own) else own.casefold() == word for own in ours
    )


def is_same_name(typed: str, name: str) -> bool:
    """The whole name, or at least two words of it, in any order; a long word may have one letter wrong.

    One word of a longer name is too little: first names could be guessed.
    """
    said, own = name_words(typed), name_words(name)
    if not said or len(said) < min(2, len(own)):
        return False
    return all(any(is_near(word, other) for other in own) for word in said)


def _callers(work: Work, studies: Iterable[Study]) -> list[str]:
    """Names of the active researchers of running studies; none when nothing runs."""
    running = {study.id for study in studies}
    if not running:
        return []
    users = work.session.exec(
        select(User).where(User.active, col(User.role).in_((RESEARCHER, LEAD))).order_by(col(User.id))
    ).all()
    reach: dict[int, set[int]] = {}
    for row in work.session.exec(select(Membership)).all():
        reach.setdefault(row.user_id, set()).add(row.study_id)
    return [user.name for user in users if user.id not in reach or reach[user.id] & running]


def _comparable(typed: str) -> str | None:
    """One form for comparing, also of numbers that no network gives out."""
    try:
        number = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
