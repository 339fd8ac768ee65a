"""The audit of what we install has three outcomes, and silence is never taken for safety."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.audit import main

CLEAN = {"name": "idna", "version": "3.7", "vulns": []}
WEAK = {"name": "jinja2", "version": "3.0.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.4"]}]}
SKIPPED = {"name": "idna", "skip_reason": "Dependency not found and could not be audited: idna (3.7)"}


def tool(folder: Path, answer: str, status: int = 0, complaint: str = "") -> str:
    """A program that answers as the tool does."""
    script = folder / "pip-audit"
    (folder / "answer").write_text(answer)
    script.write_text(f"#!/bin/sh\necho '{complaint}' >&2\ncat {folder}/answer\nexit {status}\n")
    script.chmod(0o755)
    return str(script)


def listed(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_known_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tool(tmp_path, listed(CLEAN)), strict=True) == 0
    assert capsys.readouterr().out == "Audited: no known weakness in 1 packages.\n"


def test_a_finding_fails_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tool(tmp_path, listed(CLEAN, WEAK, SKIPPED), 1), strict=False) == 1
    assert "jinja2 3.0.0: PYSEC-1, mended in 3.1.4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (listed(SKIPPED, CLEAN), ""),
        (listed(), ""),
        ("", "ConnectionError: failed to reach the service"),
        ("[]", ""),
    ],
)
def test_what_could_not_be_found_out_is_said_in_one_line_and_fails_when_strict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, complaint: str
) -> None:
    program = tool(tmp_path, answer, 1, complaint)
    assert main(program, strict=False) == 0
    said = capsys.readouterr().out
    assert said.startswith("Not audited") and said.count("\n") == 1
    assert main(program, strict=True) == 1


def test_a_tool_that_is_not_there_is_no_pass_when_strict(tmp_path: Path) -> None:
    assert main(str(tmp_path / "nothing"), strict=True) == 1
