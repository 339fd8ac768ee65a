"""The figures of a survey: a row per item and unit, with what stands beside it and what may be said of the difference;
small groups hidden for who sees groups only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from journey.rules.disclosure import CHANGED, Disclosure, Verdict, disclose
from journey.rules.inference import Test, two_proportion, verdicts
from journey.rules.questionnaire import Item, Kind, Questionnaire
from journey.rules.survey import Counts, Figure, Sampled, Weighed, add_counts, figure, weigh
from journey.survey.published import Printed, Published
from journey.survey.queries import ALL, WITHOUT_UNIT, Counted, SurveyOf
from journey.web.i18n import gettext as _

WITHHELD: Final = "withheld"


@dataclass(frozen=True)
class ItemRow:
    """One item in one unit (`all` for everybody together). `figure` is None in a hidden row, see `reason`. `version` is
    the key of a stored version, `edition` its number.

    `verdict` compares a share with the reference group, `verdicts` the shares of options; both in Dutch, only where
    both n are known. `earlier` maps years to what was printed then. `kept_from` is the day since which a published row
    stands as it was.
    """

    item: Item
    unit: str
    version: int
    figure: Figure | None
    weighed: Weighed | None = None
    reference: Printed | None = None
    earlier: Mapping[int, Printed] = field(default_factory=dict)
    verdict: str | None = None
    verdicts: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    kept_from: str | None = None
    edition: int = 1

    @property
    def shown(self) -> bool:
        return self.figure is not None


@dataclass(frozen=True)
class Look:
    """How somebody looks: groups below `minimum` are hidden (0 hides nothing), `weighted` by population on request.

    `kept` maps (version, item) to the day since which it stands as it was, or to `WITHHELD`.
    """

    minimum: int = 0
    weighted: bool = False
    kept: Mapping[tuple[int, str], str] = field(default_factory=dict)


def build_rows(
    survey: SurveyOf,
    questionnaires: Mapping[int, Questionnaire],
    counted: Counted,
    published: Published | None,
    look: Look,
) -> list[ItemRow]:
    """Rows in the order of the questionnaire, `all` first. Versions of the questionnaire stand one after the other and
    are never added up: the same id may ask something else.
    """
    rows: list[ItemRow] = []
    for version in counted.versions or (survey.version_id,):
        questionnaire, own = questionnaires[version], counted.of(version)
        made = [
            row
            for item in questionnaire.items
            for row in _item_rows(survey, item, version, own, published, look)
        ]
        rows += [replace(row, edition=questionnaire.version) for row in _judged(made, published)]
    return rows


def _item_rows(
    survey: SurveyOf, item: Item, version: int, counted: Counted, published: Published | None, look: Look
) -> Iterator[ItemRow]:
    parts = counted.item(item.id)
    units = {stratum.code: parts.get(stratum.code, {}) for stratum in survey.strata}
    judged = judge(
        {unit: answered(part) for unit, part in units.items()}, answered(parts.get(WITHOUT_UNIT, {})), look
    )
    withheld = look.kept.get((version, item.id)) == WITHHELD
    samples = samples_of(survey, counted)
    for unit, part in ((ALL, add_counts(parts.values())), *units.items()):
        if unit != ALL and not part:
            continue
        verdict = judged.total if unit == ALL else judged.parts[unit]
        if withheld or not verdict.shown:
            yield ItemRow(item, unit, version, None, reason=said(verdict, withheld=withheld))
            continue
        weighed = None
        if unit == ALL and look.weighted and _may_weigh(judged, units):
            weighed = weigh(item, {code: (counts, samples[code]) for code, counts in units.items()})
        yield ItemRow(
            item,
            unit,
            version,
            figure(item, part, samples[unit]),
            weighed,
            published.reference(item.id) if published else None,
            _earlier(survey, item, unit, published),
            kept_from=look.kept.get((version, item.id)),
        )


def answered(counts: Counts) -> int:
    return counts.get("#", 0)


def judge(sizes: Mapping[str, int], apart: int, look: Look) -> Disclosure[str]:
    """Who has no unit is never a row, and is hidden with the small units in the total (rules, 51)."""
    return disclose(sizes, look.minimum, apart=apart)


def _may_weigh(judged: Disclosure[str], units: Mapping[str, Counts]) -> bool:
    """A weighted and a plain total with one unit hidden are two equations about it."""
    return all(judged.parts[unit].shown for unit, part in units.items() if answered(part))


def samples_of(survey: SurveyOf, counted: Counted) -> dict[str, Sampled]:
    """Respondents and population of each unit and of `all`."""
    have = counted.respondents()
    samples = {
        stratum.code: Sampled(have.get(stratum.code, 0), stratum.population) for stratum in survey.strata
    }
    samples[ALL] = Sampled(sum(have.values()), sum(stratum.population for stratum in survey.strata))
    return samples


def said(verdict: Verdict, *, withheld: bool = False) -> str:
    if withheld or verdict.reason is None:
        return _(CHANGED)
    return _(verdict.reason, **verdict.params)


def _earlier(survey: SurveyOf, item: Item, unit: str, published: Published | None) -> dict[int, Printed]:
    """What was printed of all units together holds only for the same units."""
    if published is None or (unit == ALL and set(survey.names) != set(published.units)):
        return {}
    return published.earlier(item.id, unit, survey.year)


# --- verdicts -----------------------------------------------------------------------------------------


def _judged(rows: Sequence[ItemRow], published: Published | None) -> list[ItemRow]:
    """With verdicts, Holm's correction within one table: the statements of one section in one unit, or the options of
    one item."""
    of = published.reference_n if published else None
    if of is None:
        return list(rows)
    tables: dict[tuple[str, str], list[int]] = {}
    done = list(rows)
    for place, row in enumerate(rows):
        if row.figure is None or row.reference is None or not row.figure.n:
            continue
        if isinstance(row.reference, Mapping):
            done[place] = replace(row, verdicts=_option_verdicts(row.figure, row.reference, of))
        elif row.item.kind in (Kind.agree4, Kind.yes_share):
            tables.setdefault((row.unit, row.item.section), []).append(place)
    for places in tables.values():
        tests = [share_test(rows[place], of) for place in places]
        for place, verdict in zip(places, verdicts(tests), strict=True):
            done[place] = replace(done[place], verdict=str(verdict))
    return done


def share_test(row: ItemRow, of: int) -> Test:
    """Our share against that of a reference group of (at most) `of` answers."""
    if row.figure is None or row.figure.value is None or not isinstance(row.reference, int | float):
        raise ValueError("no two shares to test")
    return two_proportion(row.figure.value / 100, row.figure.n, row.reference / 100, of)


def _option_verdicts(ours: Figure, theirs: Mapping[str, float], of: int) -> dict[str, str]:
    options = [option for option in theirs if option in ours.options]
    tests = [two_proportion(ours.options[one] / 100, ours.n, theirs[one] / 100, of) for one in options]
    return {option: str(verdict) for option, verdict in zip(options, verdicts(tests), strict=True)}
