"""A linear probe: one linear layer on the mean hidden state of a frozen encoder.

A plugin that ships trained weights needs no more than this::

    def open_head(context):
        return Probe.open(context, shipped=Path(__file__).with_name("weights"))
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from nlptasks.errors import NlptasksError
from nlptasks.files.paths import atomic_output
from nlptasks.models.pooling import join_means, mean_states
from nlptasks.models.probe.options import ProbeOptions
from nlptasks.models.trained import check_backbone, check_width, label_names, layer_of
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, HiddenStates, Window

F = TypeVar("F", np.float32, np.float64)

#: Name and version of the file format; the key of what the file says about itself.
FORMAT = "nlptasks-probe/1"

#: The file in the folder of a trained head.
FILE = "head.safetensors"


@dataclass(frozen=True, kw_only=True)
class ProbeWeights:
    """What a trained probe is.

    Args:
        weight: ``[labels, width]``, float32; the calibration temperature is in it already.
        bias: ``[labels]``, float32.
        labels: The closed set of answers.
        task: Name of the task that it was trained for.
        head: Qualified name of the head that can read it.
        backbone: Name of the backbone that it was trained on.
        digest: Digest of that backbone.
        max_tokens: Size of the windows that it was trained on.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    labels: tuple[str, ...]
    task: str
    head: str
    backbone: str
    digest: str
    max_tokens: int

    def save(self, folder: Path) -> None:
        """Write the weights as safetensors, with everything else in the file's metadata."""
        about = {
            "labels": self.labels,
            "task": self.task,
            "head": self.head,
            "backbone": self.backbone,
            "digest": self.digest,
            "max_tokens": self.max_tokens,
        }
        # One key, since safetensors writes several in another order each time.
        header = {FORMAT: json.dumps(about, sort_keys=True, ensure_ascii=False)}
        # safetensors writes an array's memory as it lies there; scikit-learn's may lie in Fortran's order.
        tensors = {"weight": np.ascontiguousarray(self.weight), "bias": np.ascontiguousarray(self.bias)}
        with atomic_output(folder / FILE, force=True) as stream:
            stream.write(save(tensors, metadata=header))

    @classmethod
    def load(cls, folder: Path) -> ProbeWeights:
        """Read what :meth:`save` wrote.

        Raises:
            NlptasksError: The file is missing, damaged or of another kind.
        """
        path = folder / FILE
        try:
            with safe_open(path, framework="numpy") as file:
                header = file.metadata() or {}
                if FORMAT not in header:
                    raise NlptasksError(f"{path}: not a probe of the format {FORMAT}")
                about = json.loads(header[FORMAT])
                about["labels"] = label_names(about["labels"])
                weight, bias = layer_of(file, len(about["labels"]))
                return cls(weight=weight, bias=bias, **about)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise NlptasksError(
                f"{path}: no trained head can be read here ({error})",
                hint="`nlptasks train TASK --data FILE --output FOLDER` makes one",
            ) from error


class Probe:
    """The head; see :class:`nlptasks.plugin.protocols.Head`."""

    def __init__(self, weights: ProbeWeights, backbone: Encoder, options: ProbeOptions) -> None:
        self._weights = weights
        self._backbone = backbone
        self._options = options

    @classmethod
    def open(cls, context: HeadContext, *, shipped: Path | None = None) -> Probe:
        """Open the head that the user named, or else the one in the folder ``shipped``.

        Raises:
            BackboneMismatchError: Its weights were trained on another backbone.
            NlptasksError: There are no weights, they cannot be read, or they were trained for another task.
        """
        folder = context.weights or shipped
        if folder is None:
            raise NlptasksError(
                f"this head of the task '{context.task.name}' has no weights of its own",
                hint=f"train some: nlptasks train {context.task.name} --data FILE --output FOLDER, then --head FOLDER",
            )
        weights = ProbeWeights.load(folder)
        if weights.task != context.task.name:
            raise NlptasksError(f"{folder}: trained for the task '{weights.task}', not '{context.task.name}'")
        check_backbone(folder, name=weights.backbone, digest=weights.digest, backbone=context.backbone)
        check_width(folder, weights.weight, context.backbone.width)
        return cls(weights, context.backbone, context.options or ProbeOptions())

    @property
    def labels(self) -> tuple[str, ...]:
        return self._weights.labels

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return self._backbone.tokenize(
            [text_of(example) for example in examples],
            max_tokens=self._weights.max_tokens,
            max_windows=self._options.max_windows,
        )

    def reduce(self, states: HiddenStates) -> Sequence[NDArray[np.float32]]:
        return mean_states(states)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[NDArray[np.float32]]) -> Label:
        logits = self._weights.weight @ join_means(reduced) + self._weights.bias
        return label_of(self.labels, softmax(logits))


def text_of(example: Example) -> str:
    """The text of an example: its only input, or several joined by a line break."""
    return "\n".join(example.inputs.values())


def softmax(logits: NDArray[F]) -> NDArray[F]:
    """Probabilities from logits, along the last axis: ``[..., labels]``."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: NDArray[F] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def label_of(labels: Sequence[str], probabilities: NDArray[np.float32]) -> Label:
    """The most probable label, with the probability of each."""
    scores = dict(zip(labels, map(float, probabilities), strict=True))
    best = max(scores, key=scores.__getitem__)
    return Label(best, scores[best], scores)
