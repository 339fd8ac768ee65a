"""Lead times from facts: which day counts, what is open, what is censored, what is set aside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from journey.auth.service import create_user
from journey.consent.service import withdraw_participant
from journey.models import Extension, Study
from journey.progress.service import (
    NewSuspension,
    record_decision,
    record_departure,
    record_event,
    record_step,
    record_suspension,
)
from journey.report.leadtimes import LeadTimes
from journey.report.queries import Population, lead_times
from journey.report.service import publish_batch
from journey.report.throughput import throughput
from journey.rules.errors import Forbidden
from journey.work import Work
from tests.report.cases import TODAY, days_before, lived, rated_people, reader
from tests.support.build import PASSWORD, build_participant


def measured(work: Work, study: Study, population: Population = "all") -> LeadTimes:
    return lead_times(reader(work, "researcher"), study, population)


def test_a_study_with_nobody_has_every_pair_and_no_days(work: Work, study: Study) -> None:
    times = measured(work, study)
    assert (times.gate.n, times.gate.mean, times.gate.curve) == (0, None, ())
    assert ("aanvraag", "beschikking") in {pair.key for pair in times.pairs}


def test_three_lead_times_of_one_journey(work: Work, study: Study) -> None:
    lived(work, study, steps={"werkplein": 60, "workshop": 49}, received=45, sent=20)
    times = measured(work, study)
    assert (times.gate.mean, times.application.mean, times.total.mean) == (11.0, 25.0, 40.0)
    assert (times.application.within_limit, times.application.share_within_limit) == (1, 1.0)


def test_integers_stay_integers(work: Work, study: Study) -> None:
    for sent in (20, 21):
        lived(work, study, steps={"werkplein": 60}, received=45, sent=sent)
    lived(work, study, steps={"werkplein": 60}, received=45, sent=22)
    total = measured(work, study).total
    assert (repr(total.median), total.p90, total.max, total.mean) == ("39", 40, 40, 39.0)


def test_the_first_time_of_a_repeated_step_counts(work: Work, study: Study) -> None:
    journey = lived(work, study, steps={"werkplein": 60, "workshop": 50})
    record_step(work, journey, "workshop", days_before(30), source="call")
    assert measured(work, study).gate.max == 10


def test_a_corrected_day_counts_in_place_of_the_earlier(work: Work, study: Study) -> None:
    journey = lived(work, study, steps={"werkplein": 60})
    wrong = record_step(work, journey, "workshop", days_before(50), source="call")
    record_step(work, journey, "workshop", days_before(40), source="letter", corrects=wrong.id)
    assert measured(work, study).gate.max == 20


def test_planned_steps_have_not_happened(work: Work, study: Study) -> None:
    journey = lived(work, study, steps={"werkplein": 10})
    record_step(work, journey, "workshop", days_before(-3), source="call", state="planned")
    gate = measured(work, study).gate
    assert (gate.n, gate.open) == (0, 1)


def test_open_cases_are_counted_and_censored(work: Work, study: Study) -> None:
    lived(work, study, steps={"werkplein": 60}, received=50, sent=20)
    lived(work, study, steps={"werkplein": 60}, received=10)
    application = measured(work, study).application
    assert (application.n, application.open) == (1, 1)
    assert application.curve[-1].waiting == 0.0, "the open case was followed ten days only"


def test_who_left_is_neither_ended_nor_open(work: Work, study: Study) -> None:
    journey = lived(work, study, steps={"werkplein": 60}, received=50)
    record_departure(work, journey, days_before(40), "work", source="call")
    application = measured(work, study).application
    assert (application.n, application.open, application.cases) == (0, 0, 1)


def test_an_application_taken_back_is_no_decision(work: Work, study: Study) -> None:
    lived(work, study, steps={"werkplein": 60}, received=50, sent=30, outcome="withdrawn")
    times = measured(work, study)
    assert (times.application.n, times.application.open, times.application.cases) == (0, 0, 1)


def test_a_workshop_taken_away_leaves_no_open_gate(work: Work, study: Study) -> None:
    journey = lived(work, study, steps={"werkplein": 60})
    record_step(work, journey, "workshop", days_before(50), source="call", state="bypassed", reason="x")
    gate = measured(work, study).gate
    assert (gate.n, gate.open) == (0, 0)


def test_suspended_days_are_left_out_of_the_net_time_only(work: Work, study: Study) -> None:
    journey = lived(work, study, steps={"werkplein": 90}, received=80)
    record_suspension(
        work,
        journey,
        NewSuspension("1a", invited_on=days_before(70), term=days_before(50), supplied_on=days_before(59)),
        source="letter",
    )
    record_decision(work, journey, days_before(20), "granted", source="letter")
    times = measured(work, study)
    assert (times.application.mean, times.application_net.mean) == (60.0, 50.0)


def test_an_open_case_past_its_own_last_day_counts_against(work: Work, study: Study) -> None:
    lived(work, study, received=80, sent=50)
    lived(work, study, received=80)
    lived(work, study, received=20)
    application = measured(work, study).application
    assert (application.within_limit, application.share_within_limit) == (1, 0.5)


def test_pairs_carry_what_was_promised(work: Work, study: Study) -> None:
    for days in (5, 9):
        lived(work, study, steps={"rechten-en-plichten": 60, "participatiegesprek": 60 - days})
    pairs = {pair.key: pair for pair in measured(work, study).pairs}
    pair = pairs["rechten-en-plichten", "participatiegesprek"]
    assert (pair.norm_days, pair.within_norm, pair.time.n) == (7, 1, 2)


def test_steps_in_another_order_give_no_negative_days(work: Work, study: Study) -> None:
    lived(work, study, steps={"werkplein": 40, "workshop": 45})
    gate = measured(work, study).gate
    assert (gate.n, gate.open) == (0, 0)


def test_all_applications_are_what_the_case_system_delivered(work: Work, study: Study) -> None:
    lived(work, study, steps={"werkplein": 60}, received=50, sent=20, reference="zaak-1")
    lived(work, study, steps={"werkplein": 60}, received=50, sent=30, person=build_participant(work, study))
    everyone, own = measured(work, study).total, measured(work, study, "participants").total
    assert (everyone.n, everyone.max, own.n, own.max) == (1, 40, 1, 30)


@pytest.mark.parametrize(("level", "participants"), [("stop", 1), ("erase", 0)])
def test_who_stops_keeps_the_facts_and_who_erases_is_gone(
    work: Work, study: Study, level: str, participants: int
) -> None:
    person = build_participant(work, study)
    lived(work, study, steps={"werkplein": 60}, received=50, sent=20, person=person)
    withdraw_participant(work, person, level)
    assert measured(work, study).total.cases == 0
    assert measured(work, study, "participants").total.n == participants


def test_facts_from_a_step_on_are_set_aside(work: Work, study: Study) -> None:
    person = build_participant(work, study)
    lived(work, study, steps={"werkplein": 60, "workshop": 50}, received=45, sent=20, person=person)
    withdraw_participant(work, person, "from_step", "aanvraag")
    own = measured(work, study, "participants")
    assert (own.gate.n, own.application.cases, own.total.cases) == (1, 0, 0)


@pytest.mark.parametrize(("days", "kept"), [(55, 1), (48, 0)])
def test_what_was_noted_after_a_step_was_set_aside_goes_with_it(
    work: Work, study: Study, days: int, kept: int
) -> None:
    person = build_participant(work, study)
    journey = lived(work, study, steps={"werkplein": 60, "workshop": 50}, person=person)
    for kind in ("handover", "form_offered"):
        record_event(work, journey, kind, days_before(days), source="call")
    withdraw_participant(work, person, "from_step", "workshop")
    seen = throughput(reader(work, "researcher"), study, "participants", None)
    assert (seen.form.n if seen.form else 0, seen.handovers.times if seen.handovers else 0) == (kept, kept)


def test_an_application_taken_back_has_no_decision_whatever_day_its_last_step_has(
    work: Work, study: Study
) -> None:
    lived(work, study, steps={"werkplein": 60, "beschikking": 30}, received=50, sent=30, outcome="withdrawn")
    other = lived(work, study, steps={"werkplein": 60, "beschikking": 35}, received=50)
    record_departure(work, other, days_before(30), "withdrew", source="import")
    times = measured(work, study)
    pair = next(one.time for one in times.pairs if one.key == ("aanvraag", "beschikking"))
    funnels = throughput(reader(work, "manager"), study, "all", "27plus").funnels or ()
    reached = {step.step: step.reached for funnel in funnels for step in funnel.steps}
    assert (pair.n, pair.open, pair.cases, reached["beschikking"]) == (0, 0, 2, 0)
    assert (times.application.n, times.total.n, times.application.cases) == (0, 0, 2)


def test_the_curve_goes_on_to_the_last_day_that_anybody_was_followed(work: Work, study: Study) -> None:
    lived(work, study, received=50, sent=30)
    lived(work, study, received=45)
    curve = measured(work, study).application.curve
    assert [(point.day, point.waiting) for point in curve] == [(0, 1.0), (20, 0.5), (45, 0.5)]


def test_the_median_of_a_month_is_of_all_its_applications(work: Work, study: Study) -> None:
    for sent in (30, 29, None, None, None):
        lived(work, study, received=40, sent=sent)
    lived(work, study, received=70, sent=50)
    months = throughput(reader(work, "manager"), study, "all", None).months
    assert [(one.month.month, one.time.n, one.time.median) for one in months] == [(9, 1, 20), (10, 2, None)]


def test_who_stopped_before_the_end_is_not_open_for_ever(work: Work, study: Study) -> None:
    person = build_participant(work, study)
    lived(work, study, steps={"werkplein": 60}, received=50, person=person)
    withdraw_participant(work, person, "stop")
    later = replace(work, now=work.now.replace(year=2027))
    application = measured(later, study).application
    assert (application.open, application.share_within_limit) == (0, None)


def test_dates_that_contradict_each_other_stop_no_page(work: Work, study: Study) -> None:
    journey = lived(work, study, received=20)
    origin = {"source": "import", "recorded_by": "system", "recorded_at": work.now}
    extension = Extension(journey_id=journey.id or 0, sent_on=days_before(40), until=TODAY, **origin)
    work.session.add(extension)
    assert measured(work, study).application.open == 1


def test_who_delivers_case_data_never_sees_participants(work: Work, study: Study) -> None:
    with pytest.raises(Forbidden):
        lead_times(reader(work, "integrator"), study, "participants")
    assert lead_times(reader(work, "integrator"), study).total.n == 0


@pytest.mark.parametrize(("people", "shown"), [(9, False), (10, True)])
def test_managers_see_the_lead_times_of_ten_participants_of_the_last_batch(
    work: Work, study: Study, people: int, shown: bool
) -> None:
    for person in rated_people(work, study, people):
        lived(work, study, steps={"werkplein": 60}, received=50, sent=20, person=person)
    publish_batch(work, study)
    total = lead_times(reader(work, "manager"), study, "participants").total
    assert (total.shown, total.n) == (shown, people if shown else None)


def test_young_people_who_all_still_wait_hide_the_sum(work: Work, study: Study) -> None:
    for person in rated_people(work, study, 12):
        lived(work, study, steps={"werkplein": 60}, received=50, sent=20, person=person)
    young = build_participant(work, study, route="jongeren")
    lived(work, study, steps={"werkplein": 60}, person=young)
    publish_batch(work, study)
    manager = reader(work, "manager")
    assert not lead_times(manager, study, "participants").total.shown
    assert lead_times(manager, study, "participants", "27plus").total.shown


def test_near_and_past_the_limit_are_counted(work: Work, study: Study) -> None:
    lived(work, study, received=10)
    lived(work, study, received=45)
    lived(work, study, received=80)
    lived(work, study, steps={"werkplein": 5})
    lived(work, study, received=80, sent=30)
    limit = throughput(reader(work, "manager"), study, "all", None).limit
    assert limit is not None
    assert (limit.running, limit.near, limit.late, limit.no_application) == (1, 1, 1, 1)


def test_the_list_of_cases_holds_the_reader_s_own_participants_only(work: Work, study: Study) -> None:
    user = create_user(work, "ria@example.org", "researcher", password=PASSWORD)
    own, other = build_participant(work, study), build_participant(work, study)
    own.researcher_id = user.id
    lived(work, study, received=80)
    for person in (own, other):
        lived(work, study, received=80, person=person)
    seen = {
        role: [one.code for one in throughput(reader(work, role, user.id or 0), study, "all", None).cases]
        for role in ("researcher", "lead", "manager")
    }
    assert seen == {"researcher": [own.code], "lead": [own.code, other.code], "manager": []}


def test_the_longest_wait_is_the_pair_with_the_highest_mean(work: Work, study: Study) -> None:
    lived(work, study, steps={"werkplein": 60, "rechten-en-plichten": 30}, received=25, sent=20)
    longest = throughput(reader(work, "manager"), study, "all", None).longest
    assert longest is not None
    assert longest.key == ("werkplein", "rechten-en-plichten")


def test_the_funnel_counts_steps_reached_and_where_people_wait_now(work: Work, study: Study) -> None:
    lived(work, study, steps={"werkplein": 60, "workshop": 20})
    lived(work, study, steps={"werkplein": 8})
    funnels = throughput(reader(work, "manager"), study, "all", "27plus").funnels
    assert funnels is not None
    steps = {step.step: step for step in funnels[0].steps}
    assert (steps["werkplein"].reached, steps["workshop"].reached) == (2, 1)
    assert (steps["werkplein"].waiting, steps["workshop"].waiting_days) == (1, 20)


def test_managers_do_not_see_how_far_participants_are(work: Work, study: Study) -> None:
    for person in rated_people(work, study, 12):
        lived(work, study, steps={"werkplein": 60}, person=person)
    publish_batch(work, study)
    seen = throughput(reader(work, "manager"), study, "participants", None)
    assert (seen.funnels, seen.limit, seen.cases) == (None, None, ())
