"""The samples and the matrices of a record as bytes: lines, digests, and hashes in the place of texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

import numpy as np

from nlptasks.records.canonical import canonical
from nlptasks.records.schema import Matrices, Sample

_SAMPLE = tuple(field.name for field in fields(Sample))


def withhold(samples: Iterable[Sample], labels: Sequence[str]) -> list[Sample]:
    """Samples without the texts of the data, for records of data that must not be passed on.

    Inputs are left out. Gold answers and predictions are kept where they are labels; else a hash stands for each, which
    still tells whether two of them are equal, and what they score is in the matrices.

    Args:
        samples: The samples.
        labels: The closed set of them; empty: predictions are texts.
    """
    if labels:
        return [replace(sample, inputs={}) for sample in samples]
    return [
        replace(
            sample,
            inputs={},
            gold=hashed(sample.gold),
            prediction=None if sample.prediction is None else hashed(sample.prediction),
        )
        for sample in samples
    ]


def hashed(text: str) -> str:
    """What stands for a text that is withheld: equal texts have equal ones."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def samples_digest(samples: Iterable[Sample]) -> str:
    """SHA-256 of the samples' lines."""
    digest = hashlib.sha256()
    for sample in samples:
        digest.update(f"{sample_line(sample)}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def stats_digest(stats: Matrices) -> str:
    """SHA-256 of the matrices: names, shapes and values."""
    digest = hashlib.sha256()
    for name, matrix in sorted(stats.items()):
        digest.update(f"{name} {matrix.shape}\n".encode())
        digest.update(np.ascontiguousarray(matrix, dtype="<f8").tobytes())
    return digest.hexdigest()


def digests_of(samples: Sequence[Sample], stats: Matrices) -> dict[str, str]:
    """The digests of a record with these samples and matrices; empty where it has none."""
    return {"samples": samples_digest(samples), "stats": stats_digest(stats)} if samples else {}


def sample_line(sample: Sample) -> str:
    """A sample as a line of ``samples.jsonl.gz``; what it lacks is left out."""
    values = ((name, getattr(sample, name)) for name in _SAMPLE)
    return canonical({name: value for name, value in values if value not in (None, (), {})})
