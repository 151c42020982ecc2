"""Metrics and systems with known truths, for the simulations beside this file.

Systems are made of numbers and not of text: what an interval or a test does depends on the statistics of the samples
alone. The metrics are the real ones, so the columns are laid out as they lay them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics import resampling
from nlptasks_metrics.answers import SquadF1
from nlptasks_metrics.labels import (
    Accuracy,
    BalancedAccuracy,
    ClassF1,
    Kappa,
    MacroF1,
    MacroPrecision,
    MacroRecall,
    Mcc,
    MicroF1,
    WeightedF1,
)
from nlptasks_metrics.language import BitsPerByte, Perplexity
from nlptasks_metrics.probabilities import BINS, Brier, Ece, LogLoss
from nlptasks_metrics.ranking import Auc, AveragePrecision
from nlptasks_metrics.summaries import RougeLsum
from nlptasks_metrics.translation import Bleu, Chrf, Ter

Array = NDArray[np.float64]
Places = NDArray[np.int64]

#: Statistics of some systems on the same samples, drawn for a generator, how many samples, and how hard each one is
#: (a standard normal number a sample: what samples of one cluster share).
Draw = Callable[[np.random.Generator, Array, int], list[Array]]

#: Samples that the true value of a metric is computed on.
POPULATION = 1_000_000

_ORDERS = 4
_MATCHED = np.array([0.65, 0.40, 0.26, 0.17])


@dataclass(frozen=True)
class Family:
    """A metric on data of one kind.

    Args:
        name: What it is called in the table.
        metric: The metric.
        draw: Draws systems that are equal by construction and alike on a sample.
        range: Lowest and highest value.
    """

    name: str
    metric: Metric
    draw: Draw
    range: tuple[float, float] = (0.0, 1.0)

    def systems(self, generator: np.random.Generator, n: int, systems: int) -> list[Array]:
        """Statistics of systems on samples that come one by one."""
        return self.draw(generator, generator.normal(size=n), systems)

    def clustered(
        self, generator: np.random.Generator, sizes: Sequence[int], systems: int
    ) -> tuple[list[Array], Places]:
        """The same on samples that come in clusters, which are easy or hard in part as a whole."""
        owner = np.repeat(np.arange(len(sizes)), sizes)
        own = generator.normal(size=len(owner))
        hardness = np.sqrt(0.3) * generator.normal(size=len(sizes))[owner] + np.sqrt(0.7) * own
        return self.draw(generator, hardness, systems), owner

    def truth(self) -> float:
        """The value on very many samples."""
        generator = np.random.default_rng(999)
        if hasattr(self.metric, "weighted"):
            return resampling.value(self.metric, self.systems(generator, POPULATION // 4, 1)[0])
        parts = [self.systems(generator, POPULATION // 20, 1)[0].sum(axis=0) for _ in range(20)]
        return float(self.metric.score(np.sum(parts, axis=0)))


class Mean:
    """Somebody's metric: the mean of a value without bounds, of which the core knows nothing."""

    signature = "metric:mean"
    binary = False

    def stats(self, predictions: object, targets: object) -> Array:
        """Not used: the matrices are drawn."""
        raise NotImplementedError

    def score(self, sums: Array) -> Array:
        """Mean of the first column."""
        mean: Array = np.divide(sums[..., 0], sums[..., 1], out=np.zeros_like(sums[..., 0]), where=sums[..., 1] != 0)
        return mean


class LargestMean(Mean):
    """Somebody's metric that is biased: the largest of the means of five columns."""

    def score(self, sums: Array) -> Array:
        """The largest mean."""
        count = sums[..., -1:]
        means = np.divide(sums[..., :-1], count, out=np.zeros_like(sums[..., :-1]), where=count != 0)
        largest: Array = means.max(axis=-1)
        return largest


