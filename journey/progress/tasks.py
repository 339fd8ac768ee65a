"""What the law asks to be sent: notices at suspensions (Awb 4:15 lid 3 and 4), until somebody says they were."""

from dataclasses import dataclass
from datetime import date

from journey.models import Municipality
from journey.progress.queries import Facts, rule_suspension
from journey.rules.decision import Extension, effects_lost, notices_due
from journey.rules.errors import DomainError
from journey.work import Work


@dataclass(frozen=True)
class Task:
    """A notice to send: at the `start` or the `end` of the suspension that began on `about_on`; at the end it names the
    days that are left and the last day.
    """

    ground: str
    moment: str
    about_on: date
    due_from: date
    days_left: int
    last_day: date | None

    @property
    def detail(self) -> str:
        return f"{self.ground}-{self.moment}"


def list_tasks(work: Work, facts: Facts) -> list[Task]:
    """Notices that are due today and were not ticked off, oldest first; none after the end of the case."""
    if facts.application is None or facts.ended_on is not None:
        return []
    suspensions = [rule_suspension(row) for row in facts.suspensions]
    mode = work.session.get_one(Municipality, facts.journey.municipality_id).counting_mode
    extensions = [Extension(row.sent_on, row.until) for row in facts.extensions]
    try:
        due = notices_due(facts.application.received_on, work.today, suspensions, extensions, mode=mode)
    except DomainError:  # dates that contradict each other: the card says so
        return []
    done = {(row.detail, row.about_on) for row in facts.events if row.kind == "notice"}
    tasks = [
        Task(
            one.ground.value,
            one.moment,
            suspensions[one.suspension].begun,
            one.due_from,
            one.days_left,
            one.last_day,
        )
        for one in due
    ]
    return [task for task in tasks if (task.detail, task.about_on) not in done]


def list_effects_lost(work: Work, facts: Facts) -> dict[tuple[str, int], str]:
    """By kind and id of the fact: why a suspension or a notice of delay has no legal effect."""
    if facts.application is None:
        return {}
    mode = work.session.get_one(Municipality, facts.journey.municipality_id).counting_mode
    suspensions = {("suspension", row.id or 0): rule_suspension(row) for row in facts.suspensions}
    extensions = {("extension", row.id or 0): Extension(row.sent_on, row.until) for row in facts.extensions}
    try:
        lost = effects_lost(
            facts.application.received_on,
            work.today,
            list(suspensions.values()),
            list(extensions.values()),
            facts.decision.sent_on if facts.decision else None,
            mode,
        )
    except DomainError:
        return {}
    return {key: lost[one] for key, one in (suspensions | extensions).items() if one in lost}
