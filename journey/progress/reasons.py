"""Why a step was taken away (maatwerk): one of a few categories that can be counted, and perhaps words."""

from journey.models.journey import BypassReason
from journey.rules.errors import Invalid

BYPASSED = "bypassed"


def told_why(state: str, reason: str, category: str = "") -> tuple[str, str]:
    """Category and words of a step in this state; the category is empty for every other state than `bypassed`.

    Who gives no category may name one as the reason; any other reason is words, with category `other`. Invalid for a
    category that is not known, or that comes with another state.
    """
    if state != BYPASSED:
        if category:
            raise Invalid("Een categorie hoort alleen bij maatwerk.", field="category")
        return "", reason
    if not category:
        named = reason.strip()
        return (named, "") if named in set(BypassReason) else (BypassReason.other.value, reason)
    if category not in set(BypassReason):
        raise Invalid("Deze keuze bestaat niet.", field="category")
    return str(category), reason
