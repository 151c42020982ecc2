"""Compares records on the same samples: differences, intervals, paired tests; or says why they cannot be compared."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from string import ascii_uppercase

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import OpenMetric
from nlptasks._scoring.results import base_signature, by_id, clusters_of, metrics_of
from nlptasks.errors import UsageError
from nlptasks.plugin import MetricSpec
from nlptasks.plugin.protocols import Metric
from nlptasks.records.canonical import canonical
from nlptasks.records.schema import Sample
from nlptasks.records.store import StoredRecord
from nlptasks.statistics import power
from nlptasks.statistics.intervals import ALPHA, Spread, interval, spread
from nlptasks.statistics.resampling import SEED, Matrix, value
from nlptasks.statistics.tests import Paired, holm, paired_all, sacrebleu_paired_bs

BETTER, WORSE, NONE = "better", "worse", "no difference shown"

#: A sample: its id, and which of the samples with that id it is.
_Key = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two records by one metric.

    Args:
        metric: Its name.
        a: Letter of the first record.
        b: Letter of the second.
        value_a: Value of the first.
        value_b: Value of the second.
        paired: The second against the first.
        holm: p, adjusted for the number of pairs that are tested with this metric.
        detectable: Smallest difference of these two that would be found with 80 % power at 5 % after the correction;
            NaN: none would be found, or it is not known.
        higher_is_better: Whether a larger value is the better one.
        paired_bs: The p value of sacrebleu's test, where it was asked for.
    """

    metric: str
    a: str
    b: str
    value_a: float
    value_b: float
    paired: Paired
    holm: float = math.nan
    detectable: float
    higher_is_better: bool
    paired_bs: float | None = None

    @property
    def verdict(self) -> str:
        """How the second is, where the adjusted p is below 0.05."""
        if not self.holm < ALPHA:
            return NONE
        return BETTER if (self.paired.delta > 0) == self.higher_is_better else WORSE

    def worse_by(self, margin: float) -> bool:
        """Whether the whole 95 % interval of the difference is on the worse side of ``margin``."""
        best = self.paired.high if self.higher_is_better else -self.paired.low
        return best < -margin


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """Several runs of one system.

    Args:
        system: Its name.
        letters: Its records.
        metric: Name of the metric.
        spread: How far the runs lie apart, and how far other samples would move one.
    """

    system: str
    letters: tuple[str, ...]
    metric: str
    spread: Spread


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What comparing records came to.

    Args:
        records: The records by their letter.
        n: Samples.
        cluster: Column whose values tie samples together; empty: samples are told apart.
        primary: The metric that ranks systems, or the first that was named.
        comparisons: By metric, then by pair.
        seeds: Of systems with several runs.
    """

    records: Mapping[str, StoredRecord]
    n: int
    cluster: str
    primary: str
    comparisons: tuple[Comparison, ...]
    seeds: tuple[Seeds, ...]


def compare(
    registry: Registry,
    records: Sequence[StoredRecord],
    metrics: Sequence[str] = (),
    *,
    seed: int = SEED,
    paired_bs: bool = False,
) -> Compared:
    """Compare each pair of records; runs of one system that differ in their seed are not tested against each other.

    Args:
        registry: What is installed.
        records: Two or more, with their samples.
        metrics: Names of the metrics; empty: all that the records share and that are installed, the primary one first.
        seed: Seeds the randomisation.
        paired_bs: Whether sacrebleu's test is made too.

    Raises:
        UsageError: They cannot be compared (the message lists every reason), or a metric is not there.
        NlptasksError: A metric that is installed is not the one that a record was scored with.
    """
    if not 2 <= len(records) <= len(ascii_uppercase):
        raise UsageError(f"from 2 to {len(ascii_uppercase)} records are compared, and {len(records)} were given")
    lettered = dict(zip(ascii_uppercase, records, strict=False))
    names = list(dict.fromkeys(metrics)) or _shared(registry, records)
    if found := list(reasons(lettered, names)):
        raise UsageError(
            "\n".join(["the records cannot be compared:", *found]),
            hint="evaluate the systems on the same data with the same metrics, or score their answers anew with "
            "'nlptasks rescore'",
        )
    items = metrics_of(registry, records[0], names)
    for record in records[1:]:
        metrics_of(registry, record, names)
    samples = [records[0].samples[at] for at in by_id(records[0].samples)]
    stats = {letter: _aligned(record, samples, names) for letter, record in lettered.items()}
    clusters = clusters_of(samples, records[0].record.dataset.cluster)
    pairs = _pairs(lettered)
    comparisons: list[Comparison] = []
    for name in names:
        matrices = {letter: found[name] for letter, found in stats.items()}
        comparisons += _compared(name, items[name], matrices, pairs, clusters, seed)
    if paired_bs:  # sacrebleu resamples in the order of the data
        data = {letter: _aligned(record, records[0].samples, names) for letter, record in lettered.items()}
        comparisons = [_with_sacrebleu(item, items[item.metric].metric, data, seed) for item in comparisons]
    return Compared(
        records=lettered,
        n=len(records[0].samples),
        cluster=records[0].record.dataset.cluster if clusters else "",
        primary=names[0],
        comparisons=tuple(comparisons),
        seeds=tuple(_seeds(lettered, items, stats, clusters)),
    )


# ------------------------------------------------------------------ reasons


def reasons(records: Mapping[str, StoredRecord], metrics: Sequence[str]) -> Iterator[str]:
    """Why records cannot be compared, a line a field; none where they can.

    Args:
        records: The records by their letter; each is held against the first.
        metrics: Names of the metrics.
    """
    (letter, first), *others = records.items()
    for name, record in records.items():
        if not record.samples:
            yield f"{name}: samples: it holds none; an imported number can only be read"
    yield from (f"{letter}: {reason}" for reason in _without(first, metrics))
    if not metrics:
        yield "metrics: the records share none that is installed"
    for name, other in others:
        yield from (f"{name}: {reason}" for reason in _fields(first, other, letter))
        yield from (f"{name}: {reason}" for reason in _samples(first, other, letter))
        yield from (f"{name}: {reason}" for reason in _without(other, metrics))
        yield from (f"{name}: {reason}" for reason in _signatures(first, other, letter, metrics))


def _fields(first: StoredRecord, other: StoredRecord, letter: str) -> Iterator[str]:
    ours, theirs = first.record, other.record
    for field, mine, that in (
        ("task", theirs.task, ours.task),
        ("data", _digest(theirs.dataset.sha256), _digest(ours.dataset.sha256)),
        ("limit", _limit(theirs.run.limit), _limit(ours.run.limit)),
        ("labels", _listed(theirs.labels), _listed(ours.labels)),
    ):
        if mine != that:
            yield f"{field}: {mine}; {letter} has {that}"


def _samples(first: StoredRecord, other: StoredRecord, letter: str) -> Iterator[str]:
    if not first.samples or not other.samples:
        return
    ours, theirs = _by_key(first.samples), _by_key(other.samples)
    missing = [key for key in ours if key not in theirs]
    extra = [key for key in theirs if key not in ours]
    if missing:
        yield f"sample ids: {_counted(missing)} of {letter} {'is' if len(missing) == 1 else 'are'} missing"
    if extra:
        yield f"sample ids: {_counted(extra)} {'is' if len(extra) == 1 else 'are'} not in {letter}"
    differ = [key for key, at in ours.items() if key in theirs and first.samples[at].gold != _gold(other, theirs[key])]
    if differ:
        yield f"gold answers: {_counted(differ)} {'has' if len(differ) == 1 else 'have'} another than in {letter}"


def _without(opened: StoredRecord, metrics: Sequence[str]) -> Iterator[str]:
    for name in metrics:
        if opened.samples and name not in opened.stats:
            there = ", ".join(sorted(opened.stats)) or "none"
            yield f"metric {name}: the record has no statistics of it (it has {there})"


def _signatures(first: StoredRecord, other: StoredRecord, letter: str, metrics: Sequence[str]) -> Iterator[str]:
    for name in metrics:
        ours, theirs = first.record.scores.get(name), other.record.scores.get(name)
        if ours and theirs and base_signature(ours.signature) != base_signature(theirs.signature):
            mine, that = base_signature(theirs.signature), base_signature(ours.signature)
            yield f"signature of {name}: {mine}; {letter} has {that}"


def _digest(sha256: str) -> str:
    return f"SHA-256 {sha256[:16]}..." if sha256 else "not known"


def _limit(limit: int) -> str:
    return str(limit) if limit else "none"


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(sorted(labels)) or "none"


def _counted(keys: Sequence[_Key]) -> str:
    shown = ", ".join(repr(id_) for id_, _ in keys[:3])
    return f"{len(keys):,} ({shown}{', ...' if len(keys) > 3 else ''})"


def _gold(opened: StoredRecord, at: int) -> str:
    return opened.samples[at].gold


# ---------------------------------------------------------------- alignment


def _by_key(samples: Sequence[Sample]) -> dict[_Key, int]:
    """Row of each sample; where ids repeat, the first goes with the first."""
    seen: Counter[str] = Counter()
    found = {}
    for at, sample in enumerate(samples):
        found[sample.id, seen[sample.id]] = at
        seen[sample.id] += 1
    return found


def _aligned(opened: StoredRecord, samples: Sequence[Sample], names: Sequence[str]) -> dict[str, Matrix]:
    """Matrices with their rows in the order of some samples."""
    at = _by_key(opened.samples)
    order = [at[key] for key in _by_key(samples)]
    return {name: opened.stats[name][order] for name in names}


def _shared(registry: Registry, records: Sequence[StoredRecord]) -> list[str]:
    """Metrics that all records have and that are installed, the primary one first."""
    installed = {item.spec.name for item in registry.all(MetricSpec)}
    common = set(records[0].stats).intersection(*(record.stats for record in records)) & installed
    primary = records[0].record.primary
    return sorted(common, key=lambda name: (name != primary, name))


# --------------------------------------------------------------------- pairs


def _system(opened: StoredRecord) -> str:
    """What is equal for runs of one system that differ in their seed only."""
    model, run = opened.record.model, opened.record.run
    decoding = {name: value for name, value in run.decoding.items() if name != "seed"}
    return canonical([model.name, model.head, model.backbone, model.digest, model.dtype, decoding])


def _systems(records: Mapping[str, StoredRecord]) -> list[list[str]]:
    """Letters of each system's records; those of one system have each a seed of its own."""
    groups: dict[str, list[str]] = {}
    for letter, opened in records.items():
        groups.setdefault(_system(opened), []).append(letter)
    found: list[list[str]] = []
    for letters in groups.values():
        seeds = {records[letter].record.run.seed for letter in letters}
        seeded = None not in seeds and len(seeds) == len(letters)
        found += [letters] if seeded else [[letter] for letter in letters]
    return found


