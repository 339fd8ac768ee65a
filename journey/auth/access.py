"""The declaration of who may use a view.

Every view's first parameter is one of the aliases at the end, such as `visit: Researcher`. `Access` runs before the
body is looked at: it reads the session cookie or the bearer token, refuses who may not pass, and checks that a form
came from our own page.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from journey.auth.queries import find_sitting, find_token
from journey.auth.refusals import note_foreign_form, note_refusal
from journey.auth.sessions import SEEN_EVERY, note_seen
from journey.auth.tokens import note_token_used
from journey.clock import local_day
from journey.rules.errors import DomainError, Forbidden, NotFound
from journey.rules.roles import ADMIN, INTEGRATOR, LEAD, MANAGER, PRIVACY, RESEARCHER
from journey.web import csrf
from journey.web.cookies import SESSION, read_cookie
from journey.web.errors import ChangeNeeded, NotAcceptable, SignInNeeded
from journey.web.i18n import use_language
from journey.web.visit import SAFE_METHODS, Visit
from journey.work import Actor, House

COOKIE = SESSION
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

NEVER = frozenset({"q=0", "q=0.0", "q=0.00", "q=0.000"})


@dataclass(frozen=True)
class Access:
    """`roles` may pass; None is everyone, signed in or not. With `token` a bearer token is asked, else a session.

    A session between password and second step is nobody, except for a view `at_the_door`, which needs a session of
    either kind.
    """

    roles: frozenset[str] | None
    token: bool = False
    at_the_door: bool = False

    async def __call__(self, request: Request) -> Visit:
        house: House = request.app.state.house
        visit = Visit(request, house)
        request.state.visit = visit
        use_language("nl")
        _refuse_nul(request)
        writes = request.method not in SAFE_METHODS
        if self.token:
            visit.actor = await run_in_threadpool(_token_actor, house, request)
        elif session := read_cookie(request, house.settings, SESSION):
            await run_in_threadpool(self._recognise, visit, session)
        await self._admit(visit)
        if self.token:
            _refuse_other_kinds(request)
        if writes:
            visit.body = await request.body()
            if request.headers.get("content-type", "").startswith(FORM_TYPES):
                visit.form_data = await request.form()
            if not self.token:
                try:
                    csrf.check_origin(request, house.settings.base_url)
                    if visit.csrf_token:
                        given = request.headers.get("X-CSRF-Token") or str(
                            visit.form_data.get(csrf.FIELD, "")
                        )
                        csrf.check_field(given, visit.csrf_token)
                except DomainError as refusal:
                    if not isinstance(refusal, csrf.StalePage):
                        await run_in_threadpool(note_foreign_form, house, visit)
                    raise
        return visit

    def _recognise(self, visit: Visit, session: str) -> None:
        house = visit.house
        sitting = find_sitting(house, session)
        if sitting is None:
            return
        visit.half_session = not sitting.verified
        if visit.half_session and not self.at_the_door:
            return
        visit.session_id = sitting.id
        visit.csrf_token = csrf.token_for(session, house.settings.secret_key.get_secret_value())
        if sitting.verified:
            visit.actor = sitting.actor
            visit.must_change = sitting.must_change
            if house.clock.now() - sitting.seen_at >= SEEN_EVERY:
                note_seen(house, sitting.id)

    async def _admit(self, visit: Visit) -> None:
        if self.at_the_door and visit.session_id is None:
            raise SignInNeeded("Log eerst in.")
        if self.roles is None:
            return
        if visit.actor is None:
            raise SignInNeeded("Log eerst in.")
        if visit.must_change and not visit.path.startswith("/account"):
            raise ChangeNeeded("Kies eerst een eigen wachtwoord.")
        if visit.actor.role not in self.roles:
            await run_in_threadpool(note_refusal, visit.house, visit)
            raise Forbidden("Dit hoort niet bij uw rol.")


def _refuse_nul(request: Request) -> None:
    """PostgreSQL takes no NUL, so nothing can have such a name."""
    if "\0" in request.url.path + request.scope["path"] or "%00" in request.url.query:
        raise NotFound("Deze pagina bestaat niet.")


def _refuse_other_kinds(request: Request) -> None:
    """Who takes no JSON hears so before anything is done (RFC 9110, 12.5.1); an export may be of any kind."""
    wanted = request.headers.get("Accept", "*/*")
    if request.url.path.endswith("/exports") or any(map(_takes_json, wanted.split(","))):
        return
    raise NotAcceptable("Deze API antwoordt in JSON. Vraag om application/json.")


def _takes_json(one: str) -> bool:
    kind, *parameters = (part.strip().lower() for part in one.split(";"))
    refused = any(part.replace(" ", "") in NEVER for part in parameters)
    return not refused and (kind in ("*/*", "application/*", "") or kind.endswith(("/json", "+json")))


def _token_actor(house: House, request: Request) -> Actor | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SignInNeeded("Stuur een geldig token mee (Authorization: Bearer …).")
    known = find_token(house, token.strip())
    if known is None:
        raise SignInNeeded("Dit token is niet geldig.")
    if known.expired_on is not None:
        raise SignInNeeded(
            "Dit token is verlopen op %(day)s. Vraag de beheerder om een nieuw.", day=known.expired_on
        )
    today = local_day(house.clock.now())
    if known.last_used_on is None or known.last_used_on < today:
        note_token_used(house, known.actor, today)
    return known.actor


def only(*roles: str, token: bool = False) -> Access:
    """Access for these roles, for a room that needs a combination of its own."""
    return Access(frozenset(roles), token)


Everyone = Annotated[Visit, Depends(Access(None))]
AtTheDoor = Annotated[Visit, Depends(Access(None, at_the_door=True))]
SignedIn = Annotated[Visit, Depends(only(RESEARCHER, LEAD, MANAGER, ADMIN, PRIVACY))]
Researcher = Annotated[Visit, Depends(only(RESEARCHER, LEAD))]
FiguresReader = Annotated[Visit, Depends(only(RESEARCHER, LEAD, MANAGER))]
Admin = Annotated[Visit, Depends(only(ADMIN))]
PrivacyOfficer = Annotated[Visit, Depends(only(PRIVACY))]

ResearcherToken = Annotated[Visit, Depends(only(RESEARCHER, LEAD, token=True))]
PersonToken = Annotated[Visit, Depends(only(RESEARCHER, LEAD, PRIVACY, token=True))]
FiguresToken = Annotated[Visit, Depends(only(RESEARCHER, LEAD, MANAGER, token=True))]
LeadTimesToken = Annotated[Visit, Depends(only(RESEARCHER, LEAD, MANAGER, INTEGRATOR, token=True))]
JourneysToken = Annotated[Visit, Depends(only(INTEGRATOR, token=True))]
AdminToken = Annotated[Visit, Depends(only(ADMIN, token=True))]
