"""A template imports what it uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journey.resources import folder

IMPORT = re.compile(r"{%-?\s*from \"[^\"]+\" import ([^%]+?)\s*-?%}")
TEMPLATES = folder("templates")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_import_is_left_over(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    rest = IMPORT.sub("", source)
    names = [
        name.removesuffix(" with context").split(" as ")[-1].strip()
        for match in IMPORT.findall(source)
        for name in match.split(",")
    ]
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", rest)] == []
