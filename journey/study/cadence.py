"""The call rhythm of a study: what it chose, over what is usual."""

from journey.audit.service import record_act
from journey.models import Study
from journey.rules.cadence import CadenceSettings
from journey.rules.rhythm import cadence_from_data, cadence_to_data, check_cadence
from journey.work import Work


def cadence_of(study: Study) -> CadenceSettings:
    """The rhythm in force for this study (rules, 37-38)."""
    return cadence_from_data(study.cadence)


def change_cadence(work: Work, study: Study, settings: CadenceSettings) -> None:
    """In force at once, also for open rounds: the list and the next moment are worked out when asked for. Invalid
    names the field of figures that cannot go together.
    """
    check_cadence(settings)
    data = cadence_to_data(settings)
    if data != study.cadence:
        study.cadence = data
        work.session.add(study)
        work.session.flush()
        record_act(work, "study.cadence", study.code)
