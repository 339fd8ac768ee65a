"""Enrolling someone on the phone: consent first, then as few questions as possible. Who refuses leaves no trace."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_study, list_studies
from journey.models import Approach, Call, Municipality, Study
from journey.models.participant import VIAS
from journey.participant.approach import get_approach, link_approach, refuse_approach
from journey.participant.forms import read_contact
from journey.participant.person import Person, find_open_call, get_person
from journey.participant.phones import normal_number
from journey.participant.queries import get_writable, list_sharing
from journey.participant.service import AGE_BANDS, NewConsent, NewParticipant, check_reach, enrol
from journey.route.definition import RouteDefinition
from journey.route.queries import list_definitions
from journey.rules.ratings import Channel
from journey.study.consent_words import ASKED_APART, ReadAloud, read_aloud
from journey.study.queries import get_municipality, list_municipalities
from journey.texts.approval import list_offered_consents
from journey.web.forms import Form
from journey.web.i18n import LANGUAGES
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import LongRead, UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
# What is typed before somebody said yes is carried along and kept nowhere: no answer is stored for a retry.
reading = APIRouter(route_class=LongRead, include_in_schema=False)

# The order in which the page asks, so that the summary of errors follows it.
DEFAULTS = {"channel": "call", "language": "nl", "given_via": "oral"}
# Asked behind a fold, that opens when one of them is wrong or not as usual.
FOLDED = (
    "days",
    "parts",
    "given_via",
    "age_band",
    "reported_on",
    "municipality",
)


@dataclass(frozen=True)
class EnrolPage:
    """`texts` is the consent text of the study in each language it has, Dutch first; `questions` the purposes that are
    asked apart (rules, 31) with the words to agree to; `sharing` codes of people on the same number."""

    form: Form
    study: Study
    studies: tuple[Study, ...]
    routes: tuple[RouteDefinition, ...]
    texts: tuple[ReadAloud, ...]
    questions: tuple[tuple[str, str], ...]
    municipalities: tuple[Municipality, ...]
    own_municipality: str
    age_bands: tuple[str, ...]
    sharing: tuple[str, ...] = ()

    @property
    def more_open(self) -> bool:
        usual = DEFAULTS | {"municipality": self.own_municipality}
        return any(
            name in self.form.errors or self.form.typed(name) not in ("", usual.get(name, ""))
            for name in FOLDED
        )


@dataclass(frozen=True)
class ReadPage:
    """`carried` is what stands in the form, to come back with."""

    study: Study
    texts: tuple[ReadAloud, ...]
    carried: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ChooseStudyPage:
    studies: tuple[Study, ...]


@dataclass(frozen=True)
class RefusedPage:
    study: Study


@dataclass(frozen=True)
class EnrolledPage:
    person: Person
    call: Call | None
    has_phone: bool


@router.get("/participants/new")
def new_participant(visit: Researcher, study: str = "", approach: str = "") -> Response:
    """The form; with several studies the study is chosen first, because the consent text is the study's. `approach`
    is the yes at a meeting that this person gave, with what was noted there.
    """
    open_studies = _open_studies(visit)
    if not study and len(open_studies) != 1:
        return render(visit, "participant/choose_study.html", ChooseStudyPage(tuple(open_studies)))
    chosen = get_study(visit.work, study) if study else open_studies[0]
    return _page(visit, chosen, Form(_known(visit, chosen, approach)))


@reading.get("/participants/new/read")
def read_consent(visit: Researcher, study: str = "", approach: str = "") -> Response:
    """The text to read aloud, on a page of its own."""
    open_studies = _open_studies(visit)
    if not study and len(open_studies) != 1:
        return redirect("/participants/new")
    chosen = get_study(visit.work, study) if study else open_studies[0]
    return _read_page(visit, chosen, Form(_known(visit, chosen, approach)))


@reading.post("/participants/new/read")
def read_consent_between(visit: Researcher) -> Response:
    """From the form to the text with everything typed, and `back` again."""
    form = visit.form()
    study = get_study(visit.work, form.typed("study"))
    return _page(visit, study, form) if form.checked("back") else _read_page(visit, study, form)


@router.post("/participants/new")
def enrol_participant(visit: Researcher) -> Response:
    form = visit.form()
    study = get_study(visit.work, form.typed("study"))
    asked = _find_approach(visit, study, form.typed("approach"))
    if form.typed("participate") == "no":
        if asked is not None:
            refuse_approach(visit.work, asked)
        return render(visit, "participant/refused.html", RefusedPage(study))
    new = _read(visit, study, form)
    if new is None:
        return _page(visit, study, form, status=422)
    sharing = list_sharing(visit.work, normal_number(new.phone)) if new.phone else []
    if sharing and not form.checked("shared"):
        return _page(visit, study, form, status=422, sharing=tuple(sharing))
    with form.attempt(visit.work):
        check_reach(new.channel, new.phone, new.postal_address)
        participant = enrol(visit.work, study, new)
        if asked is not None:
            link_approach(visit.work, asked, participant)
    if not form.ok:
        return _page(visit, study, form, status=422)
    return redirect(f"/participants/{participant.code}/enrolled")


@router.get("/participants/{code}/enrolled")
def enrolled(visit: Researcher, code: str) -> Response:
    participant = get_writable(visit.work, code)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    page = EnrolledPage(
        person=get_person(visit.work, participant),
        call=find_open_call(visit.work, participant),
        has_phone=participant.channel != "paper",
    )
    return render(visit, "participant/enrolled.html", page)


def _known(visit: Visit, study: Study, approach: str) -> dict[str, str | list[str]]:
    """What the form begins with."""
    routes = list_definitions(visit.work, study)
    only_route = {"route": routes[0].id} if len(routes) == 1 else {}
    asked = _find_approach(visit, study, approach)
    noted = {"route": asked.route, "language": asked.language, "approach": approach} if asked else {}
    return {**DEFAULTS, **only_route, **{name: value for name, value in noted.items() if value}}


def _find_approach(visit: Visit, study: Study, approach: str) -> Approach | None:
    return get_approach(visit.work, study, approach) if approach else None


def _open_studies(visit: Visit) -> list[Study]:
    return [study for study in list_studies(visit.work, "journey") if study.closed_at is None]


def _read(visit: Visit, study: Study, form: Form) -> NewParticipant | None:
    """Everything typed, in the order of the page; None when something is wrong."""
    route = form.choice("route", [one.id for one in list_definitions(visit.work, study)], required=True)
    if form.typed("participate") != "yes":
        form.refuse("participate", _("Doet deze persoon mee? Zonder antwoord leggen we niets vast."))
    if form.typed("text_version") != study.consent_version or not list_offered_consents(
        visit.work, study.consent_version
    ):
        form.refuse(
            "participate",
            _("De toestemmingstekst is intussen veranderd. Lees de nieuwe tekst voor en vraag opnieuw."),
        )
    given_via = form.choice("given_via", VIAS, required=True)
    contact = read_contact(form, list(Channel), LANGUAGES)
    age_band = form.choice("age_band", AGE_BANDS)
    municipality = form.choice("municipality", [one.code for one in list_municipalities(visit.work)])
    reported_on = form.day("reported_on")
    if contact and contact.phone:
        with form.attempt(visit.work):
            normal_number(contact.phone)
    if not contact or not route or not given_via or not form.ok:
        return None
    return NewParticipant(
        route=route,
        channel=contact.channel,
        consent=NewConsent(
            participate=True,
            text_version=study.consent_version,
            given_via=given_via,
            **{purpose: form.checked(purpose) for purpose in ASKED_APART},
        ),
        municipality=municipality,
        age_band=age_band,
        call_name=contact.call_name,
        phone=contact.phone,
        postal_address=contact.postal_address,
        language=contact.language,
        reported_on=reported_on,
        announced=True,
        good_times=contact.good_times,
    )


def _read_page(visit: Visit, study: Study, form: Form) -> Response:
    texts = tuple(read_aloud(text) for text in list_offered_consents(visit.work, study.consent_version))
    if not texts:
        return _page(visit, study, form)
    names = [name for name in form.given if name not in ("csrf_token", "idempotency_key", "study", "back")]
    carried = [("study", study.code), *((name, value) for name in names for value in form.all(name))]
    return render(visit, "participant/read.html", ReadPage(study, texts, tuple(carried)))


def _page(
    visit: Visit, study: Study, form: Form, *, status: int = 200, sharing: tuple[str, ...] = ()
) -> Response:
    work = visit.work
    texts = tuple(read_aloud(text) for text in list_offered_consents(work, study.consent_version))
    page = EnrolPage(
        form=form,
        study=study,
        studies=tuple(_open_studies(visit)),
        routes=tuple(list_definitions(work, study)),
        texts=texts,
        questions=_questions(texts),
        municipalities=tuple(list_municipalities(work)),
        own_municipality=get_municipality(work, study.municipality_id).code,
        age_bands=AGE_BANDS,
        sharing=sharing,
    )
    return render(visit, "participant/new.html", page, status=status)


def _questions(texts: tuple[ReadAloud, ...]) -> tuple[tuple[str, str], ...]:
    words = {
        "quotes": _("Ja, u mag iets wat ik zeg in het verslag zetten."),
        "recording": _("Ja, u mag het gesprek opnemen."),
        "photos": _("Ja, u mag foto's bekijken die ik stuur. U wist ze na een maand."),
        "file_dates": _("Ja, u mag bij de gemeente vragen op welke dag ik een stap deed."),
    } | (texts[0].questions if texts else {})
    return tuple((purpose, words[purpose]) for purpose in ASKED_APART)


router.routes.extend(reading.routes)
