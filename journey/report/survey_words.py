"""Numbers of a survey as they are printed: percentages whole, grades with one decimal, halves up (rules, 48); and the
sentences that follow from them.
"""

from collections.abc import Mapping, Sequence

from journey.rules.inference import Verdict
from journey.rules.questionnaire import Item, Kind
from journey.rules.statistics import decimal_comma
from journey.rules.survey import Figure, Interval
from journey.survey.figures import ItemRow
from journey.survey.published import Printed, Published
from journey.web.i18n import gettext as _
from journey.web.i18n import grouped

STATEMENTS = (Kind.agree4, Kind.yes_share)
GRADES = Kind.grade10
NONE = "–"


def digits_of(kind: Kind) -> int:
    return 1 if kind is Kind.grade10 else 0


def printed(value: float | None, kind: Kind) -> str:
    """`7,6` or `43 %`."""
    if value is None:
        return NONE
    number = decimal_comma(round(value, 9), digits_of(kind))
    return number if kind is Kind.grade10 else f"{number} %"


def between(interval: Interval | None, kind: Kind) -> str:
    """`7,4 – 7,8` or `88 – 94 %`."""
    if interval is None:
        return NONE
    low, high = (decimal_comma(round(edge, 9), digits_of(kind)) for edge in interval)
    return f"{low} – {high}" if kind is Kind.grade10 else f"{low} – {high} %"


def value_of(row: ItemRow, option: str = "") -> str:
    if row.figure is None:
        return NONE
    value = row.figure.options.get(option) if option else row.figure.value
    return printed(value, row.item.kind)


def reference_of(row: ItemRow, option: str = "") -> str:
    return printed(_number(row.reference, option), row.item.kind)


def earlier_of(row: ItemRow, year: int, option: str = "") -> str:
    return printed(_number(row.earlier.get(year), option), row.item.kind)


def _number(stated: Printed | None, option: str) -> float | None:
    if isinstance(stated, Mapping):
        return stated.get(option)
    return None if option else stated


def verdict_of(row: ItemRow, option: str = "") -> str:
    """The verdict for the reader; a mean beside a mean without spread has none."""
    found = row.verdicts.get(option) if option else row.verdict
    return _(found) if found else NONE


def missing_note(figure: Figure) -> str:
    """Who was asked and gave no answer, by reason; empty when everybody did."""
    words = {
        "no_answer": _("%(n)s keer"),
        "not_applicable": _("%(n)s keer niet van toepassing"),
        "unreadable": _("%(n)s keer niet te lezen"),
    }
    return ", ".join(words[reason] % {"n": grouped(n)} for reason, n in figure.reasons.items())


def option_text(item: Item, option: str, language: str = "nl") -> str:
    """The words of one answer, as the questionnaire has them."""
    if item.kind is Kind.agree4:
        return _(AGREE_WORDS[option])
    if item.kind is Kind.yes_share:
        return _("Ja") if option == "yes" else _("Nee")
    texts = next((one.texts for one in item.options if one.id == option), {})
    return texts.get(language) or texts.get("nl", option)


AGREE_WORDS = {
    "strongly_agree": "Helemaal mee eens",
    "agree": "Mee eens",
    "disagree": "Niet mee eens",
    "strongly_disagree": "Helemaal niet mee eens",
}


def condition_text(questionnaire_items: Sequence[Item], item: Item, units: Mapping[str, str]) -> str:
    """Who an item is for, in words; empty when for everybody."""
    parts = []
    by_id = {one.id: one for one in questionnaire_items}
    for condition in item.asked_of:
        parent = by_id.get(condition.item)
        if parent is None:
            values = " of ".join(units.get(value, value) for value in condition.values)
            parts.append(_("alleen in %(units)s", units=values))
        else:
            values = _(" of ").join(f"‘{option_text(parent, value)}’" for value in condition.values)
            parts.append(_("wie bij ‘%(label)s’ koos voor %(values)s", label=parent.label, values=values))
    return _(" en ").join(parts)


def reference_note(published: Published | None) -> str:
    if published is None or not published.reference_name:
        return ""
    return _(
        "Referentiegroep: %(source)s. Hoeveel er per vraag antwoordden is niet bekend; het oordeel rekent met "
        "hoogstens %(n)s.",
        source=published.reference_source,
        n=grouped(published.reference_n or 0),
    )


def compared_sentences(rows: Sequence[ItemRow]) -> list[str]:
    """What may be said of these rows beside the reference group: proven differences by name, the rest together."""
    said: dict[str, list[str]] = {}
    for row in rows:
        if row.verdict:
            said.setdefault(row.verdict, []).append(f"‘{row.item.label}’")
    sentences = []
    for verdict, words in (
        (Verdict.more, _("Hoger dan de referentiegroep: %(items)s.")),
        (Verdict.less, _("Lager dan de referentiegroep: %(items)s.")),
        (Verdict.unproven, _("Geen aantoonbaar verschil met de referentiegroep: %(items)s.")),
    ):
        if verdict in said:
            sentences.append(words % {"items": ", ".join(said[verdict])})
    return sentences


def extremes_sentence(rows: Sequence[ItemRow]) -> str:
    """The highest and lowest of rows of one kind, only when their intervals do not overlap."""
    known = [row for row in rows if row.figure and row.figure.value is not None and row.figure.interval]
    if len(known) < 2:
        return ""
    ordered = sorted(known, key=lambda row: row.figure.value if row.figure and row.figure.value else 0)
    low, high = ordered[0], ordered[-1]
    low_edge = low.figure.interval if low.figure else None
    high_edge = high.figure.interval if high.figure else None
    if low_edge is None or high_edge is None or low_edge[1] >= high_edge[0]:
        return _(
            "De uitkomsten verschillen te weinig om een hoogste of laagste te noemen; het kan toeval zijn."
        )
    return _(
        "Het hoogst is ‘%(high)s’ (%(high_value)s), het laagst ‘%(low)s’ (%(low_value)s).",
        high=high.item.label,
        high_value=value_of(high),
        low=low.item.label,
        low_value=value_of(low),
    )


def grade_sentence(row: ItemRow) -> str:
    """The mean with its interval and who gave an insufficient grade."""
    figure = row.figure
    if figure is None or figure.value is None:
        return ""
    text = _("Gemiddeld geven mensen een %(grade)s (n = %(n)s).", grade=value_of(row), n=grouped(figure.n))
    if figure.interval is not None:
        text += " " + _(
            "Met 95 %% zekerheid ligt dat tussen %(interval)s.", interval=between(figure.interval, GRADES)
        )
    if figure.insufficient_percent is not None:
        text += " " + _(
            "Een onvoldoende (1 tot en met 5) geeft %(share)s.",
            share=printed(figure.insufficient_percent, Kind.one_of),
        )
    return text
