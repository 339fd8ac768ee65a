"""Participants from a file: consent first, nobody twice, nothing that may not be kept."""

from __future__ import annotations

import pytest
from sqlmodel import col, func, select

from journey.consent.service import forget_contact, withdraw_participant
from journey.imports.plan import PARTICIPANTS, Plan
from journey.imports.service import ImportRefused
from journey.models import AuditEntry, Consent, Contact, Participant, StoppedNumber
from journey.outbox.stops import is_stopped
from journey.work import House
from tests.imports.conftest import PEOPLE, csv_file, look, said, take_in
from tests.support.build import build_participant, build_study, get_study_by

ADA = "27plus,Ada,0612345678,bellen,ja,ja"
BO = "jongeren,Bo,0687654321,sms,ja,nee"


def people(house: House, *lines: str) -> Plan:
    return look(house, csv_file(PEOPLE, *lines), PARTICIPANTS)


def enrol_all(house: House, *lines: str) -> Plan:
    return take_in(house, csv_file(PEOPLE, *lines), PARTICIPANTS)


def count_people(house: House) -> int:
    with house.work(write=False) as work:
        return work.session.exec(select(func.count()).select_from(Participant)).one()


def test_everybody_is_enrolled_with_their_consent(inside: House) -> None:
    enrol_all(inside, ADA, BO)
    with inside.work(write=False) as work:
        rows = work.session.exec(select(Consent).order_by(col(Consent.id))).all()
        assert [(row.participate, row.quotes, row.text_version) for row in rows] == [
            (True, True, "2026-3"),
            (True, False, "2026-3"),
        ]
        contact = work.session.exec(select(Contact)).first()
        assert "Ada" not in str(contact)


def test_the_same_file_enrols_nobody_twice(inside: House) -> None:
    enrol_all(inside, ADA, BO)
    again = enrol_all(inside, ADA, BO)
    assert again.earlier is not None
    assert not again.may_run
    assert count_people(inside) == 2


def test_a_longer_file_enrols_only_who_is_new(inside: House) -> None:
    enrol_all(inside, ADA)
    plan = enrol_all(inside, "27plus,  ada ,06-12345678,bellen,ja,nee", BO)
    assert (plan.count("unchanged"), plan.count("new")) == (1, 1)
    assert count_people(inside) == 2


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("27plus,Ada,0612345678,bellen,nee,ja", "kolom E (doet mee): Zonder ja leggen we niets vast."),
        ("27plus,Ada,0612345678,bellen,,ja", "kolom E (doet mee): Zonder ja leggen we niets vast."),
        ("27plus,Ada,061234,bellen,ja,ja", "kolom C (telefoon): Dit telefoonnummer klopt niet."),
        ("27plus,Ada,,bellen,ja,ja", "kolom C (telefoon): Zonder telefoonnummer kunnen we niet bellen"),
        ("27plus,ada@example.org,0612345678,bellen,ja,ja", "kolom B (roepnaam): Dit is een e-mailadres."),
        ("27plus,Ada 111222333,0612345678,bellen,ja,ja", "kolom B (roepnaam): Dit lijkt een BSN."),
        ("kookles,Ada,0612345678,bellen,ja,ja", "kolom A (route): Dit kennen we niet."),
        ("27plus,Ada,0612345678,duif,ja,ja", "kolom D (kanaal): Dit kennen we niet."),
        ("27plus,Ada,0612345678,bellen,ja,soms", "kolom F (citaten): Schrijf hier ja of nee."),
    ],
)
def test_what_may_not_be_stored_is_refused(inside: House, line: str, sentence: str) -> None:
    plan = people(inside, line)
    assert [one for one in said(plan) if sentence in one], said(plan)


def test_one_wrong_row_enrols_nobody(inside: House) -> None:
    with pytest.raises(ImportRefused):
        enrol_all(inside, ADA, BO.replace("ja,nee", "nee,nee"))
    assert count_people(inside) == 0


def test_a_number_that_lost_its_zero_is_read(inside: House) -> None:
    assert people(inside, ADA.replace("0612345678", "612345678")).ok


def test_the_same_person_twice_is_refused_and_a_shared_number_told(inside: House) -> None:
    plan = people(inside, ADA, ADA, "27plus,Cas,0612345678,bellen,ja,ja")
    assert said(plan) == ["rij 3, kolom B (roepnaam): Deze persoon staat ook in rij 2."]
    assert plan.lines[2].notes == ("Zelfde nummer als rij 2: een gedeeld toestel?",)


def test_a_number_of_somebody_who_takes_part_is_told(inside: House) -> None:
    with inside.work() as work:
        code = build_participant(work, get_study_by(work, "haarlem-test"), call_name="Dirk").code
    assert people(inside, ADA).lines[0].notes == (f"Op dit nummer doet ook mee: {code}.",)


def test_a_birth_date_stops_the_file(inside: House) -> None:
    plan = look(inside, csv_file(f"{PEOPLE},geboortedatum", f"{ADA},1-1-1990"), PARTICIPANTS)
    assert "Een geboortedatum bewaren we niet" in said(plan)[0]


def test_the_log_names_nobody(inside: House) -> None:
    enrol_all(inside, ADA)
    with inside.work(write=False) as work:
        lines = work.session.exec(select(AuditEntry)).all()
    assert ("import.participants", "haarlem-test") in [(line.action, line.object) for line in lines]
    assert not [line for line in lines if "Ada" in str(line) or "0612" in str(line)]


@pytest.mark.parametrize("level", ["stop", "from_step", "erase"])
def test_who_stopped_is_not_enrolled_again_by_an_amended_file(inside: House, level: str) -> None:
    enrol_all(inside, ADA)
    with inside.work() as work:
        person = work.session.exec(select(Participant)).one()
        withdraw_participant(work, person, level, "workshop" if level == "from_step" else None)
    plan = enrol_all(inside, "27plus,Aadje,0612345678,sms,ja,nee", BO)
    assert [(line.status, line.left_out) for line in plan.lines] == [("unchanged", True), ("new", False)]
    assert "Vraag het opnieuw" in plan.lines[0].notes[0]
    assert count_people(inside) == 2


def test_who_was_known_by_an_address_is_not_enrolled_again(inside: House) -> None:
    header, line = "route,kanaal,adres,doet mee", '27plus,papier,"Dorpsstraat 1, Haarlem",ja'
    take_in(inside, csv_file(header, line), PARTICIPANTS)
    with inside.work() as work:
        forget_contact(work, work.session.exec(select(Participant)).one())
    assert look(inside, csv_file(header, line.replace("1,", "1, ")), PARTICIPANTS).lines[0].left_out


def test_who_stopped_in_one_study_is_new_in_another(inside: House) -> None:
    with inside.work() as work:
        elsewhere = build_participant(work, build_study(work, "zandvoort-test"), phone="0612345678")
        withdraw_participant(work, elsewhere, "stop")
    assert people(inside, ADA).count("new") == 1


def test_what_stays_of_who_stopped_is_only_a_keyed_hash(inside: House) -> None:
    enrol_all(inside, ADA)
    with inside.work() as work:
        known = work.session.exec(select(Contact)).one().phone_fingerprint
        withdraw_participant(work, work.session.exec(select(Participant)).one(), "erase")
    with inside.work(write=False) as work:
        assert work.session.exec(select(StoppedNumber)).one().fingerprint != known
        assert not is_stopped(work, "+31612345678")
