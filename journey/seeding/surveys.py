"""Loads a survey from a folder: who was asked in `survey.toml`, the answers in `responses.csv`."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlmodel import select

from journey.clock import at_local
from journey.imports.plan import RESPONSES
from journey.imports.service import Source, import_file
from journey.models import Study
from journey.report.service import publish_batch
from journey.route.toml_file import TomlTable, read_toml
from journey.study.service import SURVEY, NewStratum, NewStudy, create_study
from journey.work import Work

FILE = "survey.toml"


def load_survey(work: Work, folder: Path) -> str:
    """What was loaded, a Dutch line; a study that is there already is left alone. A survey whose last day has passed is
    published and closed (rules, 33)."""
    table = read_toml((folder / FILE).read_text(encoding="utf-8"), FILE)
    new = _read(table)
    if work.session.exec(select(Study).where(Study.code == new.code)).first():
        return f"Vragenlijstonderzoek {new.code}: stond er al."
    then = replace(work, now=at_local(min(new.ends_on or work.today, work.today), 17))
    study = create_study(replace(work, now=at_local(new.starts_on, 9)), new)
    source = Source(RESPONSES, (folder / "responses.csv").read_bytes())
    plan = import_file(then, study.code, source, lambda _done, _total: None)
    publish_batch(then, study, force=True)
    if new.ends_on is not None and new.ends_on < work.today:
        study.closed_at = then.now
        work.session.add(study)
        work.session.flush()
    return f"Vragenlijstonderzoek {new.code}: {plan.count('new')} antwoorden geladen."


def _read(table: TomlTable) -> NewStudy:
    new = NewStudy(
        code=table.name_id("code"),
        name=table.text("name"),
        municipality=table.text("municipality"),
        routes=(),
        starts_on=table.required("starts_on", date),
        ends_on=table.optional("ends_on", date),
        kind=SURVEY,
        questionnaire=table.text("questionnaire"),
        strata=tuple(_stratum(row) for row in table.tables("strata")),
    )
    table.done()
    return new


def _stratum(row: TomlTable) -> NewStratum:
    stratum = NewStratum(
        row.name_id("code"), row.text("name"), row.whole("population"), row.whole("approached")
    )
    row.done()
    return stratum
