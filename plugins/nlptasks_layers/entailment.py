"""Labels that nobody trained, by a checkpoint that judges whether one text follows from another.

A text is the premise and a sentence about a label the hypothesis (Yin et al. 2019, arXiv 1909.00161).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nlptasks.errors import UsageError
from nlptasks.models.probe.head import softmax
from nlptasks.plugin.labels import check_labels
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Labelled, Window

from .options import EntailmentOptions
from .readings import Floats, all_of, averaged, best_of, logits_of

#: What the labels for "it follows" and "it contradicts" begin with, in any case.
_YES, _NO = "entail", "contradict"


class Entailment:
    """The head; see :class:`nlptasks.plugin.protocols.Head`.

    Raises:
        UsageError: There is no label, one is empty or stands twice, the template has no ``{}``, or the checkpoint has
            no label for entailment.
    """

    def __init__(self, context: HeadContext) -> None:
        options: EntailmentOptions = context.options or EntailmentOptions()
        self._options = replace(options, labels=check_labels(options.labels))
        self._backbone: Labelled = context.backbone
        _check(self._options)
        self._yes, self._no = _places(self._backbone)
        self._sentences = tuple(self._options.template.replace("{}", label) for label in self._options.labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """The closed set; empty where a text may have several labels."""
        return () if self._each else self._options.labels

    @property
    def _each(self) -> bool:
        """Whether each label is judged for itself; a single one cannot be weighed against others."""
        return self._options.multi_label or len(self._options.labels) == 1

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        """For each text the windows with the first label's sentence, then those with the second's, and so on."""
        texts = ["\n".join(example.inputs.values()) for example in examples]
        count = len(self._sentences)
        found = self._backbone.tokenize(
            [text for text in texts for _ in self._sentences],
            questions=self._sentences * len(texts),
            questions_last=True,
            max_windows=self._options.max_windows,
        )
        rows = [found[at : at + count] for at in range(0, len(found), count)]
        return [[window for windows in row for window in windows] for row in rows]

    def reduce(self, states: HiddenStates) -> Sequence[Floats]:
        """Of each window the logits against and for its sentence, ``[2]``."""
        return list(logits_of(states)[:, [self._no, self._yes]])

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Floats]) -> Label:
        """Average each label's logits over the windows of the text, and weigh the labels."""
        logits = np.stack([averaged(*part) for part in self._parts(example, windows, reduced)])
        if self._each:
            each = softmax(logits)[:, 1]
            return all_of(self._named(each), self._options.threshold)
        return best_of(self._named(softmax(logits[:, 1])))

    def _parts(
        self, example: Example, windows: Sequence[Window], reduced: Sequence[Floats]
    ) -> list[tuple[Sequence[Window], Sequence[Floats]]]:
        """The windows of each label; sentences of different lengths leave room for different pieces of a text."""
        counts = [len(row) for row in self._asked(example)]
        ends = np.cumsum(counts)
        return [(windows[end - n : end], reduced[end - n : end]) for n, end in zip(counts, ends, strict=True)]

    def _asked(self, example: Example) -> list[list[Window]]:
        text = "\n".join(example.inputs.values())
        return self._backbone.tokenize(
            [text] * len(self._sentences),
            questions=self._sentences,
            questions_last=True,
            max_windows=self._options.max_windows,
        )

    def _named(self, probabilities: Floats) -> dict[str, float]:
        return dict(zip(self._options.labels, map(float, probabilities), strict=True))


def _places(backbone: Labelled) -> tuple[int, int]:
    """Which of the layer's outputs say "it follows" and "it contradicts"; the latter is the first or last elsewhere."""
    names = [label.lower() for label in backbone.labels]
    yes = next((at for at, name in enumerate(names) if name.startswith(_YES)), -1)
    if yes < 0 or len(names) < 2:
        raise UsageError(
            f"'{backbone.name}' has no label for entailment, but: {', '.join(backbone.labels)}",
            hint="name a checkpoint that was trained on natural language inference, or take --head own",
        )
    no = next((at for at, name in enumerate(names) if name.startswith(_NO)), -1)
    return yes, no if no >= 0 else (len(names) - 1 if yes == 0 else 0)


def _check(options: EntailmentOptions) -> None:
    if not options.labels:
        raise UsageError(
            "this head needs labels to choose from", hint='for example --labels "billing,shipping,returns"'
        )
    if "{}" not in options.template:
        raise UsageError(
            f"--template has no {{}} for the label: {options.template!r}", hint='for example "It is about {}."'
        )
