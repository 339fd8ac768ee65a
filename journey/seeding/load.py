"""Loads a folder of seeds: routes, questionnaires, consent texts, and whole studies with the people and journeys in
them.

What is there already is left alone, so that loading twice loads nothing twice. A study goes through the services, each
fact on the day it became known: its history looks like one that was lived.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlmodel import select

from journey.clock import at_local
from journey.models import ConsentText, Municipality, QuestionnaireVersion, RouteVersion, Study, StudyRoute
from journey.progress.statement import (
    StatedDecision,
    StatedDeparture,
    StatedFact,
    Statement,
    record_statement,
)
from journey.questionnaire.service import load_questionnaires
from journey.report.service import publish_batch
from journey.resources import folder as resource_folder
from journey.route.service import load_routes
from journey.rules.errors import Invalid
from journey.seeding.cohort import Cohort, CohortJourney, read_cohort
from journey.seeding.people import load_person
from journey.seeding.surveys import FILE as SURVEY_FILE
from journey.seeding.surveys import load_survey
from journey.seeding.texts import read_consent
from journey.seeding.voices import FILE as QUOTES
from journey.seeding.voices import load_quotes, read_quotes
from journey.study.cadence import change_cadence
from journey.study.service import NewStudy, create_study
from journey.texts.choices import SILENT
from journey.work import Work


def find_folder(named: Path) -> Path:
    """The folder as it is named from here; when there is none, the one of that name that comes with the product
    (`seeds/routes`, or `routes`)."""
    if named.is_dir():
        return named
    known = {path.name: path for path in _list_ours()} | {"seeds": resource_folder("seeds")}
    within = named.parts[1:] if len(named.parts) == 2 and named.parts[0] == "seeds" else named.parts
    return known.get(str(Path(*within)), named)


def _list_ours() -> list[Path]:
    return [path for path in sorted(resource_folder("seeds").iterdir()) if path.is_dir()]


def load_folder(work: Work, folder: Path) -> list[str]:
    """What was loaded, a Dutch line each. `folder` holds routes, questionnaires, consent texts or a study, or folders
    of those.

    Invalid when there is nothing to load; it names file, line and field of what is wrong.
    """
    if not folder.is_dir():
        known = ", ".join(path.name for path in _list_ours())
        raise Invalid(
            "De map %(folder)s is er niet. Met Journey komen mee: %(known)s.", folder=str(folder), known=known
        )
    if (folder / "study.toml").is_file():
        shared = [folder.parent / name for name in ("routes", "consent")]
        return [line for part in shared for line in _load_part(work, part)] + _load_study(work, folder)
    if (folder / SURVEY_FILE).is_file():
        return [*_load_part(work, folder.parent / "questionnaires"), load_survey(work, folder)]
    if found := _load_part(work, folder):
        return found
    parts = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    lines = [line for path in parts for line in _load_part(work, path)]
    lines += [line for path in parts if (path / "study.toml").is_file() for line in _load_study(work, path)]
    lines += [load_survey(work, path) for path in parts if (path / SURVEY_FILE).is_file()]
    if not lines:
        raise Invalid(
            "In %(folder)s staan geen routes, vragenlijsten, teksten of onderzoeken.", folder=str(folder)
        )
    return lines


def _load_part(work: Work, folder: Path) -> list[str]:
    """A folder of routes, questionnaires or consent texts, told apart by its name; nothing for any other folder."""
    if folder.name == "routes":
        return _load_routes(work, folder)
    if folder.name == "questionnaires":
        return _load_questionnaires(work, folder)
    if folder.name == "consent":
        return [_load_consent(work, path) for path in sorted(folder.glob("*.toml"))]
    return []


def _load_routes(work: Work, folder: Path) -> list[str]:
    known = set(work.session.exec(select(RouteVersion.id)).all())
    return [
        f"Route {row.code}, versie {row.version}: {'stond er al' if row.id in known else 'geladen'}."
        for row in load_routes(work, folder)
    ]


def _load_questionnaires(work: Work, folder: Path) -> list[str]:
    known = set(work.session.exec(select(QuestionnaireVersion.id)).all())
    return [
        f"Vragenlijst {row.code}, versie {row.version}: {'stond er al' if row.id in known else 'geladen'}."
        for row in load_questionnaires(work, folder)
    ]


def _load_consent(work: Work, path: Path) -> str:
    text = read_consent(path)
    points = [f"{heading}\n{words}" for heading, words in text.points]
    asked = (text.participate, text.quotes, text.recording, text.photos, text.file_dates)
    choices = "\n".join(f"- {choice}" for choice in asked if choice)
    body = "\n\n".join([text.title, *points, choices])
    is_new = _keep_consent(work, text.version, text.language, body)
    return f"Toestemmingstekst {text.version} ({text.language}): {'geladen' if is_new else 'stond er al'}."


def _keep_consent(work: Work, version: str, language: str, body: str) -> bool:
    """Whether it was new. Who agreed to a version agreed to its words: Invalid when they changed."""
    statement = select(ConsentText).where(ConsentText.version == version, ConsentText.language == language)
    known = work.session.exec(statement).first()
    if known is None:
        work.session.add(ConsentText(version=version, language=language, body=body))
        work.session.flush()
        return True
    if known.body != body:
        raise Invalid(
            "De toestemmingstekst %(version)s (%(language)s) is veranderd. Maak een nieuwe versie.",
            version=version,
            language=language,
        )
    return False


def _load_study(work: Work, folder: Path) -> list[str]:
    cohort = read_cohort(folder)
    quotes = read_quotes(folder / QUOTES, [person.code for person in cohort.participants])
    code = cohort.study.code
    if work.session.exec(select(Study).where(Study.code == code)).first():
        return [f"Onderzoek {code}: stond er al."]
    study = _create(work, cohort)
    study.texts = SILENT
    # Held here, or every fact would read its route and municipality anew.
    held = [
        *work.session.exec(select(RouteVersion)),
        *work.session.exec(select(Municipality)),
        *work.session.exec(select(StudyRoute)),
    ]
    for person in cohort.participants:
        load_person(work, study, cohort, person)
    for journey in cohort.journeys:
        record_statement(_at(work, study.ends_on or work.today, 8), study, _statement(journey))
    load_quotes(work, study, quotes)
    _close(work, study)
    del held
    people, journeys = len(cohort.participants), len(cohort.journeys)
    return [f"Onderzoek {code}: {people} deelnemers en {journeys} reizen zonder persoon geladen."]


def _create(work: Work, cohort: Cohort) -> Study:
    new = cohort.study
    study = create_study(
        _at(work, new.starts_on, 9),
        NewStudy(
            code=new.code,
            name=new.name,
            municipality=new.municipality,
            routes=new.routes,
            starts_on=new.starts_on,
            ends_on=new.ends_on,
            consent_version=new.consent_version,
        ),
    )
    change_cadence(_at(work, new.starts_on, 9), study, new.cadence)
    parts = (
        new.consent_title,
        new.consent_text.strip(),
        f"- {new.consent_quotes}\n- {new.consent_recording}",
    )
    _keep_consent(work, new.consent_version, new.consent_language, "\n\n".join(parts))
    return study


def _close(work: Work, study: Study) -> None:
    """A study whose last day has passed is closed and published (rules, 33)."""
    if study.ends_on is None or study.ends_on >= work.today:
        return
    then = _at(work, study.ends_on, 17)
    publish_batch(then, study, force=True)
    study.closed_at = then.now
    work.session.add(study)
    work.session.flush()


def _at(work: Work, day: date, hour: int) -> Work:
    """The same unit of work, at another moment."""
    return replace(work, now=at_local(day, hour))


def _statement(journey: CohortJourney) -> Statement:
    application = journey.application
    decision = None
    if application and application.sent_on and application.outcome:
        decision = StatedDecision(application.sent_on, application.outcome)
    return Statement(
        reference=journey.reference,
        route=journey.route,
        reported_on=journey.reported_on,
        facts=tuple(StatedFact(f.step, f.happened_on, f.state, f.reason) for f in journey.facts),
        received_on=application.received_on if application else None,
        decision=decision,
        departure=StatedDeparture(journey.left_on, journey.left_reason)
        if journey.left_on and journey.left_reason
        else None,
    )
