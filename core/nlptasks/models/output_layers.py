"""The output layers that the fine-tuning of a backbone leaves beside it, for heads that are made of one of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.paths import atomic_output
from nlptasks.models.trained import label_names, layer_of

#: Name and version of the file format; the key of what the file says about itself.
FORMAT = "nlptasks-outputs/1"

#: The file in the folder of a fine-tuned backbone.
FILE = "heads.safetensors"

#: Outputs of a layer without labels: where a span starts, and where it ends.
_OF_SPANS = 2


@dataclass(frozen=True, kw_only=True)
class OutputLayer:
    """A linear layer on the last hidden states of a backbone.

    Args:
        name: Its name, as the recipe has it.
        prediction: Name of the prediction class that it was trained for: ``Label`` or ``Span``.
        labels: Its labels, in order; empty for spans.
        weight: ``[outputs, width]``, float32; the two outputs of spans are start and end.
        bias: ``[outputs]``, float32.
    """

    name: str
    prediction: str
    labels: tuple[str, ...]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


def save_layers(folder: Path, layers: Iterable[OutputLayer]) -> None:
    """Write output layers into the folder of a backbone."""
    layers = list(layers)
    about = {layer.name: {"prediction": layer.prediction, "labels": layer.labels} for layer in layers}
    tensors = {f"{layer.name}.weight": np.ascontiguousarray(layer.weight) for layer in layers}
    tensors |= {f"{layer.name}.bias": np.ascontiguousarray(layer.bias) for layer in layers}
    # One key, since safetensors writes several in another order each time.
    header = {FORMAT: json.dumps(about, sort_keys=True, ensure_ascii=False)}
    with atomic_output(folder / FILE, force=True) as stream:
        stream.write(save(tensors, metadata=header))


def load_layers(folder: Path) -> dict[str, OutputLayer]:
    """The output layers in the folder of a fine-tuned backbone, by name.

    Raises:
        NlptasksError: There are none, or the file is damaged or of another kind.
    """
    path = folder / FILE
    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})[FORMAT])
            return {name: _layer(file, name, layer) for name, layer in about.items()}
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise NlptasksError(
            f"{path}: no output layers can be read here ({error})",
            hint="`nlptasks train --recipe FILE --output FOLDER` leaves a folder with some",
        ) from error


def _layer(file: Any, name: str, about: Mapping[str, Any]) -> OutputLayer:
    labels = label_names(about["labels"])
    weight, bias = layer_of(file, len(labels) or _OF_SPANS, prefix=f"{name}.")
    return OutputLayer(name=name, prediction=about["prediction"], labels=labels, weight=weight, bias=bias)


def chosen_layer(folder: Path, prediction: str, name: str = "") -> OutputLayer:
    """The output layer for a kind of predictions: the named one, or the only one.

    Args:
        folder: Folder of a fine-tuned backbone.
        prediction: Name of the prediction class.
        name: Name of the layer; empty: the folder holds one of that kind.

    Raises:
        UsageError: There is none of that kind and name, or there are several.
        NlptasksError: The layers cannot be read.
    """
    layers = load_layers(folder)
    found = [layer for layer in layers.values() if layer.prediction == prediction and name in ("", layer.name)]
    if len(found) != 1:
        listed = ", ".join(f"{layer.name} ({layer.prediction})" for layer in layers.values()) or "none"
        raise UsageError(
            f"{folder} holds {len(found) or 'no'} output layer{'s' if len(found) > 1 else ''} "
            f"{f'{name!r} ' if name else ''}for {prediction}, and one is needed",
            hint=f"its output layers: {listed}; name one with --layer, or train the head on data: --data FILE",
        )
    return found[0]
