"""Puts the rooms together into one web application."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from journey import __version__
from journey.action import views as action_views
from journey.agenda import views as agenda_views
from journey.auth import (
    account_views,
    admin_views,
    health,
    second_step_views,
    security_text,
    token_views,
)
from journey.auth import views as auth_views
from journey.auth.scope import list_studies
from journey.call import api as call_api
from journey.call import around_views as call_around_views
from journey.call import help_views as call_help_views
from journey.call import number_views as call_number_views
from journey.call import promise_views
from journey.call import tap_views as call_tap_views
from journey.call import text_views as call_text_views
from journey.call import upload_views as call_upload_views
from journey.call import views as call_views
from journey.consent import api as consent_api
from journey.consent import views as consent_views
from journey.document import views as document_views
from journey.export import api as export_api
from journey.export import views as export_views
from journey.imports import views as import_views
from journey.outbox import views as outbox_views
from journey.outbox.queries import count_replies
from journey.participant import api as participant_api
from journey.participant import case_views, enrol_views, fact_views, handover_views
from journey.participant import route_views as route_change_views
from journey.participant import views as participant_views
from journey.portal import api as portal_api
from journey.portal import (
    card_views,
    changed_views,
    check_views,
    letter_views,
    lost,
    public,
    say_views,
    staff_views,
    webhooks,
)
from journey.portal import upload_views as portal_upload_views
from journey.portal import views as portal_views
from journey.privacy import audit_views
from journey.privacy import views as privacy_views
from journey.progress import api as progress_api
from journey.progress import term_views
from journey.rating import api as rating_api
from journey.rating import quote_views, theme_views
from journey.rating import views as rating_views
from journey.recruitment import views as recruitment_views
from journey.report import api as report_api
from journey.report import compare_views, survey_api, survey_views
from journey.report import views as report_views
from journey.resources import folder
from journey.route import views as route_views
from journey.rules.roles import ADMIN, LEAD, MANAGER, PRIVACY, RESEARCHER
from journey.settings import Settings
from journey.study import api as study_api
from journey.study import cadence_views
from journey.study import views as study_views
from journey.survey import api as response_api
from journey.team import views as team_views
from journey.texts import language_views
from journey.texts import views as text_views
from journey.web import errors, openapi
from journey.web.head import HeadAnswers
from journey.web.headers import HeaderPolicy, SecurityHeaders
from journey.web.limits import BodyLimit
from journey.web.metrics import RequestMetrics
from journey.web.request_line import RequestLine
from journey.web.taps import TapMark
from journey.web.templating import INLINE_STYLES, inline_style_hash
from journey.work import House

THREADS = 8
FEW = 2  # that look at a password at the same time, in threads of their own
LARGEST_BODY = 1_000_000

# Roles, address and label of the main pages; labels are msgids.
NAVIGATION = (
    ((RESEARCHER, LEAD), "/calls", "Bellijst"),
    ((RESEARCHER, LEAD), "/agenda", "Agenda"),
    ((RESEARCHER, LEAD), "/participants", "Deelnemers"),
    ((LEAD,), "/team", "Team"),  # where a lead finds the messages
    ((RESEARCHER,), "/messages", "Berichten"),
    ((RESEARCHER, LEAD, MANAGER), "/studies", "Cijfers"),
    ((ADMIN, PRIVACY), "/admin", "Beheer"),
)

# Pages of one study that have a place of their own in the menu of who makes them.
STUDY_NAVIGATION = (
    ((RESEARCHER, LEAD), "recruitment", "Werving"),
    ((RESEARCHER, LEAD), "quotes", "Citaten"),
    ((RESEARCHER, LEAD), "themes", "Thema's"),
    ((RESEARCHER, LEAD), "letters", "Brieven"),
)

ROOMS = (
    portal_views,  # first: asked for most, and addresses are compared one by one
    health,
    security_text,
    auth_views,
    second_step_views,
    account_views,
    token_views,
    admin_views,
    audit_views,
    privacy_views,
    agenda_views,
    call_api,
    call_tap_views,
    call_around_views,
    call_number_views,
    call_help_views,
    call_views,
    call_upload_views,
    promise_views,
    consent_api,
    consent_views,
    import_views,
    outbox_views,
    participant_api,
    enrol_views,  # before `/participants/{code}`
    participant_views,
    route_change_views,
    fact_views,
    handover_views,
    case_views,
    recruitment_views,
    portal_api,
    portal_upload_views,
    call_text_views,
    say_views,
    changed_views,
    public,
    check_views,
    card_views,
    letter_views,
    staff_views,
    webhooks,
    progress_api,
    term_views,
    rating_api,
    rating_views,
    theme_views,
    quote_views,
    action_views,
    report_api,
    response_api,
    survey_api,
    survey_views,
    compare_views,
    report_views,
    export_api,
    export_views,
    document_views,
    route_views,
    study_api,
    study_views,
    cadence_views,
    team_views,
    text_views,
    language_views,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application on the database of the settings, which must be migrated."""
    house = House.open(settings or Settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        house.database.close()

    app = FastAPI(
        title="Journey",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,  # it would send visitors to whatever host the request claims
    )
    app.state.house = house
    app.state.navigation = NAVIGATION
    app.state.waiting = {"/messages": count_replies, "/team": count_replies}
    app.state.study_navigation = STUDY_NAVIGATION
    app.state.list_studies = list_studies
    app.state.demo_logins = ()
    app.state.metrics = RequestMetrics()
    app.state.few = anyio.CapacityLimiter(FEW)
    app.state.headers = HeaderPolicy(
        https=house.settings.base_url.startswith("https://"),
        style_hashes=tuple(inline_style_hash(path) for path in INLINE_STYLES),
    )
    app.state.meet_stranger = lost.meet_stranger
    errors.install(app)
    openapi.install(app)
    for room in ROOMS:
        app.router.routes.extend(room.router.routes)  # `include_router` would make each of them a second time
    app.mount("/static", StaticFiles(directory=folder("static")), name="static")
    larger = {**portal_upload_views.BODY_LIMITS, **import_views.BODY_LIMITS}
    app.add_middleware(BodyLimit, most=LARGEST_BODY, larger=larger)
    app.add_middleware(TapMark)
    app.add_middleware(SecurityHeaders, policy=app.state.headers)
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=6)
    app.add_middleware(HeadAnswers)
    app.add_middleware(RequestLine, metrics=app.state.metrics)
    for teller in ("twilio.http_client", "PIL"):  # they tell of numbers, words and of what stands in a photo
        logging.getLogger(teller).setLevel(logging.WARNING)
    return app
