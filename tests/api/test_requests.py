"""What holds for every call: tokens, roles, strict bodies, retries, refusals as problems."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from sqlmodel import func, select
from starlette.testclient import TestClient

from journey.auth.service import create_token
from journey.models import Participant, Rating, Study
from journey.work import House
from tests.api.conftest import CONSENT, OTHER, PERSON, STUDY, Api

pytestmark = pytest.mark.both

BODIES: dict[str, Any] = {
    f"/studies/{STUDY}/participants": PERSON,
    "/participants/{code}/steps": {"step": "cv", "happened_on": "2026-03-02", "source": "call"},
    "/participants/{code}/ratings": {"step": "cv", "subject": "step", "value": "neutral", "channel": "call"},
    "/participants/{code}/application": {"received_on": "2026-02-03", "source": "letter"},
    "/participants/{code}/suspensions": {"ground": "1a", "invited_on": "2026-02-10", "term": "2026-02-24"},
    "/participants/{code}/extension": {"sent_on": "2026-03-10", "until": "2026-04-21"},
    "/participants/{code}/decision": {"sent_on": "2026-03-10", "outcome": "granted"},
    "/participants/{code}/departure": {"left_on": "2026-03-10", "reason": "work"},
    "/participants/{code}/closing-interview": {"grade": 6.5, "statements": {"friendly": "agree"}},
    "/participants/{code}/withdrawal": {"level": "stop"},
}
ABOUT_A_PERSON = [path for path in BODIES if "{code}" in path]


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    return found


@pytest.mark.parametrize("path", BODIES)
def test_a_researcher_may_do_it(api: Api, path: str) -> None:
    answer = api.post(path.format(code=api.enrol()), BODIES[path])
    assert answer.status_code == 201, answer.text
    assert answer.headers["API-Version"] == "1.0.0"


def test_without_a_token_nobody_may(api: Api, http: TestClient) -> None:
    code = api.enrol()
    for path, body in BODIES.items():
        refused = Api(http, None).post(path.format(code=code), body)
        problem(refused, 401)
        assert refused.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["", "journey_wrong", "x" * 5000])
def test_a_wrong_token_is_no_token(http: TestClient, house: House, token: str) -> None:
    problem(Api(http, token).get("/participants/H-001"), 401)


@pytest.mark.parametrize("role", ["manager", "admin", "privacy", "integrator"])
@pytest.mark.parametrize("path", BODIES)
def test_other_roles_may_not(
    api: Api, http: TestClient, tokens: dict[str, str], path: str, role: str
) -> None:
    problem(Api(http, tokens[role]).post(path.format(code=api.enrol()), BODIES[path]), 403)


@pytest.mark.parametrize("path", BODIES)
def test_what_belongs_to_another_study_does_not_exist(api: Api, outsider: Api, path: str) -> None:
    problem(outsider.post(path.format(code=api.enrol()), BODIES[path]), 404)


@pytest.mark.parametrize("level", ["stop", "erase"])
def test_who_withdrew_is_written_about_no_more(api: Api, level: str) -> None:
    code = api.enrol()
    api.post(f"/participants/{code}/withdrawal", {"level": level})
    for path in ABOUT_A_PERSON:
        problem(api.post(path.format(code=code), BODIES[path]), 409)


def test_an_unknown_field_is_refused_by_name(api: Api) -> None:
    code = api.enrol()
    for path, body in BODIES.items():
        refused = problem(api.post(path.format(code=code), body | {"colour": "blue"}), 400)
        assert [error["field"] for error in refused["errors"]] == ["colour"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"content": b""},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"content": b"[]", "headers": {"Content-Type": "application/json"}},
        {"content": b"null", "headers": {"Content-Type": "application/json"}},
        {"content": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
    ],
)
def test_a_body_that_is_no_object_is_refused(api: Api, sent: dict[str, Any]) -> None:
    code = api.enrol()
    for path in BODIES:
        problem(api.post(path.format(code=code), **dict(sent)), 400)


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "text/plain", "application/xml", "text/json5", "application"],
)
def test_a_body_of_another_kind_is_told_what_to_send(api: Api, kind: str) -> None:
    code, sent = api.enrol(), {"content": b"{}", "headers": {"Content-Type": kind}}
    for path in BODIES:
        assert "application/json" in problem(api.post(path.format(code=code), **dict(sent)), 415)["detail"]


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.5", 200),
        ("application/problem+json", 200),
        ("", 200),
        ("application/xml", 406),
        ("text/html", 406),
        ("application/json;q=0, text/csv", 406),
    ],
)
def test_only_who_takes_json_is_answered(api: Api, accepted: str, status: int) -> None:
    answer = api.get(f"/participants/{api.enrol()}", headers={"Accept": accepted})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/")


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"]
)
def test_json_is_json_however_it_is_called(api: Api, kind: str) -> None:
    sent = {"content": b'{"step": "cv", "happened_on": "2026-02-03", "source": "call"}'}
    answer = api.post(f"/participants/{api.enrol()}/steps", **sent, headers={"Content-Type": kind})
    assert answer.status_code == 201


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    body = {"step": "cv", "subject": "step", "value": "neutral", "channel": "call", "quote": "x" * 2_000_000}
    problem(api.post(f"/participants/{api.enrol()}/ratings", body), 413)


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-30",
        "2026-3-1",
        "03-02-2026",
        "2026-02-03T00:00:00",
        "2026-02-03T23:30:00Z",
        "",
        20260203,
        0,
        True,
    ],
)
def test_a_day_is_written_in_one_way(api: Api, day: Any) -> None:
    answer = api.post(f"/participants/{api.enrol()}/application", {"received_on": day, "source": "call"})
    assert problem(answer, 400)["errors"][0]["field"] == "received_on"


@pytest.mark.parametrize("day", ["2026-03-17", "2062-02-03", "0001-01-01", "1962-02-03", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused(api: Api, day: str) -> None:
    answer = api.post(f"/participants/{api.enrol()}/application", {"received_on": day, "source": "call"})
    assert problem(answer, 400)["errors"][0]["field"] == "received_on"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (f"/studies/{STUDY}/participants", "channel"),
        ("/participants/{code}/steps", "source"),
        ("/participants/{code}/ratings", "value"),
        ("/participants/{code}/ratings", "subject"),
        ("/participants/{code}/ratings", "channel"),
        ("/participants/{code}/suspensions", "ground"),
        ("/participants/{code}/decision", "outcome"),
        ("/participants/{code}/withdrawal", "level"),
        ("/participants/{code}/application", "source"),
    ],
)
def test_a_word_outside_the_list_is_refused_by_name(api: Api, path: str, field: str) -> None:
    code = api.enrol()
    for value in ("sometimes", "", 1, None):
        refused = problem(api.post(path.format(code=code), BODIES[path] | {field: value}), 400)
        assert refused["errors"][0]["field"] == field


@pytest.mark.parametrize("text", ["nul \\u0000 here", "\\ud800"])
def test_a_text_that_cannot_be_kept_is_refused(api: Api, text: str) -> None:
    body = json.dumps(BODIES["/participants/{code}/ratings"] | {"quote": "@"}).replace("@", text)
    problem(
        api.post(
            f"/participants/{api.enrol()}/ratings",
            content=body.encode(),
            headers={"Content-Type": "application/json"},
        ),
        400,
    )


def test_a_field_whose_name_is_no_text_is_refused(api: Api) -> None:
    sent = {"content": b'{"\\ud800": 1}', "headers": {"Content-Type": "application/json"}}
    problem(api.post(f"/studies/{STUDY}/participants", **sent), 400)


def test_words_in_any_script_are_kept(api: Api) -> None:
    code, quote = api.enrol(), "👍🏽 هذا جيد <b>&amp;"
    api.post(
        f"/participants/{code}/ratings", BODIES["/participants/{code}/ratings"] | {"quote": f"\u202e{quote}"}
    )
    assert api.get(f"/participants/{code}").json()["ratings"][0]["quote"] == quote


@pytest.mark.parametrize(
    "code", ["H-999", "h-001", "%00", "H-001%00", "x" * 4000, "%F0%9F%91%8D", "' OR 1=1"]
)
def test_a_code_that_is_not_there_is_not_found(api: Api, code: str) -> None:
    api.enrol()
    problem(api.get(f"/participants/{code}"), 404)


def test_an_address_or_verb_that_is_not_there_is_a_problem(api: Api) -> None:
    problem(api.get("/nothing"), 404)
    problem(api.get(f"/studies/{STUDY}/participants"), 405)


# --- retries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BODIES)
def test_a_retry_with_its_key_gives_the_first_answer(api: Api, path: str) -> None:
    code = api.enrol()
    first, again = (api.post(path.format(code=code), BODIES[path], key="k-1") for _ in range(2))
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())


def test_a_retry_does_nothing_twice(api: Api, house: House) -> None:
    for _ in range(3):
        api.post(f"/studies/{STUDY}/participants", PERSON, key="k-1")
    assert _count(house, Participant) == 1


def test_the_same_key_for_another_body_clashes(api: Api, house: House) -> None:
    api.post(f"/studies/{STUDY}/participants", PERSON, key="k-1")
    problem(api.post(f"/studies/{STUDY}/participants", PERSON | {"language": "en"}, key="k-1"), 409)
    assert _count(house, Participant) == 1


def test_a_mended_body_may_use_the_key_of_a_refused_one(api: Api) -> None:
    path = f"/participants/{api.enrol()}/application"
    problem(api.post(path, {"received_on": "2027-02-03", "source": "call"}, key="k-1"), 400)
    assert api.post(path, {"received_on": "2026-02-03", "source": "call"}, key="k-1").status_code == 201


def test_a_key_belongs_to_one_token(api: Api, house: House, http: TestClient) -> None:
    with house.work() as work:
        colleague = Api(http, create_token(work, "researcher", STUDY))
    first = api.post(f"/studies/{STUDY}/participants", PERSON, key="k-1").json()
    assert colleague.post(f"/studies/{STUDY}/participants", PERSON, key="k-1").json() != first


def test_ten_at_once_with_one_key_are_one(api: Api, house: House) -> None:
    answers = _at_once(10, lambda _: api.post(f"/studies/{STUDY}/participants", PERSON, key="k-1"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert _count(house, Participant) == 1


def test_eight_people_at_once_get_eight_codes(api: Api) -> None:
    codes = _at_once(8, lambda _: api.enrol())
    assert len(set(codes)) == 8


def test_two_answers_at_once_are_both_kept_and_one_counts(api: Api, house: House) -> None:
    code, values = api.enrol(), ("negative", "positive")
    body = BODIES["/participants/{code}/ratings"]
    answers = _at_once(2, lambda n: api.post(f"/participants/{code}/ratings", body | {"value": values[n]}))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert _count(house, Rating) == 2
    assert len(api.get(f"/participants/{code}").json()["ratings"]) == 1


def test_two_studies_at_once_with_one_code_are_one(admin: Api, house: House) -> None:
    body = {
        "code": "utrecht",
        "name": "Utrecht",
        "municipality": "Utrecht",
        "routes": ["27plus"],
        "starts_on": "2026-01-05",
    }
    answers = _at_once(2, lambda _: admin.post("/studies", body))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert _count(house, Study) == 3


def _at_once(count: int, act: Any) -> list[Any]:
    barrier, answers = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        barrier.wait()
        answers[number] = act(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _count(house: House, table: Any) -> int:
    with house.work(write=False) as work:
        return work.session.exec(select(func.count()).select_from(table)).one()


def test_consent_comes_first(api: Api, house: House) -> None:
    refused = api.post(
        f"/studies/{STUDY}/participants", PERSON | {"consent": CONSENT | {"participate": False}}
    )
    assert problem(refused, 400)["errors"][0]["field"] == "consent.participate"
    assert _count(house, Participant) == 0


def test_the_other_study_is_not_there_either(api: Api) -> None:
    problem(api.post(f"/studies/{OTHER}/participants", PERSON), 404)
