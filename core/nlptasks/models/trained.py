"""What trained weights of any head have in common: they are finite float32 and belong to one backbone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlptasks.errors import BackboneMismatchError, NlptasksError
from nlptasks.plugin.protocols import Backbone


def check_backbone(folder: Path, *, name: str, digest: str, backbone: Backbone) -> None:
    """Refuse a foreign backbone, on which trained weights would answer nonsense.

    Args:
        folder: Where the weights are.
        name: Name of the backbone that they were trained on.
        digest: Its digest.
        backbone: The backbone here.

    Raises:
        BackboneMismatchError: The digests differ.
    """
    if digest != backbone.digest:
        raise BackboneMismatchError(
            f"{folder}: trained on the backbone '{name}' with digest {digest[:12]}, "
            f"but the backbone here is '{backbone.name}' with digest {backbone.digest[:12]}",
            hint=f"choose its own backbone with --backbone {name}, or train the head again on this one",
        )


def layer_of(file: Any, outputs: int, *, prefix: str = "") -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The weight ``[outputs, width]`` and the bias ``[outputs]`` of a linear layer.

    Nothing is converted: numbers that were cut to whole ones or rounded on their way are no longer what was trained.

    Args:
        file: An open file of safetensors.
        outputs: Outputs that the layer has.
        prefix: What the names of its two tensors begin with.

    Raises:
        ValueError: They are of another type or shape, or hold what is no number; the error says which of the two.
    """
    weight, bias = file.get_tensor(f"{prefix}weight"), file.get_tensor(f"{prefix}bias")
    _check_numbers(f"{prefix}weight", weight)
    _check_numbers(f"{prefix}bias", bias)
    if weight.ndim != 2 or len(weight) != outputs or not weight.size:
        raise ValueError(f"its '{prefix}weight' has the shape {list(weight.shape)}, not [{outputs}, width]")
    if bias.shape != (outputs,):
        raise ValueError(f"its '{prefix}bias' has the shape {list(bias.shape)}, not [{outputs}]")
    return weight, bias


def label_names(labels: object) -> tuple[str, ...]:
    """The labels that a file of weights names.

    Raises:
        ValueError: They are no list of different texts.
    """
    if not isinstance(labels, Sequence) or isinstance(labels, str) or not all(isinstance(name, str) for name in labels):
        raise ValueError("its labels are no list of texts")
    if repeated := [name for name, times in Counter(labels).items() if times > 1]:
        raise ValueError(f"the label {repeated[0]!r} stands twice in it")
    return tuple(labels)


def check_width(folder: Path, weight: NDArray[np.float32], width: int) -> None:
    """Refuse a layer on hidden states of another width than the backbone's.

    Raises:
        NlptasksError: It is one.
    """
    if weight.shape[1] != width:
        raise NlptasksError(
            f"{folder}: its weights are for hidden states of width {weight.shape[1]}, and the backbone's have {width}",
            hint="the file was changed after training: train the head again",
        )


def _check_numbers(name: str, values: NDArray[Any]) -> None:
    if values.dtype != np.float32:
        raise ValueError(f"its '{name}' holds numbers of the type {values.dtype}, not float32 as training leaves them")
    if not np.isfinite(values).all():
        raise ValueError(f"its '{name}' holds NaN or infinite numbers")
