"""Reads what people sent: what is still there, in the actor's studies."""

import logging

from sqlmodel import col, func, select

from journey.auth.scope import get_participant
from journey.clock import at_local
from journey.consent.queries import find_consent
from journey.files import SealedFiles
from journey.models import Participant, Upload
from journey.rules.errors import Conflict, DomainError, NotFound
from journey.work import Work

log = logging.getLogger("journey.upload")

# What has to be agreed to for each kind.
CONSENTS = {"voice": "recording", "photo": "photos"}


class Silent(DomainError):
    """The place where files are does not answer now."""

    status = 503


def list_uploads(work: Work, participant: Participant) -> list[Upload]:
    """What is still there of one person, newest first."""
    statement = select(Upload).where(
        Upload.participant_id == participant.id,
        col(Upload.deleted_at).is_(None),
        Upload.expires_on > work.today,
    )
    return list(work.session.exec(statement.order_by(col(Upload.id).desc())).all())


def get_upload(work: Work, code: str, upload_id: int) -> tuple[Participant, Upload]:
    """NotFound for what is of another study or another person, deleted, or past its time."""
    participant = get_participant(work, code)
    found = next((row for row in list_uploads(work, participant) if row.id == upload_id), None)
    if found is None:
        raise NotFound("Dit is er niet, of het is al gewist.")
    return participant, found


def read_upload(work: Work, upload: Upload) -> bytes:
    """The content, opened. NotFound when its file is gone, Conflict when it is damaged, Silent when nothing answers."""
    try:
        content = files_of(work).read(upload.stored_as, place_of(upload.participant_id, upload.stored_as))
    except ValueError:
        log.error("a file does not open: damaged, or its key is not in the ring")
        raise Conflict(
            "Dit bestand is beschadigd. Vraag de beheerder om een reservekopie, of wis het."
        ) from None
    except OSError as fault:
        log.error("the store of files does not answer: %s", type(fault).__name__)
        raise Silent("De opslag antwoordt nu niet. Probeer het later nog eens.") from None
    if content is None:
        raise NotFound("Dit is er niet, of het is al gewist.")
    return content


def may_send(work: Work, participant: Participant, kind: str) -> bool:
    """Whether the person agreed that we keep and use what they send of this kind."""
    consent = find_consent(work, participant)
    return consent is not None and bool(getattr(consent, CONSENTS[kind]))


def count_sent_today(work: Work, participant: Participant) -> int:
    """Files that came in on this local day, those deleted since included."""
    statement = (
        select(func.count())
        .select_from(Upload)
        .where(Upload.participant_id == participant.id, Upload.uploaded_at >= at_local(work.today, 0))
    )
    return work.session.exec(statement).one()


def files_of(work: Work) -> SealedFiles:
    return SealedFiles.of(work.settings, work.vault)


def place_of(participant_id: int, stored_as: str) -> str:
    """What a file is sealed for: it opens for this person's row only."""
    return f"upload:{participant_id}:{stored_as}"
