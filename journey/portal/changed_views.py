"""What others told, and what the municipality changed: that telling is of use. The same for everyone on a route."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.action.queries import Change, list_changes
from journey.auth.access import Everyone
from journey.portal.door import closed_door, enter
from journey.portal.pages import Address, Frame
from journey.route.definition import Words
from journey.web.i18n import language
from journey.web.templating import render
from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class ChangedPage:
    """`changes` are (words of the step, what changed there), the newest first."""

    frame: Frame
    address: Address
    changes: tuple[tuple[Words, Change], ...]


@router.get("/p/{token}/changed")
def show_changes(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    reader = holder.reader()
    steps = {step.id: step.words(language()) for step in reader.definition.steps}
    changes = list_changes(visit.work, holder.participant.study_id, reader.definition, language())
    page = ChangedPage(
        reader.frame("/changed"), holder.address, tuple((steps[one.step], one) for one in changes)
    )
    return render(visit, "portal/changed.html", page)
