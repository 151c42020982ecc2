"""The check that every metric must pass."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlptasks._names import resolve
from nlptasks.plugin import LIKELIHOOD, PREDICTION, PROBABILITIES, STATE, MetricSpec
from nlptasks.testing._steady import steady, told, warm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["check_metric"]

#: Gold texts for a metric of which nobody says what it reads.
_GOLDS = (
    "the iron tower was built in Paris",
    "two sisters keep the light",
    "bread and a boat",
    "nobody knows it",
    "Yes.",
)

#: Labels for one of labels.
_LABELS = ("no", "yes")

#: Flags of a prediction, for metrics that read these.
_STATES = ("", "missing", "empty", "truncated_input", "invalid_label")

_SIGNATURE = re.compile(r"[^:|\s]+:[^|\s]+(\|[^:|\s]+:[^|\s]+)*")

_NEAR = 1e-9


def check_metric(
    metric: MetricSpec, *, golds: Sequence[str] = (), labels: Sequence[str] = (), language: str = ""
) -> None:
    """Check what every metric must do.

    It has a row of finite numbers for each example, for none and for many, which depends on that example alone; a value
    of any sum of rows, and of many sums at once, that depends on the sum alone and lies in its range; no lower value
    for right predictions than for wrong ones (no higher one where less is better); and one signature of keys and
    values. It prints nothing and changes nothing that the process has one of.

    Args:
        metric: The metric.
        golds: Gold answers as its tasks have them; empty: the labels, or some texts.
        labels: The closed set of labels.
        language: ISO 639-1 code of the language of the predictions.

    Raises:
        AssertionError: It does not; the message says what is wrong.
    """
    with told("the metric"), warm():
        check = _MetricCheck.of(metric, tuple(golds), tuple(labels), language)
    with steady("the metric"), told("the metric"):
        check.run()


@dataclass(frozen=True)
class _MetricCheck:
    spec: MetricSpec
    golds: tuple[str, ...]
    labels: tuple[str, ...]
    language: str

    @classmethod
    def of(cls, spec: MetricSpec, golds: tuple[str, ...], labels: tuple[str, ...], language: str) -> _MetricCheck:
        """With texts, or with labels where those give no value and nobody says what the metric reads."""
        import numpy as np

        given = golds or labels or _GOLDS
        check = cls(spec, given * (1 + 7 // len(given)), labels, language)
        metric, (readings, targets) = check.opened(), check.pairs()
        stats = _stats(metric, readings, targets)  # and what it imports may draw random numbers, before anybody looks
        if golds or labels or not math.isnan(_score(metric, stats, np.ones(len(targets)))):
            return check
        return cls(spec, _LABELS * 4, _LABELS, language)

    def opened(self) -> Any:
        more = {"language": self.language} if self.spec.by_language else {}
        return resolve(self.spec.object)(self.labels, **more)

    def run(self) -> None:
        metric = self.opened()
        self._check_signature(metric)
        readings, golds = self.pairs()
        stats = _stats(metric, readings, golds)
        width = stats.shape[1]
        empty = _stats(metric, [], [])
        assert empty.shape == (0, width), f"stats() of no example gave the shape {empty.shape} and not {(0, width)}"
        self._check_rows(metric, stats, readings, golds)
        self._check_scores(metric, stats, readings, golds)
        if self.spec.reads == PREDICTION:
            self._check_direction(metric)

    def pairs(self) -> tuple[list[str], list[str]]:
        """What the metric reads of some examples, right and wrong, and their gold answers."""
        golds = list(self.golds)
        others = golds[1:] + golds[:1]
        kinds = {
            PREDICTION: [gold if at % 2 else other for at, (gold, other) in enumerate(zip(golds, others, strict=True))],
            LIKELIHOOD: [repr(0.25 + at % 5) for at in range(len(golds))],
            PROBABILITIES: [self._probabilities(at) for at in range(len(golds))],
            STATE: [_STATES[at % len(_STATES)] for at in range(len(golds))],
        }
        return kinds[self.spec.reads], golds

    def _probabilities(self, at: int) -> str:
        labels = tuple(dict.fromkeys(self.labels or self.golds))
        weights = [1 + (at + place) % 4 for place in range(len(labels))]
        return json.dumps({label: weight / sum(weights) for label, weight in zip(labels, weights, strict=True)})

    def _check_signature(self, metric: Any) -> None:
        one, other = metric.signature, self.opened().signature
        assert one == other, f"two openings have different signatures: {one!r} and {other!r}"
        assert isinstance(one, str) and _SIGNATURE.fullmatch(one), (
            f"the signature must be key:value joined by |, got {one!r}"
        )
        assert isinstance(metric.binary, bool), f"binary must be True or False, got {metric.binary!r}"

    def _check_rows(self, metric: Any, stats: Any, readings: Sequence[str], golds: Sequence[str]) -> None:
        import numpy as np

        pairs = list(zip(readings, golds, strict=True))
        alone = np.concatenate([_stats(metric, [reading], [gold]) for reading, gold in pairs])
        assert np.allclose(stats, alone, atol=_NEAR), (
            f"the statistics of an example depend on the batch: {_first_other(stats, alone)}"
        )
        reverse = _stats(metric, readings[::-1], golds[::-1])[::-1]
        assert np.allclose(stats, reverse, atol=_NEAR), (
            f"the statistics of an example depend on the order of the examples: {_first_other(stats, reverse)}"
        )
        if metric.binary:
            hits = stats.shape[1] == 2 and set(stats[:, 0]) <= {0.0, 1.0} and set(stats[:, 1]) <= {0.0, 1.0}
            assert hits, f"a binary metric has the rows [hit, 1], got {stats.tolist()}"

    def _check_scores(self, metric: Any, stats: Any, readings: Sequence[str], golds: Sequence[str]) -> None:
        import numpy as np

        whole = _score(metric, stats, np.ones(len(stats)))
        assert not math.isnan(whole), "the value of all examples is not a number"
        fresh = _score(self.opened(), stats, np.ones(len(stats)))
        assert math.isclose(whole, fresh, abs_tol=_NEAR), (
            f"the value depends on what the metric saw before and not on the sum alone: {whole} and {fresh}"
        )
        half = len(stats) // 2
        weights = np.array(
            [np.ones(len(stats)), np.arange(len(stats)) < half, np.arange(len(stats)) % 3, np.eye(len(stats))[0]]
        )
        many = _scores(metric, stats, weights)
        for weight, value in zip(weights, many, strict=True):
            one = _score(metric, stats, weight)
            same = math.isclose(value, one, abs_tol=1e-6) or (math.isnan(value) and math.isnan(one))
            assert same, f"score() of many sums at once gives {value}, and of that sum alone {one}"
            self._check_range(float(value))
        self._check_range(whole)
        parts = _stats(metric, readings[:half], golds[:half]).sum(0) + _stats(
            metric, readings[half:], golds[half:]
        ).sum(0)
        assert np.allclose(parts, stats.sum(0), atol=1e-6), (
            f"the statistics do not add up: {parts.tolist()} in two parts and {stats.sum(0).tolist()} as a whole"
        )

    def _check_range(self, value: float) -> None:
        low, high = self.spec.range
        inside = math.isnan(value) or low - 1e-6 <= value <= high + 1e-6
        assert inside, f"the value {value:g} is outside the range that the descriptor gives, {low:g} to {high:g}"

    def _check_direction(self, metric: Any) -> None:
        import numpy as np

        golds = list(self.golds)
        right = [_reference(gold) for gold in golds]
        wrong = list(dict.fromkeys(right))
        shifted = {text: wrong[(at + 1) % len(wrong)] for at, text in enumerate(wrong)}
        best, worst = (
            _score(metric, _stats(metric, texts, golds), np.ones(len(golds)))
            for texts in (right, [shifted[text] for text in right])
        )
        ordered = best >= worst - 1e-6 if self.spec.higher_is_better else best <= worst + 1e-6
        side = "higher" if self.spec.higher_is_better else "lower"
        assert ordered or math.isnan(best) or math.isnan(worst), (
            f"the descriptor says that {side} is better, and right predictions have {best:g} where wrong ones have "
            f"{worst:g}"
        )


def _reference(gold: str) -> str:
    """The first reference answer of a gold cell, which may be a JSON list of texts; a list of others is one answer."""
    try:
        found = json.loads(gold)
    except ValueError:
        return gold
    return found[0] if isinstance(found, list) and found and all(isinstance(item, str) for item in found) else gold


def _stats(metric: Any, readings: Sequence[str], golds: Sequence[str]) -> NDArray[np.float64]:
    import numpy as np

    found = metric.stats(readings, golds)
    shape = getattr(found, "shape", None)
    assert isinstance(found, np.ndarray) and found.ndim == 2 and len(found) == len(golds), (
        f"stats() must give an array [examples, k], got {shape or type(found).__name__} for {len(golds)} examples"
    )
    assert found.dtype == np.float64, f"stats() must give float64, got {found.dtype}"
    assert np.isfinite(found).all(), f"stats() gave numbers that are not finite: {found.tolist()}"
    return found


def _scores(metric: Any, stats: Any, weights: Any) -> Any:
    import numpy as np

    weighted = getattr(metric, "weighted", None)
    found = weighted(weights, stats) if weighted is not None else metric.score(weights @ stats)
    shape = np.shape(found)
    assert shape == weights.shape[:-1], f"score() of sums of the shape {weights.shape[:-1]} gave the shape {shape}"
    return np.asarray(found, dtype=float)


def _score(metric: Any, stats: Any, weights: Any) -> float:
    return float(_scores(metric, stats, weights))


def _first_other(one: Any, other: Any) -> str:
    import numpy as np

    at = next(at for at in range(len(one)) if not np.allclose(one[at], other[at], atol=_NEAR))
    return f"{one[at].tolist()} and {other[at].tolist()} for example {at + 1}"
