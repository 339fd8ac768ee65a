"""Makes studies and changes their settings."""

import re
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select, update

from journey.audit.service import record_act
from journey.models import (
    Message,
    Participant,
    QuestionnaireVersion,
    RouteVersion,
    Stratum,
    Study,
    StudyRoute,
    Survey,
    stored_id,
)
from journey.models.message import NOT_YET_SENT
from journey.municipality.service import get_or_create_municipality
from journey.rules.errors import Conflict, Invalid
from journey.work import Work

CURRENT_CONSENT = "2026-3"


JOURNEY, SURVEY = KINDS = ("journey", "survey")
MOST_PEOPLE = 10_000_000


@dataclass(frozen=True)
class NewStratum:
    """A unit of a survey: how many people it has, and how many of them are asked."""

    code: str
    name: str
    population: int
    approached: int


@dataclass(frozen=True)
class NewStudy:
    """`routes` are of a journey study; `questionnaire` and `strata` of a survey."""

    code: str
    name: str
    municipality: str
    routes: tuple[str, ...]
    starts_on: date
    ends_on: date | None = None
    kind: str = JOURNEY
    questionnaire: str = ""
    strata: tuple[NewStratum, ...] = ()
    consent_version: str = CURRENT_CONSENT
    research_phone: str = ""
    minimum_group: int = 10


def create_study(work: Work, new: NewStudy) -> Study:
    """Invalid names the field; Conflict when the code is taken."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", new.code):
        raise Invalid("Gebruik voor de code letters, cijfers, punten en streepjes.", field="code")
    if not new.name.strip():
        raise Invalid("Geef het onderzoek een naam.", field="name")
    if new.ends_on is not None and new.ends_on < new.starts_on:
        raise Invalid(
            "Het einde (%(ends)s) ligt voor het begin (%(starts)s).",
            field="ends_on",
            ends=new.ends_on,
            starts=new.starts_on,
        )
    version = None
    if new.kind == SURVEY:
        version = _check_survey(work, new)
    else:
        _check_routes(work, new)
    if work.session.exec(select(Study).where(Study.code == new.code)).first():
        raise Conflict("Er is al een onderzoek met code %(code)s.", field="code", code=new.code)
    municipality = get_or_create_municipality(work, new.municipality)
    study = Study(
        code=new.code,
        kind=new.kind,
        municipality_id=stored_id(municipality),
        name=new.name.strip(),
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        consent_version=new.consent_version,
        research_phone=new.research_phone,
        minimum_group=new.minimum_group,
    )
    work.session.add(study)
    work.session.flush()
    for position, route in enumerate(dict.fromkeys(new.routes)):
        work.session.add(StudyRoute(study_id=stored_id(study), route_code=route, position=position))
    if version is not None:
        work.session.add(Survey(study_id=stored_id(study), questionnaire_id=version))
    for position, stratum in enumerate(new.strata):
        work.session.add(Stratum(study_id=stored_id(study), position=position, **vars(stratum)))
    work.session.flush()
    record_act(work, "study.create", study.code)
    return study


def _check_routes(work: Work, new: NewStudy) -> None:
    if new.kind not in KINDS:
        raise Invalid("Dit soort onderzoek bestaat niet: %(kind)s.", field="kind", kind=new.kind)
    if new.questionnaire or new.strata:
        raise Invalid(
            "Een vragenlijst en groepen horen bij een vragenlijstonderzoek. Kies dat soort.", field="kind"
        )
    if not new.routes:
        raise Invalid("Kies ten minste één route.", field="routes")
    known = set(work.session.exec(select(RouteVersion.code)).all())
    for route in new.routes:
        if route not in known:
            raise Invalid("Deze route bestaat niet: %(route)s.", field="routes", route=route)


def _check_survey(work: Work, new: NewStudy) -> int:
    """The newest version of the questionnaire: studies keep the one they began with."""
    if new.routes:
        raise Invalid("Een vragenlijstonderzoek volgt geen route.", field="routes")
    statement = select(QuestionnaireVersion).where(QuestionnaireVersion.code == new.questionnaire)
    found = work.session.exec(statement.order_by(col(QuestionnaireVersion.version).desc())).first()
    if found is None:
        raise Invalid(
            "Deze vragenlijst is er niet: %(code)s.", field="questionnaire", code=new.questionnaire or "–"
        )
    if not new.strata:
        raise Invalid("Noem ten minste één groep, met hoeveel mensen u vraagt.", field="strata")
    for place, stratum in enumerate(new.strata):
        _check_stratum(stratum, f"strata.{place}", {one.code for one in new.strata[:place]})
    return stored_id(found)


def _check_stratum(stratum: NewStratum, field: str, taken: set[str]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", stratum.code) or stratum.code == "all":
        raise Invalid("Gebruik voor de code letters, cijfers, punten en streepjes.", field=f"{field}.code")
    if stratum.code in taken:
        raise Invalid("De groep %(code)s staat er twee keer.", field=f"{field}.code", code=stratum.code)
    if not stratum.name.strip():
        raise Invalid("Geef de groep een naam.", field=f"{field}.name")
    if not 1 <= stratum.population <= MOST_PEOPLE:
        raise Invalid("De populatie moet ten minste 1 zijn.", field=f"{field}.population")
    if not 1 <= stratum.approached <= stratum.population:
        raise Invalid(
            "U vroeg %(approached)s mensen, maar de groep heeft er %(population)s.",
            field=f"{field}.approached",
            approached=stratum.approached,
            population=stratum.population,
        )


def close_study(work: Work, study: Study) -> None:
    """The last day of a study: nobody is called, texted or enrolled any more, clocks stand still, the last figures are
    published the next night, and the terms of keeping begin (rules, 36). Conflict when it was closed before."""
    if study.closed_at is not None:
        raise Conflict("Dit onderzoek is al gesloten.")
    study.closed_at = work.now
    work.session.add(study)
    people = select(Participant.id).where(Participant.study_id == study.id)
    work.session.exec(
        update(Message)
        .where(col(Message.participant_id).in_(people), col(Message.state).in_(NOT_YET_SENT))
        .values(state="cancelled", updated_at=work.now)
    )
    record_act(work, "study.close", study.code)
