"""The pinned data that records are held against: inputs and gold come from there, and from nobody's record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.datasets import data_of
from nlptasks._scoring.gold_rows import for_labels, read_gold_rows
from nlptasks._scoring.spelling import Spelling
from nlptasks._settings.groups import PinnedChoice
from nlptasks._tables.gold_samples import GoldTable
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import TaskSpec
from nlptasks.records.digests import withhold
from nlptasks.records.schema import Record, Sample
from nlptasks.records.suites import Card, Suite, find, locate, open_suite, read_suite

#: Samples that a complaint names.
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class PinnedData:
    """The data sets of benchmarks, each read once and when it is asked for.

    Args:
        registry: What is installed.
        suites: The benchmarks.
        data_dir: Folder of the files that they do not ship; empty: the usual one.
    """

    registry: Registry
    suites: tuple[Suite, ...] = ()
    data_dir: str = ""
    _tables: dict[tuple[str, str, str, str], GoldTable] = field(default_factory=dict, repr=False)

    def samples(self, record: Record) -> dict[str, Sample] | None:
        """The samples of a record's data set as a record of it has to hold them, but for the predictions.

        Args:
            record: The record.

        Returns:
            The samples by id; ``None`` where no benchmark has a data set of this name for this task, or where its gold
            answers are hidden or the file of an earlier version is gone.

        Raises:
            UsageError: The data set's file is not there.
            DataError: It has another hash, or cannot be read.
        """
        table = self._table(record)
        if table is None:
            return None
        spelling = Spelling(record.labels)
        return {
            item.id: Sample(
                id=item.id, inputs=dict(item.example.inputs), gold=spelling.of(item.gold), meta=dict(item.meta)
            )
            for item in for_labels(table, record.labels, source=record.dataset.name).items
        }

    def complaints(self, record: Record, samples: Sequence[Sample]) -> Iterator[str]:
        """In what a record's data are not the pinned ones, a line each; none where no benchmark has the data set."""
        found = self._card(record)
        if found is None:
            return
        card = found[1]
        if record.dataset.sha256 != card.sha256:
            said = record.dataset.sha256[:12] or "none"
            yield f"dataset.sha256: it says {said}, and the benchmark's data set is {card.sha256[:12]}"
            return
        if record.dataset.cluster != card.cluster:
            yield f"dataset.cluster: it says {record.dataset.cluster!r}, and the benchmark {card.cluster!r}"
        pinned = self.samples(record) if samples else None
        if pinned is None:
            return
        if record.run.limit > 0:
            pinned = dict(list(pinned.items())[: record.run.limit])
        yield from _rows(list(pinned), [sample.id for sample in samples])
        kept = [sample for sample in samples if sample.id in pinned]
        real = [pinned[sample.id] for sample in kept]
        if record.withheld:
            real = withhold(real, record.labels)
        else:
            yield from _differ("inputs", [s.id for s, r in zip(kept, real, strict=True) if s.inputs != r.inputs])
        yield from _differ("gold", [s.id for s, r in zip(kept, real, strict=True) if s.gold != r.gold])
        if record.dataset.cluster:
            name = record.dataset.cluster
            moved = [s.id for s, r in zip(kept, real, strict=True) if s.meta.get(name) != r.meta.get(name)]
            yield from _differ(f"meta.{name}", moved)

    def restored(self, record: Record, samples: Sequence[Sample]) -> tuple[Sample, ...]:
        """Samples whose texts were withheld, with those of the pinned data.

        Raises:
            NlptasksError: No benchmark has the data set.
        """
        pinned = self.samples(record)
        if pinned is None:
            raise NlptasksError(
                f"no benchmark that was named has the data set {record.dataset.name!r} of the task {record.task!r}",
                hint="name the one that it is of: --benchmark NAME, with --data-dir DIR where it ships no data",
            )
        return tuple(
            replace(sample, inputs=pinned[sample.id].inputs) if sample.id in pinned else sample for sample in samples
        )

    def card(self, record: Record) -> Card | None:
        """What a benchmark says of a record's data set, in the version that the record is of; ``None``: none has it."""
        found = self._card(record)
        return found[1] if found else None

    def _table(self, record: Record) -> GoldTable | None:
        found = self._card(record)
        if found is None or not found[1].file:
            return None  # of an earlier version, nothing may be left but its hash
        suite, card = found
        if card.public and find(suite, card, data_dir=self.data_dir) is None:
            return None  # its gold answers are hidden from us
        place = suite.name, card.name, card.sha256, record.dataset.language
        if place not in self._tables:
            task = self._task(card)
            data = data_of(suite, card, locate(suite, card, data_dir=self.data_dir))
            metrics = card.metrics or (*task.metrics, *task.recorded)
            self._tables[place], _ = read_gold_rows(
                self.registry,
                task,
                data.source,
                metrics,
                language=card.language or record.dataset.language,
                meta=data.meta,
            )
        return self._tables[place]

    def _card(self, record: Record) -> tuple[Suite, Card] | None:
        return next(
            (
                (suite, card.of(record.dataset.sha256))
                for suite in self.suites
                for card in suite.datasets
                if card.name == record.dataset.name and self._task(card).name == record.task
            ),
            None,
        )

    def _task(self, card: Card) -> TaskSpec:
        return self.registry.get(TaskSpec, card.task).spec


def pinned_data(registry: Registry, chosen: PinnedChoice, data_dir: str) -> PinnedData | None:
    """The data of the benchmarks that were named; ``None`` where none was.

    Raises:
        UsageError: A benchmark is not installed, a suite cannot be read, or there is a folder of data and no benchmark.
    """
    suites = (
        *(open_suite(registry, name) for name in chosen.benchmark),
        *(read_suite(Path(file)) for file in chosen.suite),
    )
    if suites:
        return PinnedData(registry=registry, suites=suites, data_dir=data_dir)
    if data_dir:
        raise UsageError("--data-dir is for --benchmark", hint="name the benchmark: --benchmark core")
    return None


def _rows(pinned: Sequence[str], held: Sequence[str]) -> Iterator[str]:
    if pinned == held:
        return
    known, there = set(pinned), set(held)
    missing, extra = [id_ for id_ in pinned if id_ not in there], [id_ for id_ in held if id_ not in known]
    if missing:
        yield f"samples: {len(missing):,} rows of the benchmark's data are missing ({_some(missing)})"
    if extra:
        yield f"samples: {len(extra):,} are no rows of the benchmark's data ({_some(extra)})"
    if not missing and not extra:
        yield "samples: rows of the benchmark's data are in another order, or there twice"


def _differ(what: str, ids: Sequence[str]) -> Iterator[str]:
    if ids:
        verb = "is" if len(ids) == 1 else "are"
        yield f"samples: {what} of {len(ids):,} {verb} not what the benchmark's data have ({_some(ids)})"


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_NAMED]) + (", ..." if len(ids) > _NAMED else "")
