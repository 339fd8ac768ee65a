"""Everything that is kept about one person, for that person: what their own page gives, and who looked at it."""

from typing import Any

from sqlmodel import select

from journey.audit.queries import list_about
from journey.clock import AMSTERDAM
from journey.models import Participant, User, Withdrawal
from journey.participant.queries import find_journey
from journey.portal.my_data import get_my_data
from journey.portal.my_data_words import Section, data_words
from journey.route.queries import get_definition
from journey.web.filters import moment
from journey.web.i18n import gettext as _
from journey.web.templating import environment
from journey.work import Work


def subject_data(work: Work, participant: Participant) -> dict[str, Any]:
    """Plain data with ISO days and moments; who looked is told by role, colleagues have a right to their name."""
    withdrawals = work.session.exec(
        select(Withdrawal).where(Withdrawal.participant_id == participant.id)
    ).all()
    return {
        **get_my_data(work, participant).as_dict(),
        "state": participant.state,
        "withdrawals": [
            {"level": row.level, "from_step": row.from_step, "withdrawn_at": _local(row.withdrawn_at)}
            for row in withdrawals
        ],
        "looked_at": [
            {"at": _local(line.entry.at), "role": role, "what": line.entry.action}
            for line, role in _looks(work, participant)
        ],
    }


def subject_page(work: Work, participant: Participant, data: dict[str, Any]) -> str:
    """The same to read: one page of HTML that stands by itself."""
    journey = find_journey(work, participant)
    sections: list[Section] = []
    if journey is not None:
        definition = get_definition(work, journey.route_version_id)
        sections = data_words(get_my_data(work, participant), definition)
    roles = role_words()
    looks = tuple(
        (moment(line.entry.at), f"{roles.get(role, role)}: {line.entry.action}")
        for line, role in _looks(work, participant)
    )
    if looks:
        sections.append(Section(_("Wie keek of veranderde iets"), looks))
    template = environment().get_template("privacy/subject.html")
    return template.render(code=participant.code, made=work.now, sections=sections, data=data)


def role_words() -> dict[str, str]:
    return {
        "researcher": _("onderzoeker"),
        "lead": _("onderzoeksleider"),
        "admin": _("beheerder"),
        "privacy": _("privacyfunctionaris"),
        "system": _("systeem"),
        "participant": _("deelnemer"),
        "token": _("koppeling"),
    }


def _looks(work: Work, participant: Participant) -> list[tuple[Any, str]]:
    lines = list_about(work, participant.code, most=5000)
    ids = {int(one.entry.actor[5:]) for one in lines if one.entry.actor.startswith("user:")}
    roles = {row.id: row.role for row in work.session.exec(select(User)).all() if row.id in ids}
    found = []
    for line in lines:
        kind, _colon, number = line.entry.actor.partition(":")
        found.append((line, roles.get(int(number), kind) if kind == "user" and number.isdecimal() else kind))
    return found


def _local(value: Any) -> str:
    return str(value.astimezone(AMSTERDAM).isoformat(timespec="minutes"))
