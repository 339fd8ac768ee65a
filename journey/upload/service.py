"""Keeps and deletes what people send: never without the consent for it, once however often it is sent, no longer than
the setting says."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from journey.audit.service import record_act
from journey.belonging import NOT_OURS, is_ours
from journey.models import Participant, Upload, stored_id
from journey.participant.queries import hold, refuse_if_gone
from journey.rules.errors import Conflict, DomainError, Invalid
from journey.upload.kinds import read_voice_type
from journey.upload.lengths import find_seconds
from journey.upload.queries import count_sent_today, files_of, may_send, place_of
from journey.work import Work

LARGEST: Final = {"voice": 4_000_000, "photo": 12_000_000}
LONGEST_VOICE: Final = 180
MOST_A_DAY: Final = 10


class NotKept(DomainError):
    """The disk does not take it now."""

    status = 503


@dataclass(frozen=True)
class NewUpload:
    """`key` says which sending this is: the same content with the same key is one file. `step` and `subject` are
    what it is about, or empty."""

    kind: str
    content: bytes
    key: str = ""
    step: str = ""
    subject: str = ""


def record_upload(work: Work, participant: Participant, new: NewUpload) -> Upload:
    """Keep a voice message or photo; Invalid names what is wrong with the file, Conflict that it may not be kept."""
    hold(work, participant)
    refuse_if_gone(participant)
    if not may_send(work, participant, new.kind):
        raise Conflict("Wij bewaren dit alleen als u dat goed vindt.", field="agree")
    stored_as = _name(work, participant, new)
    known = work.session.exec(select(Upload).where(Upload.stored_as == stored_as)).first()
    if known is not None:
        return _sent_before(known)
    if count_sent_today(work, participant) >= MOST_A_DAY:
        raise Conflict("U stuurde vandaag al veel. Morgen kan het weer, of bel ons.", field="file")
    content, media_type = _made(new)
    row = Upload(
        participant_id=stored_id(participant),
        kind=new.kind,
        step=new.step,
        subject=new.subject,
        media_type=media_type,
        size=len(content),
        stored_as=stored_as,
        uploaded_at=work.now,
        expires_on=work.today + timedelta(days=work.settings.uploads_days),
    )
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        return _sent_before(work.session.exec(select(Upload).where(Upload.stored_as == stored_as)).one())
    try:
        if not is_ours(work):
            raise OSError(NOT_OURS)
        files_of(work).write(stored_as, content, place_of(row.participant_id, stored_as))
    except OSError as fault:
        raise NotKept("Het lukt ons nu niet om dit te bewaren. Probeer het later, of bel ons.") from fault
    record_act(work, f"upload.{new.kind}", participant.code)
    return row


def delete_upload(work: Work, participant: Participant, upload: Upload) -> None:
    """The file goes with the commit; the row stays as proof that it went."""
    upload.deleted_at = work.now
    work.session.add(upload)
    files_of(work).delete_after_commit(work.session, [upload.stored_as])
    record_act(work, "upload.delete", participant.code)


def _name(work: Work, participant: Participant, new: NewUpload) -> str:
    """The same sending has the same name; nobody else can work it out."""
    content = hashlib.sha256(new.content).hexdigest()
    return work.vault.fingerprint(f"{participant.id}:{new.kind}:{new.key}:{content}", "upload")[:40]


def _sent_before(known: Upload) -> Upload:
    if known.deleted_at is not None:
        raise Conflict("Dit is al gewist. Begin opnieuw als u het weer wilt sturen.", field="file")
    return known


def _made(new: NewUpload) -> tuple[bytes, str]:
    """What is stored, and its media type."""
    if not new.content:
        raise Invalid("Er zit niets in dit bestand.", field="file")
    if new.kind == "photo":
        from journey.upload.photos import remake_photo  # what reads pictures is heavy

        return remake_photo(new.content), "image/jpeg"
    media_type = read_voice_type(new.content)
    if (find_seconds(new.content, media_type) or 0) > LONGEST_VOICE:
        raise Invalid("Dit duurt te lang. Spreek hoogstens 2 minuten in.", field="file")
    return new.content, media_type
