"""How a person's application stands in one word, for tags and lists."""

from journey.rules.cadence import DEFAULTS, CadenceSettings
from journey.rules.decision import Clock, ClockState


def clock_status(clock: Clock | None, settings: CadenceSettings = DEFAULTS) -> str:
    """no_application, suspended, decided, late, near (from the legal day the study chose) or running."""
    if clock is None:
        return "no_application"
    if clock.clock is ClockState.stopped:
        return "suspended"
    if clock.clock is ClockState.decided:
        return "decided"
    if clock.days_late:
        return "late"
    return "near" if clock.days_used >= settings.late_legal_day else "running"


def person_status(
    state: str, calls_paused: bool, clock: Clock | None, settings: CadenceSettings = DEFAULTS
) -> str:
    """What comes first to the eye: whether the person still takes part, then how the application stands."""
    if state in ("stopped", "erased"):
        return "stopped"
    if state == "closed":
        return "closed"
    return "paused" if calls_paused else clock_status(clock, settings)
