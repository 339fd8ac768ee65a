"""Who stopped is gone from every output at once: each address that staff or a token may read, every export and every
form of the report is fetched, whoever stopped it, by whichever way and however far.

The addresses come from the code itself, so that a new page, feed or file is searched too. Ten people stop, each in
another way, and one stays: what was an answer before must be one after, and say of each exactly what is left.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from string import ascii_lowercase

import pytest
from httpx2 import Response
from pypdf import PdfReader
from sqlmodel import select

from journey.auth.queries import actor_of
from journey.call.help import choose_helper, send_help_signal
from journey.export.queries import FORMATS
from journey.models import Call, Reply, Study, User
from journey.outbox.service import plan_message, record_reply
from journey.participant.handover import hand_over
from journey.participant.queries import get_journey
from journey.portal.inbound import receive_text
from journey.portal.service import create_link
from journey.progress.service import record_application, record_step
from journey.rating.quotes import decide_quote, propose_quote
from journey.rating.service import NewRating, record_rating
from journey.report.service import publish_batch
from journey.rules.roles import ADMIN, LEAD, MANAGER, PRIVACY, RESEARCHER
from journey.upload.service import NewUpload, record_upload
from journey.work import Work
from tests.access.table import Entry, entries
from tests.access.world import CONSENT, STUDY, TODAY, Person, World, built
from tests.support.build import build_participant
from tests.support.databases import Databases
from tests.upload.samples import wav

# A lead may all that a researcher may.
READERS = ((LEAD, False), (MANAGER, False), (ADMIN, False), (PRIVACY, False), (RESEARCHER, True))
WAYS = ("page", "researcher", "api")
CASES = (
    *((way, level) for way in WAYS for level in ("stop", "from_step", "erase")),
    ("sms", "stop"),
    ("nobody", "stays"),
)
# Of a page about one person, asked for by its address: what becomes of it, by level; what is not named stays an answer.
GONE = {
    "/participants/{code}/letter": {"stop": 404, "from_step": 404, "erase": 404},
    "/participants/{code}/uploads/{upload_id}": {"stop": 404, "from_step": 404, "erase": 404},
    "/participants/{code}/enrolled": {"stop": 409, "from_step": 409, "erase": 409},
    "/participants/{code}/reference": {"stop": 409, "from_step": 409, "erase": 409},
    "/participants/{code}/hand-over": {"stop": 409, "from_step": 409, "erase": 409},
    "/participants/{code}/route": {"stop": 409, "from_step": 409, "erase": 409},
    "/calls/{call_id}/closing": {"stop": 409, "from_step": 409, "erase": 404},
    "/studies/{study}/quotes/{rating}": {"from_step": 404, "erase": 404},
    "/calls/{call_id}": {"erase": 404},
    "/calls/{call_id}/others": {"erase": 404},
    "/messages/{message_id}": {"erase": 404},
    "/messages/replies/{reply_id}": {"erase": 404},
    "/participants/{code}/steps/{step}": {"erase": 404},
    "/participants/{code}/timeline": {"erase": 404},
}
# What leads nowhere in this installation, or elsewhere; all other addresses must answer, or nothing would be searched.
NO_ANSWER = {
    "admin /admin/studies/new": 403,
    "lead /studies/{study}/cards": 303,
    "lead /team": 303,
    "lead /studies/{study}/import/{content}/{name}": 404,
    "admin /studies/{study}/import/{content}/{name}": 404,
    "lead /studies/{study}/import/{content}/{name}/faults.csv": 404,
    "admin /studies/{study}/import/{content}/{name}/faults.csv": 404,
    "lead /studies/{study}/published": 404,
    "manager /studies/{study}/published": 404,
    # Only of a survey.
    "lead /studies/{study}/questionnaire": 404,
    "lead /studies/{study}/questionnaire.xlsx": 404,
    "lead /studies/{study}/response": 404,
    "manager /studies/{study}/response": 404,
    "researcher /api/v1/studies/{study}/items": 404,
    "researcher /api/v1/studies/{study}/response": 404,
}
# What somebody is reached with, or what colleagues wrote for the next call: gone at every level.
NEVER = ("name", "address", "number", "note", "help", "card")
TRAIL = {f"{role} /admin/{page}" for role in (ADMIN, PRIVACY) for page in ("audit", "audit.csv")}
# Where the pseudonym of who stopped, and left the answers, stands among others: who left, and what may be used.
LISTED = TRAIL | {"lead /participants", "lead /messages", "lead /studies/{study}/recruitment"}
# Figures and report show some quotes of many: which ones changes when others go.
SOME = {f"{role} /studies/{{study}}/{page}" for role in (LEAD, MANAGER) for page in ("figures", "report")}
SOME |= {"report pdf", "report docx"}
ANSWERS = {f"export answers {form}" for form in FORMATS if form != "xes"}
STAYS = "nobody stays"
OF_A_PERSON = ("code", "call_id", "signal_id", "message_id", "reply_id", "upload_id", "rating", "token")


@dataclass
class Taker:
    """Somebody who takes part, with words that nobody else said: who it is, and what was said before and from `cv`."""

    way: str
    level: str
    places: dict[str, str]
    words: dict[str, str]

    @property
    def label(self) -> str:
        return f"{self.way} {self.level}"


Found = dict[tuple[str, str], set[str]]
Statuses = dict[tuple[str, str], int]


def words_of(number: int) -> dict[str, str]:
    """No word of one person is part of a word of another."""
    end = ascii_lowercase[number] + "x"
    return {
        "name": f"Quirijn{end}",
        "address": f"Citadel{end}",
        "number": f"061234{number:02}78",
        "early": f"mandarijn{end}",
        "late": f"citroengeel{end}",
        "note": f"olifantpad{end}",
        "help": f"giraffe{end}",
        "text": f"zeepaardje{end}",
        "reply": f"pinguin{end}",
        "card": f"dromedaris{end}",
    }


def users_of(work: Work) -> dict[str, User]:
    return {user.role: user for user in work.session.exec(select(User)).all() if STUDY in user.email}


def take_part(own: Work, lead: Work, number: int, way: str, level: str) -> Taker:
    """Somebody of whom there is a row of everything; what was said of `werk-nl` stands before what was said of `cv`."""
    words, session = words_of(number), own.session
    study = session.exec(select(Study).where(Study.code == STUDY)).one()
    person = build_participant(
        own,
        study,
        call_name=words["name"],
        phone=words["number"],
        postal_address=words["address"],
        consent=CONSENT,
    )
    journey = get_journey(own, person)
    for step in ("werk-nl", "cv"):
        record_step(own, journey, step, TODAY, source="call")
    record_application(own, journey, TODAY, source="letter")
    for step, said in (("werk-nl", "early"), ("cv", "late")):
        rating = record_rating(own, person, NewRating(step, "step", "negative", "call", words[said]))
        edit = propose_quote(own, study, rating.id or 0, f"Bewerkt: {words[said]}")
        decide_quote(lead, study, edit.id or 0, approve=True)
    users = users_of(own)
    hand_over(own, person, users[LEAD].id, "asked", words["card"])
    signal = send_help_signal(own, person, words["help"], agreed=True)
    message = plan_message(own, person, "link", words["text"], f"message:{person.code}")
    record_reply(own, words["reply"], f"SM-{number}", participant=person)
    reply = session.exec(select(Reply).where(Reply.participant_id == person.id)).one()
    upload = record_upload(own, person, NewUpload("voice", wav(seconds=1)))
    call = session.exec(select(Call).where(Call.participant_id == person.id)).one()
    call.note = words["note"]
    places = {
        "code": person.code,
        "call_id": str(call.id),
        "signal_id": str(signal.id),
        "message_id": str(message.id if message else 0),
        "reply_id": str(reply.id),
        "upload_id": str(upload.id),
        "rating": str(rating.id),
        "token": create_link(own, person).link.rpartition("/")[2],
    }
    return Taker(way, level, places, {**words, "code": person.code})


def readers(world: World) -> list[Person]:
    return [one for one in world.of(STUDY) if (one.role, bool(one.token)) in READERS]


def may(entry: Entry, who: Person) -> bool:
    return entry.roles is None or (who.role in entry.roles and bool(who.token) == entry.token)


def answers(world: World, takers: list[Taker]) -> Iterator[tuple[str, Response]]:
    """Every answer to a question that somebody may ask, with the way of the person it is about: a page, a feed, a
    file."""
    for entry in entries(world.app):
        if entry.method != "GET" or (entry.roles is None and not entry.path.startswith("/agenda/feed/")):
            continue
        about = [name for name in OF_A_PERSON if f"{{{name}}}" in entry.path]
        if entry.path.startswith(("/agenda/feed/", "/admin/languages/")):
            about = []
        for who in readers(world):
            if not may(entry, who):
                continue
            headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
            if not about:
                yield f"{who.role} {entry.path}", who.client.get(world.address(entry.path), headers=headers)
            for one in takers if about else ():
                address = entry.path.format_map({**world.places, **one.places})
                yield f"{who.role} {entry.path} of {one.label}", who.client.get(address, headers=headers)
    own = next(one for one in readers(world) if one.token)
    bearer = {"Authorization": f"Bearer {own.token}"}
    files = [("answers", form) for form in FORMATS if form != "xes"] + [
        ("journeys", "xes"),
        ("figures", "json"),
    ]
    for content, form in files:
        body = {"content": content, "format": form, "purpose": "toets"}
        answer = own.client.post(f"/api/v1/studies/{STUDY}/exports", json=body, headers=bearer)
        yield f"export {content} {form}", answer
    signed = next(one for one in readers(world) if one.role == LEAD)
    for form in ("pdf", "docx"):
        yield f"report {form}", signed.client.get(f"/studies/{STUDY}/report?format={form}")
    for queue in ("approved", "all"):
        yield f"quotes {queue}", signed.client.get(f"/studies/{STUDY}/quotes?queue={queue}")


def text_of(answer: Response) -> str:
    """What can be read in an answer, also in a file that is packed."""
    body = answer.content
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return body.decode("utf-8", "replace")


def search(world: World, takers: list[Taker], pages_of: list[Taker]) -> tuple[Statuses, Found]:
    """The status of every answer, and by person and kind of word the answers that hold it."""
    statuses: Statuses = {}
    found: Found = {(one.label, kind): set() for one in takers for kind in one.words}
    for place, answer in answers(world, pages_of):
        statuses[place] = answer.status_code
        text = text_of(answer)
        for one in takers:
            for kind, word in one.words.items():
                if word in text or (kind == "number" and f"+31{word[1:]}" in text):
                    found[one.label, kind].add(place)
    return statuses, found


def stop(world: World, one: Taker) -> None:
    code, step = one.places["code"], "cv" if one.level == "from_step" else ""
    typed = {"level": one.level, "step": step}
    own = {bool(who.token): who for who in world.of(STUDY) if who.role == RESEARCHER}
    if one.way == "page":
        guest = next(who for who in world.people if who.role == "nobody")
        answer = guest.client.post(f"/p/{one.places['token']}/stop", data=typed)
    elif one.way == "researcher":
        form = {**typed, "csrf_token": own[False].csrf}
        answer = own[False].client.post(f"/participants/{code}/withdrawal", data=form)
    elif one.way == "api":
        body = {"level": one.level, **({"step": step} if step else {})}
        bearer = {"Authorization": f"Bearer {own[True].token}"}
        answer = own[True].client.post(f"/api/v1/participants/{code}/withdrawal", json=body, headers=bearer)
    elif one.way == "sms":
        with world.house.work() as work:
            assert receive_text(work, f"+31{one.words['number'][1:]}", "STOP", "SM-stop") == "stopped"
        return
    else:
        return
    assert answer.status_code in (200, 201, 303), answer.text


@dataclass
class Seen:
    """All answers before and after everybody stopped; before, pages about one person are of who stays only."""

    takers: dict[str, Taker]
    before: tuple[Statuses, Found]
    after: tuple[Statuses, Found]

    def places(self, label: str, kind: str) -> set[str]:
        """Where a word of this person stands after all stopped."""
        return self.after[1][label, kind]

    def places_before(self, label: str, kind: str) -> set[str]:
        """Where a word of this person stood: among others, and where it stood of who stays."""
        alike = {place.replace(STAYS, label) for place in self.before[1][STAYS, kind] if STAYS in place}
        return self.before[1][label, kind] | alike


@pytest.fixture(scope="module")
def seen(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with built(databases, tmp_path_factory.mktemp("outputs")) as world:
        with world.house.work() as work:
            users = users_of(work)
            own, lead = (
                replace(work, actor=actor_of(work.session, users[role])) for role in (RESEARCHER, LEAD)
            )
            study = work.session.exec(select(Study).where(Study.code == STUDY)).one()
            choose_helper(own, study, users[LEAD].id)
            takers = [take_part(own, lead, number, *case) for number, case in enumerate(CASES)]
            publish_batch(work, study)
        before = search(world, takers, pages_of=takers[-1:])
        for one in takers:
            stop(world, one)
        after = search(world, takers, pages_of=takers)
        yield Seen({one.label: one for one in takers}, before, after)


def test_before_anybody_stopped_all_of_it_could_be_found(seen: Seen) -> None:
    statuses, _found = seen.before
    assert {place: status for place, status in statuses.items() if status != 200} == NO_ANSWER
    for label, one in seen.takers.items():
        assert [kind for kind in one.words if not seen.places_before(label, kind)] == []
        assert ANSWERS | {"quotes approved"} <= seen.places_before(label, "late")
        assert {"lead /calls", "researcher /api/v1/calls"} <= seen.places_before(label, "code")
    quoted = set().union(*(seen.places_before(label, "late") for label in seen.takers))
    assert quoted >= SOME


def test_every_answer_is_still_one_or_says_that_it_is_gone(seen: Seen) -> None:
    """An answer that became a refusal by accident would hold no words either."""
    wrong = {}
    for place, status in seen.after[0].items():
        address, _of, label = place.partition(" of ")
        level = seen.takers[label].level if label else ""
        expected = GONE.get(address.partition(" ")[2], {}).get(level) or NO_ANSWER.get(address, 200)
        if status != expected:
            wrong[place] = f"{status}, not {expected}"
    assert wrong == {}


@pytest.mark.parametrize("label", [f"{way} {level}" for way, level in CASES if level != "stays"])
def test_a_stop_holds_on_every_output(seen: Seen, label: str) -> None:
    level = seen.takers[label].level
    assert {kind: seen.places(label, kind) for kind in NEVER if seen.places(label, kind)} == {}
    for kind, kept_by in (("early", ("stop", "from_step")), ("late", ("stop",))):
        kept = seen.places_before(label, kind) - {f"lead /calls/{{call_id}} of {label}"} - SOME
        places = seen.places(label, kind)
        assert (places - SOME if level in kept_by else places) == (kept if level in kept_by else set())
    erased = level == "erase"
    assert seen.places(label, "text") == (set() if erased else {f"lead /messages/{{message_id}} of {label}"})
    own = f"lead /messages/replies/{{reply_id}} of {label}"
    assert seen.places(label, "reply") == (set() if erased else {"lead /messages", own})
    among_others = {place for place in seen.places(label, "code") if not place.endswith(f" of {label}")}
    assert among_others == (TRAIL if erased else LISTED | ANSWERS)


def test_who_stays_is_found_where_it_was(seen: Seen) -> None:
    for kind in seen.takers[STAYS].words:
        assert seen.places(STAYS, kind) - SOME == seen.before[1][STAYS, kind] - SOME
