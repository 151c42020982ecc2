"""Reads what a safetensors file says of its weights, without the weights.

The format: 8 bytes with the length of the header, little-endian; the header, JSON with each weight's type, shape and
place; and the weights (https://github.com/huggingface/safetensors, "Format").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from nlptasks.errors import NlptasksError

#: The longest header that the format allows, in bytes.
_LONGEST = 100_000_000

#: What a file of Git LFS begins with that was not fetched.
_POINTER = b"version https://git-lfs"


def shapes_of(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each weight in a file.

    Raises:
        NlptasksError: The file cannot be read, or is not a complete safetensors file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(max(8, len(_POINTER)))
            if start == _POINTER:
                raise NlptasksError(f"{path}: a pointer of Git LFS, not the weights", hint="fetch them: git lfs pull")
            length = int.from_bytes(start[:8], "little")
            if len(start) < 8 or length > min(_LONGEST, size - 8):
                raise _damaged(path, "it has no header of safetensors, or is cut within it")
            file.seek(8)
            return _shapes(path, file.read(length), size - 8 - length)
    except OSError as error:
        raise NlptasksError(f"{path}: {error.strerror}", hint="the checkpoint is not complete") from error


def parameters_of(paths: tuple[Path, ...]) -> int:
    """Number of weights in some files; weights that are tied to others are stored once.

    Raises:
        NlptasksError: A file cannot be read, or is not a complete safetensors file.
    """
    return sum(prod(shape) for path in paths for shape in shapes_of(path).values())


def _shapes(path: Path, header: bytes, room: int) -> dict[str, tuple[int, ...]]:
    try:
        entries: Any = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "its header is not JSON") from error
    if not isinstance(entries, dict):
        raise _damaged(path, "its header is not an object")
    weights = {name: entry for name, entry in entries.items() if name != "__metadata__"}
    try:
        shapes = {name: tuple(int(side) for side in entry["shape"]) for name, entry in weights.items()}
        end = max((int(entry["data_offsets"][1]) for entry in weights.values()), default=0)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _damaged(path, "its header does not say where the weights are") from error
    if end != room:
        what = "is cut" if end > room else "is too long"
        raise _damaged(path, f"it {what}: its header tells of {end:,} bytes of weights, and {room:,} are there")
    return shapes


def _damaged(path: Path, reason: str) -> NlptasksError:
    return NlptasksError(f"{path}: damaged weights: {reason}", hint="download or copy the file again")


def read_json(path: Path) -> Mapping[str, Any]:
    """An object in a JSON file of a checkpoint.

    Raises:
        NlptasksError: It cannot be read, or is no object.
    """
    try:
        content: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise NlptasksError(f"{path}: {error.strerror}", hint="the checkpoint is not complete") from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise NlptasksError(f"{path}: not JSON ({reason})", hint="download or copy the file again") from error
    if not isinstance(content, dict):
        raise NlptasksError(f"{path}: not a JSON object", hint="download or copy the file again")
    return content