def _pairs(records: Mapping[str, StoredRecord]) -> list[tuple[str, str]]:
    """All pairs of records of different systems; all pairs where there is only one system."""
    systems = _systems(records)
    of = {letter: at for at, letters in enumerate(systems) for letter in letters}
    pairs = list(combinations(records, 2))
    return [(a, b) for a, b in pairs if of[a] != of[b] or len(systems) == 1]


def _compared(
    name: str,
    item: OpenMetric,
    matrices: Mapping[str, Matrix],
    pairs: Sequence[tuple[str, str]],
    clusters: Sequence[str] | None,
    seed: int,
) -> Iterator[Comparison]:
    """All pairs by one metric."""
    at = {letter: number for number, letter in enumerate(matrices)}
    better = item.spec.higher_is_better
    found = paired_all(
        item.metric,
        [[matrix] for matrix in matrices.values()],
        [(at[a], at[b]) for a, b in pairs],
        clusters=clusters,
        seed=seed,
        higher_is_better=better,
    )
    ps = [pair.p for pair in found]
    for (a, b), pair, p, limit in zip(pairs, found, holm(ps), power.limits(ps), strict=True):
        first, second = matrices[a], matrices[b]
        yield Comparison(
            metric=name,
            a=a,
            b=b,
            value_a=value(item.metric, first),
            value_b=value(item.metric, second),
            paired=pair,
            holm=p,
            detectable=power.detectable_of(pair, alpha=limit),
            higher_is_better=better,
        )


def _with_sacrebleu(
    item: Comparison, metric: Metric, stats: Mapping[str, Mapping[str, Matrix]], seed: int
) -> Comparison:
    first, second = stats[item.a][item.metric], stats[item.b][item.metric]
    return replace(item, paired_bs=sacrebleu_paired_bs(metric, first, second, seed=seed))


def _seeds(
    records: Mapping[str, StoredRecord],
    items: Mapping[str, OpenMetric],
    stats: Mapping[str, Mapping[str, Matrix]],
    clusters: Sequence[str] | None,
) -> Iterator[Seeds]:
    for letters in _systems(records):
        if len(letters) < 2:
            continue
        for name, item in items.items():
            matrices = [stats[letter][name] for letter in letters]
            errors = [
                interval(item.metric, matrix, clusters=clusters, scale=item.spec.range).error for matrix in matrices
            ]
            runs = [value(item.metric, matrix) for matrix in matrices]
            system = records[letters[0]].record.model.name
            yield Seeds(system=system, letters=tuple(letters), metric=name, spread=spread(runs, errors))


__all__ = ["BETTER", "NONE", "WORSE", "Compared", "Comparison", "Seeds", "compare", "reasons"]
