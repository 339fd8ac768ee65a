"""What people text us: a clear stop stops everything at once, BEL asks for a call, the rest is kept for a researcher.

A stop is the whole message, whatever capitals, signs and politeness around it. "Ik wil niet stoppen" is for a person
to read.
"""

import re
from typing import Final

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.call.service import record_call_back
from journey.consent.service import withdraw_participant
from journey.models import Contact, Participant, Study, Withdrawal
from journey.outbox.service import plan_message, record_reply
from journey.outbox.sms import plain
from journey.participant.phones import shown_number
from journey.participant.queries import GONE
from journey.portal.languages import speaking
from journey.web.i18n import gettext as _
from journey.work import Work

# The English words also stop messages at Twilio itself, so they must stop them here.
STOP_WORDS: Final = frozenset(
    {"stop", "stoppen", "afmelden", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"}
)
CALL_WORDS: Final = frozenset(
    {
        "bel",
        "bel mij",
        "bel me",
        "bel mij terug",
        "bel me terug",
        "bel terug",
        "bellen",
        "terugbellen",
        "wilt u mij bellen",
        "wilt u mij terugbellen",
        "call",
        "call me",
        "call me back",
    }
)
POLITE: Final = frozenset(
    {"aub", "a u b", "svp", "s v p", "alstublieft", "alsjeblieft", "graag", "please", "ja"}
)


def receive_text(work: Work, sender: str, body: str, gateway_id: str) -> str:
    """Act on one text from a number (E.164); `stopped`, `call` or `kept` says what was done."""
    people = _people_of(work, sender)
    said = _bare(body)
    if people and said in STOP_WORDS:
        _stop_all(work, people, sender)
        return "stopped"
    followed = [person for person in people if person.state == "active"]
    if followed and said in CALL_WORDS:
        for person in followed:
            record_call_back(work, person, via="sms")
        return "call"
    for person in people:
        record_reply(work, body, gateway_id, participant=person)
    if not people:
        record_reply(work, body, gateway_id, sender=sender)
    return "kept"


def _people_of(work: Work, number: str) -> list[Participant]:
    """Everyone with this number: a STOP holds for the number (rules, 35)."""
    statement = (
        select(Participant)
        .join(Contact)
        .where(
            Contact.phone_fingerprint == work.vault.fingerprint(number, "phone"),
            col(Participant.state).not_in(GONE),
        )
        .order_by(Participant.code)
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


def _bare(body: str) -> str:
    words = re.sub(r"[^\w]+", " ", body.casefold()).strip()
    for polite in sorted(POLITE, key=len, reverse=True):
        words = re.sub(rf"(^{polite} | {polite}$)", "", words)
    return words.strip()
