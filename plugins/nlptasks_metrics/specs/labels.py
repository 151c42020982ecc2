"""Descriptors of the metrics of labels."""

from __future__ import annotations

from nlptasks.plugin import MetricSpec

_SET = "The label set is the task's or the head's and is named in the signature; scikit-learn takes it from the data."
_OUTSIDE = "A prediction that is none of the labels is right nowhere; it lowers a recall and no precision."
_CLASS = "A prediction or gold label that is none of the labels counts as a class in which nothing is right."
_OPEN = "Without a closed set of labels it has no value."
_ONE = "One row with a wrong label of a rare class moves it by much more than 1 / n."

#: What is averaged: its name in metrics, and in words.
_MEASURES = (("f1", "F1"), ("precision", "precision"), ("recall", "recall"))

_PRECISION = "It can be raised by predictions that are no label: those are in no precision."


def _traps(measure: str, *others: str) -> tuple[str, ...]:
    return (*others, *((_PRECISION,) if measure == "precision" else ()), _OPEN)


def _averages(measure: str, words: str) -> tuple[MetricSpec, ...]:
    """Macro, micro, weighted and by class."""
    name = measure.capitalize()
    return (
        MetricSpec(
            name=f"macro-{measure}",
            summary="mean over the labels of the harmonic mean of precision and recall"
            if measure == "f1"
            else f"mean over the labels of {words}",
            object=f"nlptasks_metrics.labels:Macro{name}",
            conventions=(_SET, "A label that is neither answered nor gold counts as 0.", _OUTSIDE),
            traps=_traps(measure, "With two of four labels in the data it cannot be above 0.5.", _ONE),
        ),
        MetricSpec(
            name=f"micro-{measure}",
            summary=f"{words} over the predictions of all labels together",
            object=f"nlptasks_metrics.labels:Micro{name}",
            conventions=(_SET, _OUTSIDE),
            traps=_traps(measure, "Where all predictions and gold labels are in the set it is the accuracy again."),
        ),
        MetricSpec(
            name=f"weighted-{measure}",
            summary=f"mean over the labels of {words}, weighted by how often each is gold",
            object=f"nlptasks_metrics.labels:Weighted{name}",
            conventions=(_SET, _OUTSIDE),
            traps=_traps(measure, "Frequent labels decide it, so it hides failure on rare ones."),
        ),
        MetricSpec(
            name=f"class-{measure}",
            summary=f"{words} of each label; the value is that of the worst label in the data",
            object=f"nlptasks_metrics.labels:Class{name}",
            conventions=(_SET, "Labels that are never gold in the data are left out of the value.", _OUTSIDE),
            traps=_traps(measure, "The minimum over many rare labels is noisy and biased downwards."),
        ),
    )


SPECS = (
    MetricSpec(
        name="accuracy",
        summary="proportion of predictions that equal the gold label",
        object="nlptasks_metrics.labels:Accuracy",
        conventions=("Answers are compared character by character; nothing is normalised.",),
        traps=("Where one label is frequent, always saying it scores high: read it beside the trivial baseline.",),
    ),
    MetricSpec(
        name="balanced-accuracy",
        summary="mean recall of the labels in the data",
        object="nlptasks_metrics.labels:BalancedAccuracy",
        conventions=(_SET, "Not adjusted for chance: guessing scores 1 / labels.", _CLASS),
        traps=(_ONE, _OPEN),
    ),
    *(spec for measure, words in _MEASURES for spec in _averages(measure, words)),
    MetricSpec(
        name="mcc",
        summary="correlation of predictions and gold labels (Matthews)",
        object="nlptasks_metrics.labels:Mcc",
        range=(-1.0, 1.0),
        conventions=("0 where all predictions, or all gold labels, are one and the same.", _CLASS),
        traps=("0 is what chance gives, not 0.5.", "It depends on how frequent the labels are in the data.", _OPEN),
    ),
    MetricSpec(
        name="kappa",
        summary="agreement of predictions and gold labels beyond chance (Cohen)",
        object="nlptasks_metrics.labels:Kappa",
        range=(-1.0, 1.0),
        conventions=(
            "Not weighted: every wrong label is equally wrong.",
            "0 where chance alone agrees wholly.",
            _CLASS,
        ),
        traps=("With skewed labels it is low even where accuracy is high.", _OPEN),
    ),
)
