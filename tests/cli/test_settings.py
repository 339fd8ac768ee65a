"""What `journey serve` says of settings that cannot be right: one sentence that names the setting, exit 2."""

import base64

import pytest
from typer.testing import CliRunner

from journey.cli import running
from journey.cli.main import app
from journey.settings import read_base_url, read_key_ring
from journey.vault import Vault

ANYWHERE = "0.0.0.0"  # noqa: S104

GOOD = {
    "JOURNEY_ENV": "production",
    "JOURNEY_SECRET_KEY": "a-secret-of-this-installation-only",
    "JOURNEY_ENCRYPTION_KEYS": "1:" + base64.urlsafe_b64encode(bytes(32)).decode(),
    "JOURNEY_BASE_URL": "https://journey.example.nl",
    "JOURNEY_GATEWAY": "twilio",
    "JOURNEY_TWILIO_ACCOUNT_SID": "AC1",
    "JOURNEY_TWILIO_AUTH_TOKEN": "token",
    "JOURNEY_TWILIO_FROM": "+31612345678",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOURNEY_SECRET_KEY", ""),
        ("JOURNEY_SECRET_KEY", "short"),
        ("JOURNEY_ENCRYPTION_KEYS", "bad"),
        ("JOURNEY_ENCRYPTION_KEYS", ""),
        ("JOURNEY_BASE_URL", "http://journey.example.nl"),
        ("JOURNEY_BASE_URL", "journey.example.nl"),
        ("JOURNEY_BASE_URL", "https://"),
        ("JOURNEY_BASE_URL", "https://journey.example.nl/journey"),
        ("JOURNEY_BASE_URL", "https://journey.example.nl?x=1"),
        ("JOURNEY_BASE_URL", "https://ada:secret@journey.example.nl"),
        ("JOURNEY_BASE_URL", "https://journey.example.nl:port"),
        ("JOURNEY_GATEWAY", "console"),
        ("JOURNEY_GATEWAY", "pigeon"),
        ("JOURNEY_TODAY", "2026-03-16"),
        ("JOURNEY_TODAY", "yesterday"),
        ("JOURNEY_ENV", "staging"),
        ("JOURNEY_TWILIO_AUTH_TOKEN", ""),
        ("JOURNEY_TWILIO_API_URL", "http://sms.example.org"),
        ("JOURNEY_DATABASE_URL", "mysql://somewhere/journey"),
        ("JOURNEY_DATABASE_URL", "journey.db"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    refused = CliRunner().invoke(app, ["serve"], env={**GOOD, name: value})
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert name in refused.stderr and len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://journey.example.nl/", "https://journey.example.nl"),
        (" HTTPS://Journey.Example.nl:443 ", "https://journey.example.nl"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_the_public_address_is_read_into_one_form(written: str, read: str) -> None:
    assert read_base_url(written) == read


def test_a_database_that_does_not_open_is_one_sentence() -> None:
    refused = CliRunner().invoke(app, ["migrate"], env={"JOURNEY_DATABASE_URL": "sqlite:////nowhere/x.db"})
    assert refused.exit_code == 2
    assert "JOURNEY_DATABASE_URL" in refused.stderr and len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("key", [base64.urlsafe_b64encode(bytes(range(32))).decode(), "ab" * 32])
def test_a_key_needs_no_id(key: str) -> None:
    vault = Vault(key, "secret")
    moved = Vault(f"2:{base64.urlsafe_b64encode(bytes(32)).decode()},{key}", "secret")
    assert moved.open(vault.seal("Abel", "contact:1:name"), "contact:1:name") == "Abel"


def test_a_key_with_an_id_keeps_it() -> None:
    assert list(read_key_ring(GOOD["JOURNEY_ENCRYPTION_KEYS"])) == ["1"]


@pytest.mark.parametrize(
    ("host", "more"),
    [
        (ANYWHERE, {}),
        ("::", {}),
        ("192.0.2.7", {}),
        ("127.0.0.1", {"JOURNEY_BASE_URL": "https://journey.example.nl"}),
        (ANYWHERE, {"JOURNEY_SECRET_KEY": "a-secret-of-this-installation-only"}),
        (ANYWHERE, {"JOURNEY_ENV": "development"}),
    ],
)
def test_with_the_keys_of_the_source_it_is_served_to_this_machine_only(
    host: str, more: dict[str, str]
) -> None:
    done = CliRunner(env=more).invoke(app, ["serve", "--host", host, "--port", "8999"])
    assert done.exit_code == 2
    assert "JOURNEY_ENV" in done.output


@pytest.mark.parametrize(
    ("host", "more"),
    [
        ("127.0.0.1", {}),
        ("::1", {}),
        ("localhost", {}),
        (ANYWHERE, {"JOURNEY_ENV": "demo"}),
        (
            ANYWHERE,
            {"JOURNEY_SECRET_KEY": "own" * 9, "JOURNEY_ENCRYPTION_KEYS": GOOD["JOURNEY_ENCRYPTION_KEYS"]},
        ),
    ],
)
def test_to_this_machine_or_with_own_keys_it_is_served(
    host: str, more: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []
    monkeypatch.setattr(running, "refuse_unfit_database", lambda _settings: None)
    monkeypatch.setattr(
        running, "serve_forever", lambda _settings, host, *_rest, **_more: served.append(host)
    )
    done = CliRunner(env=more).invoke(app, ["serve", "--host", host])
    assert (done.exit_code, served) == (0, [host])
