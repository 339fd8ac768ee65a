"""Counts who was there, was asked, said yes, takes part and answered."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from journey.models import Approach, Meeting, Participant, Rating, Study, Withdrawal, stored_id
from journey.participant.queries import get_journey, set_aside_steps
from journey.progress.summary import count_delivered
from journey.rules.errors import NotFound
from journey.rules.response import RecruitmentCounts, enrolled_without_meeting
from journey.work import Work

LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class MeetingCounts:
    """One meeting; `waiting` said yes and were not enrolled yet, `thinking` said later."""

    meeting: Meeting
    yes: int
    no: int
    later: int
    enrolled: int
    reasons: dict[str, int]
    waiting: tuple[Approach, ...]
    thinking: tuple[Approach, ...]
    undoable: bool

    @property
    def approached(self) -> int:
        return self.yes + self.no + self.later


def get_meeting(work: Work, study: Study, meeting_id: int) -> Meeting:
    """NotFound for a meeting of another study; the study must be in the actor's reach."""
    found = work.session.get(Meeting, meeting_id) if 0 < meeting_id <= LARGEST_ID else None
    if found is None or found.study_id != study.id:
        raise NotFound("Deze bijeenkomst is er niet.")
    return found


def count_meeting(work: Work, meeting: Meeting) -> MeetingCounts:
    statement = select(Approach).where(Approach.meeting_id == meeting.id).order_by(col(Approach.id))
    return _count(work, meeting, work.session.exec(statement).all())


def list_meetings(work: Work, study: Study) -> list[MeetingCounts]:
    """The last first."""
    meetings = work.session.exec(
        select(Meeting)
        .where(Meeting.study_id == study.id)
        .order_by(col(Meeting.held_on).desc(), col(Meeting.id).desc())
    ).all()
    approaches: dict[int, list[Approach]] = defaultdict(list)
    for row in list_approaches(work, study):
        approaches[row.meeting_id].append(row)
    return [_count(work, meeting, approaches[stored_id(meeting)]) for meeting in meetings]


def list_approaches(work: Work, study: Study) -> Sequence[Approach]:
    return work.session.exec(
        select(Approach).join(Meeting).where(Meeting.study_id == study.id).order_by(col(Approach.id))
    ).all()


def recruitment_counts(work: Work, study: Study) -> RecruitmentCounts:
    """Of a whole study, for the research side; whether managers may see it is for `may_show_response`."""
    approaches = list_approaches(work, study)
    answers = Counter(row.answer for row in approaches)
    linked = {row.participant_id for row in approaches if row.participant_id}
    people = work.session.exec(
        select(Participant.id, Participant.state).where(Participant.study_id == study.id)
    ).all()
    unlinked = sum(state != "erased" and person not in linked for person, state in people)
    erased = sum(state == "erased" for _person, state in people)
    present = work.session.exec(select(Meeting.present).where(Meeting.study_id == study.id)).all()
    return RecruitmentCounts(
        meetings=len(present),
        present=sum(count for count in present if count is not None),
        uncounted=sum(count is None for count in present),
        yes=answers["yes"],
        no=answers["no"],
        later=answers["later"],
        reasons=dict(Counter(row.reason for row in approaches if row.answer == "no").most_common()),
        without_meeting=enrolled_without_meeting(unlinked, erased, answers["yes"] - len(linked)),
        enrolled=len(people),
        answered=len(list_answered(work, study)),
        population=_population(work, study),
    )


def list_answered(work: Work, study: Study) -> set[int]:
    """Ids of people of whom an answer counts: one that was not taken back (rules, 32)."""
    rows = work.session.exec(
        select(Rating.participant_id, Rating.step)
        .join(Participant, col(Participant.id) == Rating.participant_id)
        .where(
            Participant.study_id == study.id,
            col(Participant.journey_id).is_not(None),
            ~col(Rating.words_only),
        )
        .distinct()
    ).all()
    withdrawn = work.session.exec(
        select(Participant)
        .join(Withdrawal, col(Withdrawal.participant_id) == Participant.id)
        .where(
            Participant.study_id == study.id,
            Withdrawal.level == "from_step",
            col(Participant.journey_id).is_not(None),
        )
    ).all()
    aside = {person.id: set_aside_steps(work, person, get_journey(work, person)) for person in withdrawn}
    return {person for person, step in rows if step not in aside.get(person, frozenset())}


def _population(work: Work, study: Study) -> int | None:
    """Applications that the case system delivered for this study, as lead times count them; None without a delivery."""
    return count_delivered(work.session, study) or None


def _count(work: Work, meeting: Meeting, approaches: Sequence[Approach]) -> MeetingCounts:
    answers = Counter(row.answer for row in approaches)
    own = [row for row in approaches if row.recorded_by == work.actor.label]
    return MeetingCounts(
        meeting=meeting,
        yes=answers["yes"],
        no=answers["no"],
        later=answers["later"],
        enrolled=sum(row.participant_id is not None for row in approaches),
        reasons=dict(Counter(row.reason for row in approaches if row.answer == "no").most_common()),
        waiting=tuple(row for row in approaches if row.answer == "yes" and row.participant_id is None),
        thinking=tuple(row for row in approaches if row.answer == "later"),
        undoable=bool(own) and own[-1].participant_id is None,
    )
