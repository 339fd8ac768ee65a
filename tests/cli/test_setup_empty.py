"""`journey setup` in an empty folder, on both databases: what it makes, says and refuses, and that it does so once."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import Session, func, select
from typer.testing import CliRunner, Result

from journey.auth.service import sign_in
from journey.cli.main import app as journey
from journey.db import Database
from journey.migrations import _revisions
from journey.models import ConsentText, Municipality, QuestionnaireVersion, RouteVersion, User, metadata
from journey.operations.doctor import examine
from journey.operations.production import _fill_in
from journey.settings import Settings
from journey.work import House
from tests.support.build import build_study
from tests.support.databases import Databases

pytestmark = pytest.mark.both
Run = Callable[..., Result]
ALL = ("setup", "--municipality", "Haarlem", "--admin", "Ans@Example.org")
SETTING = re.compile(r"^# (JOURNEY_\w+=)", re.MULTILINE)


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    with databases.bare(tmp_path) as url:
        yield url


@pytest.fixture
def run(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder, on the empty database."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    monkeypatch.setenv("JOURNEY_DATABASE_URL", url)
    return lambda *words: CliRunner().invoke(journey, list(words))


@pytest.fixture
def house(url: str) -> Iterator[House]:
    house = House.open(Settings(database_url=url, env="development"))
    yield house
    house.database.close()


def rows(house: House) -> dict[str, int]:
    """How many rows every table has."""
    with house.database.read() as session:
        return {name: _count(session, name) for name in metadata.tables}


def _count(session: Session, name: str) -> int:
    return session.connection().execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()


def test_an_empty_folder_gets_everything(run: Run, house: House) -> None:
    result = run(*ALL)
    assert result.exit_code == 0, result.output
    with house.database.read() as session:
        assert set(session.exec(select(RouteVersion.code))) == {"27plus", "jongeren"}
        assert "nl" in set(session.exec(select(ConsentText.language)))
        assert "kort" in set(session.exec(select(QuestionnaireVersion.code)))
        assert session.exec(select(Municipality.name)).all() == ["Haarlem"]
        assert session.exec(select(User.email, User.role)).all() == [("ans@example.org", "admin")]
    assert "Gemeente Haarlem: gemaakt." in result.stdout
    assert "journey serve" in result.stdout
    assert ("journey worker" in result.stdout) != house.database.is_sqlite


def test_the_password_on_the_last_line_signs_in_and_must_be_changed(run: Run, house: House) -> None:
    password = run(*ALL).stdout.splitlines()[-1]
    with house.work() as work:
        assert sign_in(work, "ans@example.org", password) is not None
        assert work.session.exec(select(User)).one().password_until is not None


def test_a_second_run_changes_nothing_and_prints_no_password(run: Run, house: House) -> None:
    password = run(*ALL).stdout.splitlines()[-1]
    before = rows(house)
    again = run(*ALL)
    assert (again.exit_code, rows(house)) == (0, before)
    assert "wachtwoord" not in again.stdout
    assert not re.search(r"gemaakt|geladen", again.stdout)
    with house.work() as work:
        assert sign_in(work, "ans@example.org", password) is not None


def test_another_administrator_is_made_by_another_command(run: Run, house: House) -> None:
    run(*ALL)
    again = run("setup", "--admin", "bo@example.org")
    assert "journey create-user bo@example.org --role admin" in again.stdout
    assert rows(house)["staff"] == 1


def test_without_an_administrator_it_says_how_to_add_one(run: Run, house: House) -> None:
    result = run("setup")
    assert result.exit_code == 0
    assert "journey setup --admin EMAIL" in result.stdout
    assert rows(house)["staff"] == 0
    assert run("setup", "--admin", "ans@example.org").exit_code == 0
    assert rows(house)["staff"] == 1


def test_a_set_up_that_lacks_something_gets_that_only(run: Run, house: House) -> None:
    run("migrate")
    run("seed", "routes")
    said = run(*ALL).stdout
    assert re.search(r"Route 27plus, versie \d+: stond er al\.", said)
    assert "Vragenlijst kort, versie 1: geladen." in said


def test_the_doctor_has_no_fault_to_tell(run: Run, house: House) -> None:
    run(*ALL)
    assert [one for one in examine(house).findings if one.level == "fault"] == []


def test_the_doctor_misses_the_worker_once_there_is_a_study(run: Run, house: House) -> None:
    run(*ALL)
    with house.work() as work:
        build_study(work)
    assert [one.check for one in examine(house).findings if one.level == "fault"] == ["worker"]


@pytest.mark.parametrize(
    "words",
    [("--admin", "ans"), ("--admin", ""), ("--municipality", " "), ("--municipality", "x" * 61)],
    ids=["no address", "empty address", "no name", "long name"],
)
@pytest.mark.parametrize("production", [(), ("--production",)], ids=["here", "production"])
def test_what_is_mistyped_makes_nothing(
    run: Run, house: House, words: tuple[str, str], production: tuple[str, ...]
) -> None:
    refused(run("setup", *words, *production))
    with house.database.read() as session, pytest.raises(Exception, match=r"staff"):
        _count(session, "staff")
    assert not Path(".env").exists()


@pytest.mark.parametrize(
    "away", ["sqlite:////nowhere/journey.db", "postgresql://u:secret@127.0.0.1:9/journey", "mysql://here/x"]
)
@pytest.mark.parametrize("production", [(), ("--production",)], ids=["here", "production"])
def test_a_database_that_cannot_be_reached(
    run: Run, monkeypatch: pytest.MonkeyPatch, away: str, production: tuple[str, ...]
) -> None:
    monkeypatch.setenv("JOURNEY_DATABASE_URL", away)
    said = refused(run(*ALL, *production))
    assert "JOURNEY_DATABASE_URL" in said
    assert "secret" not in said
    assert not Path(".env").exists()


@pytest.mark.parametrize(
    ("stands", "words"), [("ffffffffffff", "nieuwere versie"), (None, "journey migrate")]
)
def test_a_database_of_another_version(run: Run, url: str, stands: str | None, words: str) -> None:
    run(*ALL)
    first = next(one for one, before in _revisions().items() if before is None)
    database = Database(url)
    with database.write() as session:
        session.connection().execute(
            text("UPDATE alembic_version SET version_num = :v"), {"v": stands or first}
        )
    database.close()
    assert words in refused(run(*ALL))


def test_a_database_with_tables_of_somebody_else(run: Run, url: str) -> None:
    database = Database(url)
    with database.write() as session:
        session.connection().execute(text("CREATE TABLE staff (id integer)"))
    database.close()
    assert "lege database" in refused(run(*ALL))


# --- settings of production --------------------------------------------------------------------------


def test_production_gets_settings_with_keys_of_its_own(run: Run) -> None:
    result = run(*ALL, "--production")
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    given = Settings(env="development")
    assert not given.has_public_secrets
    assert len(given.secret_key.get_secret_value()) >= 32
    assert "journey doctor" in result.stdout
    doctor = run("doctor")
    assert "JOURNEY_BASE_URL must begin with https://" in doctor.stdout


def test_what_is_to_be_filled_in_is_all_that_production_needs(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*ALL, "--production")
    monkeypatch.delenv("JOURNEY_DATABASE_URL")
    file = Path(".env")
    file.write_text(SETTING.sub(r"\1", file.read_text()))
    filled = Settings()
    assert filled.is_production
    assert Database(filled.database_url).engine.url == Database(url).engine.url
    assert "FAULT settings" not in run("doctor").stdout


def test_settings_that_are_there_stay(run: Run) -> None:
    Path(".env").write_text("JOURNEY_KEEP_RUNS_DAYS=30\n")
    result = run(*ALL, "--production")
    assert result.exit_code == 0
    assert Path(".env").read_text() == "JOURNEY_KEEP_RUNS_DAYS=30\n"
    assert ".env: stond er al" in result.stdout


def test_a_second_run_with_half_filled_settings_changes_nothing(run: Run, house: House) -> None:
    run(*ALL, "--production")
    before, text_before = rows(house), Path(".env").read_text()
    again = run(*ALL, "--production")
    assert (again.exit_code, rows(house), Path(".env").read_text()) == (0, before, text_before)


def test_keys_that_are_in_the_environment_are_not_made_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_SECRET_KEY", "a-secret-of-this-test-that-is-long-enough")
    run(*ALL, "--production")
    lines = Path(".env").read_text().splitlines()
    assert [line for line in lines if line.startswith("JOURNEY_SECRET_KEY")] == []
    assert [line for line in lines if line.startswith("JOURNEY_ENCRYPTION_KEYS=1:")]


def test_no_new_keys_for_a_database_in_use(run: Run, house: House) -> None:
    run(*ALL)
    with house.work() as work:
        build_study(work)
    assert "sleutels" in refused(run("setup", "--production"))
    assert not Path(".env").exists()


def test_an_address_with_strange_signs_comes_back_as_it_was(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://jan:p%23%27%24%7Bx%7D%5C@db.example.org/journey"
    Path(".env").write_text(_fill_in(Settings(database_url=url)))
    monkeypatch.delenv("JOURNEY_DATABASE_URL")
    assert make_url(Settings(env="development").database_url) == make_url(url)


# --- seeds by name -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["routes", "seeds/routes", "./seeds/routes/"])
def test_seeds_that_come_with_the_product_go_by_their_name(run: Run, name: str) -> None:
    run("migrate")
    assert re.search(r"Route 27plus, versie \d+: geladen\.", run("seed", name).stdout)


@pytest.mark.parametrize(
    ("name", "words"),
    [("seeds/consent", "Toestemmingstekst 2026-2 (nl): geladen."), ("questionnaires", "Vragenlijst kort")],
)
def test_other_seeds_go_by_their_name(run: Run, name: str, words: str) -> None:
    run("migrate")
    assert words in run("seed", name).stdout


def test_a_folder_of_ones_own_goes_first(run: Run) -> None:
    run("migrate")
    Path("routes").mkdir()
    refused(run("seed", "routes"))


def test_a_folder_that_is_nowhere(run: Run) -> None:
    run("migrate")
    assert "consent" in refused(run("seed", "seeds/nowhere"))
    refused(run("seed", "seeds/../journey"))


def refused(result: Result) -> str:
    """The one sentence on standard error."""
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr
