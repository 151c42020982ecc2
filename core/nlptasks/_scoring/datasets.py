"""What a record says of the data set of a suite."""

from __future__ import annotations

from nlptasks.records.schema import Dataset
from nlptasks.records.suites import Card, Suite


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
