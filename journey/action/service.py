"""Writes down an improvement and has it approved by a second person; a changed text has to be approved again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from journey.audit.service import record_act
from journey.models import Action, Study, stored_id
from journey.route.queries import list_definitions
from journey.rules.errors import Conflict, Invalid
from journey.survey.queries import get_survey
from journey.work import Work

LONGEST: Final = 300
FURTHEST: Final = timedelta(days=366)
PARTS: Final = ("heard", "done")
Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class NewAction:
    """An improvement at a step since a day. `route` is empty for every route that has the step; `words` go from
    language to `heard` (what people said) and `done` (what changed); Dutch is needed."""

    step: str
    since: date
    words: Words
    route: str = ""


def record_action(work: Work, study: Study, new: NewAction) -> Action:
    """A draft that nobody but staff sees. Invalid names the field: step, route, since, or `nl_done` and the like."""
    action = Action(
        study_id=stored_id(study),
        step="",
        words={},
        since=new.since,
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    _fill(work, study, action, new)
    record_act(work, "action.record", f"{study.code} {action.id}")
    return action


def change_action(work: Work, study: Study, action: Action, new: NewAction) -> None:
    """Other words or another day: whoever changes it is its writer now, and the approval ends."""
    _refuse_dropped(action)
    action.state, action.approved_by, action.approved_at = "draft", "", None
    action.recorded_by, action.recorded_at = work.actor.label, work.now
    _fill(work, study, action, new)
    record_act(work, "action.change", f"{study.code} {action.id}")


def approve_action(work: Work, study: Study, action: Action) -> None:
    """Participants read it from now on, or from the day it begins. Conflict for its own writer."""
    work.session.refresh(action, with_for_update=True)
    _refuse_dropped(action)
    if action.state == "approved":
        return
    if action.recorded_by == work.actor.label:
        raise Conflict("Wie het opschreef, keurt het niet zelf goed. Vraag een collega.")
    action.state, action.approved_by, action.approved_at = "approved", work.actor.label, work.now
    work.session.add(action)
    work.session.flush()
    record_act(work, "action.approve", f"{study.code} {action.id}")


def drop_action(work: Work, study: Study, action: Action) -> None:
    """Taken away: nobody reads it any more, the row stays."""
    action.state = "dropped"
    work.session.add(action)
    work.session.flush()
    record_act(work, "action.drop", f"{study.code} {action.id}")


def _fill(work: Work, study: Study, action: Action, new: NewAction) -> None:
    if study.is_survey:
        _check_section(work, study, new)
    else:
        _check_step(work, study, new)
    if new.since > work.today + FURTHEST:
        raise Invalid("Deze dag ligt te ver weg.", field="since")
    action.route, action.step, action.since = new.route, new.step, new.since
    action.words = _checked(new.words)
    work.session.add(action)
    work.session.flush()


def _check_section(work: Work, study: Study, new: NewAction) -> None:
    """In a survey an improvement is about a section of the questionnaire."""
    if new.route:
        raise Invalid("Deze route hoort niet bij dit onderzoek: %(route)s.", field="route", route=new.route)
    if new.step not in [section.id for section in get_survey(work, study).questionnaire.sections]:
        raise Invalid("Dit onderwerp staat niet in de vragenlijst: %(step)s.", field="step", step=new.step)


def _check_step(work: Work, study: Study, new: NewAction) -> None:
    definitions = list_definitions(work, study)
    if new.route and new.route not in {one.id for one in definitions}:
        raise Invalid("Deze route hoort niet bij dit onderzoek: %(route)s.", field="route", route=new.route)
    routes = [one for one in definitions if new.route in ("", one.id)]
    if not any(one.find_step(new.step) for one in routes):
        raise Invalid("De stap %(step)s hoort niet bij deze route.", field="step", step=new.step)


def _checked(words: Words) -> dict[str, dict[str, str]]:
    """Dutch is whole, another language is whole or not there."""
    kept = {}
    for language, parts in {"nl": {}, **words}.items():
        texts = {part: " ".join(parts.get(part, "").split()) for part in PARTS}
        if language != "nl" and not any(texts.values()):
            continue
        for part, text in texts.items():
            if not text:
                raise Invalid("Vul dit in.", field=f"{language}_{part}")
            if len(text) > LONGEST:
                raise Invalid(
                    "Dit is te lang: hoogstens %(most)s tekens.", field=f"{language}_{part}", most=LONGEST
                )
        kept[language] = texts
    return kept


def _refuse_dropped(action: Action) -> None:
    if action.state == "dropped":
        raise Conflict("Deze verbetering is weggehaald.")
