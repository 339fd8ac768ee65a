"""Why a step did not happen, in words for staff."""

from journey.models import Progress
from journey.models.journey import BypassReason
from journey.web.i18n import gettext as _


def list_reasons() -> tuple[tuple[str, str], ...]:
    """Why a step is taken away: the category and what it is called."""
    named = {
        BypassReason.other_route: _("andere route"),
        BypassReason.circumstances: _("omstandigheden van de inwoner"),
        BypassReason.done_before: _("al eerder gedaan"),
        BypassReason.urgent: _("spoed of acute nood"),
        BypassReason.work_or_study: _("werk of opleiding gevonden"),
        BypassReason.other: _("anders"),
    }
    return tuple((str(category), named[category]) for category in BypassReason)


def why_not(fact: Progress) -> str:
    """The category with what was written beside it; only the words where there is no category, and nothing without
    either."""
    named = dict(list_reasons()).get(fact.category, "")
    return ": ".join(part for part in (named, fact.reason) if part)
