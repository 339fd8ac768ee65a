"""The pages that only a survey has: its response, and its questionnaire to read, look at and check."""

from fastapi import APIRouter, Response

from journey.auth.access import FiguresReader, Researcher
from journey.auth.scope import get_study
from journey.questionnaire.xlsform import write_xlsform
from journey.report.survey_building import questionnaire_page, response_page
from journey.survey.queries import get_survey
from journey.web.templating import render
from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

LOOKS = ("read", "phone", "paper")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/studies/{study}/response")
def show_response(visit: FiguresReader, study: str) -> Response:
    page = response_page(visit.work, get_study(visit.work, study))
    return render(visit, "report/survey_response.html", page)


@router.get("/studies/{study}/questionnaire")
def show_questionnaire(visit: Researcher, study: str, language: str = "nl", look: str = "read") -> Response:
    """What cannot be chosen chooses nothing."""
    found = get_study(visit.work, study)
    page = questionnaire_page(visit.work, found, language[:5], look if look in LOOKS else "read")
    return render(visit, "report/survey_questionnaire.html", page)


@router.get("/studies/{study}/questionnaire.xlsx")
def download_xlsform(visit: Researcher, study: str) -> Response:
    """The questionnaire for ODK, Kobo and Enketo."""
    survey = get_survey(visit.work, get_study(visit.work, study))
    name = f"{survey.questionnaire.id}-v{survey.questionnaire.version}.xlsx"
    return Response(
        write_xlsform(survey.questionnaire),
        media_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