def families() -> Iterator[Family]:
    """Every kind of metric that is installed, and two of somebody else."""
    names = ("a", "b", "c", "d")
    for right in (0.6, 0.8, 0.95):
        yield Family(f"accuracy {right:g}", Accuracy(()), hits(right))
    yield Family("micro-f1 .8", MicroF1(names), labels([0.25] * 4, 0.8))
    yield Family("macro-f1 balanced, .8", MacroF1(names), labels([0.25] * 4, 0.8))
    rare = labels([0.8, 0.15, 0.05], 0.85)
    for name, metric in (
        ("macro-f1", MacroF1(names[:3])),
        ("macro-recall", MacroRecall(names[:3])),
        ("macro-precision", MacroPrecision(names[:3])),
        ("weighted-f1", WeightedF1(names[:3])),
        ("balanced-accuracy", BalancedAccuracy(names[:3])),
    ):
        yield Family(f"{name} 80/15/5", metric, rare)
    yield Family("macro-f1 2 labels, .97", MacroF1(names[:2]), labels([0.5, 0.5], 0.97))
    yield Family("class-f1, worst of 4", ClassF1(names), labels([0.25] * 4, 0.8))
    for right in (0.8, 0.95):
        yield Family(f"mcc {right:g}", Mcc(names[:2]), labels([0.5, 0.5], right), (-1.0, 1.0))
        yield Family(f"kappa {right:g}", Kappa(names[:2]), labels([0.5, 0.5], right), (-1.0, 1.0))
    yield Family("mcc 80/15/5", Mcc(names[:3]), rare, (-1.0, 1.0))
    yield Family("squad-f1 .75", SquadF1(()), f1s(0.75))
    yield Family("squad-f1 .97", SquadF1(()), f1s(0.97))
    yield Family("rouge-lsum", RougeLsum(()), rouges)
    yield Family("bleu", Bleu(()), bleus, (0.0, 100.0))
    yield Family("chrf", Chrf(()), chrfs, (0.0, 100.0))
    yield Family("ter", Ter(()), ters, (0.0, np.inf))
    yield Family("bits-per-byte", BitsPerByte(()), likelihoods, (0.0, np.inf))
    yield Family("perplexity", Perplexity(()), likelihoods, (1.0, np.inf))
    yield Family("brier", Brier(names[:2]), briers)
    yield Family("log-loss", LogLoss(names[:2]), log_losses, (0.0, np.inf))
    yield Family("ece, true .02", Ece(names[:2]), eces)
    for apart, area in ((1.19, ".8"), (2.77, ".975")):
        yield Family(f"auc {area}", Auc(names[:2]), ranked(apart, 2, 0.5))
    yield Family("auc .9, 10 % positive", Auc(names[:2]), ranked(1.81, 2, 0.1))
    yield Family("auc 3 labels", Auc(names[:3]), ranked(1.19, 3, 0.5))
    yield Family("average-precision", AveragePrecision(names[:2]), ranked(1.19, 2, 0.3))
    yield Family("somebody's mean, skewed", Mean(), skewed, (0.0, np.inf))
    yield Family("somebody's largest of 5", LargestMean(), largest, (-np.inf, np.inf))


