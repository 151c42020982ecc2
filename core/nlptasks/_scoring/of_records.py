"""What is done with records, by their folders or as they were read: scored anew, compared, sliced, searched for errors.

The commands of the same names call these functions, and so does the Python API.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlptasks._plugins.registry import Registry
from nlptasks._scoring import compare as _compare
from nlptasks._scoring import errors_view, slices
from nlptasks._scoring import rescore as _rescore
from nlptasks._scoring.results import base_signature, clusters_of, interval_method, metrics_of
from nlptasks.errors import UsageError
from nlptasks.plugin import MetricSpec
from nlptasks.records.schema import Record, Result
from nlptasks.records.store import StoredRecord, read_record, write_record
from nlptasks.statistics.resampling import SEED as SEED

#: A record: its folder, the path of its ``record.json``, or one that was read.
RecordSource = str | os.PathLike[str] | StoredRecord


@dataclass(frozen=True, kw_only=True)
class Rescored:
    """A record that was scored anew.

    Args:
        old: The record as it was.
        record: It with its new scores; its slices are dropped where a score changed.
        changes: What became of each metric.
        written: The folder of the new record; ``None``: it was not written.
    """

    old: StoredRecord
    record: Record
    changes: tuple[_rescore.MetricChange, ...]
    written: Path | None = None

    @property
    def differs(self) -> bool:
        """Whether a value with the same signature is another one now."""
        return any(change.differs for change in self.changes)


def opened(record: RecordSource) -> StoredRecord:
    """A record, read where it is the path of one.

    Raises:
        UsageError: There is none.
        NlptasksError: It is damaged, or was changed by hand.
    """
    return record if isinstance(record, StoredRecord) else read_record(Path(record))


def rescore(
    registry: Registry,
    record: RecordSource,
    *,
    metrics: Sequence[str] = (),
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Rescored:
    """Score the samples of a record anew with the metrics that are installed.

    Args:
        registry: What is installed.
        record: The record.
        metrics: Metrics to score with beside those that it has.
        output: A folder to write the record with its new scores to; ``None``: it is not written.
        force: Whether a record that lies there is replaced.

    Raises:
        UsageError: A metric is not installed, or something lies at ``output`` already.
        NlptasksError: The record has no samples or withholds its texts, or none of its metrics is installed.
    """
    for name in metrics:
        registry.get(MetricSpec, name)
    old = opened(record)
    changes, scored = _rescore.rescore(old, registry, metrics)
    if output is None:
        new = _rescore.rescored(old.record, changes, scored, registry) if scored.scores else old.record
        return Rescored(old=old, record=new, changes=tuple(changes))
    new = _rescore.rescored(old.record, changes, scored, registry)
    new = write_record(Path(output), new, old.samples, scored.stats, force=force)
    return Rescored(old=old, record=new, changes=tuple(changes), written=Path(output))


def compare(
    registry: Registry,
    *records: RecordSource,
    metrics: Sequence[str] = (),
    seed: int = SEED,
    paired_bs: bool = False,
) -> _compare.Compared:
    """Compare records of the same samples in pairs.

    For each metric and pair: the difference with its 95 % interval, p (exact McNemar for a
    proportion of samples, else approximate randomisation), p adjusted by Holm for the number of pairs, and the samples
    that the second wins, ties and loses. A board has the same numbers for the same two records.

    Args:
        registry: What is installed.
        records: Two records or more.
        metrics: Names of the metrics; empty: all that the records share and that are installed, the primary one first.
        seed: Seeds the randomisation.
        paired_bs: Whether the test of ``sacrebleu --paired-bs``, whose p is too small, is made too.

    Raises:
        UsageError: The records cannot be compared (the message lists every reason), or a metric is not there.
        NlptasksError: A metric that is installed is not the one that a record was scored with.
    """
    return _compare.compare(registry, [opened(item) for item in records], metrics, seed=seed, paired_bs=paired_bs)


def slice_record(
    registry: Registry, record: RecordSource, by: Sequence[str], *, metrics: Sequence[str] = ()
) -> slices.Slices:
    """Score the parts of a record's samples.

    Args:
        registry: What is installed.
        record: The record.
        by: What divides them: ``length``, ``label`` or ``meta.COLUMN``.
        metrics: Names of the metrics; empty: the primary one.

    Returns:
        ``{slice: {part: {metric: Result}}}``; a metric that reads no sample of a part is left out there.

    Raises:
        UsageError: There is no such slice or metric, or the record has no samples.
        NlptasksError: A metric that is installed is not the one that the record was scored with.
    """
    stored = opened(record)
    if not stored.samples:
        raise UsageError(f"{stored.folder}: it holds no samples", hint="an imported number has no parts")
    wanted = list(dict.fromkeys(metrics)) or [stored.record.primary]
    if lacking := [name for name in wanted if name not in stored.stats]:
        raise UsageError(
            f"{stored.folder}: no statistics of the metric {lacking[0]!r}",
            hint=f"there are: {', '.join(sorted(stored.stats)) or 'none'}",
        )
    cluster = stored.record.dataset.cluster
    found = slices.slices(
        stored.samples,
        metrics_of(registry, stored, wanted),
        stored.stats,
        by,
        labels=stored.record.labels,
        clusters=clusters_of(stored.samples, cluster),
        cluster=cluster,
    )
    return {
        name: {part: _signed_as(stored, results.items()) for part, results in parts.items()}
        for name, parts in found.items()
    }


def errors(
    registry: Registry, *records: RecordSource, kind: str = errors_view.WRONG, n: int = 20, metric: str = ""
) -> errors_view.ErrorList:
    """Find samples that systems got wrong.

    Args:
        registry: What is installed.
        records: Records of the same samples.
        kind: ``wrong``: some system is wrong; those that most systems have wrong, by the most, come first.
            ``confident``: some system is wrong; those with the highest probability of a wrong prediction come first.
            ``all-wrong``: each system is wrong. ``only:NAME``: this system alone is wrong.
        n: How many are listed.
        metric: The metric that judges; empty: by the first record.

    Raises:
        UsageError: The records are not of the same samples, a name is not known, or the metric judges no single sample.
        NlptasksError: A record has no samples.
    """
    return errors_view.list_errors([opened(item) for item in records], registry, kind=kind, n=n, metric=metric)


def _signed_as(stored: StoredRecord, results: Iterable[tuple[str, Result]]) -> dict[str, Result]:
    """With the signature of the record: some of a metric's may follow from all samples, such as their references."""
    found = {}
    for name, item in results:
        said = stored.record.scores.get(name)
        own = interval_method(item.signature)
        found[name] = replace(item, signature=base_signature(said.signature) + own) if said else item
    return found
