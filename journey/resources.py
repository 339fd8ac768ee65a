"""Where the files beside the code are: templates, static files and seeds.

A wheel carries them inside the package; a checkout has them at its top level. Nobody else builds such a path.
"""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def folder(name: Literal["templates", "static", "seeds"]) -> Path:
    """Absolute path of one of the three folders, installed or in a checkout."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
