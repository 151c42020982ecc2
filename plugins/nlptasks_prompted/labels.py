"""Chooses a label by how probable each is behind a prompt; no text is written, and none is searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nlptasks.errors import UsageError
from nlptasks.models.generation import Likelihood
from nlptasks.models.probe.head import softmax
from nlptasks.plugin.labels import check_labels
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

from .asking import Asking
from .options import ClassificationOptions, SentimentOptions
from .templates import ANSWER


class PromptedLabels:
    """The head; see :class:`nlptasks.plugin.protocols.Head`.

    A label's log-probability is the sum over its tokens and its end, so that one label may begin with another; its
    score is the softmax of that over the labels.

    Raises:
        UsageError: There are fewer than two labels, one is empty or stands twice (case does not count), or an example
            has another.
    """

    def __init__(self, context: HeadContext) -> None:
        usual = SentimentOptions() if context.task.name == "sentiment" else ClassificationOptions()
        self._options: ClassificationOptions = context.options or usual
        self.labels = check_labels(self._options.labels)
        _check(self.labels)
        self._asking = Asking(context, self._options, {"labels": ", ".join(self.labels)})
        _check_shots([row[ANSWER] for row in self._asking.shots], self.labels)
        self._speaker = self._asking.speaker
        self._continuations = tuple(map(self._speaker.guard, self.labels))
        self._room = self._asking.check_room(self._speaker.room_to_weigh(self._continuations))

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        """A window for each prompt, with how much of the text was cut."""
        found = [self._asking.fitted(example, self._room) for example in examples]
        return [[replace(self._speaker.window_to_weigh(prompt, self._continuations), cut=cut)] for prompt, cut in found]

    def reduce(self, states: HiddenStates) -> Sequence[list[Likelihood]]:
        return self._speaker.weigh(states)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[list[Likelihood]]) -> Label:
        found = reduced[0]
        if not found:
            found = self._speaker.likelihoods(self._asking.fitted(example, self._room)[0], self._continuations)
        nll = [item.nll / item.tokens if self._options.per_token else item.nll for item in found]
        scores = dict(zip(self.labels, softmax(-np.array(nll)).tolist(), strict=True))
        best = max(scores, key=scores.__getitem__)
        return Label(best, scores[best], scores)


def _check(labels: Sequence[str]) -> None:
    if len(labels) < 2:
        raise UsageError("this head needs two labels or more", hint='for example --labels "billing,shipping,returns"')


def _check_shots(shown: Sequence[str], labels: Sequence[str]) -> None:
    other = sorted({label.strip() for label in shown} - set(labels))
    if other:
        raise UsageError(
            f"an example has the label {other[0]!r}, which is not one of the labels: {', '.join(labels)}",
            hint="name it with --labels too, or leave the example out",
        )
