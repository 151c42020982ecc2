"""What lies under a name that somebody typed, which may be none that a file system takes: then nothing does.

``Path.is_file`` and its like raise where a name is too long; these answer.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: Path | str) -> bool:
    """Whether a file lies there."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path | str) -> bool:
    """Whether a folder lies there."""
    return os.path.isdir(path)  # noqa: PTH112


def is_there(path: Path | str) -> bool:
    """Whether anything lies there."""
    return os.path.exists(path)  # noqa: PTH110
