"""What people text us, and what is done with it: each text that comes in is acted on once and gets exactly one answer.

A clear STOP stops everything at once; a refusal in plain words, a wrong number and distress hold or hurry, and reach a
person; answers and wishes of one person are for `conversation`. Of a number that several people share, an answer, a
pause or another day could be anybody's, so a researcher asks.
"""

import re
import secrets
from collections.abc import Callable
from typing import Final

from phonenumbers import NumberParseException
from sqlmodel import col, select

from journey.audit.service import record_act
from journey.call.holding import hold_person
from journey.call.service import record_call_back, record_reaction
from journey.call.urgent import tell_colleague
from journey.consent.service import withdraw_participant
from journey.models import Contact, Participant, Study, Withdrawal
from journey.outbox.service import (
    is_received,
    plan_message,
    plan_stranger_message,
    record_reply,
)
from journey.outbox.sms import plain
from journey.outbox.stops import allow_number, stop_number
from journey.participant.phones import shown_number, takes_texts
from journey.participant.queries import GONE
from journey.participant.wrong_number import mark_wrong
from journey.portal import answers
from journey.portal.conversation import Talk, phone_of, reply_to
from journey.portal.languages import speaking
from journey.portal.texted import Said, read_text
from journey.rules.calltimes import callback_due
from journey.rules.signs import figures
from journey.web.i18n import gettext as _
from journey.work import Work

NUMBER: Final = re.compile(r"\+\d{8,15}")


def receive_text(work: Work, sender: str, body: str, gateway_id: str) -> str:
    """Act on one text from a number (E.164): a word for what was done, `kept` when a person reads it, `again` when this
    text came before."""
    sender = figures(sender)
    gateway_id = gateway_id or f"none:{secrets.token_hex(16)}"
    people = _people_of(work, sender)
    if is_received(work, gateway_id):
        return "again"
    said = read_text(body)
    if not people:
        return _keep_of_stranger(work, sender, body, gateway_id, said)
    with speaking(people[0].language):
        if said.kind == "stop":
            _stop_all(work, people, sender, gateway_id)
            return "stopped"
        return _act(work, people, body, gateway_id, said, sender)


def _act(work: Work, people: list[Participant], body: str, gateway_id: str, said: Said, sender: str) -> str:
    if said.kind == "start":
        allow_number(work, sender)
    for person in people:
        record_reaction(work, person)
    followed = [person for person in people if person.state == "active"]
    if said.kind == "refuse":
        for person in people:
            hold_person(work, person)
        return _for_all(work, people, body, gateway_id, "refuse", answers.held)
    if said.kind == "wrong_number":
        for person in people:
            record_reply(work, body, gateway_id, participant=person, meaning="wrong_number")
            mark_wrong(work, person)
            tell_colleague(work, person, gateway_id)
        plan_stranger_message(work, sender, plain(answers.not_theirs()), f"not_theirs:{gateway_id}")
        return "wrong_number"
    if _is_over(work, people[0]):
        return _for_all(work, people, body, gateway_id, "kept", answers.study_is_over)
    if said.urgent and followed:
        return _hurry(work, followed, body, gateway_id, said)
    if followed and said.kind == "call":
        calls = [record_call_back(work, person, via="sms") for person in followed]
        due = callback_due(calls[0].asked_back_at or work.now)
        meaning = "done" if said.day is None else "kept"
        return _for_all(work, people, body, gateway_id, meaning, lambda: answers.will_call(due), "call")
    if len(people) == len(followed) == 1:
        return Talk(work, followed[0], body, gateway_id, said).go()
    return _for_all(
        work, people, body, gateway_id, "kept", lambda: answers.will_read(phone_of(work, people[0]))
    )


def _hurry(work: Work, people: list[Participant], body: str, gateway_id: str, said: Said) -> str:
    """Words of distress: a person calls today, and hears of it now. An answer in them counts like any other."""
    for person in people:
        record_call_back(work, person, via="sms")
        tell_colleague(work, person, gateway_id)
    if said.kind == "answer" and len(people) == 1:
        Talk(work, people[0], body, gateway_id, said).count()
    return _for_all(work, people, body, gateway_id, "distress", answers.will_help)


def _for_all(
    work: Work,
    people: list[Participant],
    body: str,
    gateway_id: str,
    meaning: str,
    words: Callable[[], str],
    result: str = "",
) -> str:
    """Kept with everybody on the number, and one answer to the number."""
    for person in people:
        record_reply(work, body, gateway_id, participant=person, meaning=meaning)
    first = people[0]
    reply_to(work, first, f"answer:{first.id}:{gateway_id}", words)
    return result or meaning


def _is_over(work: Work, person: Participant) -> bool:
    return work.session.get_one(Study, person.study_id).closed_at is not None


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


def _stop_all(work: Work, people: list[Participant], number: str, gateway_id: str) -> None:
    """Confirmed once for the number: its next STOP finds nobody."""
    first = people[0]
    study = work.session.get_one(Study, first.study_id)
    for person in people:
        record_reply(work, "", gateway_id, participant=person, meaning="stop")
    withdrawals: list[Withdrawal] = [withdraw_participant(work, person, "stop") for person in people]
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
