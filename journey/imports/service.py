"""Takes a file in: whole, or not at all.

The plan is made again inside the transaction that records, so that what happens is what is true then. Two people with
the same file wait for each other, and the second finds everything unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import insert
from sqlmodel import col, delete, or_, select

from journey.audit.service import record_act
from journey.auth.scope import get_study
from journey.imports.cells import Fault
from journey.imports.columns import knows_journey_column, knows_people_column
from journey.imports.journeys import read_journeys, route_versions
from journey.imports.people import Enrolment, plan_people
from journey.imports.plan import (
    CONTENTS,
    JOURNEYS,
    PARTICIPANTS,
    RESPONSES,
    Plan,
    Planned,
    Status,
    plan_journeys,
)
from journey.imports.reading import Sheet, read_sheet
from journey.imports.responses import PlannedResponse, plan_responses, read_planned
from journey.models import (
    Application,
    CaseWords,
    Decision,
    Departure,
    Extension,
    ImportRun,
    Journey,
    Melding,
    Participant,
    Progress,
    RouteChange,
    Study,
    Suspension,
    stored_id,
)
from journey.municipality.service import get_or_create_municipality
from journey.participant.service import enrol
from journey.progress.beside import IMPORT
from journey.progress.bulk import record_new_statements
from journey.progress.following import follow_cases
from journey.progress.statement import record_statement
from journey.route.queries import list_definitions
from journey.rules.errors import DomainError, Invalid
from journey.survey.queries import get_survey
from journey.survey.service import record_many
from journey.web.forms import said
from journey.web.i18n import gettext as _
from journey.work import Work

STEP: Final = 500
FACTS: Final = (Progress, Melding, Application, Suspension, Extension, Decision, Departure)

COUNTED_WORDS: Final = {
    JOURNEYS: ("reis", "reizen"),
    PARTICIPANTS: ("deelnemer", "deelnemers"),
    RESPONSES: ("antwoord", "antwoorden"),
}

# How far it is: rows that are done, of how many.
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Source:
    """What somebody handed in."""

    content: str
    file: bytes
    separator: str = ""


class ImportRefused(Exception):
    """Something is wrong with the file, so nothing was taken in; `plan` says what."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("import refused")
        self.plan = plan


def preview(work: Work, study: Study, source: Source) -> Plan:
    """What would happen now; writes nothing. Invalid when the file cannot be read at all."""
    return _plan(work, study, source)[0]


def import_file(work: Work, code: str, source: Source, report: Report) -> Plan:
    """Take everything in, in the open unit of work; ImportRefused when one thing is wrong with it.

    The last report comes before the commit, which counts the lead times of what changed.
    """
    study = get_study(work, code)
    # One import per study at a time; facts that others record meanwhile are not held up.
    work.session.exec(select(Study.id).where(Study.id == study.id).with_for_update(key_share=True)).one()
    plan, rows = _plan(work, study, source)
    if not plan.ok:
        raise ImportRefused(plan)
    if not plan.may_run:
        return plan
    if source.content == JOURNEYS:
        _record_journeys(work, study, plan, rows, report)
    elif source.content == RESPONSES:
        _record_responses(work, study, plan, rows, report)
    else:
        _enrol_all(work, study, plan, rows, report)
    work.session.add(
        ImportRun(
            study_id=stored_id(study),
            content=source.content,
            sha256=plan.sha256,
            rows=len(plan.lines),
            added=plan.count("new"),
            changed=plan.count("changed"),
            unchanged=plan.count("unchanged"),
            made_by=work.actor.label,
            made_at=work.now,
        )
    )
    record_act(work, f"import.{source.content}", study.code)
    return plan


def _plan(work: Work, study: Study, source: Source) -> tuple[Plan, list[Any]]:
    if source.content not in CONTENTS:
        raise Invalid("Kies wat er in het bestand staat.", field="content")
    if study.is_survey is not (source.content == RESPONSES):
        raise Invalid(
            "In een vragenlijstonderzoek komen alleen antwoorden, en antwoorden alleen daar.", field="content"
        )
    sheet = open_sheet(work, study, source)
    sha256 = hashlib.sha256(source.file).hexdigest()
    if source.content == JOURNEYS:
        return plan_journeys(work, study, read_journeys(work, study, sheet), sha256)
    if source.content == RESPONSES:
        return plan_responses(work, study, sheet, sha256)
    return plan_people(work, study, sheet, sha256)


def open_sheet(work: Work, study: Study, source: Source) -> Sheet:
    """The rows below the names of columns that this study knows; Invalid for what is no table."""
    if source.content == JOURNEYS:
        routes = list_definitions(work, study)
        return read_sheet(source.file, source.separator, partial(knows_journey_column, routes=routes))
    if source.content == PARTICIPANTS:
        return read_sheet(source.file, source.separator, knows_people_column)
    return read_sheet(source.file, source.separator)


# --- journeys -----------------------------------------------------------------------------------------


