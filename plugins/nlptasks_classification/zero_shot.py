"""Zero-shot classification by sentence embeddings.

A text gets the label whose sentence ("This text is about sports.") has the nearest embedding by cosine, as in the
label-embedding baselines of Yin et al. 2019 (arXiv 1909.00161).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nlptasks.errors import UsageError
from nlptasks.models.pooling import join_means, mean_states, text_means
from nlptasks.models.probe.head import label_of, softmax, text_of
from nlptasks.plugin.labels import check_labels
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, HiddenStates, Window

from .options import ZeroShotOptions

#: Cosines differ by little; divided by this they give probabilities whose mean is near the accuracy.
TEMPERATURE = 0.05

MAX_TOKENS = 256


class ZeroShot:
    """The head; see :class:`nlptasks.plugin.protocols.Head`.

    Raises:
        UsageError: There are fewer than two labels, one is empty or stands twice (case does not count), or the template
            has no ``{}``.
    """

    def __init__(self, context: HeadContext) -> None:
        options: ZeroShotOptions = context.options or ZeroShotOptions()
        self._options = replace(options, labels=check_labels(options.labels))
        self._backbone: Encoder = context.backbone
        _check(self._options)
        sentences = [self._options.template.replace("{}", label) for label in self.labels]
        means = text_means(self._backbone, sentences, max_tokens=MAX_TOKENS, max_windows=1)
        self._sentences = np.stack([_unit(mean) for mean in means])

    @property
    def labels(self) -> tuple[str, ...]:
        return self._options.labels

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        texts = [text_of(example) for example in examples]
        return self._backbone.tokenize(texts, max_tokens=MAX_TOKENS, max_windows=self._options.max_windows)

    def reduce(self, states: HiddenStates) -> Sequence[NDArray[np.float32]]:
        return mean_states(states)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[NDArray[np.float32]]) -> Label:
        cosines = self._sentences @ _unit(join_means(reduced))
        return label_of(self.labels, softmax(cosines / TEMPERATURE))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
    return unit


def _check(options: ZeroShotOptions) -> None:
    if len(options.labels) < 2:
        raise UsageError(
            "zero-shot classification needs two labels or more", hint='for example --labels "billing,shipping,returns"'
        )
    if "{}" not in options.template:
        raise UsageError(f"--template has no {{}} for the label: {options.template!r}")
