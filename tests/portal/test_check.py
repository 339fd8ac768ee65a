"""Is this real? Numbers, names of callers and codes of ours are confirmed; about anybody else nothing is told."""

from __future__ import annotations

from typing import Any

import pytest

from journey.auth.service import create_user
from journey.models import Study
from journey.portal.check_codes import check_code, shown_check_code
from journey.portal.trust import is_same_name
from journey.work import House
from tests.support.build import PASSWORD, build_participant, build_study, get_study_by
from tests.support.pages import PageClient

NUMBER, NAME, CODE = "dit nummer is van ons", "iemand met deze naam", "deze controlecode staat"


@pytest.fixture
def house_with_callers(house: House) -> House:
    with house.work() as work:
        build_participant(work, build_study(work), phone="0612345678", call_name="Ada Jansen")
        build_study(work, "zandvoort-test", municipality="Zandvoort", research_phone="")
        for email, name, phone, study in (
            ("ria@example.org", "Ria de Vries", "06 2222 3333", None),
            ("bo@example.org", "Bo", "Bureau", "haarlem-test"),
        ):
            create_user(work, email, "researcher", password=PASSWORD, name=name, phone=phone, study=study)
        create_user(work, "max@example.org", "manager", password=PASSWORD, name="Max Bakker")
    return house


def asked(client: PageClient, what: str) -> str:
    return client.post("/check", data={"what": what}).text


def bare(page: str, typed: str) -> str:
    return page.replace(typed, "")


@pytest.mark.parametrize(
    "typed",
    [
        "0622223333",
        "06-2222 3333",
        "+31 6 22223333",
        "0031622223333",
        "023 2000000",
        " 023-200 00 00 ",
        "06\u200e22223333",
        "\u202a06 2222\u00a03333\u202c",
        "06\u20112222\u20113333",
        "\u0660\u0666\u0662\u0662\u0662\u0662\u0663\u0663\u0663\u0663",
        "bureau",
        "\u200fBureau",
    ],
)
def test_a_number_of_ours_is_recognised_however_typed(
    house_with_callers: House, client: PageClient, typed: str
) -> None:
    assert NUMBER in asked(client, typed)


@pytest.mark.parametrize(
    "typed", ["Ria de Vries", "ria vries", "Mevrouw R̈ia de Vries", "de vries, ria", "Ria de Vriess", "Bo"]
)
def test_a_caller_s_name_is_recognised_however_heard(
    house_with_callers: House, client: PageClient, typed: str
) -> None:
    assert NAME in asked(client, typed)


@pytest.mark.parametrize("typed", ["Ria", "Vries", "de", "mevrouw", "Ria Jansen", "Max Bakker", "Ada Jansen"])
def test_half_a_name_or_another_s_is_not_known(
    house_with_callers: House, client: PageClient, typed: str
) -> None:
    assert "Dit kennen wij niet." in asked(client, typed)


def test_short_words_must_be_right() -> None:
    assert not is_same_name("Rio Vries", "Ria de Vries")


@pytest.mark.parametrize(
    "style",
    [
        str.lower,
        str.upper,
        shown_check_code,
        lambda code: f"{code[:2]}-{code[2:]}",
        lambda code: f"{code[:2]}\u200b{code[2:]}\u00a0",
        lambda code: f"\u200e{code[:2]}\u2011{code[2:]}",
    ],
)
def test_the_check_code_of_our_letters_is_recognised(
    house_with_callers: House, client: PageClient, style: Any
) -> None:
    with house_with_callers.work(write=False) as work:
        code = check_code(work.vault, get_study_by(work, "haarlem-test"), "letter")
    assert CODE in asked(client, style(code))


def test_each_study_has_a_check_code_of_its_own(house_with_callers: House) -> None:
    with house_with_callers.work(write=False) as work:
        codes = {
            check_code(work.vault, get_study_by(work, study), "letter")
            for study in ("haarlem-test", "zandvoort-test")
        }
    assert len(codes) == 2


def test_what_belongs_to_a_closed_study_is_not_confirmed(
    house_with_callers: House, client: PageClient
) -> None:
    with house_with_callers.work() as work:
        study: Study = get_study_by(work, "haarlem-test")
        code = check_code(work.vault, study, "letter")
        study.closed_at = work.now
        work.session.add(study)
    for typed in (code, "Bo", "023 2000000"):
        assert "Dit kennen wij niet." in asked(client, typed)


def test_who_left_calls_for_us_no_longer(house_with_callers: House, client: PageClient) -> None:
    from sqlmodel import select

    from journey.models import User

    with house_with_callers.work() as work:
        user = work.session.exec(select(User).where(User.email == "ria@example.org")).one()
        user.active = False
        work.session.add(user)
    assert "Dit kennen wij niet." in asked(client, "Ria de Vries")
    assert "Dit kennen wij niet." in asked(client, "06 2222 3333")


@pytest.mark.parametrize(("theirs", "other"), [("0612345678", "0698765432"), ("Ada Jansen", "Eva Pieters")])
def test_a_participant_is_as_unknown_as_anybody(
    house_with_callers: House, client: PageClient, theirs: str, other: str
) -> None:
    assert bare(asked(client, theirs), theirs) == bare(asked(client, other), other)


def test_a_participant_s_own_code_is_as_unknown_as_any(house: House, client: PageClient) -> None:
    from tests.portal.arrange import visitor

    own = visitor(house).letter_code
    assert bare(asked(client, own), own) == bare(asked(client, "ACDEFGHJ"), "ACDEFGHJ")


def test_known_and_unknown_have_the_same_shape(house_with_callers: House, client: PageClient) -> None:
    answers = [client.post("/check", data={"what": what}) for what in ("Ria de Vries", "Nico de Nep")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.text.count("<p") for answer in answers}) == 1


def test_nobody_is_listed(house_with_callers: House, client: PageClient) -> None:
    page = client.get("/check").text
    assert "Ria" not in page and "22223333" not in page
    assert "023 200 0000" in page


@pytest.mark.parametrize("typed", ["", " ", "1" * 5000])
def test_nothing_and_too_much_are_asked_again(client: PageClient, typed: str) -> None:
    assert client.post("/check", data={"what": typed}).status_code == 422


@pytest.mark.parametrize("typed", ["😀", "+", "' OR 1=1", "<b>", "\x00x"])
def test_strange_words_are_unknown(house_with_callers: House, client: PageClient, typed: str) -> None:
    assert "Dit kennen wij niet." in asked(client, typed)


@pytest.mark.usefixtures("still_clock")
def test_asking_stops_after_twenty_questions(client: PageClient) -> None:
    statuses = [client.post("/check", data={"what": f"06 0000 00{n}"}).status_code for n in range(21)]
    assert statuses[-2:] == [200, 429]


def test_the_answer_comes_in_the_language_of_the_page(house_with_callers: House, client: PageClient) -> None:
    page = client.post("/check?lang=en", data={"what": "Nico de Nep"}).text
    assert "We do not know this." in page and '<html lang="en"' in page


def test_without_a_study_there_is_nothing_to_call(client: PageClient) -> None:
    assert "Er loopt nu geen onderzoek." in client.get("/check").text


def test_the_desk_s_sheet_names_nobody_and_says_where_to_look(
    house_with_callers: House, client: PageClient
) -> None:
    page = client.get("/check/desk").text
    assert 'href="/check"' in page and "023 200 0000" in page
    assert "Ria" not in page
