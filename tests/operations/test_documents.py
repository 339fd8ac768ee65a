"""What the guide for operators and the files beside it name, exists."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from journey.cli.main import app
from journey.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
FILES = DOCS / "operations"
COMMANDS = typer.main.get_command(app).commands
IGNORED = FILES / "Containerfile.dockerignore"
UNITS = ("journey.service", "journey-worker.service")


def image() -> str:
    return (FILES / "Containerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((FILES / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path", [DOCS / "operations.md", *sorted(FILES.iterdir())], ids=lambda path: path.name
)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"JOURNEY_([A-Z0-9_]+[A-Z0-9])", path.read_text(encoding="utf-8")))
    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_command_that_is_named_exists(compose: dict[str, Any]) -> None:
    guide = (DOCS / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`journey ([a-z-]+)", guide))
    named |= {service["command"][0] for service in compose["services"].values() if "command" in service}
    named |= {
        re.search(r"^ExecStart=\S+/journey ([a-z-]+)", (FILES / unit).read_text(), re.MULTILINE)[1]
        for unit in UNITS
    }
    assert {"serve", "worker", "migrate", "move"} <= named <= set(COMMANDS)


def test_every_option_that_is_named_exists(compose: dict[str, Any]) -> None:
    lines = [service["command"] for service in compose["services"].values() if "command" in service]
    lines += [
        line.split()
        for unit in UNITS
        for line in re.findall(r"^ExecStart=\S+/journey (.+)$", (FILES / unit).read_text(), re.MULTILINE)
    ]
    lines += [json.loads(found) for found in re.findall(r"^CMD (\[.+\])$", image(), re.MULTILINE)]
    assert len(lines) >= 6
    for command, *words in lines:
        known = {name for option in COMMANDS[command].params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= known, command


def test_what_the_image_is_made_from_is_all_there_and_is_all_that_goes_in() -> None:
    """Local databases, settings and uploads stay out: nothing is let in that is not named."""
    top = DOCS.parent
    lines = [line for line in IGNORED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert lines[0] == "*"
    assert {name for name in let_in if not (top / name).exists()} == set()
    project = tomllib.loads((top / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {name.strip("/") for name in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    assert needed | {"pyproject.toml"} <= let_in
    copied = " ".join(re.findall(r"^COPY (?!--from)(.+) \./$", image(), re.MULTILINE)).split()
    assert set(copied) <= let_in


def test_the_app_waits_for_a_migrated_database_and_the_probe_asks_its_own_port(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    for name in ("app", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    port = services["app"]["command"][services["app"]["command"].index("--port") + 1]
    assert services["app"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}/health/ready" in services["app"]["healthcheck"]["test"][-1]


def test_no_service_holds_a_secret_or_more_rights_than_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for key, value in service["environment"].items():
            if re.search("KEY|TOKEN|PASSWORD", key):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?\}", value), (name, key)
        if name != "database":
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]


def test_the_image_names_no_registry_installs_from_the_locks_and_does_not_run_as_root() -> None:
    lines = image()
    assert set(re.findall(r"^FROM (\S+)", lines, re.MULTILINE)) == {"python:3.11-slim-bookworm"}
    assert "--require-hashes -r requirements.txt" in lines
    assert lines.rindex("USER 10001") < lines.index("ENTRYPOINT")


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_gets_no_more_than_it_needs(unit: str) -> None:
    text = (FILES / unit).read_text(encoding="utf-8")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet="):
        assert f"{line}\n" in text
