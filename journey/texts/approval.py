"""Which languages participants may read, and who approved their texts (rules, 43).

An approval holds for the texts as they were read: another word ends it. Dutch is binding and needs none. Consent in
unchecked words is no consent, so production offers nothing else.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlmodel import col, func, select

from journey.audit.service import record_act
from journey.models import ConsentText, LanguageApproval, RouteVersion
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.study.queries import list_consent_texts
from journey.web.i18n import FOLDER, LANGUAGES, find_translation, translations
from journey.work import Work

BINDING = "nl"
STEP_WORDS = ("name", "explain", "bring", "next")
LONGEST_NAME = 120
PARTS = ("screen", "route", "consent")
OFFERED = "journey-languages"
_hashes: dict[tuple[str, int, int], str] = {}


@dataclass(frozen=True)
class Sentence:
    """`said` is the translation, "" when there is none and people read the Dutch; `part` is one of PARTS."""

    dutch: str
    said: str
    part: str


@dataclass(frozen=True)
class LanguageState:
    """`lapsed`: somebody approved the texts as they were, and they changed since."""

    code: str
    name: str
    approved: bool
    lapsed: bool
    approved_by: str
    approved_at: datetime | None


def known_languages() -> dict[str, str]:
    """Code and own name of the languages with a catalogue, Dutch first."""
    return dict(_with_catalogue(FOLDER))


@cache
def _with_catalogue(folder: Path) -> dict[str, str]:
    return {
        code: name
        for code, name in LANGUAGES.items()
        if code == BINDING or (folder / code / "LC_MESSAGES" / "journey.po").exists()
    }


def offered(work: Work) -> dict[str, str]:
    """The languages that may be chosen now: in production those that a named person approved, elsewhere all."""
    known = known_languages()
    if not work.settings.is_production:
        return known
    if OFFERED not in work.session.info:
        approvals = _approvals(work)
        work.session.info[OFFERED] = {
            code: name for code, name in known.items() if code == BINDING or _holds(work, code, approvals)
        }
    found: dict[str, str] = work.session.info[OFFERED]
    return found


def is_draft(work: Work, code: str) -> bool:
    """Whether nobody approved the texts of this language as they are now."""
    return code != BINDING and not _holds(work, code, _approvals(work))


def list_offered_consents(work: Work, version: str) -> list[ConsentText]:
    """A consent text in every language in which it may be read aloud now, Dutch first."""
    languages = offered(work)
    return [text for text in list_consent_texts(work, version) if text.language in languages]


def find_offered_consent(work: Work, version: str, language: str) -> ConsentText | None:
    """The consent text in that language when it may be used now, else in Dutch."""
    by_language = {text.language: text for text in list_offered_consents(work, version)}
    return by_language.get(language) or by_language.get(BINDING)


def language_shown(work: Work, version: str, language: str) -> str:
    """In which language that consent text is read to somebody now: theirs when it may be used, else Dutch."""
    text = find_offered_consent(work, version, language)
    return text.language if text else BINDING


def list_states(work: Work) -> list[LanguageState]:
    """Every language but Dutch, for the administrator."""
    approvals = _approvals(work)
    return [
        _state(work, code, name, approvals) for code, name in known_languages().items() if code != BINDING
    ]


def get_state(work: Work, code: str) -> LanguageState:
    """NotFound for a language we have no texts in."""
    name = known_languages().get(code)
    if name is None:
        raise NotFound("Deze taal kennen wij niet.")
    return _state(work, code, name, _approvals(work))


def approve_language(work: Work, code: str, name: str, seen: str) -> LanguageApproval:
    """A named person read all texts; `seen` is the hash of what they read. Conflict when a text changed meanwhile."""
    if get_state(work, code).code == BINDING:
        raise Invalid("Het Nederlands hoeft niemand goed te keuren.")
    name = " ".join(name.split())
    if not name:
        raise Invalid("Vul de naam in van wie alles las.", field="name")
    if seen != texts_hash(work, code):
        raise Conflict("De teksten veranderden intussen. Lees ze nog eens.")
    row = LanguageApproval(
        language=code,
        texts_hash=seen,
        approved_by=name[:LONGEST_NAME],
        approved_at=work.now,
        recorded_by=work.actor.label,
    )
    work.session.add(row)
    work.session.flush()
    work.session.info.pop(OFFERED, None)
    record_act(work, "language.approve", code)
    return row


def withdraw_approval(work: Work, code: str) -> None:
    """From now on the language is offered in production no more. Without an approval nothing happens."""
    get_state(work, code)
    rows = work.session.exec(
        select(LanguageApproval).where(
            LanguageApproval.language == code, col(LanguageApproval.withdrawn_at).is_(None)
        )
    ).all()
    for row in rows:
        row.withdrawn_at = work.now
        work.session.add(row)
    work.session.flush()
    work.session.info.pop(OFFERED, None)
    if rows:
        record_act(work, "language.withdraw", code)


def list_sentences(work: Work, code: str) -> list[Sentence]:
    """Everything a participant can read or hear in a language, beside the binding Dutch."""
    routes = dict(_route_words(work, code))
    screens = [
        Sentence(dutch, dutch if code == BINDING else said, "screen")
        for dutch, said in translations("en" if code == BINDING else code).items()
        if dutch not in routes
    ]
    return [
        *screens,
        *(Sentence(dutch, said, "route") for dutch, said in routes.items()),
        *_consent_words(work, code),
    ]


def texts_hash(work: Work, code: str) -> str:
    """Fingerprint of all texts of a language and of the Dutch beside them, in the order of `list_sentences`.

    Catalogues are files of this version and rows of routes and consent are only ever added, so the number of the
    last row says whether a fingerprint made before still holds.
    """
    last = work.session.exec(
        select(
            select(func.coalesce(func.max(RouteVersion.id), 0)).scalar_subquery(),
            select(func.coalesce(func.max(ConsentText.id), 0)).scalar_subquery(),
        )
    ).one()
    key = (f"{work.session.get_bind().engine.url}:{code}", int(last[0]), int(last[1]))
    if key not in _hashes:
        rows = [(one.dutch, one.said, one.part) for one in list_sentences(work, code)]
        _hashes[key] = hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()
    return _hashes[key]


def _route_words(work: Work, code: str) -> Iterator[tuple[str, str]]:
    """As `Step.words` gives them: of the route, else of our catalogue, else "" for the whole step."""
    rows = work.session.exec(select(RouteVersion).order_by(col(RouteVersion.id))).all()
    for table in [row.definition for row in rows]:
        name = table["name"]
        own = table.get(code, {}).get("name")
        yield name, name if code == BINDING else own or find_translation(code, name) or ""
        for step in table["steps"]:
            dutch = {key: step[key] for key in STEP_WORDS if step.get(key)}
            said = step.get(code) or {key: find_translation(code, text) for key, text in dutch.items()}
            whole = all(said.get(key) for key in dutch)
            for key, text in dutch.items():
                yield text, text if code == BINDING else (said[key] or "") if whole else ""


def _consent_words(work: Work, code: str) -> Iterator[Sentence]:
    rows = work.session.exec(
        select(ConsentText).order_by(col(ConsentText.version).desc(), col(ConsentText.id))
    ).all()
    bodies = {(row.version, row.language): row.body for row in rows}
    for version, language in bodies:
        if language == BINDING:
            yield Sentence(bodies[version, BINDING], bodies.get((version, code), ""), "consent")


def _approvals(work: Work) -> dict[str, LanguageApproval]:
    """The latest approval of each language that nobody took back."""
    rows = work.session.exec(
        select(LanguageApproval)
        .where(col(LanguageApproval.withdrawn_at).is_(None))
        .order_by(col(LanguageApproval.id))
    ).all()
    return {row.language: row for row in rows}


def _holds(work: Work, code: str, approvals: dict[str, LanguageApproval]) -> bool:
    return code in approvals and approvals[code].texts_hash == texts_hash(work, code)


def _state(work: Work, code: str, name: str, approvals: dict[str, LanguageApproval]) -> LanguageState:
    row = approvals.get(code)
    holds = code == BINDING or _holds(work, code, approvals)
    return LanguageState(
        code,
        name,
        holds,
        row is not None and not holds,
        row.approved_by if row else "",
        row.approved_at if row else None,
    )
