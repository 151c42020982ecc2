"""The extractive head: a linear layer scores each sentence of the document, and the best make the summary."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlptasks.errors import NlptasksError
from nlptasks.models.probe.head import ProbeWeights
from nlptasks.models.trained import check_backbone
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, HiddenStates, Window
from nlptasks.text.sentences import split

from .features import EXTRA, features
from .options import ExtractiveOptions
from .selection import how_many, select
from .sums import Floats, Pieces, cuts, piece_sums

#: Tokens of a window; the sentence encoders that heads are trained on saw windows of about this size.
MAX_TOKENS = 256

#: What the rows of the weights stand for.
LABELS = ("leave", "keep")


def open_head(context: HeadContext) -> ExtractiveSummaries:
    """The shipped head, or the trained one that the user named.

    Raises:
        BackboneMismatchError: Its weights were trained on another backbone.
        NlptasksError: They cannot be read, or were trained for something else.
    """
    folder = context.weights or Path(__file__).with_name("weights")
    weights = ProbeWeights.load(folder)
    check_backbone(folder, name=weights.backbone, digest=weights.digest, backbone=context.backbone)
    found = weights.task, weights.labels, weights.weight.shape
    if found != (context.task.name, LABELS, (len(LABELS), context.backbone.width + EXTRA)):
        raise NlptasksError(
            f"{folder}: holds no extractive head of the task '{context.task.name}', but the head '{weights.head}' "
            f"of the task '{weights.task}' with weights of the shape {weights.weight.shape}",
            hint=f"train one: nlptasks train {context.task.name} --data FILE --output FOLDER, then --head FOLDER",
        )
    return ExtractiveSummaries(weights, context.backbone, context.options or ExtractiveOptions())


class ExtractiveSummaries:
    """The head; see :class:`nlptasks.plugin.protocols.Head`."""

    labels: tuple[str, ...] = ()

    def __init__(self, weights: ProbeWeights, backbone: Encoder, options: ExtractiveOptions) -> None:
        self._weight: Floats = weights.weight[1] - weights.weight[0]
        self._bias = weights.bias[1] - weights.bias[0]
        self._max_tokens = weights.max_tokens
        self._backbone = backbone
        self._options = options
        self._asked = threading.local()  # its ``cuts`` are those of the last windows, which reduce() will be given

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        documents = [example.inputs["document"] for example in examples]
        asked = self._backbone.tokenize(documents, max_tokens=self._max_tokens, offsets=True)
        self._asked.cuts = cuts(asked, [split(document) for document in documents])
        return asked

    def reduce(self, states: HiddenStates) -> Sequence[Pieces]:
        return piece_sums(states, self._asked.cuts)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Pieces]) -> Text:
        document = example.inputs["document"]
        spans = split(document)
        known = features(document, spans, windows, reduced)
        count = how_many(len(spans), self._options)
        chosen = select(self._scores(known), known[:, :-EXTRA], count, self._options.redundancy)
        return Text("\n".join(document[slice(*spans[at])] for at in chosen))

    def _scores(self, known: Floats) -> Floats:
        """Probability that each sentence is kept, without overflow."""
        scores: Floats = (1 + np.tanh((known @ self._weight + self._bias) / 2)) / 2
        return scores
