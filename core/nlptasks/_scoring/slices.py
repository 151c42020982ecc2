"""Scores of parts of the samples: by length, by gold label, by a column of the data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from nlptasks._names import did_you_mean
from nlptasks._scoring.metrics import OpenMetric, readable
from nlptasks._scoring.results import result
from nlptasks.errors import UsageError
from nlptasks.records.schema import Matrices, Result, Sample

#: ``{slice: {value: {metric: Result}}}``, as a record holds them.
Slices = Mapping[str, Mapping[str, Mapping[str, Result]]]

LENGTH, LABEL, META = "length", "label", "meta."

#: From so many samples on, an interval is narrow enough to say something.
FEW = 30

#: Values that a slice may have; a column with more names its rows and does not divide them.
_MOST = 100

#: Least words of each class of length; the same for all data, so that they can be compared.
_BINS = ((256, "256+"), (64, "64-255"), (16, "16-63"), (0, "0-15"))

#: Scripts that write no spaces between words: Han, Hiragana, Katakana.
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]")

#: Their punctuation, which is no word.
_STOPS = re.compile(r"[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20]")

#: Stands for a sample without a value in the column.
_NONE = "(none)"


def slices(
    samples: Sequence[Sample],
    metrics: Mapping[str, OpenMetric],
    stats: Matrices,
    by: Sequence[str],
    *,
    labels: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    cluster: str = "yes",
) -> Slices:
    """Score the parts of samples.

    Args:
        samples: The samples.
        metrics: The metrics by name.
        stats: Their statistics matrices, a row a sample; a metric without one is left out.
        by: What to divide by: ``length``, ``label`` or ``meta.NAME``; names are stripped.
        labels: The closed set of gold answers; empty: there is none. ``None``: there is one where gold answers repeat.
        clusters: What each sample belongs to; see :func:`nlptasks.statistics.intervals.interval`.
        cluster: What the signature calls the clusters.

    Returns:
        For each of ``by``, in its order, the results of each value; values of ``length`` from short to long, others in
        alphabetical order. A metric that reads no sample of a part is left out there.

    Raises:
        UsageError: There is no such slice, or it has too many values.
    """
    found = {}
    for name in dict.fromkeys(item.strip() for item in by):
        rows = _parts(name, samples, _closed(samples, labels))
        found[name] = {
            value: _scored([samples[at] for at in part], part, metrics, stats, clusters, cluster)
            for value, part in rows.items()
        }
    return found


def names_of(samples: Sequence[Sample], *, labels: Sequence[str] | None = None) -> list[str]:
    """The slices that samples have."""
    columns = sorted({name for sample in samples for name in sample.meta})
    return [LENGTH, *([LABEL] if _closed(samples, labels) else []), *(f"{META}{name}" for name in columns)]


def words(text: str) -> int:
    """Words of a text; each character counts as one where words are not divided by spaces."""
    spaced = _STOPS.sub(" ", _UNSPACED.sub(" ", text))
    return len(_UNSPACED.findall(text)) + len(spaced.split())


def length_of(sample: Sample) -> str:
    """The class of length that a sample's inputs are in, all of them together."""
    count = sum(words(text) for text in sample.inputs.values())
    return next(name for least, name in _BINS if count >= least)


def _closed(samples: Sequence[Sample], labels: Sequence[str] | None) -> bool:
    """Whether the gold answers are a closed set: as said, or by their number."""
    if labels is not None:
        return bool(labels)
    different = len({sample.gold for sample in samples})
    return different <= _MOST and 2 * different <= len(samples)


def _parts(name: str, samples: Sequence[Sample], closed: bool) -> dict[str, list[int]]:
    """Rows of each value of a slice."""
    value = _value_of(name, samples, closed)
    rows: dict[str, list[int]] = {}
    for at, sample in enumerate(samples):
        rows.setdefault(value(sample), []).append(at)
    if len(rows) > _MOST:
        raise UsageError(
            f"the slice {name!r} has {len(rows):,} values, and may have {_MOST}",
            hint="take a column that divides the samples into a few parts",
        )
    order = [bin_ for _, bin_ in reversed(_BINS)] if name == LENGTH else sorted(rows)
    return {part: rows[part] for part in order if part in rows}


def _value_of(name: str, samples: Sequence[Sample], closed: bool) -> Callable[[Sample], str]:
    known = names_of(samples, labels=[LABEL] if closed else [])
    if name not in known:
        reason = ": the gold answers are no closed set of labels" if name == LABEL else ""
        raise UsageError(
            f"there is no slice {name!r}{reason or did_you_mean(name, known)}", hint=f"there are: {', '.join(known)}"
        )
    if name == LENGTH:
        return length_of
    if name == LABEL:
        return lambda sample: sample.gold
    column = name.removeprefix(META)
    return lambda sample: sample.meta.get(column) or _NONE


def _scored(
    samples: Sequence[Sample],
    rows: list[int],
    metrics: Mapping[str, OpenMetric],
    stats: Matrices,
    clusters: Sequence[str] | None,
    cluster: str,
) -> dict[str, Result]:
    """Results of one part by metric."""
    theirs = None if clusters is None else [clusters[at] for at in rows]
    found = {}
    for name, item in metrics.items():
        n = readable(item, samples) if name in stats else 0
        if n:
            found[name] = result(item, stats[name][rows], n, clusters=theirs, cluster=cluster)
    return found


__all__ = ["FEW", "Slices", "length_of", "names_of", "slices", "words"]
