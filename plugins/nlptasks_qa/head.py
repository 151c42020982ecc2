"""The extractive heads: read a context in overlapping windows behind the question, and answer with a piece of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nlptasks.models.trained import check_backbone, check_width
from nlptasks.plugin.predictions import Span
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, HiddenStates, Window

from .options import SpanOptions
from .spans import Logits, candidates, distinct, with_no_answer
from .weights_file import SpanWeights


class Spans:
    """What heads share that answer with a piece of the context: all but where a token's logits come from.

    Args:
        backbone: The encoder.
        options: The options.
        max_tokens: Longest window.
        no_answer: Whether the first token's logits speak for no answer.
    """

    labels: tuple[str, ...] = ()

    def __init__(self, backbone: Encoder, options: SpanOptions, *, max_tokens: int, no_answer: bool) -> None:
        self._backbone = backbone
        self._options = options
        self._max_tokens = max_tokens
        self._no_answer = no_answer

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return self._backbone.tokenize(
            [example.inputs["context"] for example in examples],
            questions=[example.inputs["question"].strip() for example in examples],
            max_tokens=self._max_tokens,
            overlap=self._options.overlap,
            offsets=True,
        )

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Logits]) -> Span:
        found = candidates(windows, reduced, self._options.max_answer_tokens)
        if self._no_answer:
            found = with_no_answer(found, reduced)
        best, *others = self._answers(distinct(example.inputs["context"], found))
        if self._options.top_k > 1:
            return replace(best, alternatives=tuple(others[: self._options.top_k - 1]))
        return best

    def _answers(self, spans: list[Span]) -> list[Span]:
        """The spans, behind no answer where there is none or where the best one is too unsure."""
        if not spans:
            return [Span("", 0.0, 0, 0)]
        if spans[0].text and spans[0].score < self._options.no_answer_below:
            return [Span("", 1 - spans[0].score, 0, 0), *(span for span in spans if span.text)]
        return spans


class ExtractiveAnswers(Spans):
    """The trained head; see :class:`nlptasks.plugin.protocols.Head`."""

    def __init__(self, weights: SpanWeights, backbone: Encoder, options: SpanOptions) -> None:
        super().__init__(backbone, options, max_tokens=weights.max_tokens, no_answer=weights.no_answer)
        self._weights = weights

    def reduce(self, states: HiddenStates) -> Sequence[Logits]:
        logits = states.states @ self._weights.weight.T + self._weights.bias
        return list(np.asarray(logits, dtype=np.float32))


def open_head(context: HeadContext) -> ExtractiveAnswers:
    """The shipped head.

    Raises:
        BackboneMismatchError: The backbone is not the one that the weights were trained on.
    """
    folder = context.weights or Path(__file__).with_name("weights")
    weights = SpanWeights.load(folder)
    check_backbone(folder, name=weights.backbone, digest=weights.digest, backbone=context.backbone)
    check_width(folder, weights.weight, context.backbone.width)
    return ExtractiveAnswers(weights, context.backbone, context.options or SpanOptions())
