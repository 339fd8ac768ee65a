"""What one person sent, for researchers only: to hear, to see, to write down in words, and to delete. Every look at a
message is logged; nobody else can reach it, and no figure, export or report holds it."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_participant
from journey.models import Participant, Rating, Upload
from journey.participant.person import Person, get_person
from journey.participant.queries import find_journey
from journey.progress.routes import find_step_of, list_routes_of
from journey.rating.queries import current_ratings
from journey.route.definition import Step
from journey.upload.kinds import FILE_ENDINGS
from journey.upload.queries import get_upload, list_uploads, read_upload
from journey.upload.service import delete_upload
from journey.web.ranges import part_of, read_range
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork
from journey.work import Work

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Line:
    """One message with the step it is about and the answer that its words belong to, when there are."""

    upload: Upload
    step: Step | None
    answer: Rating | None


@dataclass(frozen=True)
class UploadsPage:
    """Newest first."""

    person: Person
    lines: tuple[Line, ...]


@router.get("/participants/{code}/uploads")
def list_sent(visit: Researcher, code: str) -> Response:
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "upload.list", participant.code)
    page = UploadsPage(get_person(visit.work, participant), _lines(visit.work, participant))
    return render(visit, "call/uploads.html", page)


@router.get("/participants/{code}/uploads/{upload_id}")
def show_upload(visit: Researcher, code: str, upload_id: int) -> Response:
    """The content itself, or a part of it."""
    participant, upload = get_upload(visit.work, code, upload_id)
    content = read_upload(visit.work, upload)
    asked = read_range(visit.request.headers.get("Range", ""), len(content))
    if asked is None or asked[0] == 0:
        record_view(visit.house, visit.work, f"upload.view.{upload.kind}", f"{participant.code} {upload.id}")
    name = f"{participant.code}-{upload.id}.{FILE_ENDINGS[upload.media_type]}"
    headers = {**HEADERS, "Content-Disposition": f'inline; filename="{name}"'}
    return part_of(content, asked, upload.media_type, headers)


@router.post("/participants/{code}/uploads/{upload_id}/delete")
def delete(visit: Researcher, code: str, upload_id: int) -> Response:
    """Written down, or not for us: the file is gone with this answer."""
    participant, upload = get_upload(visit.work, code, upload_id)
    delete_upload(visit.work, participant, upload)
    return redirect(f"/participants/{participant.code}/uploads")


def _lines(work: Work, participant: Participant) -> tuple[Line, ...]:
    journey = find_journey(work, participant)
    routes = list_routes_of(work, journey) if journey else []
    answers = current_ratings(work, participant) if journey else {}
    return tuple(
        Line(row, find_step_of(routes, row.step) if row.step else None, answers.get((row.step, row.subject)))
        for row in list_uploads(work, participant)
    )
