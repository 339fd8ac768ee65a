"""What people text us, and what is done with it: a clear stop stops everything at once; a pause, another day, a call
and an answer are done and confirmed; the rest is kept for a researcher.

Of a number that several people share, only a stop and a wish to be called count for all of them: an answer, a pause or
another day could be anybody's, so a researcher asks.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from phonenumbers import NumberParseException
from sqlmodel import col, select

from journey.audit.service import record_act
from journey.call.asked import list_days_left, move_call, pause_calls
from journey.call.service import record_call_back, record_reaction
from journey.consent.service import withdraw_participant
from journey.models import Contact, Message, Participant, Study, Withdrawal
from journey.outbox.service import is_planned, plan_message, plan_stranger_message, record_reply
from journey.outbox.sms import plain
from journey.outbox.stops import allow_number, stop_number
from journey.participant.phones import shown_number, takes_texts
from journey.participant.queries import GONE, get_journey
from journey.portal.languages import speaking
from journey.portal.service import as_participant
from journey.portal.texted import Said, read_text
from journey.progress.routes import find_step_of, list_routes_of
from journey.rating.queries import current_ratings
from journey.rating.service import NewRating, record_rating
from journey.route.definition import Step
from journey.rules.ratings import Subject, Value
from journey.texts.service import day_words
from journey.web.i18n import gettext as _
from journey.work import Work

LEFT: Final = ("sending", "uncertain", "accepted", "sent", "delivered")
QUESTION_LASTS: Final = timedelta(days=14)
LATER_LASTS: Final = timedelta(days=2)
NUMBER: Final = re.compile(r"\+\d{8,15}")


def receive_text(work: Work, sender: str, body: str, gateway_id: str) -> str:
    """Act on one text from a number (E.164); `stopped`, `paused`, `later`, `call`, `rated` or `kept` says what was
    done, `again` that this text came before."""
    people = _people_of(work, sender)
    said = read_text(body)
    if not people:
        return _keep_of_stranger(work, sender, body, gateway_id, said)
    if said.kind == "stop":
        _stop_all(work, people, sender)
        return "stopped"
    if any(is_planned(work, key) for person in people for key in _keys(person, gateway_id)):
        return "again"
    if said.kind == "start":
        allow_number(work, sender)
    followed = [person for person in people if person.state == "active"]
    if followed and said.kind == "call":
        for person in followed:
            record_call_back(work, person, via="sms")
        return "call"
    for person in people:
        record_reaction(work, person)
    done = _do(work, followed[0], said, gateway_id) if len(people) == len(followed) == 1 else None
    if done is not None:
        return done
    for person in people:
        record_reply(work, body, gateway_id, participant=person)
    return "kept"


def _do(work: Work, person: Participant, said: Said, gateway_id: str) -> str | None:
    """What one person alone on a number asked or answered; None when it is for a researcher."""
    match said.kind:
        case "pause":
            until = pause_calls(work, person)
            _answer(work, person, gateway_id, lambda: _paused_words(until))
            return "paused"
        case "later":
            return _move(work, person, said.day, gateway_id)
        case "day" if _was_asked_when(work, person):
            return _move(work, person, said.day, gateway_id)
        case "answer":
            return _rate(work, person, said.values, gateway_id)
    return None


# --- Another day ------------------------------------------------------------------------------------


def _move(work: Work, person: Participant, weekday: int | None, gateway_id: str) -> str | None:
    """To a day of this week, when it is one of those left; else the question which of them."""
    left = list_days_left(work, person)
    if not left:
        return None
    day = next((day for day in left if day.weekday() == weekday), None)
    if day is None:
        _answer(work, person, gateway_id, lambda: _which_day(left), asks_when=True)
    else:
        move_call(work, person, day)
        _answer(work, person, gateway_id, lambda: _moved_words(day))
    return "later"


def _was_asked_when(work: Work, person: Participant) -> bool:
    statement = select(Message.id).where(
        col(Message.dedup_key).startswith(f"later:{person.id}:", autoescape=True),
        Message.created_at > work.now - LATER_LASTS,
    )
    return work.session.exec(statement).first() is not None


# --- Answers about a step ---------------------------------------------------------------------------


def _rate(work: Work, person: Participant, values: tuple[Value, ...], gateway_id: str) -> str | None:
    """Answers about the step that was asked last by text; the same again is one answer, another corrects."""
    step = _find_asked(work, person)
    subjects = [subject for subject in Subject if step is not None and subject in step.rates]
    if step is None or len(values) > len(subjects):
        return None
    given = list(zip(subjects, values, strict=False))
    before = current_ratings(work, person)
    for subject, value in given:
        known = before.get((step.id, subject))
        if known is None or known.value != value:
            new = NewRating(step.id, subject, value, "sms", known.quote if known else "")
            record_rating(as_participant(work, person), person, new)
    name = step.name
    more = len(subjects) > len(given)
    _answer(work, person, gateway_id, lambda: _understood(name, [value for _subject, value in given], more))
    return "rated"


def _find_asked(work: Work, person: Participant) -> Step | None:
    """The step of the last question that left, while it still stands on a route of this person."""
    asked = work.session.exec(
        select(Message.step)
        .where(
            Message.participant_id == person.id,
            Message.occasion == "step_to_rate",
            Message.step != "",
            col(Message.state).in_(LEFT),
            col(Message.tried_at) > work.now - QUESTION_LASTS,
        )
        .order_by(col(Message.tried_at).desc(), col(Message.id).desc())
        .limit(1)
    ).first()
    return find_step_of(list_routes_of(work, get_journey(work, person)), asked) if asked else None


# --- Words ------------------------------------------------------------------------------------------


def _paused_words(until: date) -> str:
    return _(
        "Goed. Wij bellen u niet tot %(day)s. Eerder bellen? Stuur BEL. Stoppen? Stuur STOP.",
        day=day_words(until),
    )


def _which_day(left: list[date]) -> str:
    days = ", ".join(day_words(day).split()[0] for day in left)
    return _("Op welke dag mogen wij bellen: %(days)s? Stuur de naam van de dag.", days=days)


def _moved_words(day: date) -> str:
    return _("Goed. Wij bellen u op %(day)s. Past het niet? Stuur LATER.", day=day_words(day))


def _understood(step: str, values: list[Value], more: bool) -> str:
    words = {Value.negative: _("negatief"), Value.neutral: _("neutraal"), Value.positive: _("positief")}
    if len(values) == 2:
        return _(
            "Wij begrepen: %(step)s: %(value)s, medewerker: %(staff)s. Klopt het niet? Stuur twee cijfers, zoals 3 2.",
            step=step,
            value=words[values[0]],
            staff=words[values[1]],
        )
    text = _(
        "Wij begrepen: %(step)s: %(value)s. Klopt het niet? Stuur 1, 2 of 3.",
        step=step,
        value=words[values[0]],
    )
    return text + " " + _("Ook over de medewerker? Stuur twee cijfers, zoals 3 2.") if more else text


def _keys(person: Participant, gateway_id: str) -> tuple[str, str]:
    return f"answer:{person.id}:{gateway_id}", f"later:{person.id}:{gateway_id}"


def _answer(
    work: Work, person: Participant, gateway_id: str, words: Callable[[], str], *, asks_when: bool = False
) -> None:
    """In the person's language, through the outbox; its key remembers that this text was dealt with."""
    with speaking(person.language):
        body = plain(words())
    plan_message(work, person, "answer", body, _keys(person, gateway_id)[asks_when])