def _record_journeys(
    work: Work, study: Study, plan: Plan, planned: Sequence[Planned], report: Report
) -> None:
    new = [one for one in planned if one.key is None]
    known = [one for one in planned if one.key is not None]
    versions = route_versions(work, study)
    names = {one.statement.municipality for one in new} - {None}
    places: dict[str | None, int] = {
        name: stored_id(get_or_create_municipality(work, str(name))) for name in sorted(map(str, names))
    }
    places[None] = study.municipality_id
    report(0, len(planned))
    for start in range(0, len(new), STEP):
        part = new[start : start + STEP]
        keys = record_new_statements(work, study, [one.statement for one in part], versions, places)
        _keep_words(work, [(keys[one.statement.reference], one) for one in part])
        report(start + len(part), len(planned))
    still, set_aside = _list_still(work, study), 0
    for done, one in enumerate(known, start=len(new) + 1):
        key = one.key or 0
        if one.status != "unchanged" or key not in still:
            set_aside += not _record_again(work, study, plan, one)
        if done % STEP == 0 or done == len(planned):
            report(done, len(planned))
    changed = [one for one in known if one.status != "unchanged"]
    _keep_words(work, [(one.key or 0, one) for one in changed])
    follow_cases(work, [one.key or 0 for one in changed])
    if set_aside:
        record_act(work, "import.set_aside", study.code, str(set_aside))


def _record_again(work: Work, study: Study, plan: Plan, one: Planned) -> bool:
    """Whether it could be recorded. What cannot stand beside what a letter or a person told is left out in silence:
    a refusal would show whoever delivers the file who takes part (rules, 33)."""
    try:
        with work.session.begin_nested():
            record_statement(work, study, one.statement)
    except DomainError as refusal:
        if one.key in _list_told(work, [one.key or 0]):
            return False
        one.row.faults.append(Fault(one.row.number, "", "", one.statement.reference, said(refusal)))
        plan.faults += one.row.faults
        raise ImportRefused(plan) from None
    return True


def _list_told(work: Work, keys: Sequence[int]) -> set[int]:
    """Of these journeys the ones about which a letter or a person told us something, or that somebody follows."""
    found: set[int] = set()
    for table in FACTS:
        found.update(
            work.session.exec(
                select(table.journey_id).where(col(table.journey_id).in_(keys), table.source != IMPORT)
            ).all()
        )
    people = select(Participant.journey_id).where(col(Participant.journey_id).in_(keys))
    found.update(key for key in work.session.exec(people).all() if key is not None)
    return found


def _list_still(work: Work, study: Study) -> set[int]:
    """The journeys of which only files spoke, and nobody since: their unchanged rows need no second look."""
    own = select(CaseWords.journey_id).join(Journey).where(Journey.study_id == study.id)
    still = set(work.session.exec(own).all())
    if not still:
        return still
    for table in FACTS:
        others = (
            select(table.journey_id)
            .join(CaseWords, col(CaseWords.journey_id) == table.journey_id)
            .join(Journey, col(Journey.id) == table.journey_id)
            .where(
                Journey.study_id == study.id,
                or_(table.source != IMPORT, col(table.recorded_at) > col(CaseWords.stated_at)),
            )
        )
        still.difference_update(work.session.exec(others).all())
    for whose in (Participant, RouteChange):
        followed = select(whose.journey_id).join(Journey, col(Journey.id) == whose.journey_id)
        still.difference_update(work.session.exec(followed.where(Journey.study_id == study.id)).all())
    return still


def _keep_words(work: Work, said_of: Sequence[tuple[int, Planned]]) -> None:
    for start in range(0, len(said_of), STEP):
        part = said_of[start : start + STEP]
        work.session.exec(delete(CaseWords).where(col(CaseWords.journey_id).in_([key for key, _one in part])))
        work.session.connection().execute(
            insert(CaseWords),
            [{"journey_id": key, "words": one.words, "stated_at": work.now} for key, one in part],
        )


# --- participants -------------------------------------------------------------------------------------


def _enrol_all(work: Work, study: Study, plan: Plan, enrolments: Sequence[Enrolment], report: Report) -> None:
    report(0, len(enrolments))
    for done, one in enumerate(enrolments, start=1):
        try:
            enrol(work, study, one.new)
        except DomainError as refusal:
            plan.faults.append(Fault(one.row.number, "", "", "", said(refusal)))
            raise ImportRefused(plan) from None
        if done % 50 == 0 or done == len(enrolments):
            report(done, len(enrolments))


# --- answers ------------------------------------------------------------------------------------------


def _record_responses(
    work: Work, study: Study, plan: Plan, planned: Sequence[PlannedResponse], report: Report
) -> None:
    survey = get_survey(work, study)
    report(0, len(planned))
    try:
        record_many(work, survey, (read_planned(survey, one) for one in planned))
    except Invalid as refusal:
        plan.faults.append(Fault(0, "", "", "", said(refusal)))
        raise ImportRefused(plan) from None
    report(len(planned), len(planned))


# --- what is wrong, as a file -------------------------------------------------------------------------


def faults_file(faults: Iterable[Fault]) -> str:
    """CSV for a spreadsheet: what begins as a formula gets a quote before it."""
    lines = [(_("rij"), _("kolom"), _("naam"), _("waarde"), _("wat er mis is"))]
    lines += [(str(one.row or ""), one.letter, one.column, one.value, one.sentence) for one in faults]
    return "\ufeff" + "".join(f"{';'.join(map(_quoted, line))}\r\n" for line in lines)


def _quoted(text: str) -> str:
    safe = f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    return f'"{safe.replace(chr(34), chr(34) * 2)}"'


def count_words(plan: Plan) -> Iterator[str]:
    """The counts in sentences, for a page and for the command line."""
    one, many = COUNTED_WORDS[plan.content]
    labels: list[tuple[Status, str]] = [("new", _("nieuw")), ("unchanged", _("ongewijzigd"))]
    if plan.content == JOURNEYS:
        labels.insert(1, ("changed", _("bijgewerkt")))
    for status, label in labels:
        n = plan.count(status)
        yield f"{n} {_(one) if n == 1 else _(many)} {label}"
