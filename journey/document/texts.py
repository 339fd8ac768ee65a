"""What researchers write themselves in a report. The latest text of a section counts, history stays, and nobody
overwrites what they did not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, func, select

from journey.audit.service import record_act
from journey.document.chapters import STEP_SECTION
from journey.document.survey_chapters import SECTION_TEXT
from journey.models import ReportText, Study, stored_id
from journey.report.queries import list_routes
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.survey.queries import get_survey
from journey.web.i18n import gettext as _
from journey.work import Work

LONGEST = 20000
SECTIONS = {
    "summary": "In het kort",
    "introduction": "Inleiding",
    "conclusions": "Conclusies",
    "recommendations": "Aanbevelingen",
}


@dataclass(frozen=True)
class SectionText:
    """One section to write in; `text` is the latest, None when nobody wrote yet."""

    section: str
    title: str
    text: ReportText | None

    @property
    def seen(self) -> int:
        """Which text this is, to tell later whether it is still the latest; 0 before the first."""
        return self.text.id or 0 if self.text else 0


def list_sections(work: Work, study: Study) -> list[SectionText]:
    """Every section that can be written, in the order of the report."""
    latest = _latest(work, study)
    titles = {section: _(title) for section, title in SECTIONS.items()}
    steps = (
        _survey_sections(work, study)
        if study.is_survey
        else {
            STEP_SECTION % (route.id, step.id): f"{route.name}: {step.name}"
            for route in list_routes(work, study)
            for step in route.steps
        }
    )
    order = [*list(SECTIONS)[:2], *steps, *list(SECTIONS)[2:]]
    return [SectionText(section, {**titles, **steps}[section], latest.get(section)) for section in order]


def _survey_sections(work: Work, study: Study) -> dict[str, str]:
    sections = get_survey(work, study).questionnaire.sections
    return {SECTION_TEXT % section.id: section.title() for section in sections}


def get_section(work: Work, study: Study, section: str) -> SectionText:
    """NotFound for a section that the report of this study does not have."""
    for one in list_sections(work, study):
        if one.section == section:
            return one
    raise NotFound("Dit onderdeel staat niet in het rapport.")


def list_texts(work: Work, study: Study) -> Mapping[str, str]:
    """The latest text per section."""
    return {section: row.body for section, row in _latest(work, study).items()}


def record_text(work: Work, study: Study, section: str, body: str, *, seen: int) -> ReportText | None:
    """A new text for a section; None when it is what stands there already.

    `seen` is the text the writer started from (`SectionText.seen`): Conflict when somebody else wrote another since.
    Invalid above 20.000 characters. An empty text takes the section out of the report.
    """
    # Two at once would both find the same latest text.
    work.session.exec(select(Study.id).where(Study.id == study.id).with_for_update())
    present = get_section(work, study, section)
    body = body.strip()
    if len(body) > LONGEST:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="body", most=LONGEST)
    if present.text is not None and present.text.body == body:
        return None
    if present.seen != seen:
        raise Conflict(
            "Iemand anders heeft deze tekst intussen veranderd. Hieronder staat wat er nu is. "
            "Bewaart u nog een keer, dan geldt uw tekst.",
            field="body",
        )
    if present.text is None and not body:
        return None
    row = ReportText(
        study_id=stored_id(study),
        section=section,
        body=body,
        written_by=work.actor.label,
        written_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    record_act(work, "report.text", f"{study.code} {section}")
    return row


def _latest(work: Work, study: Study) -> dict[str, ReportText]:
    newest = (
        select(func.max(ReportText.id))
        .where(ReportText.study_id == study.id)
        .group_by(col(ReportText.section))
    )
    rows = work.session.exec(select(ReportText).where(col(ReportText.id).in_(newest))).all()
    return {row.section: row for row in rows}
