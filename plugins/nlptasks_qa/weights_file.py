"""The trained weights of the extractive head, and the backbone that they belong to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from nlptasks.errors import NlptasksError
from nlptasks.files.paths import atomic_output
from nlptasks.models.trained import layer_of

#: Name and version of the file format; the key of what the file says about itself.
FORMAT = "nlptasks-spans/1"

FILE = "head.safetensors"


@dataclass(frozen=True, kw_only=True)
class SpanWeights:
    """A linear layer from hidden states to start and end logits.

    Args:
        weight: ``[2, width]``, float32: start, end.
        bias: ``[2]``, float32.
        digest: Digest of the backbone.
        backbone: Its name.
        max_tokens: Longest window that it was trained on.
        no_answer: Whether it was trained on questions without an answer too, which point to the first token.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    digest: str
    backbone: str
    max_tokens: int
    no_answer: bool = False

    def save(self, folder: Path) -> None:
        """Write the weights as safetensors."""
        about = {
            "digest": self.digest,
            "backbone": self.backbone,
            "max_tokens": self.max_tokens,
            "no_answer": self.no_answer,
        }
        tensors = {"weight": np.ascontiguousarray(self.weight), "bias": np.ascontiguousarray(self.bias)}
        with atomic_output(folder / FILE, force=True) as stream:
            stream.write(save(tensors, metadata={FORMAT: json.dumps(about, sort_keys=True)}))

    @classmethod
    def load(cls, folder: Path) -> SpanWeights:
        """Read what :meth:`save` wrote.

        Raises:
            NlptasksError: The file is missing, damaged or of another kind.
        """
        path = folder / FILE
        try:
            with safe_open(path, framework="numpy") as file:
                about = json.loads((file.metadata() or {})[FORMAT])
                weight, bias = layer_of(file, 2)
                return cls(weight=weight, bias=bias, **about)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise NlptasksError(f"{path}: no weights of an extractive head can be read here ({error})") from error
