"""Predicts the labels of the layer that a checkpoint carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nlptasks.errors import UsageError
from nlptasks.models.probe.head import softmax
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Labelled, Window

from .moods import moods_of
from .options import LabelOptions
from .readings import Floats, all_of, averaged, best_of, logits_of, number, sigmoid

#: What the layer's outputs become, by its problem (see ``Labelled.problem``).
_PROBABILITIES: Mapping[str, Callable[[Floats], Floats]] = {
    "one": softmax,
    "many": sigmoid,
    "number": lambda logits: logits,
}


class OwnLabels:
    """The head; see :class:`nlptasks.plugin.protocols.Head`.

    Args:
        backbone: The checkpoint.
        options: The options.
        meanings: For each of the layer's outputs, the label that its probability counts for.
        problem: What the layer was trained for; see ``Labelled.problem``.
    """

    def __init__(self, backbone: Labelled, options: LabelOptions, meanings: Sequence[str], problem: str) -> None:
        self._backbone = backbone
        self._options = options
        self._meanings = tuple(meanings)
        self._problem = problem

    @property
    def labels(self) -> tuple[str, ...]:
        """The closed set; empty where a text may have several labels, or gets a number."""
        return tuple(dict.fromkeys(self._meanings)) if self._problem == "one" else ()

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        texts = ["\n".join(example.inputs.values()) for example in examples]
        return self._backbone.tokenize(texts, max_windows=self._options.max_windows)

    def reduce(self, states: HiddenStates) -> Sequence[Floats]:
        """What the layer says of each window, ``[labels]``: probabilities, or a number."""
        return list(_PROBABILITIES[self._problem](logits_of(states)))

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Floats]) -> Label:
        values = averaged(windows, reduced)
        if self._problem == "number":
            return number(float(values[0]))
        scores: dict[str, float] = dict.fromkeys(self._meanings, 0.0)
        for label, value in zip(self._meanings, values, strict=True):
            scores[label] += float(value)
        return all_of(scores, self._options.threshold) if self._problem == "many" else best_of(scores)


def open_classification(context: HeadContext) -> OwnLabels:
    """The checkpoint's own labels, or a number where it gives one.

    Raises:
        UsageError: The names given for its labels are not as many as it has, or one stands twice.
    """
    options: LabelOptions = context.options or LabelOptions()
    return OwnLabels(context.backbone, options, _named(context.backbone, options), context.backbone.problem)


def open_sentiment(context: HeadContext) -> OwnLabels:
    """The checkpoint's own labels, read as moods.

    Raises:
        UsageError: The names given for its labels are not as many as it has; or it is not clear which mood a label
            stands for.
    """
    options: LabelOptions = context.options or LabelOptions()
    backbone: Labelled = context.backbone
    names = options.label_names or backbone.labels
    found = moods_of(names) if backbone.problem == "one" and len(names) == len(backbone.labels) else None
    if found is None:
        _named(backbone, options)
        raise UsageError(
            f"the labels of '{backbone.name}' do not say what is positive: {', '.join(names)}",
            hint="name them in their order: --label-names negative,neutral,positive (as many as there are);\n"
            "or take its labels as they are: nlptasks run classification --backbone ... --head own",
        )
    return OwnLabels(backbone, options, found, "one")


def _named(backbone: Labelled, options: LabelOptions) -> tuple[str, ...]:
    """The names of the layer's outputs, by the user or by the checkpoint."""
    own, names = backbone.labels, options.label_names
    if names and len(names) != len(own):
        raise UsageError(
            f"--label-names gives {len(names)} names, and '{backbone.name}' has {len(own)} labels: {', '.join(own)}",
            hint="give one for each of them, in this order",
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            f"--label-names has {', '.join(twice)} more than once", hint="give each label a name of its own"
        )
    return names or own