# --- Everyone on a number, and nobody ---------------------------------------------------------------


def _people_of(work: Work, number: str) -> list[Participant]:
    """Everyone with this number, held until this is done: a STOP holds for the number (rules, 35), and the same text
    delivered twice at one moment is dealt with once. Who turned out not to be on it does not speak through it."""
    statement = (
        select(Participant)
        .join(Contact)
        .where(
            Contact.phone_fingerprint == work.vault.fingerprint(number, "phone"),
            col(Contact.phone_wrong_at).is_(None),
            col(Participant.state).not_in(GONE),
        )
        .order_by(Participant.code)
        .with_for_update(of=Participant)
    )
    return list(work.session.exec(statement).all())


def _stop_all(work: Work, people: list[Participant], number: str) -> None:
    """Confirmed once for the number: its next STOP finds nobody."""
    first = people[0]
    study = work.session.get_one(Study, first.study_id)
    withdrawals: list[Withdrawal] = [withdraw_participant(work, person, "stop") for person in people]
    with speaking(first.language):
        text = _("U bent afgemeld voor het onderzoek. Wij bellen en sms'en u niet meer.")
        if study.research_phone:
            text += " " + _("Vragen? Bel %(phone)s.", phone=shown_number(study.research_phone))
    plan_message(work, first, "stop_confirmed", plain(text), f"stop:{withdrawals[0].id}", recipient=number)
    record_act(work, "text.stop", ", ".join(person.code for person in people)[:120])


def _keep_of_stranger(work: Work, number: str, body: str, gateway_id: str, said: Said) -> str:
    """For the lead to read. One neutral answer a day, the same whoever asks; none to a stop, nor to a sender that is
    no number."""
    kept = record_reply(work, body, gateway_id, sender=number)
    if kept is None:
        return "again"
    if said.kind == "start":
        allow_number(work, number)
    if said.kind == "stop":
        stop_number(work, number)
    if said.kind != "stop" and _can_answer(work, number):
        key = f"stranger:{work.vault.fingerprint(number, 'phone')}:{work.today}"
        plan_stranger_message(work, number, plain(_("Wij hebben uw bericht ontvangen. Dank u wel.")), key)
    return "kept"


def _can_answer(work: Work, number: str) -> bool:
    if not NUMBER.fullmatch(number) or number == work.settings.twilio_from:
        return False
    try:
        return takes_texts(number)
    except NumberParseException:
        return False
