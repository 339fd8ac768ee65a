"""Surveys for their readers: researchers see what is counted now, managers the last published batch (rules, 33
and 51).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from journey.models import Batch, Study, stored_id
from journey.questionnaire.queries import get_questionnaire
from journey.report.batches import Standing
from journey.report.figures import NOTHING_PUBLISHED
from journey.report.queries import as_of, find_batch, list_batches, sees_live
from journey.rules.disclosure import Renewal, batch_due
from journey.rules.questionnaire import Item, Questionnaire
from journey.rules.survey import Counts, add_counts, moved, renewal_of_counts
from journey.survey.figures import WITHHELD, ItemRow, Look, build_rows
from journey.survey.published import Published, find_published
from journey.survey.queries import ALL, Cell, Counted, SurveyOf, get_survey, read_counted
from journey.survey.response import Response, UnitResponse, build_response
from journey.web.i18n import gettext as _
from journey.work import Work

RESPONSE = "response"
Units = Mapping[str, Counts]


@dataclass(frozen=True)
class SurveyFigures:
    """Rows for one reader; `batch` is the number of the published batch, None when live."""

    survey: SurveyOf
    published: Published | None
    as_of: date | None
    batch: int | None
    rows: tuple[ItemRow, ...]

    def items_of(self, version: int) -> tuple[Item, ...]:
        """The items of one version, each once."""
        return tuple({row.item.id: row.item for row in self.rows if row.version == version}.values())

    def of(self, unit: str) -> tuple[ItemRow, ...]:
        return tuple(row for row in self.rows if row.unit == unit)

    def find(self, item: str, unit: str = ALL) -> ItemRow | None:
        return next((row for row in self.rows if row.item.id == item and row.unit == unit), None)


def survey_figures(work: Work, study: Study, *, weighted: bool = False) -> SurveyFigures:
    """NotFound for a study of another kind."""
    survey = get_survey(work, study)
    published = find_published(survey.questionnaire.id)
    if sees_live(work):
        counted, look, batch = read_counted(work, study), Look(0, weighted), None
        day: date | None = as_of(work, study)
    else:
        batch = find_batch(work, study)
        if batch is None:
            return SurveyFigures(survey, published, None, None, tuple(_nothing_yet(survey)))
        counted, look = stored_counts(batch), Look(study.minimum_group, weighted, _kept(batch))
        day = batch.as_of
    questionnaires = questionnaires_of(work, survey, counted)
    rows = build_rows(survey, questionnaires, counted, published, look)
    return SurveyFigures(survey, published, day, batch.number if batch else None, tuple(rows))


def _nothing_yet(survey: SurveyOf) -> list[ItemRow]:
    reason = _(NOTHING_PUBLISHED)
    asked = survey.questionnaire
    return [
        ItemRow(item, ALL, survey.version_id, None, reason=reason, edition=asked.version)
        for item in asked.items
    ]


def questionnaires_of(work: Work, survey: SurveyOf, counted: Counted) -> dict[int, Questionnaire]:
    return {version: get_questionnaire(work, version) for version in {survey.version_id, *counted.versions}}


def survey_response(work: Work, study: Study) -> Response:
    """Who answered; of managers as of the last batch, small units hidden."""
    survey = get_survey(work, study)
    if sees_live(work):
        return build_response(survey, read_counted(work, study), Look())
    batch = find_batch(work, study)
    if batch is not None:
        return build_response(survey, stored_counts(batch), Look(study.minimum_group))
    asked = (sum(one.population for one in survey.strata), sum(one.approached for one in survey.strata))
    reason = _(NOTHING_PUBLISHED)
    return Response(UnitResponse(ALL, study.name, *asked, shown=False, reason=reason), (), None)


# --- batches ------------------------------------------------------------------------------------------


def stored_counts(batch: Batch) -> Counted:
    return Counted.from_json(batch.figures)


def _kept(batch: Batch) -> dict[tuple[int, str], str]:
    stored = batch.breakdowns.get("kept", [])
    return {(version, item): since for version, item, since in stored}


def survey_batch(work: Work, study: Study, last: Batch | None, *, force: bool) -> Batch | None:
    """The next batch as it would be stored, None when it is not due: what is counted per version, unit and item, each
    item as far as enough of its people changed in every unit.
    """
    now = read_counted(work, study)
    if not (force or batch_due(changed_responses(last, now), study.batch_size)):
        return None
    counts, kept = _renewed(study, list_batches(work, study), now, force=force)
    return Batch(
        study_id=stored_id(study),
        number=last.number + 1 if last else 1,
        as_of=as_of(work, study),
        published_at=work.now,
        published_by=work.actor.label,
        figures=counts.to_json(),
        breakdowns={"kept": [[version, item, since] for (version, item), since in kept.items()]},
        closing={},
        method={},
        lead_times={},
    )


def survey_standing(work: Work, study: Study) -> Standing:
    """The last batch and how many people changed since, at least."""
    last = find_batch(work, study)
    changed = changed_responses(last, read_counted(work, study))
    missing = 0 if batch_due(changed, study.batch_size) else study.batch_size - changed
    return Standing(last, changed, missing)


def changed_responses(last: Batch | None, now: Counted) -> int:
    """At least so many people answered, changed or withdrew since the last batch."""
    before = stored_counts(last) if last else Counted(())
    return max(
        (
            moved(add_counts(_units(before, key).values()), add_counts(_units(now, key).values()))
            for key in _keys(before, now)
        ),
        default=0,
    )


def _keys(*counted: Counted) -> list[tuple[int, str]]:
    """Every measure: the items of each version, and its response."""
    found = {
        (cell.version, item): None
        for one in counted
        for cell in one.cells
        for item in (*cell.items, RESPONSE)
    }
    return list(found)


def _units(counted: Counted, key: tuple[int, str]) -> dict[str, Counts]:
    version, item = key
    own = counted.of(version)
    if item != RESPONSE:
        return dict(own.item(item))
    units: dict[str, Counts] = {}
    for cell in own.cells:
        by_mode = {f"{cell.mode}:{status}": n for status, n in cell.statuses.items()}
        units[cell.unit] = add_counts([units.get(cell.unit, {}), by_mode])
    return units


def _renewed(
    study: Study, earlier: list[Batch], now: Counted, *, force: bool
) -> tuple[Counted, dict[tuple[int, str], str]]:
    looks = [stored_counts(batch) for batch in earlier]
    kept: dict[tuple[int, str], str] = {}
    chosen: dict[tuple[int, str], Counted] = {}
    for key in _keys(now, *looks):
        decided = Renewal.renew
        if not force:
            decided = renewal_of_counts(
                [_units(one, key) for one in looks], _units(now, key), study.batch_size
            )
        chosen[key] = now if decided is Renewal.renew else looks[-1]
        if decided is Renewal.withhold and key[1] != RESPONSE:
            kept[key] = WITHHELD
        elif decided is Renewal.keep:
            kept[key] = _kept(earlier[-1]).get(key, earlier[-1].as_of.isoformat())
    return Counted(tuple(_cells(chosen))), kept


def _cells(chosen: Mapping[tuple[int, str], Counted]) -> list[Cell]:
    """Cells made of the chosen counts: items over all modes together, the response per mode."""
    cells: dict[tuple[int, str, str], Cell] = {}
    for (version, item), counted in chosen.items():
        if item == RESPONSE:
            for cell in counted.of(version).cells:
                place = (version, cell.unit, cell.mode)
                own = cells.get(place)
                cells[place] = Cell(*place, cell.statuses, own.items if own else {})
            continue
        for unit, counts in counted.of(version).item(item).items():
            place = (version, unit, _first_mode(chosen, version, unit))
            own = cells.get(place) or Cell(*place, {}, {})
            cells[place] = Cell(*place, own.statuses, {**own.items, item: counts})
    return list(cells.values())


def _first_mode(chosen: Mapping[tuple[int, str], Counted], version: int, unit: str) -> str:
    """Where the items of a unit are kept: a mode that its response has, so that no cell is of nobody."""
    counted = chosen[version, RESPONSE]
    return next((cell.mode for cell in counted.of(version).cells if cell.unit == unit), "")
