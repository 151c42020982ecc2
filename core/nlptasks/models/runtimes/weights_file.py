"""Weights of a checkpoint as NumPy arrays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from nlptasks.errors import NlptasksError

__all__ = ["WeightsFile"]

#: What safetensors calls the number types that NumPy has.
_KINDS = {"F16": np.float16, "F32": np.float32}


@dataclass(frozen=True)
class WeightsFile:
    """A file of safetensors.

    It is opened anew for each tensor, since what was read of an open one stays in memory until it is closed.

    Args:
        path: The file.
        prefix: What the names of the tensors begin with, and is left out where they are asked for.
    """

    path: Path
    prefix: str = ""

    def stored(self, name: str) -> NDArray[Any]:
        """A tensor as it is stored.

        Raises:
            NlptasksError: It cannot be read.
        """
        with self._opened() as file:
            found: NDArray[Any] = file.get_tensor(self.prefix + name)
            return found

    def mapped(self, name: str) -> NDArray[Any]:
        """A tensor as it is stored, of which only what is looked up comes into memory.

        Raises:
            NlptasksError: It cannot be read.
        """
        with self._opened() as file:  # the library has seen that the header is sound
            part = file.get_slice(self.prefix + name)
            kind, shape = _KINDS.get(part.get_dtype()), tuple(part.get_shape())
        if kind is None:
            return self.stored(name)
        with self.path.open("rb") as stream:
            # The format: the size of the header as eight bytes, the header as JSON, and the tensors.
            size = int.from_bytes(stream.read(8), "little")
            start = json.loads(stream.read(size))[self.prefix + name]["data_offsets"][0]
        return np.memmap(self.path, kind, "r", 8 + size + start, shape)

    def floats(self, name: str) -> NDArray[np.float32]:
        """A tensor in float32.

        Raises:
            NlptasksError: It cannot be read.
        """
        return self.stored(name).astype(np.float32)

    def count(self, counted: Callable[[str], bool] = lambda _: True) -> int:
        """Number of weights in the tensors of some names.

        Raises:
            NlptasksError: The file cannot be read.
        """
        with self._opened() as file:
            names = [name for name in file.keys() if name.startswith(self.prefix)]  # noqa: SIM118 - it has no __iter__
            chosen = (name for name in names if counted(name.removeprefix(self.prefix)))
            return sum(prod(file.get_slice(name).get_shape()) for name in chosen)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            with safe_open(self.path, framework="numpy") as file:
                yield file
        except (OSError, SafetensorError, TypeError, ValueError) as error:
            raise NlptasksError(f"{self.path}: no weights can be read here ({error})") from error