def hits(right: float) -> Draw:
    """Hits of equal systems, which are alike on easy and on hard samples."""

    def draw(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
        return [with_ones((own < right).astype(np.float64)) for own in _uniform(generator, hardness, systems)]

    return draw


def labels(shares: Sequence[float], right: float) -> Draw:
    """Statistics of metrics of labels; a wrong answer is any of the other labels."""

    def draw(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
        n, count = len(hardness), len(shares)
        gold = generator.choice(count, size=n, p=shares)
        found = []
        for own in _uniform(generator, hardness, systems):
            other = (gold + generator.integers(1, count, n)) % count
            answer = np.where(own < right, gold, other)
            found.append(cells(gold, answer, count))
        return found

    return draw


def cells(gold: Places, answer: Places, count: int) -> Array:
    """The statistics of metrics of labels, ``[hits, answered, gold]`` of each label and of what is none."""
    rows = np.arange(len(gold))
    found = np.zeros((len(gold), 3, count + 1))
    found[rows, 0, gold] = answer == gold
    found[rows, 1, answer] = 1
    found[rows, 2, gold] = 1
    return found.reshape(len(gold), -1)


def f1s(mean: float) -> Draw:
    """Values like SQuAD's F1: 1 or 0 for most samples and in between for some."""

    def draw(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
        found = []
        for own in _uniform(generator, hardness, systems):
            part = generator.beta(2, 2, len(own))
            between = (own > mean - 0.1) & (own < mean + 0.1 * min(1.0, (1 - mean) / 0.1))
            found.append(with_ones(np.where(between, part, own < mean)))
        return found

    return draw


def rouges(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Values like those of ROUGE-L: around 0.25, skewed."""
    from scipy.special import betaincinv

    return [with_ones(betaincinv(2, 6, own)) for own in _uniform(generator, hardness, systems)]


def bleus(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Statistics like those of BLEU on segments of about 20 words."""
    n = len(hardness)
    reference = 5.0 + generator.poisson(15, n)
    found = []
    for own in _uniform(generator, hardness, systems):
        length = np.maximum(_ORDERS, reference + generator.integers(-3, 3, n))
        all_ = np.stack([length - order for order in range(_ORDERS)], axis=1)
        hits_ = generator.binomial(all_.astype(np.int64), np.minimum(1.0, (0.5 + own[:, None]) * _MATCHED))
        found.append(np.hstack([length[:, None], reference[:, None], hits_, all_]))
    return found


def chrfs(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Statistics like those of chrF on segments of about 100 characters."""
    n = len(hardness)
    reference = 30 + generator.poisson(70, n)
    matched = 0.9 * 0.8 ** np.arange(6)
    found = []
    for own in _uniform(generator, hardness, systems):
        length = reference + generator.integers(-15, 15, n)
        columns = []
        for order in range(6):
            shorter = np.minimum(length, reference) - order
            both = generator.binomial(shorter, np.clip((0.5 + own) * matched[order], 0, 1))
            columns += [length - order, reference - order, both]
        found.append(np.stack(columns, axis=1).astype(np.float64))
    return found


def ters(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Edits and lengths, as of TER."""
    length = 5.0 + generator.poisson(15, len(hardness))
    return [
        np.stack([generator.poisson(length * 0.9 * (1 - own)), length], axis=1).astype(np.float64)
        for own in _uniform(generator, hardness, systems)
    ]


def likelihoods(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Nats and sizes of texts whose lengths differ widely."""
    size = np.maximum(5, np.rint(np.exp(generator.normal(4, 0.7, len(hardness)))))
    return [
        np.stack([size * np.exp(0.25 * _normal(own)), size], axis=1) for own in _uniform(generator, hardness, systems)
    ]


def briers(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Squared errors of calibrated probabilities."""
    found = []
    for own in _uniform(generator, hardness, systems):
        sure = generator.beta(6, 1.5, len(own))
        found.append(with_ones((1 - np.where(own < sure, sure, 1 - sure)) ** 2))
    return found


def log_losses(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Negative logarithms of calibrated probabilities."""
    found = []
    for own in _uniform(generator, hardness, systems):
        sure = np.clip(generator.beta(6, 1.5, len(own)), 1e-6, 1 - 1e-6)
        found.append(with_ones(-np.log(np.where(own < sure, sure, 1 - sure))))
    return found


def eces(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Statistics of the expected calibration error; a confidence is 0.022 too high."""
    found = []
    for own in _uniform(generator, hardness, systems):
        sure = 0.5 + 0.5 * generator.beta(3, 1.5, len(own))
        rows = np.zeros((len(own), 3, BINS))
        at = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], sure)
        rows[np.arange(len(own)), :, at] = np.stack([np.ones(len(own)), sure, own < sure - 0.022], axis=1)
        found.append(rows.reshape(len(own), -1))
    return found


def ranked(apart: float, count: int, positive: float) -> Draw:
    """Labels with probabilities; the logit of the gold label is higher by ``apart``."""

    def draw(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
        n = len(hardness)
        others = [(1 - positive) / (count - 1)] * (count - 1)
        gold = generator.choice(count, size=n, p=[*others, positive])
        found = []
        for own in _uniform(generator, hardness, systems):
            logits = generator.normal(size=(n, count)) if count > 2 else np.zeros((n, count))
            logits[np.arange(n), gold] += apart / (1 if count > 2 else 2)
            if count == 2:
                towards = np.where(gold == 1, -1, 1) * _normal(own)
                logits[:, 1] = np.where(gold == 1, apart, 0) + towards
                logits[:, 0] = 0
            weights = np.exp(logits)
            found.append(np.hstack([np.ones((n, 1)), gold[:, None], weights / weights.sum(axis=1, keepdims=True)]))
        return found

    return draw


def skewed(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Values with a long tail (log-normal)."""
    return [with_ones(np.exp(0.7 * _normal(own))) for own in _uniform(generator, hardness, systems)]


def largest(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """Five columns of one mean."""
    return [
        np.hstack([generator.normal(size=(len(own), 5)), np.ones((len(own), 1))])
        for own in _uniform(generator, hardness, systems)
    ]


def rare_gains(n: int, generator: np.random.Generator) -> list[Array]:
    """Two systems whose mean is equal, and whose difference is skewed: many small losses, few large gains."""
    base = generator.uniform(0.2, 0.5, n)
    gain = generator.random(n) < 0.1
    return [with_ones(base), with_ones(base + np.where(gain, 0.36, -0.04) + generator.normal(0, 0.01, n))]


def long_tails(n: int, generator: np.random.Generator) -> list[Array]:
    """The same with differences of a long tail (log-normal less its mean)."""
    tail = np.exp(generator.normal(0, 1, n)) - np.exp(0.5)
    base = generator.normal(10, 1, n)
    return [with_ones(base), with_ones(base + tail)]


def sizes(count: int, *, uneven: bool, generator: np.random.Generator) -> list[int]:
    """How many samples each cluster has: 20, or from a few to many as SQuAD's articles."""
    if not uneven:
        return [20] * count
    return [max(3, round(size)) for size in 20 * np.exp(generator.normal(0, 0.6, count))]


def with_ones(column: Array) -> Array:
    """Statistics of a mean."""
    return np.stack([np.asarray(column, dtype=np.float64), np.ones(len(column))], axis=1)


def _uniform(generator: np.random.Generator, hardness: Array, systems: int) -> list[Array]:
    """For each system a uniform number a sample, alike by the hardness of the sample."""
    from scipy.special import ndtr

    return [ndtr(np.sqrt(0.5) * hardness + np.sqrt(0.5) * generator.normal(size=len(hardness))) for _ in range(systems)]


def _normal(uniform: Array) -> Array:
    from scipy.special import ndtri

    found: Array = ndtri(uniform)
    return found
