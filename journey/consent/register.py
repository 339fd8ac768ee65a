"""The register of withdrawals: what was taken back, kept apart from the database so that no back-up brings it back.

A job of the worker writes within a minute what was committed and is not in it; an entry stays as long as a back-up that
knows nothing of it may be restored.
"""

import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel import col, func, select

from journey.belonging import refuse_others
from journey.consent.purposes import CHOICES
from journey.consent.queries import find_consent
from journey.consent.service import record_consent, withdraw_participant
from journey.files import SealedFiles
from journey.models import Consent, Participant, Withdrawal
from journey.participant.service import NewConsent
from journey.rules.errors import DomainError
from journey.work import House, Work

log = logging.getLogger("journey.register")

REGISTER: Final = "register"
MARGIN: Final = timedelta(days=7)
ANY_AGE: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One withdrawal (`level` and `step`), or a choice after the first (level `consent`, then `choices` says yes
    or no by purpose). `at` is a moment in ISO 8601, UTC."""

    code: str
    at: str
    level: str
    step: str | None = None
    choices: dict[str, bool] | None = None
    text_version: str = ""
    given_via: str = ""
    language: str = "nl"

    @property
    def name(self) -> str:
        """The same for the same withdrawal, so that writing twice is writing once."""
        return hashlib.sha256(f"{self.code}|{self.at}|{self.level}|{self.step}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Reapplied:
    """`withdrawals` and `choices` taken back again; `unknown` are of people the database does not know."""

    withdrawals: int = 0
    choices: int = 0
    unknown: int = 0


def place_of(name: str) -> str:
    """What an entry is sealed for."""
    return f"register:{name}"


def keep_register(house: House, now: datetime) -> int:
    """Write what the register misses, drop what every back-up knows by now; how many were written. OSError when there
    is no room."""
    refuse_others(house)
    files = SealedFiles.of(house.settings, house.vault, REGISTER)
    since = now - timedelta(days=house.settings.backups_days) - MARGIN
    known = set(files.list_older(ANY_AGE))
    with house.work(write=False, now=now) as work:
        entries = _list_entries(work, since)
    missing = [entry for entry in entries if entry.name not in known]
    for entry in missing:
        files.write(entry.name, json.dumps(asdict(entry)).encode(), place_of(entry.name))
    for name in files.list_older(since):
        files.delete(name)
    return len(missing)


def reapply_register(house: House) -> Reapplied:
    """Withdraw again, oldest first and at its own moment, whatever the database does not have. ValueError when the ring
    misses the key of an entry."""
    refuse_others(house)
    files = SealedFiles.of(house.settings, house.vault, REGISTER)
    entries = []
    for name in files.list_older(ANY_AGE):
        content = files.read(name, place_of(name))
        if content is not None:
            entries.append(Entry(**json.loads(content)))
    withdrawals = choices = unknown = 0
    for entry in sorted(entries, key=lambda entry: entry.at):
        with house.work(now=datetime.fromisoformat(entry.at), origin="restore") as work:
            person = work.session.exec(select(Participant).where(Participant.code == entry.code)).first()
            if person is None:
                unknown += 1
            elif entry.choices is None:
                withdrawals += _withdraw(work, person, entry)
            else:
                choices += _choose(work, person, entry)
    return Reapplied(withdrawals, choices, unknown)


def _withdraw(work: Work, person: Participant, entry: Entry) -> int:
    known = select(Withdrawal).where(
        Withdrawal.participant_id == person.id,
        Withdrawal.level == entry.level,
        Withdrawal.withdrawn_at == work.now,
    )
    if person.state == "erased" or work.session.exec(known).first() is not None:
        return 0
    try:
        withdraw_participant(work, person, entry.level, entry.step)
    except DomainError as refusal:
        log.warning("a withdrawal of the register was not needed: %s", type(refusal).__name__)
        return 0
    return 1


def _choose(work: Work, person: Participant, entry: Entry) -> int:
    last = find_consent(work, person)
    if person.state in ("stopped", "erased") or last is None or last.given_at >= work.now:
        return 0
    new = NewConsent(
        participate=True, text_version=entry.text_version, given_via=entry.given_via, **(entry.choices or {})
    )
    record_consent(work, person, new, entry.language)
    return 1


def _list_entries(work: Work, since: datetime) -> list[Entry]:
    withdrawals = work.session.exec(
        select(Participant.code, Withdrawal)
        .join(Withdrawal, col(Withdrawal.participant_id) == col(Participant.id))
        .where(Withdrawal.withdrawn_at >= since)
    )
    entries = [
        Entry(code, row.withdrawn_at.isoformat(), row.level, row.from_step) for code, row in withdrawals
    ]
    first = select(func.min(col(Consent.id))).group_by(col(Consent.participant_id))
    consents = work.session.exec(
        select(Participant.code, Consent)
        .join(Consent, col(Consent.participant_id) == col(Participant.id))
        .where(Consent.given_at >= since, col(Consent.id).not_in(first))
    )
    for code, row in consents:
        choices = {purpose: bool(getattr(row, purpose)) for purpose in CHOICES}
        entries.append(
            Entry(
                code,
                row.given_at.isoformat(),
                "consent",
                None,
                choices,
                row.text_version,
                row.given_via,
                row.language,
            )
        )
    return entries
