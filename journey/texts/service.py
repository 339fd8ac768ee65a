"""Plans the texts that go out by themselves, each in the transaction of the fact that causes it.

Nothing to who does not take part any more, to a number that was wrong, or in words that tell what it is about.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Final

from babel.dates import format_date
from phonenumbers import NumberParseException
from sqlmodel import col, select, update

from journey.clock import AMSTERDAM, local_day
from journey.models import (
    Attempt,
    Call,
    Contact,
    Message,
    Municipality,
    Participant,
    Study,
    User,
    stored_id,
)
from journey.outbox.numbers import shown_number, takes_texts
from journey.outbox.quiet import is_quiet
from journey.outbox.service import plan_message
from journey.outbox.sms import plain
from journey.rules.cadence import Outcome
from journey.rules.calendar import is_holiday
from journey.texts.choices import is_on, language_for
from journey.texts.words import fill, is_refused, wording
from journey.web.answers import answer_word
from journey.web.i18n import gettext as _
from journey.web.i18n import language, use_language
from journey.work import Work

log = logging.getLogger("journey.texts")

IN_VAIN: Final = frozenset({Outcome.no_answer, Outcome.busy, Outcome.voicemail, Outcome.voicemail_left})
ATTEMPTS_IN_VAIN: Final = 2
EVENING_BEFORE: Final = time(17)
SHORTLY_BEFORE: Final = timedelta(hours=2)
NEWS: Final = timedelta(days=14)
BY_TEXT: Final = ("sms", "web")


def announce_call(work: Work, participant: Participant, due_on: date) -> Message | None:
    """The first prompt of a person: we will call, who we are, from which number. The evening before where possible."""
    day = max(due_on, work.today)
    due = max(work.now, datetime.combine(day - timedelta(days=1), EVENING_BEFORE, AMSTERDAM))
    return plan_text(work, participant, "call_announced", f"call_announced:{participant.id}", due, day=day)


def say_missed(
    work: Work, participant: Participant, call: Call, attempts: Iterable[Attempt]
) -> Message | None:
    """After the second dial of a round in vain, today's: once a round."""
    dials = list(attempts)
    vain = [one for one in dials if one.outcome in IN_VAIN]
    if len(vain) != ATTEMPTS_IN_VAIN or len(dials) != len(vain) or local_day(vain[-1].at) != work.today:
        return None
    return plan_text(work, participant, "missed_call", f"missed_call:{stored_id(call)}")


def remind_appointment(
    work: Work, participant: Participant, at: datetime | None, until: datetime | None = None
) -> Message | None:
    """The evening before at five, or two hours before; none when that is over. What was said of another moment, or
    of one that was taken back, is cancelled."""
    key = f"appointment:{participant.id}:"
    moment = f"{key}{at:%Y%m%dT%H%M}:" if at else None
    cancel_texts(work, participant, ("appointment",), but=moment)
    if at is None or moment is None or _find_ready(work, participant, moment):
        return None
    due = reminder_due(work.now, at)
    if due is None:
        return None
    message = plan_text(
        work,
        participant,
        "appointment",
        f"{moment}{work.now:%Y%m%dT%H%M%S%f}",
        due,
        day=local_day(at),
        at=at,
        until=until,
    )
    if message is not None and message.valid_until is not None:
        message.valid_until = min(message.valid_until, at)
    return message


def remind_agreed(work: Work, participant: Participant) -> None:
    """Once more what `remind_appointment` planned for a number that texts could not go to meanwhile."""
    call = work.session.exec(
        select(Call)
        .where(Call.participant_id == participant.id, col(Call.appointment_at) > work.now)
        .order_by(col(Call.week).desc())
    ).first()
    if call is not None:
        remind_appointment(work, participant, call.appointment_at, call.appointment_until)


def reminder_due(now: datetime, at: datetime) -> datetime | None:
    """When somebody is told of a moment: at five on the last working evening before it, else two hours before; where
    that is too early in the morning, the evening before while it is still evening. None when it is too late to help."""
    day = local_day(at) - timedelta(days=1)
    while is_holiday(day):
        day -= timedelta(days=1)
    evening = datetime.combine(day, EVENING_BEFORE, AMSTERDAM)
    if evening > now:
        return evening
    shortly = at - SHORTLY_BEFORE
    if not is_quiet(shortly):
        return shortly if shortly > now else None
    return now if shortly > now and not is_quiet(now) else None


def find_own_number(work: Work, participant: Participant) -> str | None:
    """The number (E.164) that gets texts, for the one after the contact store was emptied; none of who is not on it."""
    contact = work.session.get(Contact, participant.id)
    if contact is None or not contact.phone or contact.phone_wrong_at is not None:
        return None
    return work.vault.open(contact.phone, f"contact:{contact.participant_id}:phone")


def say_thanks(
    work: Work, participant: Participant, number: str | None, *, gift: bool = True
) -> Message | None:
    """After the closing interview, to the number that was just forgotten: only the sealed text still holds it. The
    thank-you of the study is named, unless it was declined."""
    if number is None:
        return None
    return plan_text(work, participant, "thanks", f"thanks:{participant.id}", number=number, gift=gift)


