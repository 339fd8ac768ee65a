"""What is done with a text that came in: the question it lands on, the one answer it gets, who reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from journey.call.holding import release_person
from journey.call.service import plan_appointment, plan_calls
from journey.models import Call, CallBack, Message, Participant, Rating, Reply, User
from journey.outbox.agreed import agrees_to
from journey.outbox.jobs import send_due
from journey.outbox.sending import claim_batch
from journey.outbox.service import GATEWAY, plan_message
from journey.participant.queries import get_journey
from journey.portal.inbound import receive_text
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.study.service import close_study
from journey.texts.questions import keep_talking
from journey.work import House
from tests.support.build import build_participant, build_study, build_user, get_study_by

PHONE = "+31612345678"
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def text(house: House, body: str, sid: str = "SM1", *, now: datetime = MONDAY, sender: str = PHONE) -> str:
    with house.work(GATEWAY, now=now) as work:
        return receive_text(work, sender, body, sid)


def answers(house: House) -> list[str]:
    """What we texted back, in order."""
    with house.work(write=False) as work:
        rows = work.session.exec(
            select(Message).where(Message.occasion == "answer").order_by(col(Message.id))
        ).all()
        return [house.vault.open(row.body, f"message:{row.dedup_key}:body") for row in rows]


def ratings(house: House) -> list[tuple[str, str, str, str]]:
    with house.work(write=False) as work:
        rows = work.session.exec(select(Rating).order_by(col(Rating.id))).all()
        return [(row.step, row.subject, row.value, row.channel) for row in rows]


def replies(house: House) -> int:
    """How many texts wait for a person to read them."""
    with house.work(write=False) as work:
        return len(work.session.exec(select(Reply).where(col(Reply.read_at).is_(None))).all())


def questions(house: House) -> list[str]:
    with house.work(write=False) as work:
        rows = work.session.exec(
            select(Message)
            .where(col(Message.occasion).in_(("step_to_rate", "staff_to_rate")))
            .order_by(col(Message.id))
        ).all()
        return [house.vault.open(row.body, f"message:{row.dedup_key}:body") for row in rows]


def left(house: House) -> int:
    """How many questions left."""
    with house.work(write=False) as work:
        sent = select(Message.id).where(
            col(Message.occasion).in_(("step_to_rate", "staff_to_rate")), Message.state == "sent"
        )
        return len(work.session.exec(sent).all())


def record(house: House, person: int, step: str, day: date = date(2026, 11, 20)) -> None:
    with house.work(now=MONDAY) as work:
        journey = get_journey(work, work.session.get_one(Participant, person))
        record_step(work, journey, step, day, source="call")


@pytest.fixture
def person(house: House) -> int:
    with house.work(now=MONDAY) as work:
        return build_participant(work, build_study(work), channel="sms").id or 0


@pytest.fixture
def asked(house: House, person: int) -> int:
    """Somebody who was asked by text about the workshop; the text left."""
    with house.work(now=MONDAY) as work:
        journey = get_journey(work, work.session.get_one(Participant, person))
        record_step(work, journey, "workshop", date(2026, 11, 20), source="call")
    assert send_due(house, MONDAY) == 1
    return person


def test_an_answer_is_recorded_and_said_back(house: House, asked: int) -> None:
    assert text(house, "goed") == "rated"
    assert ratings(house) == [("workshop", "step", "positive", "sms")]
    assert answers(house) == ["Wij begrepen: Workshop naar Werk: goed. Klopt het niet? Stuur FOUT."]


def test_channel_and_wording_version_stand_with_the_answer(house: House, asked: int) -> None:
    text(house, "goed")
    with house.work(write=False) as work:
        rating = work.session.exec(select(Rating)).one()
    assert rating.channel == "sms" and rating.wording.startswith("2:nl:")


def test_the_staff_contact_is_the_next_question(house: House, asked: int) -> None:
    assert len(questions(house)) == 1
    text(house, "1")
    send_due(house, MONDAY)
    assert questions(house)[1].startswith(
        "Onderzoek Haarlem: hoe was de medewerker bij Workshop naar Werk? Stuur 1 (niet goed)"
    )
    text(house, "3", "SM2", now=MONDAY + timedelta(hours=1))
    assert ratings(house) == [
        ("workshop", "step", "negative", "sms"),
        ("workshop", "staff", "positive", "sms"),
    ]
    assert "de medewerker bij Workshop naar Werk: goed" in answers(house)[1]


def test_four_answers_land_on_four_questions(house: House, asked: int) -> None:
    record(house, asked, "werkplein")
    for number, body in enumerate(["3", "1", "2", "3"]):
        now = MONDAY + timedelta(days=number)
        send_due(house, now)
        assert text(house, body, f"SM{number}", now=now) == "rated"
    assert [rating[:3] for rating in ratings(house)] == [
        ("workshop", "step", "positive"),
        ("workshop", "staff", "negative"),
        ("werkplein", "step", "neutral"),
        ("werkplein", "staff", "positive"),
    ]


def test_several_steps_at_once_are_one_question_at_a_time(house: House, asked: int) -> None:
    for step in ("werkplein", "werk-nl", "cv"):
        record(house, asked, step)
    send_due(house, MONDAY)
    assert len(questions(house)) == 1


def test_two_questions_a_day_at_most(house: House, asked: int) -> None:
    record(house, asked, "werkplein")
    for number in range(3):
        send_due(house, MONDAY + timedelta(minutes=number))
        text(house, "3", f"SM{number}", now=MONDAY + timedelta(minutes=number))
    send_due(house, MONDAY + timedelta(hours=1))
    assert left(house) == 2
    send_due(house, MONDAY + timedelta(days=1))
    assert left(house) == 3


def test_an_unanswered_question_is_repeated_once_after_three_days_and_then_expires(
    house: House, asked: int
) -> None:
    record(house, asked, "werkplein")
    counts = []
    for day in range(16):
        now = MONDAY + timedelta(days=day, minutes=day)
        with house.work(now=now) as work:
            keep_talking(work)
        send_due(house, now)
        counts.append(left(house))
    assert counts[:5] == [1, 1, 1, 2, 2] and counts[13] == 2


def test_a_correction_is_asked_back_in_words(house: House, asked: int) -> None:
    text(house, "3")
    assert text(house, "1", "SM2", now=MONDAY + timedelta(minutes=1)) == "asked"
    assert answers(house)[1] == "U verandert Workshop naar Werk van goed in niet goed? Stuur JA."
    assert len(ratings(house)) == 1
    assert text(house, "ja", "SM3", now=MONDAY + timedelta(minutes=2)) == "rated"
    assert ratings(house)[1:] == [("workshop", "step", "negative", "sms")]


@pytest.mark.parametrize("body", ["nee", "3"])
def test_a_correction_that_is_taken_back_changes_nothing(house: House, asked: int, body: str) -> None:
    text(house, "3")
    text(house, "1", "SM2")
    text(house, body, "SM3")
    assert len(ratings(house)) == 1
    assert text(house, "ja", "SM4") != "rated"


def test_a_yes_after_a_day_corrects_nothing(house: House, asked: int) -> None:
    text(house, "3")
    text(house, "1", "SM2")
    text(house, "ja", "SM3", now=MONDAY + timedelta(days=2))
    assert len(ratings(house)) == 1


def test_fout_opens_the_last_answer_again_and_the_other_question_waits(house: House, asked: int) -> None:
    text(house, "3")
    send_due(house, MONDAY)  # the staff contact is asked
    assert text(house, "FOUT", "SM2") == "asked"
    assert answers(house)[1].startswith(
        "U zei: Workshop naar Werk: goed. Wat moet het zijn? Stuur 1 (niet goed)"
    )
    text(house, "1", "SM3")
    assert [rating[:3] for rating in ratings(house)] == [
        ("workshop", "step", "positive"),
        ("workshop", "step", "negative"),
    ]
    send_due(house, MONDAY + timedelta(days=1))
    text(house, "2", "SM4", now=MONDAY + timedelta(days=1))
    assert ratings(house)[2][:3] == ("workshop", "staff", "neutral")


def test_an_answer_while_the_next_question_is_being_sent_is_about_the_last(house: House, asked: int) -> None:
    text(house, "3")
    with house.work(now=MONDAY) as work:
        claimed = claim_batch(work, 10)
        assert len(claimed) == 2
    assert text(house, "1", "SM2", now=MONDAY + timedelta(seconds=1)) == "asked"
    assert [rating[1] for rating in ratings(house)] == ["step"]


def test_a_step_that_was_rated_elsewhere_is_not_asked(house: House, asked: int) -> None:
    record(house, asked, "werkplein")
    with house.work(now=MONDAY) as work:
        person = work.session.get_one(Participant, asked)
        for step, subject in (("workshop", "staff"), ("werkplein", "step")):
            record_rating(work, person, NewRating(step, subject, "neutral", "call"))
    text(house, "3")
    send_due(house, MONDAY)
    assert "medewerker bij Melden op het Werkplein" in questions(house)[-1]


def test_an_answer_to_what_was_rated_by_phone_meanwhile_is_asked_back(house: House, asked: int) -> None:
    with house.work(now=MONDAY) as work:
        person = work.session.get_one(Participant, asked)
        record_rating(work, person, NewRating("workshop", "step", "neutral", "call"))
    assert text(house, "3") == "asked"
    assert text(house, "ja", "SM2") == "rated"
    assert [rating[2] for rating in ratings(house)] == ["neutral", "positive"]


def test_words_after_an_answer_are_kept_as_its_quote(house: House, asked: int) -> None:
    text(house, "slecht want ik moest twee uur wachten")
    with house.work(write=False) as work:
        assert work.session.exec(select(Rating.quote)).one() == "want ik moest twee uur wachten"
    assert "Uw woorden leest alleen de onderzoeker." in answers(house)[0] or "verslag" in answers(house)[0]


def test_what_is_not_understood_is_helped_once_and_then_read(house: House, asked: int) -> None:
    assert [text(house, "2-3", "SM1"), text(house, "hmmm", "SM2"), text(house, "2", "SM3")] == [
        "helped",
        "kept",
        "rated",
    ]
    first, second, third = answers(house)
    assert first == (
        "Onderzoek Haarlem: hoe ging Workshop naar Werk? Stuur 1 (niet goed), 2 (gaat wel) of 3 (goed). "
        "Stoppen? Stuur STOP."
    )
    assert second == "Wij lezen dit en bellen u. Zelf bellen? 023 200 0000."
    assert "gaat wel" in third and replies(house) == 2


@pytest.mark.parametrize("body", ["2-3", "1/2", "3,2", "👍👎", "goed?", "4"])
def test_a_range_is_no_answer(house: House, asked: int, body: str) -> None:
    assert text(house, body) == "helped"
    assert ratings(house) == [] and replies(house) == 1


def test_force_is_not_number(house: House, asked: int) -> None:
    text(house, "👍👍👍")
    assert ratings(house) == [("workshop", "step", "positive", "sms")]


def test_a_question_can_be_skipped(house: House, asked: int) -> None:
    assert text(house, "geen idee") == "skipped"
    assert ratings(house) == [] and answers(house) == ["Goed. Wij slaan deze vraag over."]


def test_three_weeks_late_is_for_a_person(house: House, asked: int) -> None:
    assert text(house, "3", now=MONDAY + timedelta(days=21)) == "kept"
    assert ratings(house) == [] and answers(house)[0].startswith("Wij lezen dit en bellen u.")


def test_an_answer_to_a_study_that_closed_does_not_count(house: House, asked: int) -> None:
    with house.work(now=MONDAY) as work:
        close_study(work, get_study_by(work, "haarlem-test"))
    text(house, "3")
    assert ratings(house) == []
    assert len(answers(house)) <= 1


@pytest.mark.parametrize(
    "body", ["ik wil niet meer meedoen", "stop ermee", "dur", "لا تتصلوا بي", "nie dzwońcie"]
)
def test_a_plain_refusal_holds_texts_and_calls_at_once(house: House, asked: int, body: str) -> None:
    record(house, asked, "werkplein")
    assert text(house, body) == "refuse"
    with house.work(now=MONDAY) as work:
        person = work.session.get_one(Participant, asked)
        assert (person.state, person.held_at) == ("active", MONDAY)
        assert work.session.exec(select(Call.state)).all() in (["cancelled"], [])
        assert plan_calls(work) == 0
        assert plan_message(work, person, "missed_call", "Tekst", "x") is None
    assert answers(house)[0].startswith("Goed. Wij bellen en sms'en u nu niet meer.")
    assert replies(house) == 1
    send_due(house, MONDAY + timedelta(days=1))
    assert left(house) == 1


def test_a_refusal_that_is_undone_lets_the_calls_go_on(house: House, asked: int) -> None:
    text(house, "bel mij niet meer")
    with house.work(now=MONDAY) as work:
        person = work.session.get_one(Participant, asked)
        release_person(work, person)
        assert person.held_at is None and agrees_to(work, person, "texts")


@pytest.mark.parametrize("body", ["ik wil niet stoppen", "stop niet", "bel me niet voor tien uur"])
def test_who_does_not_want_to_stop_goes_on(house: House, asked: int, body: str) -> None:
    text(house, body)
    with house.work(write=False) as work:
        person = work.session.get_one(Participant, asked)
        assert (person.state, person.held_at) == ("active", None)


def test_distress_reaches_a_person_the_same_day(house: House, asked: int) -> None:
    build_user(house, "rob@example.org", "researcher", "haarlem-test")
    with house.work(now=MONDAY) as work:
        helper = work.session.exec(select(User.id).where(User.email == "rob@example.org")).one()
        person = work.session.get_one(Participant, asked)
        person.researcher_id = helper
        work.session.add(person)
        work.session.get_one(User, helper).phone = "+31600000099"
    assert text(house, "1 ik heb geen eten voor de kinderen") == "distress"
    assert ratings(house) == [("workshop", "step", "negative", "sms")]
    assert answers(house) == ["Wij lezen dit vandaag nog en bellen u. Is er nu gevaar? Bel 112."]
    with house.work(write=False) as work:
        assert work.session.exec(select(CallBack.via)).all() == ["sms"]
        told = work.session.exec(select(Message).where(Message.occasion == "help_signal")).one()
        assert (told.user_id, told.participant_id) == (helper, None)


def test_a_wrong_number_gets_one_answer_and_nothing_more(house: House, asked: int) -> None:
    assert text(house, "verkeerd nummer") == "wrong_number"
    assert answers(house) == ["Dank u wel. Wij kijken het na. U krijgt geen berichten meer van ons."]
    assert replies(house) == 1
    record(house, asked, "werkplein")
    send_due(house, MONDAY + timedelta(days=1))
    assert left(house) == 1


def test_bel_is_confirmed_with_when(house: House, person: int) -> None:
    assert text(house, "BEL") == "call"
    assert answers(house) == ["Goed. Wij bellen u, uiterlijk maandag 23 november om 17:00."]


def test_link_sends_the_own_page_to_who_asks(house: House, person: int) -> None:
    assert text(house, "LINK") == "link"
    with house.work(write=False) as work:
        link = work.session.exec(select(Message).where(Message.occasion == "link")).one()
        assert "/p/" in house.vault.open(link.body, f"message:{link.dedup_key}:body")
    assert answers(house) == []


def test_a_phone_that_answers_by_itself_is_not_talked_with_for_ever(house: House, person: int) -> None:
    for number in range(8):
        text(house, "Ik rijd nu en lees dit later.", f"SM{number}")
    assert len(answers(house)) == 3 and replies(house) == 8


def test_the_same_text_delivered_twice_is_one_answer(house: House, asked: int) -> None:
    assert [text(house, "3"), text(house, "3")] == ["rated", "again"]
    assert len(ratings(house)) == 1 and len(answers(house)) == 1


def test_without_an_open_question_an_answer_is_for_the_researcher(house: House, person: int) -> None:
    assert text(house, "3") == "kept"
    assert ratings(house) == [] and replies(house) == 1


def test_a_question_is_open_for_two_weeks(house: House, asked: int) -> None:
    assert text(house, "3", now=MONDAY + timedelta(days=15)) == "kept"


@pytest.mark.parametrize("body", ["3", "PAUZE", "LATER"])
def test_on_a_shared_number_a_researcher_asks_whose_it_is(house: House, asked: int, body: str) -> None:
    with house.work(now=MONDAY) as work:
        build_participant(work, get_study_by(work, "haarlem-test"))
    assert text(house, body) == "kept"
    assert ratings(house) == [] and len(answers(house)) == 1 and replies(house) == 2


def test_pauze_is_two_weeks_without_calls(house: House, person: int) -> None:
    assert text(house, "PAUZE") == "paused"
    with house.work(write=False) as work:
        assert work.session.get_one(Participant, person).rest_until == date(2026, 12, 7)
        assert work.session.exec(select(Call.state)).all() == ["cancelled"]
    assert "niet tot maandag 7 december" in answers(house)[0]


def test_later_asks_when_and_moves_the_call(house: House, person: int) -> None:
    text(house, "LATER")
    assert text(house, "do", "SM2") == "later"
    with house.work(write=False) as work:
        assert work.session.exec(select(Call.due_on)).one() == date(2026, 11, 26)
    asks, moved = answers(house)
    assert "dinsdag, woensdag, donderdag, vrijdag, zaterdag" in asks
    assert moved.startswith("Goed. Wij bellen u op donderdag 26 november.")


def test_later_takes_an_appointment_back(house: House, person: int) -> None:
    with house.work(now=MONDAY) as work:
        plan_appointment(work, work.session.exec(select(Call)).one(), MONDAY + timedelta(days=1))
    text(house, "later vrijdag")
    with house.work(write=False) as work:
        call = work.session.exec(select(Call)).one()
        assert (call.appointment_at, call.due_on) == (None, date(2026, 11, 27))


def test_a_day_that_is_over_is_asked_again(house: House, person: int) -> None:
    assert text(house, "later maandag") == "later"
    assert answers(house)[0].startswith("Op welke dag mogen wij bellen")


def test_a_day_without_later_is_for_the_researcher(house: House, person: int) -> None:
    assert text(house, "donderdag") == "kept"
    assert replies(house) == 1


def test_somebody_is_answered_in_their_own_language(house: House) -> None:
    with house.work(now=MONDAY) as work:
        build_participant(work, build_study(work), language="en")
    text(house, "PAUSE")
    assert answers(house)[0].startswith("Fine. We will not call you until Monday 7 December")


def test_an_unknown_number_gets_one_neutral_answer_a_day(house: House, person: int) -> None:
    for number in range(3):
        text(house, "Wie bent u?", f"SM{number}", sender="+31687654321")
    assert answers(house) == ["Wij hebben uw bericht ontvangen. Dank u wel."]
    assert send_due(house, MONDAY) == 1
    text(house, "Hallo?", "SM9", sender="+31687654321", now=MONDAY + timedelta(days=1))
    assert len(answers(house)) == 2


@pytest.mark.parametrize(
    ("sender", "body"), [("+31687654321", "STOP"), ("Belasting", "Hoi"), ("1008", "Hoi"), ("", "Hoi")]
)
def test_a_stop_of_a_stranger_and_a_sender_without_a_number_get_no_answer(
    house: House, person: int, sender: str, body: str
) -> None:
    assert text(house, body, sender=sender) == "kept"
    assert answers(house) == []


@pytest.mark.parametrize(
    "forge",
    ["", "bm90IGEgc2lnbmF0dXJl", "body", "secret"],
    ids=["none", "random", "another body", "another secret"],
)
def test_a_text_with_a_forged_signature_does_nothing(database_url: str, house: House, forge: str) -> None:
    from twilio.request_validator import RequestValidator

    from journey.app import create_app
    from tests.outbox.fake_twilio import SECRET, twilio_settings
    from tests.support.pages import PageClient

    with house.work(now=MONDAY) as work:
        build_participant(work, build_study(work))
    fields = {"From": PHONE, "Body": "STOP", "MessageSid": "SM1"}
    address = "http://127.0.0.1:8000/webhooks/twilio/inbound"
    made = {
        "body": RequestValidator(SECRET).compute_signature(address, {**fields, "Body": "Hallo"}),
        "secret": RequestValidator("another").compute_signature(address, fields),
    }
    with PageClient(create_app(twilio_settings(database_url))) as client:
        headers = {"X-Twilio-Signature": made.get(forge, forge)}
        assert client.post("/webhooks/twilio/inbound", data=fields, headers=headers).status_code == 403
    with house.work(write=False) as work:
        assert work.session.exec(select(Participant.state)).all() == ["active"]
