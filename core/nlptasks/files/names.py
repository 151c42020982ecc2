"""What lies under a name that somebody typed, which may be none that a file system takes: then nothing does.

``Path.is_file`` and its like raise where a name is too long, and ``Path.expanduser`` where ``~`` stands before the name
of nobody; these answer.
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


def at_home(name: Path | str) -> Path:
    """The path of a name in which ``~`` stands for somebody's home; as it is where there is no such person."""
    return Path(os.path.expanduser(name))  # noqa: PTH111
