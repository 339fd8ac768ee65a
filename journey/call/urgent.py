"""A text that somebody must read today is told at once to a colleague, also when nobody looks at a screen."""

from journey.call.help import find_helper, list_helpers
from journey.models import Participant, Study, User
from journey.outbox.service import plan_staff_message
from journey.outbox.sms import plain
from journey.rules.roles import LEAD
from journey.web.i18n import gettext as _
from journey.work import Work


def tell_colleague(work: Work, participant: Participant, gateway_id: str) -> None:
    """The fixed researcher, the named helper of the study or its leads, whoever of them has a number, in that order.
    Nothing in it says who wrote, or what."""
    study = work.session.get_one(Study, participant.study_id)
    own = work.session.get(User, participant.researcher_id) if participant.researcher_id else None
    leads = [user for user in list_helpers(work, study) if user.role == LEAD]
    for user in (own, find_helper(work, study), *leads):
        if user is not None and user.active and user.phone:
            text = _("Onderzoek: er is een dringend bericht van een deelnemer. Kijk nu op de bellijst.")
            key = f"urgent:{user.id}:{gateway_id}"
            plan_staff_message(work, user, "help_signal", plain(text), key, recipient=user.phone)
            return
