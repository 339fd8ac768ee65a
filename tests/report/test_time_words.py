"""What is said about lead times in worlds where it would be easy to say too much: would a lawyer sign it?"""

from __future__ import annotations

import pytest

from journey.models import Study
from journey.progress.service import NewSuspension, record_decision, record_suspension
from journey.report.leadtimes import LeadTime, LeadTimes, PairTime
from journey.report.queries import lead_times
from journey.report.throughput import Funnel, FunnelStep, LimitCounts, throughput
from journey.report.time_words import application_sentences, longest_sentence, norm_words, waiting_sentences
from journey.web.filters import percent_of_all
from journey.work import Work
from tests.report.cases import days_before, lived, reader


def said(work: Work, study: Study) -> str:
    seen = throughput(reader(work, "manager"), study, "all", None)
    assert seen.limit is not None
    return " ".join(application_sentences(seen.times.application, seen.limit))


def suspend(work: Work, journey: object, since: int) -> None:
    """The clock stands still from that many days ago: the missing papers did not come yet."""
    new = NewSuspension("1a", invited_on=days_before(since), term=days_before(-30))
    record_suspension(work, journey, new, source="letter")  # type: ignore[arg-type]


def test_a_study_without_applications_says_nothing_of_them(work: Work, study: Study) -> None:
    assert said(work, study) == ""


def test_of_one_decision_no_mean_and_no_all_is_said(work: Work, study: Study) -> None:
    lived(work, study, received=50, sent=20)
    assert said(work, study) == (
        "Op één aanvraag is besloten, na 30 dagen. Dat besluit viel op of voor de eigen uiterste dag."
    )


def test_all_open_has_no_lead_time_and_names_who_is_late(work: Work, study: Study) -> None:
    lived(work, study, received=80)
    lived(work, study, received=45)
    lived(work, study, received=10)
    text = said(work, study)
    assert text.startswith("Op geen van de 3 lopende aanvragen is al besloten.")
    assert "Eén aanvraag is nog open en voorbij haar uiterste dag." in text
    assert "Eén lopende aanvraag is bijna op haar uiterste dag (dag 42 of later)." in text
    assert "hoogstens" not in text


def test_nothing_is_at_most_while_an_open_case_is_past_day_56(work: Work, study: Study) -> None:
    for sent in (15, 20):
        lived(work, study, received=50, sent=sent)
    lived(work, study, received=80)
    text = said(work, study)
    assert "hoogstens" not in text
    assert "het langste tot nu toe duurde 35 dagen. Eén aanvraag loopt nog." in text
    assert "besloten: 2 van de 3 aanvragen waarvan dat vaststaat (66,7 %)." in text
    assert "Eén aanvraag is nog open en voorbij haar uiterste dag." in text


def test_nothing_is_all_in_time_while_an_open_case_is_near_its_last_day(work: Work, study: Study) -> None:
    for sent in (15, 20):
        lived(work, study, received=50, sent=sent)
    lived(work, study, received=50)
    text = said(work, study)
    assert "lle besluiten" not in text
    assert "besloten: 2 van de 2 aanvragen waarvan dat vaststaat (100,0 %)." in text


def test_all_in_time_names_the_own_last_day_and_explains_a_decision_of_eighty_days(
    work: Work, study: Study
) -> None:
    lived(work, study, received=50, sent=20)
    slow = lived(work, study, received=90)
    new = NewSuspension("1a", invited_on=days_before(80), term=days_before(50), supplied_on=days_before(52))
    record_suspension(work, slow, new, source="letter")
    record_decision(work, slow, days_before(10), "granted", source="letter")
    text = said(work, study)
    assert "hoogstens 80 dagen. Alle 2 besluiten vielen op of voor de eigen uiterste dag." in text
    assert "Een besluit na meer dan 56 dagen kan op tijd zijn" in text
    assert "wettelijke grens van 56 dagen" not in text


def test_all_late_is_none_in_time(work: Work, study: Study) -> None:
    for sent in (10, 12):
        lived(work, study, received=90, sent=sent)
    lived(work, study, received=80)
    assert "Geen van de 3 aanvragen waarvan dat vaststaat, kreeg een besluit" in said(work, study)


def test_all_suspended_is_neither_late_nor_in_time(work: Work, study: Study) -> None:
    for received in (80, 90):
        suspend(work, lived(work, study, received=received), received - 10)
    text = said(work, study)
    assert text == (
        "Op geen van de 2 lopende aanvragen is al besloten. Bij 2 lopende aanvragen staat de klok stil."
    )


