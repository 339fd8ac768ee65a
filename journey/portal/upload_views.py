"""A participant speaks a message or sends a photo, beside the taps. Nothing is kept without a tick for it, and who sent
something can take it away again."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from journey.auth.access import Access, Everyone
from journey.call.service import record_reaction
from journey.consent.queries import find_consent
from journey.consent.service import record_consent
from journey.models import Participant, Study, Upload
from journey.participant.service import NewConsent
from journey.portal.door import BehindLink, Holder, closed_door, enter
from journey.portal.pages import Address, Frame
from journey.portal.path import Question
from journey.upload.queries import CONSENTS, list_uploads, may_send
from journey.upload.service import LARGEST, NewUpload, delete_upload, record_upload
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.i18n import language
from journey.web.templating import redirect, render
from journey.web.visit import Visit
from journey.work import Work

router = APIRouter(route_class=BehindLink, include_in_schema=False)

SECONDS = 120
# Around the file stand a few fields.
BODY_LIMITS = {f"/p/[^/]+/{kind}": largest + 100_000 for kind, largest in LARGEST.items()}


@dataclass(frozen=True)
class FileAccess(Access):
    """Reads the form like any other, and the first file with something in it as `request.state.content`. A body that is
    too large or broken is told on the page itself, in its language."""

    async def __call__(self, request: Request) -> Visit:
        request.state.content, request.state.body_refused = b"", 0
        try:
            visit = await super().__call__(request)
            for given in visit.form_data.getlist("file"):
                if isinstance(given, UploadFile) and not request.state.content:
                    request.state.content = await given.read()
        except HTTPException as fault:
            if fault.status_code not in (400, 413):
                raise
            request.state.body_refused = fault.status_code
            visit = request.state.visit
        finally:
            await request.close()
        return visit


Sender = Annotated[Visit, Depends(FileAccess(None))]


@dataclass(frozen=True)
class SendPage:
    """Speaking or choosing what to send. `about` is the step it is about, `must_agree` whether a tick is asked."""

    frame: Frame
    address: Address
    form: Form
    kind: str
    about: Question | None
    must_agree: bool
    days: int
    seconds: int = SECONDS

    @property
    def action(self) -> str:
        query = {"step": self.about.step, "subject": self.about.subject} if self.about else {}
        return self.address.to(f"/{self.kind}", **query)


@dataclass(frozen=True)
class SentPage:
    """What is there of this person; `done` is `sent`, `deleted` or nothing, of the kind `kind`."""

    frame: Frame
    address: Address
    sent: tuple[Upload, ...]
    next_question: Question | None
    done: str = ""
    kind: str = ""


@router.get("/p/{token}/voice")
def voice(visit: Everyone, token: str) -> Response:
    return _offer(visit, token, "voice")


@router.post("/p/{token}/voice")
def send_voice(visit: Sender, token: str) -> Response:
    return _receive(visit, token, "voice")


@router.get("/p/{token}/photo")
def photo(visit: Everyone, token: str) -> Response:
    return _offer(visit, token, "photo")


@router.post("/p/{token}/photo")
def send_photo(visit: Sender, token: str) -> Response:
    return _receive(visit, token, "photo")


@router.get("/p/{token}/sent")
def sent(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else _sent_page(visit, holder)


@router.post("/p/{token}/sent/{upload_id}/delete")
def delete_sent(visit: Everyone, token: str, upload_id: int) -> Response:
    """The file is gone with this answer."""
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    found = next((one for one in list_uploads(holder.work, holder.participant) if one.id == upload_id), None)
    if found is None:
        return redirect(holder.address.to("/sent"))
    delete_upload(holder.work, holder.participant, found)
    return _sent_page(visit, holder, "deleted", found.kind)


@router.get("/p/{token}/sent/{upload_id}/delete")
def back_to_sent(visit: Everyone, token: str, upload_id: int) -> Response:
    """A reload of the confirmation comes here."""
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else redirect(holder.address.to("/sent"))


def _offer(visit: Visit, token: str, kind: str) -> Response:
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else _send_page(visit, holder, kind, Form())


def _receive(visit: Visit, token: str, kind: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    form, status = visit.form(), 422
    content: bytes = visit.request.state.content
    if visit.request.state.body_refused == 413 or len(content) > LARGEST[kind]:
        form.refuse("file", _too_large(kind))
        status = 413
    elif not content:
        form.refuse("file", _("Neem eerst iets op.") if kind == "voice" else _("Kies eerst een foto."))
    if not may_send(holder.work, holder.participant, kind) and not form.checked("agree") and status != 413:
        form.refuse("agree", _("Zet een vinkje als u dit goed vindt. Anders bewaren wij het niet."))
    if form.ok:
        about = _about(visit, holder)
        new = NewUpload(kind, content, form.typed("sending")[:100])
        if about:
            new = NewUpload(kind, content, new.key, about.step, about.subject)
        with form.attempt(visit.work):
            _agree(holder.work, holder.participant, kind)
            record_upload(holder.work, holder.participant, new)
            record_reaction(holder.work, holder.participant)
    if form.ok:
        return _sent_page(visit, holder, "sent", kind)
    return _send_page(visit, holder, kind, form, status)


def _agree(work: Work, participant: Participant, kind: str) -> None:
    """The tick beside the file is a new dated choice; the other choices stay as they were."""
    known = find_consent(work, participant)
    if known is None or may_send(work, participant, kind):
        return
    study = work.session.get_one(Study, participant.study_id)
    choices = {name: getattr(known, name) for name in ("quotes", "recording", "photos")}
    choices[CONSENTS[kind]] = True
    new = NewConsent(
        participate=known.participate, text_version=study.consent_version, given_via="web", **choices
    )
    record_consent(work, participant, new, language())


def _about(visit: Visit, holder: Holder) -> Question | None:
    query = visit.request.query_params
    return holder.reader().find_question(query.get("step", ""), query.get("subject", ""))


def _too_large(kind: str) -> str:
    most = LARGEST[kind] // 1_000_000
    if kind == "voice":
        return _("Dit is te groot. Een spraakbericht mag hoogstens %(most)s MB zijn.", most=most)
    return _("Dit is te groot. Een foto mag hoogstens %(most)s MB zijn.", most=most)


def _send_page(visit: Visit, holder: Holder, kind: str, form: Form, status: int = 200) -> Response:
    about = _about(visit, holder)
    query = {"step": about.step, "subject": about.subject} if about else {}
    page = SendPage(
        frame=holder.reader().frame(f"/{kind}", **query),
        address=holder.address,
        form=form,
        kind=kind,
        about=about,
        must_agree=not may_send(holder.work, holder.participant, kind),
        days=holder.work.settings.uploads_days,
    )
    return render(visit, f"portal/{kind}.html", page, status=status)


def _sent_page(visit: Visit, holder: Holder, done: str = "", kind: str = "") -> Response:
    reader = holder.reader()
    page = SentPage(
        frame=reader.frame("/sent"),
        address=holder.address,
        sent=tuple(list_uploads(holder.work, holder.participant)),
        next_question=next(iter(reader.open_questions()), None),
        done=done,
        kind=kind,
    )
    return render(visit, "portal/sent.html", page)
