"""What was said before, read aloud again: which answers, what the person makes of them now, and how often the two are
the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.call.told import tell_rating
from journey.models import Call, Participant, Rating, ReadBack, Study, stored_id
from journey.participant.queries import refuse_if_gone
from journey.rating.queries import current_ratings, list_set_aside
from journey.route.definition import RouteDefinition
from journey.rules.errors import Invalid, NotFound
from journey.rules.readback import MOST, OPINIONS, Agreement, Told, choose_read_back
from journey.rules.readback import agreement as agreement_of
from journey.work import Work

Key = tuple[str, str]


@dataclass(frozen=True)
class ReadBackLine:
    """One answer to read aloud: what was said, on which day and whether on the phone; `now` once there is an answer."""

    step: str
    name: str
    subject: str
    said: str
    answered_on: date
    by_phone: bool
    now: str | None


def list_read_backs(
    work: Work,
    call: Call,
    definition: RouteDefinition,
    ratings: Mapping[Key, Rating],
    last_talk_on: date | None,
) -> tuple[ReadBackLine, ...]:
    """Those of this call in the order of the route: what was read back already, filled up to the most one talk can
    bear.
    """
    rows = _list_rows(work, call.participant_id)
    own = {(row.step, row.subject): row for row in rows if row.call_id == call.id}
    known = {(row.step, row.subject): row for row in rows}
    told = [
        Told(step, subject, row.value, row.answered_on, row.channel == "call", definition.position(step))
        for (step, subject), row in ratings.items()
        if definition.find_step(step) and not _is_read_back(known.get((step, subject)), row)
    ]
    chosen = {
        (one.step, one.subject) for one in choose_read_back(told, last_talk_on, work.today)[: MOST - len(own)]
    }
    lines = []
    for step in definition.steps:
        for subject in step.rates:
            key = (step.id, subject)
            if key in own or key in chosen:
                row, rating = own.get(key), ratings[key]
                lines.append(
                    ReadBackLine(
                        step.id,
                        step.name,
                        subject,
                        row.said if row else rating.value,
                        rating.answered_on,
                        rating.channel == "call",
                        row.now if row else None,
                    )
                )
    return tuple(lines)


def tell_read_back(work: Work, call: Call, step: str, subject: str, now: str) -> ReadBack:
    """What the person makes of an earlier answer: the same face confirms it, another is an answer of today and takes
    its place. A second tap corrects the first. NotFound when there was nothing to read back.
    """
    participant = work.session.get_one(Participant, call.participant_id)
    refuse_if_gone(participant)
    if now not in OPINIONS:
        raise Invalid("Maak een keuze.", field=subject)
    rating = current_ratings(work, participant).get((step, subject))
    row = next(
        (
            one
            for one in _list_rows(work, call.participant_id)
            if (one.call_id, one.step, one.subject) == (call.id, step, subject)
        ),
        None,
    )
    if rating is None or (row is None and rating.value not in OPINIONS):
        raise NotFound("Hierover is nog niets gezegd.")
    if row is None:
        row = ReadBack(
            call_id=stored_id(call),
            step=step,
            subject=subject,
            said=rating.value,
            now=now,
            recorded_by=work.actor.label,
            recorded_at=work.now,
        )
    row.now, row.recorded_at = now, work.now
    work.session.add(row)
    if rating.value != now:
        tell_rating(work, participant, step, subject, now)
    work.session.flush()
    record_act(work, "call.read_back", f"{participant.code} {step} {subject}")
    return row


def agreement(work: Work, study: Study) -> Agreement:
    """How often people of a study stood by an answer that was read back, without what may not be used any more."""
    rows = work.session.exec(
        select(ReadBack, Call.participant_id)
        .join(Call, col(Call.id) == ReadBack.call_id)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .where(Participant.study_id == study.id)
    ).all()
    aside = {one.participant_id: one.steps for one in list_set_aside(work, study)}
    return agreement_of((row.said, row.now) for row, person in rows if row.step not in aside.get(person, ()))


def _list_rows(work: Work, participant_id: int) -> Sequence[ReadBack]:
    statement = select(ReadBack).join(Call).where(Call.participant_id == participant_id)
    return work.session.exec(statement.order_by(col(ReadBack.id))).all()


def _is_read_back(row: ReadBack | None, rating: Rating) -> bool:
    return row is not None and row.recorded_at >= rating.recorded_at
