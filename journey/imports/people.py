"""Rows of a file of participants, each a person who said yes; only the research side reads or writes these.

Somebody is recognised by number, name and route, so that a second run enrols nobody twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import col, select

from journey.imports.cells import Fault, Row
from journey.imports.columns import Table, read_people_table
from journey.imports.plan import PARTICIPANTS, Line, Plan, find_run
from journey.imports.reading import Sheet
from journey.models import Contact, Journey, Participant, RouteVersion, Study
from journey.outbox.stops import is_stopped
from journey.participant.left import address_reach, has_left, reach_of
from journey.participant.phones import normal_number
from journey.participant.service import AGE_BANDS, NewConsent, NewParticipant, check_reach
from journey.progress.checks import check_day
from journey.route.queries import list_definitions
from journey.rules.recognisable import passes_eleven_test
from journey.rules.signs import figures, key
from journey.study.queries import list_consent_versions
from journey.web.i18n import LANGUAGES
from journey.web.i18n import gettext as _
from journey.work import Work

LONGEST_NAME: Final = 120
LONGEST_ADDRESS: Final = 400
CHANNELS: Final = {
    "bellen": "call",
    "telefoon": "call",
    "sms": "sms",
    "web": "web",
    "papier": "paper",
    "brief": "paper",
    "call": "call",
    "paper": "paper",
}
VIAS: Final = {
    "mondeling": "oral",
    "scherm": "web",
    "papier": "paper",
    "oral": "oral",
    "web": "web",
    "paper": "paper",
}
LANGUAGE_WORDS: Final = {
    "nederlands": "nl",
    "engels": "en",
    "arabisch": "ar",
    "turks": "tr",
    "tigrinya": "ti",
    "farsi": "fa",
    "dari": "fa",
    "pools": "pl",
    **{code: code for code in LANGUAGES},
}


@dataclass(frozen=True)
class Enrolment:
    """Somebody to enrol, from this row."""

    row: Row
    new: NewParticipant


# Names nobody: the researcher who asks anew enrols by hand.
LEFT: Final = (
    "Met dit nummer of adres deed al iemand mee, die klaar is of stopte. We schrijven deze rij niet in. "
    "Wil deze persoon meedoen? Vraag het opnieuw en schrijf met de hand in."
)

# How somebody is recognised: keyed hash of the number (or, without one, the address), name, route.
Likeness = tuple[str, str, str]


def plan_people(work: Work, study: Study, sheet: Sheet, sha256: str) -> tuple[Plan, list[Enrolment]]:
    plan = Plan(PARTICIPANTS, sha256, earlier=find_run(work, study, PARTICIPANTS, sha256))
    table, plan.faults = read_people_table(sheet)
    plan.notes = [*sheet.notes, *(table.notes if table else ())]
    if study.closed_at is not None:
        plan.faults.append(Fault(0, "", "", "", _("Dit onderzoek is afgesloten. Er kan niets meer bij.")))
    if table is None:
        return plan, []
    reader = _Reader(work, study, table)
    enrolments = []
    for row in table.rows(sheet):
        new = reader.read(row)
        if new is None:
            plan.lines.append(Line(row.number, "error", row.text("call_name"), faults=tuple(row.faults)))
            continue
        code = reader.find_known(new)
        gone = code is None and reader.has_left(new)
        if gone:
            row.notes.append(_(LEFT))
        elif code is None:
            enrolments.append(Enrolment(row, new))
        else:
            row.notes.append(_("Deze persoon doet al mee: %(code)s. We veranderen niets.", code=code))
        status = "new" if code is None and not gone else "unchanged"
        plan.lines.append(
            Line(row.number, status, new.call_name or "", notes=tuple(row.notes), left_out=gone)  # type: ignore[arg-type]
        )
    return plan, enrolments


class _Reader:
    """Reads one row after another, and remembers who stood in an earlier one."""

    def __init__(self, work: Work, study: Study, table: Table) -> None:
        self.work, self.study, self.table = work, study, table
        self.unborn = Journey(
            study_id=study.id or 0, municipality_id=0, route_version_id=0, created_at=self.work.now
        )
        self.routes = {
            key(word): one.id for one in list_definitions(work, study) for word in (one.id, one.name)
        }
        self.versions = list_consent_versions(work)
        self.known = _list_known(work, study)
        self.sharing: dict[str, list[str]] = {}
        for likeness, code in self.known.items():
            self.sharing.setdefault(likeness[0], []).append(code)
        self.seen: dict[Likeness, int] = {}
        self.numbers: dict[str, int] = {}

    def read(self, row: Row) -> NewParticipant | None:
        """None when something is wrong with the row; it holds what."""
        if not row.yes("participate"):
            row.refuse("participate", _("Zonder ja leggen we niets vast. Haal deze rij uit het bestand."))
        route = row.choice("route", self.routes)
        channel = row.choice("channel", CHANNELS)
        for name, value in (("route", route), ("channel", channel)):
            if not value and not row.text(name):
                row.refuse(name, _("Deze cel is leeg. Vul hier iets in."))
        new = NewParticipant(
            route=route,
            channel=channel,
            consent=self._consent(row),
            municipality=row.text("municipality", 60) or None,
            age_band=self._band(row),
            call_name=row.text("call_name", LONGEST_NAME) or None,
            phone=self._phone(row),
            postal_address=row.text("postal_address", LONGEST_ADDRESS) or None,
            language=row.choice("language", LANGUAGE_WORDS) or "nl",
            reported_on=row.day("reported_on"),
            announced=True,
        )
        self._check(row, new)
        return None if row.faults else _without_spare_address(row, new)

    def find_known(self, new: NewParticipant) -> str | None:
        return self.known.get(self._likeness(new))

    def has_left(self, new: NewParticipant) -> bool:
        return has_left(self.work, self.study.id or 0, self._likeness(new)[0])

    def _consent(self, row: Row) -> NewConsent:
        version = row.text("text_version", 40) or self.study.consent_version
        if version not in self.versions:
            row.refuse("text_version", _("Deze toestemmingstekst is er niet: %(version)s.", version=version))
        return NewConsent(
            participate=True,
            quotes=row.yes("quotes"),
            recording=row.yes("recording"),
            given_via=row.choice("given_via", VIAS) or "oral",
            text_version=version,
        )

    def _band(self, row: Row) -> str | None:
        band = row.text("age_band").replace(" ", "").replace("–", "-")
        if band and band not in AGE_BANDS:
            row.refuse(
                "age_band", _("Dit kennen we niet. Kies uit: %(allowed)s.", allowed=", ".join(AGE_BANDS))
            )
        return band or None

    def _phone(self, row: Row) -> str | None:
        """A number that a spreadsheet took for an amount has lost its zero."""
        typed = figures(row.text("phone", 60))
        if len(typed) == 9 and typed.isdecimal() and typed[0] != "0":
            typed = f"0{typed}"
        with row.reading("phone"):
            return normal_number(typed) if typed else None
        return None

    def _check(self, row: Row, new: NewParticipant) -> None:
        if "@" in (new.call_name or ""):
            row.refuse("call_name", _("Dit is een e-mailadres. Vul de naam in waarnaar u vraagt."))
        for name in ("call_name", "postal_address", "municipality", "age_band"):
            if any(passes_eleven_test(word) for word in row.text(name).split()):
                row.refuse(name, _("Dit lijkt een BSN. Een BSN bewaren we nooit."))
        if new.reported_on is not None:
            with row.reading("reported_on"):
                check_day(self.work, self.unborn, new.reported_on, "reported_on")
        if new.channel and not row.faults:
            with row.reading("phone" if new.channel in ("call", "sms") else "postal_address"):
                check_reach(new.channel, new.phone, new.postal_address)
        if not (new.phone or new.postal_address) and not row.faults:
            row.refuse("phone", _("Vul een telefoonnummer of een adres in: zo herkennen we iemand terug."))
        if not row.faults:
            self._compare(row, new)

    def _compare(self, row: Row, new: NewParticipant) -> None:
        likeness = self._likeness(new)
        if likeness in self.seen:
            row.refuse("call_name", _("Deze persoon staat ook in rij %(row)s.", row=self.seen[likeness]))
            return
        self.seen[likeness] = row.number
        if new.phone is None:
            return
        if new.phone in self.numbers:
            row.notes.append(
                _("Zelfde nummer als rij %(row)s: een gedeeld toestel?", row=self.numbers[new.phone])
            )
        self.numbers.setdefault(new.phone, row.number)
        others = [code for code in self.sharing.get(likeness[0], []) if code != self.known.get(likeness)]
        if others:
            row.notes.append(_("Op dit nummer doet ook mee: %(codes)s.", codes=", ".join(others)))
        if is_stopped(self.work, new.phone):
            row.notes.append(_("Op dit nummer is STOP gestuurd: er gaan geen sms'en heen."))

    def _likeness(self, new: NewParticipant) -> Likeness:
        vault = self.work.vault
        reached = vault.fingerprint(new.phone, "phone") if new.phone else address_reach(new.postal_address)
        return reached, key(new.call_name or ""), new.route


def _list_known(work: Work, study: Study) -> dict[Likeness, str]:
    """Code by likeness of everybody of the study whose contact store is still there."""
    statement = (
        select(Participant.code, Contact, RouteVersion.code)
        .join(Contact, col(Contact.participant_id) == Participant.id)
        .join(Journey, col(Journey.id) == Participant.journey_id)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(Participant.study_id == study.id)
    )
    found: dict[Likeness, str] = {}
    for code, contact, route in work.session.exec(statement).all():
        place = f"contact:{contact.participant_id}"
        name = work.vault.open_optional(contact.call_name, f"{place}:call_name")
        found[reach_of(work.vault, contact), key(name or ""), route] = code
    return found


def _without_spare_address(row: Row, new: NewParticipant) -> NewParticipant:
    """An address is only kept for letters (rules, 35), and for who has no number to be recognised by."""
    if new.channel == "paper" or not new.postal_address or not new.phone:
        return new
    row.notes.append(_("Het adres bewaren we niet: alleen wie brieven krijgt, heeft een adres nodig."))
    return NewParticipant(**{**vars(new), "postal_address": None})
