"""The fuzzing of forms for as long as one likes: `make fuzz SECONDS=600`. Not part of the suite."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random

from tests.fuzz.forms import walk
from tests.fuzz.test_forms import attack, starts
from tests.fuzz.world import EVERYBODY, built
from tests.support.databases import Databases


def test_for_as_long_as_asked(databases: Databases, tmp_path: Path) -> None:
    """A fresh world for each seed, because posting wears it out; stops at the first seed that finds something."""
    end, seed = time.monotonic() + float(os.environ["FUZZ_SECONDS"]), int(os.environ.get("FUZZ_SEED", "100"))
    problems: list[str] = []
    while time.monotonic() < end and not problems:
        folder = tmp_path / str(seed)
        folder.mkdir()
        with built(databases, folder, seed=seed) as world:
            found = {role: walk(world.app, world.clients[role], starts(world, role)) for role in EVERYBODY}
            for turn in range(3):
                problems += attack(world, found, Random(f"{seed}:{turn}"), 4)
        seed += 1
    assert not problems, "\n".join([f"seed {seed - 1}", *problems[:40]])
