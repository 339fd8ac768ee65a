"""The page and the API: who gets what, what is written down, and that nothing is kept."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import AuditEntry, ExportRun, Replay
from journey.work import House
from tests.export.conftest import SignIn
from tests.support.build import csrf_of, token_headers
from tests.support.pages import PageClient

PAGE = "/studies/haarlem-2016/export"
CONTENTS = ("answers", "journeys", "figures")
MAY = {
    "researcher": CONTENTS,
    "lead": CONTENTS,
    "manager": ("journeys", "figures"),
    "admin": (),
    "privacy": (),
    "outsider": (),
}


def ask(client: PageClient, content: str, kind: str = "json", purpose: str = "jaarverslag", **more: str):  # type: ignore[no-untyped-def]
    data = {"content": content, "format": kind, "purpose": purpose, "csrf_token": csrf_of(client), **more}
    return client.post(PAGE, data=data, headers={"Origin": str(client.base_url).rstrip("/")})


def runs(app: FastAPI) -> list[ExportRun]:
    house: House = app.state.house
    with house.database.read() as session:
        return list(session.exec(select(ExportRun).order_by(ExportRun.id)).all())  # type: ignore[arg-type]


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("role", MAY)
def test_each_role_gets_its_own_contents_and_no_other(
    cohort_app: FastAPI, enter: SignIn, role: str, content: str
) -> None:
    before = len(runs(cohort_app))
    answer = ask(enter(role), content)
    if content in MAY[role]:
        assert answer.status_code == 200
        assert answer.json()["about"]["content"] == content
        assert answer.headers["cache-control"] == "no-store"
        assert len(runs(cohort_app)) == before + 1
    else:
        assert answer.status_code == {"manager": 422, "outsider": 404}.get(role, 403)
        assert len(runs(cohort_app)) == before


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("researcher", 200),
        ("lead", 200),
        ("manager", 200),
        ("privacy", 200),
        ("admin", 403),
        ("outsider", 404),
    ],
)
def test_who_may_open_the_page(enter: SignIn, role: str, status: int) -> None:
    answer = enter(role).get(PAGE)
    assert answer.status_code == status
    offered = [content for content in CONTENTS if f'value="{content}"' in answer.text]
    assert offered == list(MAY[role])


def test_who_is_not_signed_in_gets_nothing(cohort_app: FastAPI) -> None:
    with PageClient(cohort_app, base_url=cohort_app.state.house.settings.base_url) as client:
        assert client.get(PAGE, follow_redirects=False).status_code == 303
        answer = client.post(
            PAGE, data={"content": "answers", "format": "csv", "purpose": "x"}, follow_redirects=False
        )
        assert "attachment" not in answer.headers.get("content-disposition", "")


def test_it_is_written_down_with_who_and_what_for(cohort_app: FastAPI, enter: SignIn) -> None:
    answer = ask(enter("researcher"), "answers", "json", "Voor het jaarverslag")
    run = runs(cohort_app)[-1]
    assert (run.content, run.format, run.purpose) == ("answers", "json", "Voor het jaarverslag")
    assert run.rows == len(answer.json()["tables"]["answers"])
    with cohort_app.state.house.database.read() as session:
        line = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[union-attr]
    assert (line.action, line.object, line.actor) == (
        "study.export",
        "haarlem-2016 answers json",
        run.made_by,
    )
    assert "jaarverslag" not in line.object
    page = enter("researcher").get(PAGE)
    assert "Voor het jaarverslag" in page.text


def test_a_manager_does_not_see_what_others_took_along(enter: SignIn) -> None:
    ask(enter("lead"), "answers", "json", "Geheime aanleiding")
    ask(enter("manager"), "journeys", "json", "Eigen aanleiding")
    page = enter("manager").get(PAGE).text
    assert "Eigen aanleiding" in page
    assert "Geheime aanleiding" not in page
    assert "Geheime aanleiding" in enter("privacy").get(PAGE).text


def test_without_a_purpose_it_is_refused_and_what_was_chosen_stays(
    cohort_app: FastAPI, enter: SignIn
) -> None:
    before = len(runs(cohort_app))
    answer = ask(enter("researcher"), "figures", "xlsx", "  ")
    assert answer.status_code == 422
    assert 'href="#purpose"' in answer.text
    assert 'value="figures" checked' in answer.text
    assert 'value="xlsx" checked' in answer.text
    assert len(runs(cohort_app)) == before


def test_an_event_log_of_answers_is_refused_with_the_purpose_still_there(enter: SignIn) -> None:
    answer = ask(enter("researcher"), "answers", "xes", "Voor process mining")
    assert answer.status_code == 422
    assert "alleen van de reizen" in answer.text
    assert "Voor process mining" in answer.text


def test_more_than_one_file_comes_as_a_zip(cohort_app: FastAPI, enter: SignIn) -> None:
    answer = ask(enter("researcher"), "answers", "csv", separator="comma")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        names = files.namelist()
        head = files.read(names[0]).decode("utf-8-sig").splitlines()[0]
    assert [name.removeprefix("haarlem-2016-answers-") for name in names] == [
        "2026-11-20.csv",
        "2026-11-20-closing.csv",
        "2026-11-20-dictionary.csv",
        "2026-11-20-about.csv",
    ]
    assert head.startswith('"participant","municipality"')


def test_nothing_is_kept_of_the_file(
    cohort_app: FastAPI, enter: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    assert ask(enter("researcher"), "answers", "xlsx").status_code == 200
    assert ask(enter("researcher"), "answers", "xes").status_code == 422
    assert list((tmp_path / "t").iterdir()) == []
    keyed = ask(enter("researcher"), "answers", idempotency_key="nog-een-keer")
    assert keyed.status_code == 400
    with cohort_app.state.house.database.read() as session:
        assert session.exec(select(Replay).where(Replay.key.startswith("nog-een-keer"))).all() == []  # type: ignore[attr-defined]


def test_a_form_of_another_site_is_refused(cohort_app: FastAPI, enter: SignIn) -> None:
    before = len(runs(cohort_app))
    data = {"content": "answers", "format": "json", "purpose": "x"}
    assert enter("researcher").post(PAGE, data=data).status_code == 403
    assert len(runs(cohort_app)) == before


def test_the_page_says_beforehand_what_is_in_it(enter: SignIn) -> None:
    page = enter("manager").get(PAGE).text
    assert "application_net_days" in page
    assert "recall_lag" not in page


# --- the API ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize(
    "role", ["researcher", "lead", "manager", "admin", "privacy", "integrator", "outsider"]
)
def test_a_token_gets_what_its_role_may_have(cohort_app: FastAPI, role: str, content: str) -> None:
    house: House = cohort_app.state.house
    outsider = role == "outsider"
    headers = token_headers(house, "lead" if outsider else role, "elders" if outsider else "haarlem-2016")
    with PageClient(cohort_app, base_url=house.settings.base_url) as client:
        answer = client.post(
            "/api/v1/studies/haarlem-2016/exports",
            json={"content": content, "format": "json", "purpose": "onderzoek"},
            headers=headers,
        )
    if content in MAY.get(role, ()):
        assert answer.status_code == 200
        assert answer.json()["about"]["content"] == content
        assert runs(cohort_app)[-1].made_by.startswith("token:")
    else:
        assert answer.status_code == (404 if outsider else 403)
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_api_refuses_an_empty_purpose(cohort_app: FastAPI) -> None:
    house: House = cohort_app.state.house
    with PageClient(cohort_app, base_url=house.settings.base_url) as client:
        for body in (
            {"content": "figures", "format": "csv"},
            {"content": "figures", "format": "csv", "purpose": " "},
        ):
            answer = client.post(
                "/api/v1/studies/haarlem-2016/exports", json=body, headers=token_headers(house, "lead")
            )
            assert answer.status_code == 400
