"""The taps around the questions: themes of words, what was read back, the card after the call, and that someone needs
help. Saved at once like every tap on the call screen.
"""

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.call.after import card_rows, record_card
from journey.call.help import LONGEST_WORDS, send_help_signal
from journey.call.pages import answer_tap
from journey.call.queries import get_call
from journey.call.read_backs import tell_read_back
from journey.models import Call, Participant
from journey.participant.queries import refuse_if_gone
from journey.rating.themes import record_theme
from journey.rules.ratings import Subject, Value
from journey.web.i18n import gettext as _
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@router.post("/calls/{call_id}/steps/{step}/themes")
def tap_theme(visit: Researcher, call_id: int, step: str) -> Response:
    """A theme on or off: the button says which of the two it means, so that a tap sent late does what was seen."""
    call, person = _call(visit, call_id)
    form = visit.form()
    subject = form.choice("subject", list(Subject), required=True) or ""
    on, off = form.text("on", most=60), form.text("off", most=60)
    if not on and not off:
        form.refuse("theme", _("Maak een keuze."))
    if form.ok:
        with form.attempt(visit.work):
            record_theme(visit.work, person, step, subject, on or off, on=bool(on))
    return answer_tap(visit, call, form, f"step-{step}", step=step)


@router.post("/calls/{call_id}/steps/{step}/read-back")
def read_back(visit: Researcher, call_id: int, step: str) -> Response:
    """Last week you said …: still right, or another face; the name of the pressed button is the subject."""
    call, _person = _call(visit, call_id)
    form = visit.form()
    subject = next((str(one) for one in Subject if form.typed(one)), "")
    now = form.choice(subject, list(Value), required=True) if subject else None
    if now is None:
        form.refuse("", _("Maak een keuze."))
    else:
        with form.attempt(visit.work):
            tell_read_back(visit.work, call, step, subject, now)
    return answer_tap(visit, call, form, "readback")


@router.post("/calls/{call_id}/after")
def tap_card(visit: Researcher, call_id: int) -> Response:
    """One row of the card after the call; the name of the pressed button is the row."""
    call, _person = _call(visit, call_id)
    form = visit.form()
    name = next((row.name for row in card_rows() if form.typed(row.name)), "")
    with form.attempt(visit.work):
        record_card(visit.work, call, name, form.typed(name))
    return answer_tap(visit, call, form, "after")


@router.post("/calls/{call_id}/help")
def ask_help(visit: Researcher, call_id: int) -> Response:
    """The named colleague hears of it, when the participant says yes."""
    call, person = _call(visit, call_id)
    form = visit.form()
    words = form.words("words", required=True, most=LONGEST_WORDS)
    if not form.checked("agreed"):
        form.refuse("agreed", _("Vraag eerst of de deelnemer dit goed vindt."))
    if form.ok:
        with form.attempt(visit.work):
            send_help_signal(visit.work, person, words, agreed=True)
    return answer_tap(visit, call, form, "help")


def _call(visit: Visit, call_id: int) -> tuple[Call, Participant]:
    """A call with its person, who still takes part: Conflict after a withdrawal."""
    call = get_call(visit.work, call_id)
    person = visit.work.session.get_one(Participant, call.participant_id)
    refuse_if_gone(person)
    return call, person
