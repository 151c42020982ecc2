"""What is known of data before they are scored, by a suite or by the user."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from nlptasks._settings.groups import TableSource
from nlptasks.records.schema import Dataset
from nlptasks.records.suites import Card, Suite


@dataclass(frozen=True, kw_only=True)
class ScoredData:
    """A table with gold answers, and what is known of it beforehand.

    Args:
        source: The table.
        dataset: What a record says of it, its language too; the hash and the number of samples are filled in, and the
            name where it is empty.
        meta: Further columns to keep with the samples.
        own_metrics: Names of the metrics in place of the task's; empty: the task's.
        primary: The metric that ranks systems; empty: the task's.
    """

    source: TableSource = field(default_factory=TableSource)
    dataset: Dataset = field(default_factory=lambda: Dataset(name="", sha256="", n=0))
    meta: tuple[str, ...] = ()
    own_metrics: tuple[str, ...] = ()
    primary: str = ""


def data_of(suite: Suite, card: Card, path: Path, source: TableSource | None = None) -> ScoredData:
    """A suite's data set.

    Args:
        suite: The suite.
        card: The data set.
        path: Its file.
        source: How the file is read, but for what the card says of it; ``None``: as tables are.
    """
    return ScoredData(
        source=replace(source or TableSource(), data=str(path), columns=card.columns, gold=card.gold, id=card.id),
        dataset=dataset_of(suite, card),
        meta=tuple(dict.fromkeys(filter(None, (card.cluster, *card.meta)))),
        own_metrics=card.metrics,
        primary=card.primary,
    )


def dataset_of(suite: Suite, card: Card) -> Dataset:
    """What a record says of a suite's data set, but for the hash and the number of samples."""
    return Dataset(
        name=card.name,
        benchmark=f"{suite.name} {suite.version}".strip(),
        split=card.split,
        revision=card.revision,
        sha256="",
        n=0,
        cluster=card.cluster,
        language=card.language,
        licence=card.licence,
        source=card.source,
        floor=card.floor,
        ceiling=card.ceiling,
    )
