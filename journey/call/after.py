"""The card after a call: how the researcher thinks it stands, in three taps. It says nothing about what was told."""

from dataclasses import dataclass

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import AfterCall, Call, Participant, stored_id
from journey.participant.queries import refuse_if_gone
from journey.rules.errors import Invalid
from journey.web.i18n import gettext as _
from journey.work import Work


@dataclass(frozen=True)
class Row:
    """One question of the card; `choices` are (value, word)."""

    name: str
    question: str
    choices: tuple[tuple[str, str], ...]


def card_rows() -> tuple[Row, ...]:
    return (
        Row(
            "continues",
            _("Doet volgende week mee?"),
            (("yes", _("ja")), ("unsure", _("twijfelt")), ("no", _("nee"))),
        ),
        Row("trust", _("Vertrouwen"), (("low", _("laag")), ("middle", _("midden")), ("high", _("hoog")))),
        Row(
            "language_help",
            _("Hulp bij de taal"),
            (("none", _("geen")), ("family", _("familie")), ("interpreter", _("tolk"))),
        ),
    )


def find_card(work: Work, call: Call) -> AfterCall | None:
    return work.session.get(AfterCall, call.id)


def find_card_before(work: Work, call: Call) -> AfterCall | None:
    """The latest card of an earlier round of the same person."""
    statement = (
        select(AfterCall)
        .join(Call)
        .where(Call.participant_id == call.participant_id, Call.week < call.week)
        .order_by(col(Call.week).desc())
    )
    return work.session.exec(statement).first()


def record_card(work: Work, call: Call, name: str, value: str) -> AfterCall:
    """One tap: one row of the card of this round; a later tap on the same row takes its place."""
    participant = work.session.get_one(Participant, call.participant_id)
    refuse_if_gone(participant)
    choices = {row.name: [word for word, _said in row.choices] for row in card_rows()}
    if value not in choices.get(name, ()):
        raise Invalid("Deze keuze bestaat niet.", field=name)
    card = find_card(work, call) or AfterCall(
        call_id=stored_id(call), recorded_by=work.actor.label, recorded_at=work.now
    )
    setattr(card, name, value)
    card.recorded_by, card.recorded_at = work.actor.label, work.now
    work.session.add(card)
    work.session.flush()
    record_act(work, "call.after", participant.code)
    return card


def card_line(card: AfterCall | None) -> str:
    """What was tapped in one line, such as `doet mee: twijfelt · vertrouwen: laag`; empty without taps."""
    if card is None:
        return ""
    parts = []
    labels = {
        "continues": _("doet mee: %(value)s"),
        "trust": _("vertrouwen: %(value)s"),
        "language_help": _("hulp bij de taal: %(value)s"),
    }
    for row in card_rows():
        word = dict(row.choices).get(getattr(card, row.name))
        if word:
            parts.append(labels[row.name] % {"value": word})
    return " · ".join(parts)