def test_withdrawn_is_no_decision_in_any_sentence(work: Work, study: Study) -> None:
    lived(work, study, received=50, sent=20, outcome="withdrawn")
    assert said(work, study) == (
        "Op geen enkele aanvraag is besloten: wie aanvroeg, stopte voor het besluit."
    )
    lived(work, study, received=50, sent=20)
    assert said(work, study).startswith("Op één aanvraag is besloten, na 30 dagen.")


def test_one_late_case_of_fifteen_thousand_is_not_rounded_away() -> None:
    assert percent_of_all(14999.9 / 15000, 1) == "99,9 %"
    assert percent_of_all(0.0001) == "1 %"
    assert (percent_of_all(1.0, 1), percent_of_all(0.0), percent_of_all(None)) == ("100,0 %", "0 %", "–")


def test_thousands_have_their_mark() -> None:
    time = LeadTime(n=14999, open=1234, mean=20.0, max=40, within_limit=14999, within_of=15000, cases=16234)
    text = " ".join(application_sentences(time, LimitCounts(1000, 1233, 1, 0, 0)))
    assert "14.999 van de 15.000 aanvragen waarvan dat vaststaat (99,9 %)" in text
    assert "1.234 aanvragen lopen nog. " in text
    assert "1.233 lopende aanvragen zijn bijna op hun uiterste dag" in text


def times_of(*pairs: PairTime) -> LeadTimes:
    return LeadTimes(*([LeadTime()] * 5), pairs=pairs)


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([], ""),
        (
            [PairTime("a", "b", LeadTime(n=1, open=0, mean=30.0))],
            "Het langst duurde het tussen ‘A’ en ‘B’: 30 dagen, bij één reis.",
        ),
        (
            [PairTime("a", "b", LeadTime(n=12, open=3, mean=30.5), 7, "x", 2)],
            "Het langst duurde het tussen ‘A’ en ‘B’: gemiddeld 30,5 dagen, bij 12 reizen. "
            "Daar wachten nog 3 reizen. Afgesproken is 7 dagen.",
        ),
        (
            [PairTime(one, two, LeadTime(n=2, open=0, mean=5.0)) for one, two in ("ab", "bc")],
            "Het langst duurde het tussen ‘A’ en ‘B’ en tussen ‘B’ en ‘C’: elk gemiddeld 5 dagen.",
        ),
        (
            [PairTime("a", "b", LeadTime(n=2, open=0, mean=0.0))],
            "Geen twee stappen lagen gemiddeld een dag uit elkaar.",
        ),
    ],
)
def test_the_longest_wait_names_ties_and_who_still_waits(pairs: list[PairTime], text: str) -> None:
    assert longest_sentence(str.upper, times_of(*pairs)) == text


def test_only_the_report_s_own_number_of_days_is_a_promise(work: Work, study: Study) -> None:
    lived(work, study, steps={"rechten-en-plichten": 60, "participatiegesprek": 50, "workshop": 40})
    words = {pair.key: norm_words(pair) for pair in lead_times(reader(work, "manager"), study).pairs}
    assert words["rechten-en-plichten", "participatiegesprek"] == "7 dagen"
    assert words["participatiegesprek", "workshop"] == "binnen een aantal dagen"
    assert words["aanvraag", "beschikking"] == ""


def test_a_month_too_young_shows_nothing_of_its_quick_decisions(work: Work, study: Study) -> None:
    for sent in (10, None, None):
        lived(work, study, received=15, sent=sent)
    (month,) = throughput(reader(work, "manager"), study, "all", None).months
    assert (month.time.cases, month.time.n, month.time.median, month.time.p90) == (3, 1, None, None)


@pytest.mark.parametrize(
    ("waiting", "text"),
    [
        ((), ""),
        ((0, 0), ""),
        ((1, 0), "Nu wacht er één na ‘A’, 9 dagen."),
        ((1, 1), "Nu wacht er één na elk van deze stappen: ‘A’ en ‘B’."),
        ((3, 1200), "Nu wachten de meesten na ‘B’: 1.200, mediaan 9 dagen."),
        ((3, 3), "Nu wachten de meesten na ‘A’ en ‘B’: elk 3."),
    ],
)
def test_most_wait_after_one_step_only_when_no_other_has_as_many(waiting: tuple[int, ...], text: str) -> None:
    steps = [FunnelStep(name, name, 9, 0, n, 9) for name, n in zip("AB", waiting, strict=False)]
    assert "".join(waiting_sentences(Funnel("r", "R", 9, 9, tuple(steps)))) == text
