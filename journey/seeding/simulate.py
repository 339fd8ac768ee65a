"""Makes a synthetic study of any size: the same seed and day give the same data. Nobody in it exists."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from sqlmodel import select

from journey.clock import at_local
from journey.models import Municipality, RouteVersion, Study, StudyRoute
from journey.resources import folder
from journey.route.definition import RouteDefinition
from journey.route.queries import list_definitions
from journey.rules.cadence import round_of
from journey.rules.errors import Invalid
from journey.seeding.copies import copy_people
from journey.seeding.days import DAY
from journey.seeding.journeys import deliver
from journey.seeding.live import Follower, play
from journey.seeding.load import load_folder
from journey.seeding.texts import DemoPerson, read_demo
from journey.study.service import NewStudy, create_study
from journey.texts.choices import SILENT
from journey.work import Work

MOST = 100_000
ROUTES = ("27plus", "jongeren")
JOURNEYS_PER_PERSON = 3
ONE_BY_ONE = 1_000  # up to here everybody is enrolled, called and heard through the services
PATTERN = 400  # above it so many are, and the others are copies of them
AGE_BANDS = ("27-34", "35-44", "45-54", "55-66")
CHANNELS = ("call",) * 6 + ("sms", "sms", "web", "paper")
PARTS = ("morning", "afternoon", "evening")
# What can be special about who reached a step (seeds/demo/README.md).
FITTING = {
    "participatiegesprek": ("bypass", "repeated", "planned"),
    "aanvraag": ("letter", "supplied", "suspended"),
    "beschikking": ("closed",),
}


def _silent(_line: str) -> None:
    pass


def simulate(
    work: Work, study: str, participants: int, seed: int, tell: Callable[[str], None] = _silent
) -> list[str]:
    """A new study that has run for half a year up to today: what was made, as Dutch lines. `tell` hears how far it is.

    Invalid for a number that is not 1 to 100.000; Conflict when the code of the study is taken.
    """
    if not 1 <= participants <= MOST:
        raise Invalid("Kies een aantal van 1 tot en met %(most)s.", field="participants", most=MOST)
    for part in ("routes", "consent"):
        load_folder(work, folder("seeds") / part)
    made = _create(work, study)
    # Held here, or every fact would read its route and municipality anew.
    held = [*work.session.exec(select(RouteVersion)), *work.session.exec(select(Municipality))]
    rows = work.session.exec(select(StudyRoute)).all()
    routes = list_definitions(work, made)
    pattern = participants if participants <= ONE_BY_ONE else PATTERN
    tell(f"{pattern} deelnemers worden gevolgd")
    play(work, made, _followers(work, made, routes, pattern, seed))
    deliver(work, made, routes, ("Voorbeeldstad",), pattern * JOURNEYS_PER_PERSON, f"{study}:{seed}")
    journeys = participants * JOURNEYS_PER_PERSON
    if pattern < participants:
        copy_people(work, made, participants, journeys, tell)
    del held, rows
    return [f"Onderzoek {study}: {participants} deelnemers en {journeys} reizen zonder persoon gemaakt."]


def _create(work: Work, code: str) -> Study:
    starts_on = round_of(work.today - 182 * DAY)
    new = NewStudy(
        code=code,
        name=f"Simulatie {code}",
        municipality="Voorbeeldstad",
        routes=ROUTES,
        starts_on=starts_on,
        research_phone="+31230000000",
    )
    study = create_study(replace(work, now=at_local(starts_on, 9)), new)
    study.texts = SILENT
    return study


def _followers(
    work: Work, study: Study, routes: Sequence[RouteDefinition], count: int, seed: int
) -> list[Follower]:
    random = Random(f"{study.code}:{seed}")  # noqa: S311 — invented people, no secrets
    quotes = read_demo(folder("seeds") / "demo" / "live.toml").quotes
    followers = []
    for number in range(count):
        route = routes[0] if random.random() < 0.8 else routes[-1]
        followers.append(
            Follower(
                person=_invent(route, number, random),
                number=number,
                study=study,
                route=route,
                quotes=quotes,
                researcher=work.actor,
                now=work.now,
                today=work.today,
                seed=str(seed),
            )
        )
    return followers


def _invent(route: RouteDefinition, number: int, random: Random) -> DemoPerson:
    """One in three has a decision; the others are somewhere on the way."""
    first = route.position("rechten-en-plichten" if route.id == "27plus" else "werkplein")
    under_way = route.step_ids[first:-1]
    reached = route.step_ids[-1] if random.random() < 1 / 3 else random.choice(under_way)
    days_ago = random.randint(2, 90 if reached == route.step_ids[-1] else 21)
    stories = FITTING.get(reached, ()) if route.id == "27plus" or reached != "participatiegesprek" else ()
    story = random.choice(stories) if stories and random.random() < 0.5 else None
    if story == "closed" and days_ago < 25:
        story = None
    channel = random.choice(CHANNELS)
    return DemoPerson(
        call_name=f"Persoon {number + 1}",
        phone=f"+3160{number + 1:07d}",
        postal_address=f"Verzonnenlaan {number + 1}, 2000 SS Voorbeeldstad" if channel == "paper" else None,
        language=random.choice(("nl",) * 8 + ("ar", "tr", "en")),
        route=route.id,
        age_band=random.choice(AGE_BANDS) if route.id == "27plus" else "18-26",
        channel=channel,
        days=tuple(sorted(random.sample(range(5), 2))),
        parts=(random.choice(PARTS),),
        quotes=random.random() < 0.7,
        note="Vorige week gesproken.",
        reached=reached,
        days_ago=days_ago,
        story="withdrawn" if story is None and random.random() < 0.04 else story,
        municipality=None,
    )
