"""Takes answers in. What is counted follows in the same unit of work, so that a figure never waits and never lags."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, delete, select

from journey.audit.service import record_act
from journey.models import OpenAnswer, ResponseCount, Study, SurveyResponse, stored_id
from journey.models.survey import RESPONSE_MODES
from journey.questionnaire.queries import get_questionnaire
from journey.rules.errors import Conflict, Invalid
from journey.rules.questionnaire import AnswerFault, Kind, Questionnaire, Reason, Settled, settle
from journey.rules.recognisable import CITIZEN_NUMBER_REFUSED, find_citizen_number
from journey.rules.survey import ItemCounts, count_into
from journey.survey.queries import SurveyOf, get_survey, read_counted
from journey.work import Work

STEP = 500


@dataclass(frozen=True)
class NewResponse:
    """One respondent: `unit` is the code of a stratum or empty, `mode` paper, web or empty for unknown."""

    settled: Settled
    unit: str = ""
    mode: str = ""


class AnswersRefused(Invalid):
    """Something is wrong with one or more answers; `faults` says with which."""

    def __init__(self, faults: tuple[AnswerFault, ...]) -> None:
        first = faults[0]
        super().__init__(first.message, field=f"answers.{first.item}", **first.params)
        self.faults = faults


def read_answers(questionnaire: Questionnaire, given: Mapping[str, object], unit: str) -> Settled:
    """Held against the questionnaire; AnswersRefused with every fault, also a citizen number in an open answer."""
    settled = settle(questionnaire, given, unit)
    faults = settled.faults + tuple(
        AnswerFault(item, CITIZEN_NUMBER_REFUSED)
        for item, text in _open_answers(questionnaire, settled).items()
        if find_citizen_number(text)
    )
    if faults:
        raise AnswersRefused(faults)
    return settled


def record_response(work: Work, study: Study, unit: str, mode: str, given: Mapping[str, object]) -> str:
    """The random id of the response. Invalid names the field; Conflict when the study was closed."""
    survey = _writable(work, study)
    if mode not in RESPONSE_MODES:
        raise Invalid("Deze manier kennen we niet: %(mode)s.", field="mode", mode=mode)
    check_unit(survey, unit)
    settled = read_answers(survey.questionnaire, given, unit)
    made = record_many(work, survey, [NewResponse(settled, unit, mode)])
    record_act(work, "response.record", study.code)
    return made[0]


def check_unit(survey: SurveyOf, unit: str) -> None:
    if unit and unit not in survey.names:
        raise Invalid(
            "Deze groep is er niet: %(unit)s. Kies uit: %(allowed)s.",
            field="stratum",
            unit=unit,
            allowed=", ".join(survey.names),
        )


def _writable(work: Work, study: Study) -> SurveyOf:
    """The survey, held against another who records at the same moment: two would both take the last place."""
    if study.closed_at is not None:
        raise Conflict("Dit onderzoek is afgesloten. Er kan niets meer bij.")
    survey = get_survey(work, study)
    work.session.exec(select(Study.id).where(Study.id == study.id).with_for_update(key_share=True)).one()
    return survey


def record_many(work: Work, survey: SurveyOf, responses: Iterable[NewResponse]) -> list[str]:
    """Ids in the order given. Invalid when a unit would have more answers than people asked."""
    ids = {stratum.code: stored_id(stratum) for stratum in survey.strata}
    counted: dict[tuple[str, str], tuple[dict[str, int], ItemCounts]] = {}
    made: list[str] = []
    rows: list[dict[str, Any]] = []
    opened: list[dict[str, Any]] = []
    opens = [item.id for item in survey.questionnaire.items if item.kind is Kind.open]
    for one in responses:
        statuses, items = counted.setdefault((one.unit, one.mode), ({}, {}))
        statuses[one.settled.status] = statuses.get(one.settled.status, 0) + 1
        count_into(items, one.settled)
        key = secrets.token_hex(16)
        made.append(key)
        rows.append(_row(survey, key, ids.get(one.unit), one))
        opened += _opened(work, key, opens, one.settled)
        if len(rows) == STEP:
            _write(work, rows, opened)
    _write(work, rows, opened)
    for (unit, mode), (statuses, items) in counted.items():
        _add(work, survey, ids.get(unit), mode, statuses, items)
    _check_size(work, survey)
    return made


def _row(survey: SurveyOf, key: str, stratum: int | None, one: NewResponse) -> dict[str, Any]:
    settled = one.settled
    opens = {item.id for item in survey.questionnaire.items if item.kind is Kind.open}
    return {
        "id": key,
        "study_id": stored_id(survey.study),
        "questionnaire_id": survey.version_id,
        "stratum_id": stratum,
        "mode": one.mode,
        "answers": {item: answer for item, answer in settled.answers.items() if item not in opens},
        "missing": {
            item: str(reason) for item, reason in settled.missing.items() if reason is not Reason.not_asked
        },
        "status": settled.status,
        "state": "valid",
        "answered_on": None,
    }


def _opened(work: Work, key: str, opens: list[str], settled: Settled) -> Iterator[dict[str, Any]]:
    for item in opens:
        if (text := settled.answers.get(item)) is not None:
            name = secrets.token_hex(16)
            body = work.vault.seal(str(text), f"open_answer:{name}")
            yield {
                **{"id": name, "response_id": key, "item": item, "body": body},
                **{"themes": [], "quote": "", "state": "", "edited_by": "", "decided_by": ""},
            }


def _write(work: Work, rows: list[dict[str, Any]], opened: list[dict[str, Any]]) -> None:
    connection = work.session.connection()
    if rows:
        connection.execute(insert(SurveyResponse), rows)
    if opened:
        connection.execute(insert(OpenAnswer), opened)
    rows.clear()
    opened.clear()


def _add(
    work: Work,
    survey: SurveyOf,
    stratum: int | None,
    mode: str,
    statuses: Mapping[str, int],
    items: ItemCounts,
) -> None:
    """Adds to the kept counts of one unit and mode."""
    row = work.session.exec(
        select(ResponseCount).where(
            ResponseCount.study_id == survey.study.id,
            ResponseCount.questionnaire_id == survey.version_id,
            col(ResponseCount.stratum_id).is_(None)
            if stratum is None
            else ResponseCount.stratum_id == stratum,
            ResponseCount.mode == mode,
        )
    ).first()
    if row is None:
        row = ResponseCount(
            study_id=stored_id(survey.study),
            questionnaire_id=survey.version_id,
            stratum_id=stratum,
            mode=mode,
            statuses={},
            items={},
        )
    row.statuses = _sum(row.statuses, statuses)
    row.items = {
        item: _sum(row.items.get(item, {}), items.get(item, {})) for item in row.items.keys() | items.keys()
    }
    work.session.add(row)
    work.session.flush()


def _sum(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {key: before.get(key, 0) + more.get(key, 0) for key in before.keys() | more.keys()}


def _check_size(work: Work, survey: SurveyOf) -> None:
    """Nobody can answer who was not asked: more answers than people means the wrong file or the wrong numbers."""
    have = read_counted(work, survey.study).respondents()
    for stratum in survey.strata:
        if have.get(stratum.code, 0) > stratum.approached:
            _too_many(stratum.name, have[stratum.code], stratum.approached)
    total = sum(stratum.approached for stratum in survey.strata)
    if sum(have.values()) > total:
        _too_many(survey.study.name, sum(have.values()), total)


def _too_many(name: str, n: int, approached: int) -> None:
    raise Invalid(
        "Van %(name)s zouden er %(n)s antwoorden zijn, maar er zijn maar %(approached)s mensen gevraagd.",
        field="stratum",
        name=name,
        n=n,
        approached=approached,
    )


def recount(work: Work, study: Study) -> None:
    """The kept counts anew from the answers: after a correction or a withdrawal, and to check them."""
    survey = get_survey(work, study)
    codes = {stratum.id: stratum.code for stratum in survey.strata}
    work.session.exec(delete(ResponseCount).where(col(ResponseCount.study_id) == study.id))
    counted: dict[tuple[int, int | None, str], tuple[dict[str, int], ItemCounts]] = {}
    opened: dict[str, dict[str, str]] = {}
    own = select(OpenAnswer.response_id, OpenAnswer.item).join(SurveyResponse)
    for response, item in work.session.exec(own.where(SurveyResponse.study_id == study.id)):
        opened.setdefault(response, {})[item] = "…"
    rows = select(SurveyResponse).where(SurveyResponse.study_id == study.id)
    for row in work.session.exec(rows.execution_options(yield_per=STEP)):
        where = (row.questionnaire_id, row.stratum_id, row.mode)
        statuses, items = counted.setdefault(where, ({}, {}))
        status = row.status if row.state == "valid" else row.state
        statuses[status] = statuses.get(status, 0) + 1
        if row.state == "valid":
            questionnaire = get_questionnaire(work, row.questionnaire_id)
            count_into(
                items,
                settle(
                    questionnaire,
                    {**row.missing, **row.answers, **opened.get(row.id, {})},
                    codes.get(row.stratum_id, ""),
                ),
            )
    for (version, stratum, mode), (statuses, items) in counted.items():
        at = SurveyOf(study, survey.questionnaire, version, survey.strata, survey.names)
        _add(work, at, stratum, mode, statuses, items)


def _open_answers(questionnaire: Questionnaire, settled: Settled) -> dict[str, str]:
    return {
        item.id: str(settled.answers[item.id])
        for item in questionnaire.items
        if item.kind is Kind.open and item.id in settled.answers
    }
