"""Makes studies and changes their settings."""

import re
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select, update

from journey.audit.service import record_act
from journey.models import Message, Participant, RouteVersion, Study, StudyRoute, stored_id
from journey.models.message import NOT_YET_SENT
from journey.municipality.service import get_or_create_municipality
from journey.rules.errors import Conflict, Invalid
from journey.work import Work

CURRENT_CONSENT = "2026-2"


@dataclass(frozen=True)
class NewStudy:
    code: str
    name: str
    municipality: str
    routes: tuple[str, ...]
    starts_on: date
    ends_on: date | None = None
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
    if not new.routes:
        raise Invalid("Kies ten minste één route.", field="routes")
    known = set(work.session.exec(select(RouteVersion.code)).all())
    for route in new.routes:
        if route not in known:
            raise Invalid("Deze route bestaat niet: %(route)s.", field="routes", route=route)
    if work.session.exec(select(Study).where(Study.code == new.code)).first():
        raise Conflict("Er is al een onderzoek met code %(code)s.", field="code", code=new.code)
    municipality = get_or_create_municipality(work, new.municipality)
    study = Study(
        code=new.code,
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
    work.session.flush()
    record_act(work, "study.create", study.code)
    return study


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
