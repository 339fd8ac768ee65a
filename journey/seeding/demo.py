"""Fills an empty database with the demo: the 2016 study, and a study that runs today with invented people.

Days are relative to today and come from a fixed seed: the same day gives the same demo.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import col, select, update

from journey.auth.queries import actor_of
from journey.auth.service import create_user
from journey.clock import at_local
from journey.models import Message, Municipality, RouteVersion, Study, StudyRoute, User
from journey.outbox.jobs import send_due
from journey.outbox.service import plan_message
from journey.portal.service import create_link, send_link
from journey.resources import folder
from journey.route.definition import RouteDefinition
from journey.route.queries import list_definitions
from journey.rules.cadence import round_of
from journey.rules.roles import ADMIN, LEAD, MANAGER, PRIVACY, RESEARCHER
from journey.seeding.agenda import agree_some
from journey.seeding.beside import improve, lay_beside
from journey.seeding.days import DAY, fitting_after
from journey.seeding.desk import surround
from journey.seeding.journeys import deliver
from journey.seeding.live import Follower, play
from journey.seeding.load import load_folder
from journey.seeding.recruited import hand_over_one, recruit
from journey.seeding.texts import read_demo
from journey.seeding.voices import demo_acts
from journey.study.service import CURRENT_CONSENT, NewStudy, create_study
from journey.work import Actor, House, Work

LIVE = "haarlem-live"
PASSWORD = "journey-demo"  # noqa: S105 — printed at every start of the demo
WITHOUT_PERSON = 60


@dataclass(frozen=True)
class DemoLogin:
    label: str
    email: str
    password: str
    role: str
    name: str
    phone: str = ""


DEMO_LOGINS = (
    DemoLogin("Onderzoeker", "onderzoeker@demo.example", PASSWORD, RESEARCHER, "Robin Demo", "+31600000091"),
    DemoLogin("Collega", "collega@demo.example", PASSWORD, RESEARCHER, "Sasha Demo", "+31600000092"),
    DemoLogin("Teamleider", "teamleider@demo.example", PASSWORD, LEAD, "Kim Demo", "+31600000093"),
    DemoLogin("Manager", "manager@demo.example", PASSWORD, MANAGER, "Noa Demo"),
    DemoLogin("Beheerder", "beheerder@demo.example", PASSWORD, ADMIN, "Alex Demo"),
    DemoLogin("Privacy", "privacy@demo.example", PASSWORD, PRIVACY, "Jip Demo"),
)


def fill_if_empty(house: House) -> None:
    """The whole demo in one unit of work; nothing when the database holds a study or a user already."""
    with house.work() as work:
        if work.session.exec(select(Study.id)).first() or work.session.exec(select(User.id)).first():
            return
        load_folder(work, folder("seeds"))
        users = _create_users(work)
        fill_live(work, [actor_of(work.session, user) for user in users if user.role == RESEARCHER])
    send_due(house, house.clock.now())


def fill_live(work: Work, researchers: Sequence[Actor]) -> Study:
    """The study that runs today; its people are divided over the researchers."""
    study = _create_study(work)
    # Held here, or every fact would read its route and municipality anew.
    held = [
        *work.session.exec(select(RouteVersion)),
        *work.session.exec(select(Municipality)),
        *work.session.exec(select(StudyRoute)),
    ]
    routes = list_definitions(work, study)
    followers = _followers(work, study, routes, researchers)
    play(work, study, followers, demo_acts(work, study, followers, researchers))
    _deliver_past(work)
    recruit(work, study, followers)
    hand_over_one(work, followers)
    surround(work, study, followers)
    improve(work, study, researchers)
    lay_beside(work, study)
    agree_some(work, followers)
    _send(work, followers)
    deliver(work, study, routes, ("Haarlem", "Haarlem", "Zandvoort"), WITHOUT_PERSON, LIVE)
    del held
    return study


def _create_users(work: Work) -> list[User]:
    """They share one password, which is hashed once: hashing is slow on purpose."""
    first, *others = DEMO_LOGINS
    made = create_user(work, first.email, first.role, password=PASSWORD, name=first.name, phone=first.phone)
    users = [made] + [
        User(
            email=login.email,
            name=login.name,
            role=login.role,
            phone=login.phone,
            password_hash=made.password_hash,
            created_at=work.now,
        )
        for login in others
    ]
    work.session.add_all(users)
    work.session.flush()
    return users


def _create_study(work: Work) -> Study:
    starts_on = round_of(work.today - 126 * DAY)
    new = NewStudy(
        code=LIVE,
        name=f"Haarlem en Zandvoort {work.today.year}",
        municipality="Haarlem",
        routes=("27plus", "jongeren"),
        starts_on=starts_on,
        ends_on=starts_on + 364 * DAY,
        consent_version=CURRENT_CONSENT,
        research_phone="+31230000000",
    )
    return create_study(replace(work, now=at_local(starts_on, 9)), new)


def _followers(
    work: Work, study: Study, routes: Sequence[RouteDefinition], researchers: Sequence[Actor]
) -> list[Follower]:
    demo = read_demo(folder("seeds") / "demo" / "live.toml")
    by_id = {route.id: route for route in routes}
    return [
        Follower(
            person=person,
            number=number,
            study=study,
            route=by_id[person.route],
            quotes=demo.quotes,
            # Who shows something special is with the first researcher, whom most visitors sign in as.
            researcher=researchers[0 if person.story else number % len(researchers)],
            now=work.now,
            today=work.today,
        )
        for number, person in enumerate(demo.people)
    ]


def _deliver_past(work: Work) -> None:
    """What was planned in the weeks before arrived when it was due, unless it was cancelled meanwhile."""
    past = (col(Message.state) == "ready", col(Message.due_at) < work.now - timedelta(hours=1))
    due = col(Message.due_at)
    work.session.exec(
        update(Message)
        .where(*past)
        .values(state="delivered", recipient="", tries=1, tried_at=due, updated_at=due)
    )


def _send(work: Work, followers: Sequence[Follower]) -> None:
    """Links for who follows along on the phone: three texted, one given; and one text that waits for tomorrow."""
    asked = replace(work, now=work.now - timedelta(hours=1))
    *texted, given = [follower for follower in followers if follower.person.story == "link"]
    for follower in texted:
        send_link(replace(asked, actor=follower.researcher), follower.who)
    create_link(replace(asked, actor=given.researcher), given.who)
    announced = followers[0]
    plan_message(
        replace(work, actor=announced.researcher),
        announced.who,
        "call_announced",
        "Onderzoek Haarlem: wij bellen u deze week, vanaf 023 000 0000. Liever niet? Stuur STOP.",
        f"demo:{announced.who.code}",
        due_at=at_local(fitting_after(work.today + DAY), 9, 30),
    )
