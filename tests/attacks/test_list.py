"""The list of attacks is proof only while each test it names is there."""

from __future__ import annotations

import ast
import re

from tests.support.source import REPOSITORY


def rows() -> list[list[str]]:
    text = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def is_there(proof: str) -> bool:
    """Whether `tests/web/test_x.py::test_y` names a test; of a parametrised one without its case."""
    found = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)(\[.*\])?`", proof)
    if not found or not (REPOSITORY / found[1]).exists():
        return False
    tree = ast.parse((REPOSITORY / found[1]).read_text(encoding="utf-8"))
    return found[2] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_proof_exists() -> None:
    assert [row for row in rows() if len(row) != 3 or not is_there(row[2])] == []


def test_the_list_is_long_and_names_no_attack_twice() -> None:
    tried = [row[0] for row in rows()]
    assert len(tried) == len(set(tried)) >= 45


def test_a_proof_that_is_gone_is_noticed() -> None:
    assert not is_there("`tests/attacks/test_list.py::test_never_written`")
    assert not is_there("`tests/nowhere.py::test_x`")
