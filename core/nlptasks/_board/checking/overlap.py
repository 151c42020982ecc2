"""How much of a test set stands in training data: whole texts, and runs of 13 words (Brown et al. 2020, appendix C)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from nlptasks._plugins.registry import Registry
from nlptasks._tables.columns import as_text
from nlptasks._tables.tables import read_table
from nlptasks.files.paths import open_input, refuse_stream
from nlptasks.plugin.protocols import FormatOptions, Row
from nlptasks.records.schema import Sample

#: Words of a run.
WORDS = 13

#: Words that a text must have for its repetition to mean anything.
_LEAST = 4

_WORD = re.compile(r"\w+")


def overlaps(registry: Registry, train: Sequence[str], samples: Sequence[Sample]) -> Iterator[tuple[float, str]]:
    """Find samples whose inputs stand in training data.

    Args:
        registry: What is installed; its formats read the files.
        train: The files.
        samples: The test set.

    Yields:
        Proportion of the samples, and what was found: all inputs of a sample in the cells of one row, then a run of 13
        words of an input in a cell.

    Raises:
        UsageError: A file cannot be opened, or its format is not known.
        DataError: It cannot be read.
    """
    texts = _texts(samples)
    runs = _runs(samples)
    whole: dict[int, str] = {}
    part: dict[int, str] = {}
    for file in train:
        for cells in _rows(registry, file):
            _whole(cells, texts, samples, whole, file)
            for cell in cells:
                for run in _runs_of(cell):
                    for at in runs.get(run, ()):
                        part.setdefault(at, file)
    for found, what in ((whole, "stand whole"), (part, f"share a run of {WORDS} words with a row")):
        if found:
            proportion = len(found) / len(samples)
            first = samples[min(found)].id
            files = ", ".join(sorted({_name(file) for file in found.values()}))
            yield (
                proportion,
                f"{len(found)} of {len(samples)} samples ({100 * proportion:.1f} %) {what} in {files} (sample {first})",
            )


def _name(file: str) -> str:
    return file.rsplit("/", 1)[-1]


def _rows(registry: Registry, file: str) -> Iterator[list[str]]:
    """The cells of each row, as words; rows that cannot be read hold no test either."""
    refuse_stream(file, "training data are read for each record")
    with open_input(file) as source:
        table = read_table(registry, source, name="", options=FormatOptions())
        for row in table.rows:
            if isinstance(row, Row):
                yield [_plain(as_text(cell)) for cell in row.cells]


def _plain(text: str) -> str:
    """Its words in lower case, with one space between them."""
    return " ".join(_WORD.findall(text.lower()))


def _inputs(sample: Sample) -> list[str]:
    return [words for text in sample.inputs.values() if (words := _plain(text))]


def _texts(samples: Sequence[Sample]) -> dict[str, list[int]]:
    """Samples by their longest input, where that is long enough."""
    found: dict[str, list[int]] = defaultdict(list)
    for at, sample in enumerate(samples):
        longest = max(_inputs(sample), key=len, default="")
        if longest.count(" ") + 1 >= _LEAST:
            found[longest].append(at)
    return found


def _whole(
    cells: Sequence[str], texts: dict[str, list[int]], samples: Sequence[Sample], found: dict[int, str], file: str
) -> None:
    there = set(cells)
    for cell in there:
        for at in texts.get(cell, ()):
            if at not in found and set(_inputs(samples[at])) <= there:
                found[at] = file


def _runs(samples: Sequence[Sample]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for at, sample in enumerate(samples):
        for text in _inputs(sample):
            for run in _runs_of(text):
                found[run].add(at)
    return found


def _runs_of(text: str) -> Iterator[str]:
    words = text.split(" ")
    for start in range(len(words) - WORDS + 1):
        yield " ".join(words[start : start + WORDS])
