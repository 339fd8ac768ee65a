"""Withdrawal and changed choices, by the researcher on behalf of the participant."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_participant
from journey.consent.purposes import CHOICES, list_purposes
from journey.consent.queries import list_consents
from journey.consent.service import record_consent, withdraw_participant
from journey.consent.words import answer_words, purpose_name, purpose_question
from journey.models import Consent, Participant
from journey.models.participant import VIAS, WITHDRAWAL_LEVELS
from journey.participant.person import Person, get_person, names_of
from journey.participant.queries import get_journey, get_writable, refuse_if_gone
from journey.participant.service import NewConsent
from journey.route.definition import Step
from journey.route.queries import get_definition
from journey.study.consent_words import ReadAloud, read_aloud
from journey.study.queries import get_study_by_id
from journey.texts.approval import find_offered_consent, language_shown
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit
from journey.work import Work

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class Purpose:
    """One purpose: the sentence that holds now, and the earlier ones, newest first."""

    name: str
    now: str
    earlier: tuple[str, ...]


@dataclass(frozen=True)
class ConsentPage:
    """`questions` are the choices with the words to agree to; `seen` the choice this form was made beside."""

    person: Person
    questions: tuple[tuple[str, str], ...]
    purposes: tuple[Purpose, ...]
    versions: tuple[str, ...]
    text: ReadAloud | None
    form: Form
    seen: str


@dataclass(frozen=True)
class WithdrawalPage:
    """`can_go_further`: a later withdrawal may take more away, never give back."""

    person: Person
    steps: tuple[Step, ...]
    form: Form
    can_go_further: bool
    backups_days: int


@router.get("/participants/{code}/consent")
def show_consent(visit: Researcher, code: str) -> Response:
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "consent.view", participant.code)
    return _consent_page(visit, participant, None)


@router.post("/participants/{code}/consent")
def change_consent(visit: Researcher, code: str) -> Response:
    participant = get_writable(visit.work, code)
    form = visit.form()
    via = form.choice("given_via", VIAS, required=True)
    study = get_study_by_id(visit.work, participant.study_id)
    known = list_consents(visit.work, participant)
    if form.typed("seen") != str(known[0].id if known else ""):
        form.refuse("", _("Een collega veranderde deze keuzes intussen. Kijk en bewaar zo nodig opnieuw."))
    if via and form.ok:
        with form.attempt(visit.work):
            record_consent(
                visit.work,
                participant,
                NewConsent(
                    participate=True,
                    text_version=study.consent_version,
                    given_via=via,
                    **{purpose: form.checked(purpose) for purpose in CHOICES},
                ),
                language_shown(visit.work, study.consent_version, participant.language),
            )
    if form.ok:
        return redirect(f"/participants/{participant.code}/consent")
    return _consent_page(visit, participant, form)


@router.get("/participants/{code}/withdrawal")
def show_withdrawal(visit: Researcher, code: str) -> Response:
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "consent.view", participant.code)
    return _withdrawal_page(visit, participant, Form())


@router.post("/participants/{code}/withdrawal")
def withdraw(visit: Researcher, code: str) -> Response:
    """At once, on every list, message and live figure (rules, 32)."""
    participant = get_participant(visit.work, code)
    if participant.state == "erased":
        refuse_if_gone(participant)
    form = visit.form()
    level = form.choice("level", WITHDRAWAL_LEVELS, required=True)
    step = form.typed("step") if level == "from_step" else None
    if level and form.ok:
        with form.attempt(visit.work):
            withdraw_participant(visit.work, participant, level, step)
    if form.ok:
        return redirect(f"/participants/{participant.code}")
    return _withdrawal_page(visit, participant, form)


def _consent_page(visit: Visit, participant: Participant, form: Form | None) -> Response:
    work = visit.work
    rows = list_consents(work, participant)
    study = get_study_by_id(work, participant.study_id)
    text = find_offered_consent(work, study.consent_version, participant.language)
    spoken = read_aloud(text) if text else None
    questions = {purpose: purpose_question(purpose) for purpose in CHOICES}
    if spoken is not None:
        questions |= spoken.questions
    page = ConsentPage(
        person=get_person(work, participant),
        questions=tuple((purpose, questions[purpose]) for purpose in CHOICES),
        purposes=_purposes(work, rows),
        versions=tuple(dict.fromkeys(f"{row.text_version} ({row.language})" for row in rows)),
        text=spoken,
        form=form or _stored(rows),
        seen=str(rows[0].id) if rows else "",
    )
    return render(visit, "consent/show.html", page, status=422 if form else 200)


def _stored(rows: list[Consent]) -> Form:
    if not rows:
        return Form()
    ticked = {name: "yes" for name in CHOICES if getattr(rows[0], name)}
    return Form({"given_via": "oral", **ticked})


def _purposes(work: Work, rows: list[Consent]) -> tuple[Purpose, ...]:
    names = names_of(work, [row.recorded_by for row in rows])
    kinds = {"participant": "", "token": _("een koppeling"), "system": _("het systeem")}
    found = []
    for history in list_purposes(rows):
        said = tuple(answer_words(one, kinds.get(names[one.by], names[one.by])) for one in history.answers)
        found.append(Purpose(purpose_name(history.purpose), said[0], said[1:]))
    return tuple(found)


def _withdrawal_page(visit: Visit, participant: Participant, form: Form) -> Response:
    work = visit.work
    steps: tuple[Step, ...] = ()
    if participant.journey_id is not None:
        steps = get_definition(work, get_journey(work, participant).route_version_id).steps
    page = WithdrawalPage(
        person=get_person(work, participant),
        steps=steps,
        form=form,
        can_go_further=participant.state != "erased",
        backups_days=work.settings.backups_days,
    )
    return render(visit, "consent/withdrawal.html", page, status=200 if form.ok else 422)
