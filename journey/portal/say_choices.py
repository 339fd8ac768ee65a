"""What somebody says yes or no to on their own page, purpose by purpose, with since when and to whom it was said."""

from collections.abc import Mapping
from dataclasses import dataclass

from journey.consent.purposes import CHOICES, list_purposes
from journey.consent.queries import find_consent, list_consents
from journey.consent.service import record_consent
from journey.consent.words import answer_words, purpose_name
from journey.models import Participant
from journey.participant.person import names_of
from journey.participant.service import NewConsent
from journey.portal.service import as_participant
from journey.study.queries import get_study_by_id
from journey.texts.approval import language_shown
from journey.web.i18n import language
from journey.work import Work

STAFF = "user:"


@dataclass(frozen=True)
class Said:
    """One purpose in words: what holds now, and what was said earlier, newest first."""

    name: str
    now: str
    earlier: tuple[str, ...]


def list_said(work: Work, participant: Participant) -> list[Said]:
    rows = list_consents(work, participant)
    names = names_of(work, [row.recorded_by for row in rows])
    found = []
    for history in list_purposes(rows):
        said = [
            answer_words(one, names[one.by] if one.by.startswith(STAFF) else "") for one in history.answers
        ]
        found.append(Said(purpose_name(history.purpose), said[0], tuple(said[1:])))
    return found


def list_agreed(work: Work, participant: Participant) -> list[str]:
    """The purposes somebody says yes to now, without taking part itself."""
    last = find_consent(work, participant)
    return [purpose for purpose in CHOICES if last is not None and getattr(last, purpose)]


def last_choice(work: Work, participant: Participant) -> str:
    """Which choice a form is made beside, so that it is noticed when a researcher was first."""
    last = find_consent(work, participant)
    return str(last.id) if last else ""


def choose_purposes(work: Work, participant: Participant, ticked: Mapping[str, bool]) -> None:
    """A new dated choice of the person, unless nothing changed; it is in force at once."""
    if {purpose for purpose, yes in ticked.items() if yes} == set(list_agreed(work, participant)):
        return
    version = get_study_by_id(work, participant.study_id).consent_version
    new = NewConsent(participate=True, text_version=version, given_via="web", **ticked)
    own = as_participant(work, participant)
    record_consent(own, participant, new, language_shown(work, version, language()))
