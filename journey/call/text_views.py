"""A text that somebody sent, as the colleague who deals with it reads it: rate it, call, hold or let go on, say that
the number is wrong, or that it was read (rules, 42a)."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlmodel import col, select

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.call.help import find_helper
from journey.call.holding import hold_person, release_person
from journey.models import Call, Participant, Reply, Study
from journey.outbox.queries import ShownReply, get_reply, show_reply
from journey.outbox.service import close_reply
from journey.outbox.wording import meaning_words
from journey.participant.phones import shown_number
from journey.participant.queries import GONE, find_contact, get_journey, refuse_if_gone
from journey.participant.wrong_number import mark_wrong
from journey.progress.routes import list_routes_of
from journey.rating.service import LONGEST_QUOTE, NewRating, record_rating
from journey.rules.errors import NotFound
from journey.web.answers import answer_word
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.ids import RowId
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit
from journey.work import Work

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

ANSWERS = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class TextPage:
    """`questions` are (step:subject, words) that an answer can be about; `call_id` of the open round; `tel` the number
    to dial, empty when there is none."""

    reply: ShownReply
    meaning: tuple[str, str]
    participant: Participant
    form: Form
    questions: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]
    call_id: int | None
    tel: str
    phone: str
    is_gone: bool
    has_helper: bool


@router.get("/messages/replies/{reply_id}")
def show_text(visit: Researcher, reply_id: RowId) -> Response:
    reply, person = _get(visit.work, reply_id)
    record_view(visit.house, visit.work, "reply.view", person.code)
    return _page(visit, reply, person, Form())


@router.post("/messages/replies/{reply_id}/rating")
def rate_text(visit: Researcher, reply_id: RowId) -> Response:
    """What was meant, in the colleague's reading: by text, with the words as quote when they are left in."""
    reply, person = _get(visit.work, reply_id)
    form = visit.form()
    question = form.choice(
        "question", [name for name, _words in _questions(visit.work, person)], required=True
    )
    value = form.choice("value", ANSWERS, required=True)
    quote = form.words("quote", most=LONGEST_QUOTE)
    if form.ok and question and value:
        step, _colon, subject = question.rpartition(":")
        with form.attempt(visit.work):
            record_rating(visit.work, person, NewRating(step, subject, value, "sms", quote))
            close_reply(visit.work, reply_id)
    return redirect("/messages") if form.ok else _page(visit, reply, person, form, status=422)


@router.post("/messages/replies/{reply_id}/hold")
def hold_sender(visit: Researcher, reply_id: RowId) -> Response:
    """Nothing goes until somebody asked what was meant."""
    _reply, person = _get(visit.work, reply_id)
    hold_person(visit.work, person)
    return redirect(f"/messages/replies/{reply_id}")


@router.post("/messages/replies/{reply_id}/release")
def release_sender(visit: Researcher, reply_id: RowId) -> Response:
    """It was not meant as a refusal."""
    _reply, person = _get(visit.work, reply_id)
    release_person(visit.work, person)
    close_reply(visit.work, reply_id)
    return redirect("/messages")


@router.post("/messages/replies/{reply_id}/wrong-number")
def mark_number(visit: Researcher, reply_id: RowId) -> Response:
    _reply, person = _get(visit.work, reply_id)
    mark_wrong(visit.work, person)
    close_reply(visit.work, reply_id)
    return redirect(f"/participants/{person.code}/contact")


def _get(work: Work, reply_id: int) -> tuple[Reply, Participant]:
    """NotFound for a text of somebody else's people, or of a number that nobody has."""
    reply = get_reply(work, reply_id)
    if reply.participant_id is None:
        raise NotFound("Dit bericht is er niet.")
    return reply, work.session.get_one(Participant, reply.participant_id)


def _questions(work: Work, person: Participant) -> tuple[tuple[str, str], ...]:
    refuse_if_gone(person)
    found = {}
    for route in list_routes_of(work, get_journey(work, person)):
        for step in route.steps:
            for subject in step.rates:
                words = step.name if subject == "step" else _("%(step)s: de medewerker", step=step.name)
                found[f"{step.id}:{subject}"] = words
    return tuple(found.items())


def _page(visit: Visit, reply: Reply, person: Participant, form: Form, status: int = 200) -> Response:
    work, is_gone = visit.work, person.state in GONE
    contact = find_contact(work, person)
    open_call = select(Call.id).where(Call.participant_id == person.id, Call.state == "open")
    can_dial = contact is not None and contact.phone is not None and not contact.phone_is_wrong
    shown = show_reply(work, reply, person.code)
    page = TextPage(
        reply=shown,
        meaning=meaning_words(shown.meaning),
        participant=person,
        form=form,
        questions=() if is_gone else _questions(work, person),
        answers=tuple((value, answer_word(value).lower()) for value in ANSWERS),
        call_id=work.session.exec(open_call.order_by(col(Call.week).desc())).first(),
        tel=(contact.phone or "") if contact and can_dial else "",
        phone=shown_number(contact.phone) if contact and contact.phone and can_dial else "",
        is_gone=is_gone,
        has_helper=find_helper(work, work.session.get_one(Study, person.study_id)) is not None,
    )
    return render(visit, "outbox/text.html", page, status=status)
