"""The codebook of a study: its themes with their use, and a place for a lead to add one."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.auth.access import Researcher, only
from journey.auth.scope import get_study
from journey.models import Study
from journey.rating.themes import LONGEST_NAME, TONES, ThemeCount, add_theme, count_themes
from journey.route.queries import list_definitions
from journey.rules.roles import LEAD
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
Lead = Annotated[Visit, Depends(only(LEAD))]


@dataclass(frozen=True)
class ThemesPage:
    """`groups` are (tone, counts), the most used first; `step_names` go from id to name."""

    study: Study
    groups: tuple[tuple[str, tuple[ThemeCount, ...]], ...]
    step_names: dict[str, str]
    form: Form
    may_add: bool

    def steps_text(self, count: ThemeCount) -> str:
        """`Werkplein 3, Workshop 1`, in the order of the route."""
        order = [step for step in self.step_names if step in count.steps]
        return ", ".join(f"{self.step_names[step]} {count.steps[step]}" for step in order)


@router.get("/studies/{study}/themes")
def show_themes(visit: Researcher, study: str) -> Response:
    return _page(visit, get_study(visit.work, study), Form())


@router.post("/studies/{study}/themes")
def make_theme(visit: Lead, study: str) -> Response:
    found = get_study(visit.work, study)
    form = visit.form()
    name = form.text("name", required=True, most=LONGEST_NAME)
    tone = form.choice("tone", TONES, required=True)
    if form.ok and tone:
        with form.attempt(visit.work):
            add_theme(visit.work, found, name, tone)
    if form.ok:
        return redirect(f"/studies/{found.code}/themes")
    return _page(visit, found, form, status=422)


def _page(visit: Visit, study: Study, form: Form, *, status: int = 200) -> Response:
    counts = count_themes(visit.work, study)
    page = ThemesPage(
        study=study,
        groups=tuple((tone, tuple(one for one in counts if one.theme.tone == tone)) for tone in TONES),
        step_names={
            step.id: step.name
            for definition in list_definitions(visit.work, study)
            for step in definition.steps
        },
        form=form,
        may_add=visit.work.actor.role == LEAD,
    )
    return render(visit, "rating/themes.html", page, status=status)
