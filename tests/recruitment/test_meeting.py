"""One tap per person in the back of the room, and what it adds up to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from journey.auth.scope import get_participant
from journey.consent.service import withdraw_participant
from journey.models import Approach, Meeting, Study
from journey.participant.queries import get_journey
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.recruitment.queries import recruitment_counts
from journey.rules.response import RecruitmentCounts
from journey.study.service import CURRENT_CONSENT
from tests.support.build import get_study_by, sign_in
from tests.support.desk import MONDAY, OTHER, STUDY, Desk

ROOM = f"/studies/{STUDY}/recruitment"


def add_meeting(desk: Desk, **changes: str) -> str:
    data = {"held_on": MONDAY.isoformat(), "name": "Rechten en Plichten", "present": "18", **changes}
    answer = desk.post(ROOM, data)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def tap(desk: Desk, meeting: str, value: str, **more: str) -> str:
    answer = desk.post(f"{meeting}/approaches", {"tap": value, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def counts(desk: Desk) -> RecruitmentCounts:
    with desk.work() as work:
        return recruitment_counts(work, get_study_by(work, STUDY))


def approaches(desk: Desk) -> list[Approach]:
    with desk.work() as work:
        return list(work.session.exec(select(Approach).order_by(Approach.id)).all())  # type: ignore[arg-type]


def enrol_form(approach: str, **changes: str) -> dict[str, str]:
    return {
        "study": STUDY,
        "text_version": CURRENT_CONSENT,
        "approach": approach,
        "participate": "yes",
        "given_via": "oral",
        "route": "27plus",
        "channel": "call",
        "language": "nl",
        "phone": "0612345678",
        **changes,
    }


def test_each_tap_is_one_person_and_counts_at_once(desk: Desk) -> None:
    meeting = add_meeting(desk)
    for value in ("yes", "no", "no", "no.no_time", "later"):
        assert tap(desk, meeting, value) == meeting
    assert "5 benaderd: 1 ja, 3 nee, 1 later." in desk.get(meeting).text
    assert counts(desk).reasons == {"": 2, "no_time": 1}
    assert counts(desk).present == 18


def test_the_scripts_get_the_part_of_the_page_with_the_new_count(desk: Desk) -> None:
    meeting = add_meeting(desk)
    answer = desk.post(f"{meeting}/approaches", {"tap": "no"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="recruitment-meeting"' in answer.text
    assert "<html" not in answer.text


def test_the_same_tap_sent_twice_by_a_bad_network_counts_once(desk: Desk) -> None:
    meeting = add_meeting(desk)
    for _ in range(2):
        tap(desk, meeting, "no", idempotency_key="k1")
    assert counts(desk).no == 1


def test_route_and_language_are_noted_when_chosen(desk: Desk) -> None:
    meeting = add_meeting(desk)
    tap(desk, meeting, "no.language", route="jongeren", language="ti")
    assert [(one.route, one.language) for one in approaches(desk)] == [("jongeren", "ti")]


@pytest.mark.parametrize(
    "wrong",
    [{"tap": "maybe"}, {"tap": "yes.no_time"}, {"tap": "no", "route": "x"}, {"tap": "no", "language": "xx"}],
)
def test_strange_taps_are_refused_and_count_nothing(desk: Desk, wrong: dict[str, str]) -> None:
    meeting = add_meeting(desk)
    assert desk.post(f"{meeting}/approaches", wrong).status_code == 422
    assert approaches(desk) == []


def test_the_last_own_tap_is_taken_back(desk: Desk) -> None:
    meeting = add_meeting(desk)
    tap(desk, meeting, "yes")
    tap(desk, meeting, "no")
    assert desk.post(f"{meeting}/undo").status_code == 303
    assert [one.answer for one in approaches(desk)] == ["yes"]


def test_a_tap_of_a_colleague_is_not_taken_back(desk: Desk) -> None:
    meeting = add_meeting(desk)
    tap(desk, meeting, "no")
    colleague = Desk(desk.app, sign_in(desk.app, "two@example.nl", "researcher", STUDY))
    assert colleague.post(f"{meeting}/undo").status_code == 422
    assert len(approaches(desk)) == 1


def test_yes_leads_to_the_form_and_the_participant_belongs_to_it(desk: Desk) -> None:
    meeting = add_meeting(desk)
    address = tap(desk, meeting, "enrol", language="en")
    assert address.startswith(f"/participants/new?study={STUDY}&approach=")
    form = desk.get(address).text
    assert 'value="en" selected' in form
    approach = address.rpartition("=")[2]
    assert desk.post("/participants/new", enrol_form(approach)).status_code == 303
    assert counts(desk).without_meeting == 0
    assert (counts(desk).enrolled, counts(desk).approached) == (1, 1)


def test_an_approach_belongs_to_one_person_only(desk: Desk) -> None:
    approach = tap(desk, add_meeting(desk), "enrol").rpartition("=")[2]
    desk.post("/participants/new", enrol_form(approach))
    answer = desk.post("/participants/new", enrol_form(approach, phone="0612345679"))
    assert answer.status_code == 422
    assert "hoort al bij iemand" in answer.text
    assert counts(desk).enrolled == 1


def test_who_refuses_when_the_text_is_read_becomes_a_no(desk: Desk) -> None:
    approach = tap(desk, add_meeting(desk), "enrol").rpartition("=")[2]
    desk.post("/participants/new", enrol_form(approach, participate="no"))
    assert (counts(desk).yes, counts(desk).no, counts(desk).enrolled) == (0, 1, 0)


def test_an_approach_of_another_study_does_not_exist(desk: Desk) -> None:
    with desk.work() as work:
        other = get_study_by(work, OTHER)
        meeting = Meeting(
            study_id=other.id or 0, held_on=MONDAY, name="x", recorded_by="s", recorded_at=work.now
        )
        work.session.add(meeting)
        work.session.flush()
        row = Approach(meeting_id=meeting.id or 0, answer="yes", recorded_by="s", recorded_at=work.now)
        work.session.add(row)
        work.session.flush()
        approach, meeting_id = row.id, meeting.id
    assert desk.get(f"/participants/new?study={STUDY}&approach={approach}").status_code == 404
    assert desk.post("/participants/new", enrol_form(str(approach))).status_code == 404
    assert desk.get(f"{ROOM}/{meeting_id}").status_code == 404
    assert desk.get(f"/studies/{OTHER}/recruitment").status_code == 404


def test_who_was_enrolled_without_a_meeting_counts_as_approached_until_linked(desk: Desk) -> None:
    code, meeting = desk.enrol(), add_meeting(desk)
    tap(desk, meeting, "yes")
    assert (counts(desk).approached, counts(desk).without_meeting) == (2, 1)
    approach = approaches(desk)[0].id
    assert desk.post(f"{meeting}/answers", {"approach": str(approach), "code": code}).status_code == 303
    assert (counts(desk).approached, counts(desk).without_meeting) == (1, 0)


def test_who_thought_about_it_says_yes_or_no_later(desk: Desk) -> None:
    meeting = add_meeting(desk)
    tap(desk, meeting, "later")
    approach = str(approaches(desk)[0].id)
    assert desk.post(f"{meeting}/answers", {"approach": approach, "tap": "yes"}).status_code == 303
    assert (counts(desk).yes, counts(desk).later, counts(desk).approached) == (1, 0, 1)


def test_a_meeting_of_tomorrow_is_refused_with_what_was_typed(desk: Desk) -> None:
    day = (MONDAY + timedelta(days=1)).isoformat()
    answer = desk.post(ROOM, {"held_on": day, "name": "Balie", "present": ""})
    assert answer.status_code == 422
    assert "moet nog komen" in answer.text
    assert 'value="Balie"' in answer.text


def test_how_many_were_there_can_be_counted_at_the_end(desk: Desk) -> None:
    meeting = add_meeting(desk, present="")
    assert counts(desk).uncounted == 1
    assert desk.post(f"{meeting}/present", {"present": "21"}).status_code == 303
    assert (counts(desk).present, counts(desk).uncounted) == (21, 0)


def _answer_of(desk: Desk, code: str) -> None:
    with desk.work() as work:
        person = get_participant(work, code)
        record_step(work, get_journey(work, person), "cv", MONDAY, source="call")
        record_rating(work, person, NewRating("cv", "step", "positive", "call"))


def test_answers_that_were_taken_back_are_no_response(desk: Desk) -> None:
    kept, partly, gone = (desk.enrol(phone=f"06123456{n}0") for n in (1, 2, 3))
    for code in (kept, partly, gone):
        _answer_of(desk, code)
    assert counts(desk).answered == 3
    with desk.work() as work:
        withdraw_participant(work, get_participant(work, kept), "stop")
        withdraw_participant(work, get_participant(work, partly), "from_step", "cv")
        withdraw_participant(work, get_participant(work, gone), "erase")
    found = counts(desk)
    assert (found.answered, found.enrolled, found.approached) == (1, 3, 3)


def test_who_had_everything_removed_still_counts_as_asked_once(desk: Desk) -> None:
    approach = tap(desk, add_meeting(desk), "enrol").rpartition("=")[2]
    desk.post("/participants/new", enrol_form(approach))
    with desk.work() as work:
        withdraw_participant(work, get_participant(work, "H-001"), "erase")
    assert approaches(desk)[0].participant_id is None
    assert counts(desk).approached == 1


def test_no_meeting_is_added_to_a_study_that_is_closed(desk: Desk) -> None:
    with desk.work() as work:
        study = work.session.exec(select(Study).where(Study.code == STUDY)).one()
        study.closed_at = work.now
        work.session.add(study)
    answer = desk.post(ROOM, {"held_on": MONDAY.isoformat(), "name": "Balie"})
    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["manager", "admin", "privacy"])
def test_who_is_no_researcher_is_refused(desk: Desk, role: str) -> None:
    meeting = add_meeting(desk)
    outsider = Desk(desk.app, sign_in(desk.app, f"{role}@example.nl", role))
    for address in (ROOM, meeting):
        assert outsider.get(address).status_code == 403
    assert outsider.post(f"{meeting}/approaches", {"tap": "no"}).status_code == 403
    assert approaches(desk) == []


def test_the_trail_holds_no_answer(desk: Desk) -> None:
    from journey.models import AuditEntry

    tap(desk, add_meeting(desk), "no.no_trust")
    with desk.work() as work:
        lines = [
            row for row in work.session.exec(select(AuditEntry)).all() if row.action.startswith("recruitment")
        ]
    assert {row.action for row in lines} == {"recruitment.meeting", "recruitment.approach"}
    assert not any("no" in row.object or "trust" in row.object for row in lines)