def cancel_texts(
    work: Work, participant: Participant, occasions: Iterable[str], but: str | None = None
) -> None:
    """What stands ready and says something that is not true any more; `but` is the beginning of keys to keep."""
    conditions = [
        col(Message.participant_id) == participant.id,
        col(Message.occasion).in_(tuple(occasions)),
        col(Message.state) == "ready",
    ]
    if but is not None:
        conditions.append(~col(Message.dedup_key).startswith(but, autoescape=True))
    work.session.exec(
        update(Message)
        .where(*conditions)
        .values(state="cancelled", error="no longer true", recipient="", updated_at=work.now)
    )


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Dates and names inside are in this language."""
    before = language()
    use_language(code)
    try:
        yield
    finally:
        use_language(before)


def sample(work: Work, study: Study, code: str) -> dict[str, str]:
    """Values to show a text with, in its language."""
    tomorrow = work.today + timedelta(days=1)
    at = datetime.combine(tomorrow, time(14), AMSTERDAM)
    with speaking(code):
        values = _values(work, study, None, tomorrow, at, None, _("de workshop"))
    return {**values, "researcher": values["researcher"], "phone": values["phone"] or "023 123 4567"}


def occasion_text(work: Work, participant: Participant, occasion: str, *, step: str) -> str:
    """What this person is texted on an occasion, with nothing to plan: the question once more."""
    study = work.session.get_one(Study, participant.study_id)
    code = language_for(study, participant.language, work.settings)
    with speaking(code):
        values = _values(work, study, participant, None, None, None, step)
    return fill(wording(study, code, occasion), values)


def plan_text(
    work: Work,
    participant: Participant,
    occasion: str,
    key: str,
    due: datetime | None = None,
    *,
    day: date | None = None,
    at: datetime | None = None,
    until: datetime | None = None,
    step: str = "",
    number: str | None = None,
    gift: bool = True,
) -> Message | None:
    """The text of an occasion in the person's language; None when none may go, or its key was used."""
    study = work.session.get_one(Study, participant.study_id)
    if number is None and participant.state != "active":
        return None
    if number is None and occasion != "appointment" and _rests(work, participant, due):
        return None
    if not is_on(study, occasion) or study.closed_at is not None:
        return None
    own = number or find_own_number(work, participant)
    if own is None or not _takes_texts(own):
        return None
    code = language_for(study, participant.language, work.settings)
    with speaking(code):
        values = _values(work, study, participant, day, at, until, step)
    text = fill(wording(study, code, occasion), values if gift else {**values, "gift": ""})
    if is_refused(text) or not values["phone"]:
        log.warning(
            "no text %s to %s: it has no number to call or tells too much", occasion, participant.code
        )
        return None
    body = plain(text) if code in ("nl", "en") else text
    return plan_message(work, participant, occasion, body, key, due, recipient=number)


def _values(
    work: Work,
    study: Study,
    participant: Participant | None,
    day: date | None,
    at: datetime | None,
    until: datetime | None,
    step: str,
) -> dict[str, str]:
    researcher = (
        work.session.get(User, participant.researcher_id)
        if participant is not None and participant.researcher_id
        else None
    )
    phone = study.research_phone or (researcher.phone if researcher is not None else "")
    return {
        "place": work.session.get_one(Municipality, study.municipality_id).name,
        "researcher": researcher.name if researcher is not None else _("een onderzoeker"),
        "phone": _shown(phone) if phone else "",
        "day": day_words(day) if day else "",
        "time": _time_words(at, until) if at else "",
        "step": step,
        "answers": answers_words(),
        "gift": _("U krijgt van ons: %(gift)s.", gift=study.incentive) if study.incentive else "",
    }


def answers_words() -> str:
    """The three answers as somebody may text them, in the language of this moment: the same words as on every page."""
    words = [answer_word(value).lower() for value in ("negative", "neutral", "positive")]
    return _(
        "1 (%(first)s), 2 (%(second)s) of 3 (%(third)s)", first=words[0], second=words[1], third=words[2]
    )


def day_words(day: date) -> str:
    """`dinsdag 14 april`, in the language of this moment."""
    return format_date(day, "EEEE d MMMM", locale={"nl": "nl_NL", "en": "en_GB"}.get(language(), language()))


def _time_words(at: datetime, until: datetime | None) -> str:
    start = f"{at.astimezone(AMSTERDAM):%H:%M}"
    if until is None:
        return _("om %(start)s", start=start)
    return _("tussen %(start)s en %(end)s", start=start, end=f"{until.astimezone(AMSTERDAM):%H:%M}")


def _shown(number: str) -> str:
    try:
        return shown_number(number)
    except NumberParseException:
        return number


def _takes_texts(number: str) -> bool:
    try:
        return takes_texts(number)
    except NumberParseException:
        return False


def _rests(work: Work, participant: Participant, due: datetime | None) -> bool:
    rest = participant.rest_until
    return rest is not None and local_day(due or work.now) < rest


def _find_ready(work: Work, participant: Participant, beginning: str) -> Message | None:
    return work.session.exec(
        select(Message).where(
            Message.participant_id == participant.id,
            Message.state == "ready",
            col(Message.dedup_key).startswith(beginning, autoescape=True),
        )
    ).first()
