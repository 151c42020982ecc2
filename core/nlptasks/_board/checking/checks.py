"""What makes records worthless: copied or borrowed predictions, missing rows, altered numbers, tests seen before."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nlptasks._board.checking.names import alike, shared
from nlptasks._board.checking.overlap import overlaps
from nlptasks._board.checking.recomputing import recomputed
from nlptasks._board.loading import Header, damage, read_headers
from nlptasks._board.rows import machine
from nlptasks._board.systems import LoadedRecord, ids_differ
from nlptasks._board.text import one_visible_line
from nlptasks._board.trust import Believed, read_attested
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.pinned import PinnedData
from nlptasks._scoring.verify import verify_scores
from nlptasks.errors import NlptasksError
from nlptasks.records.schema import Record, Sample
from nlptasks.records.store import StoredRecord, read_record

ERROR, WARNING = "error", "warning"

#: Samples from which predictions that all equal the gold ones are an error: labels may be right by skill, texts never.
_PERFECT_TEXTS, _PERFECT_LABELS = 5, 100

#: Proportion of predictions that may be cut off.
_CUT = 0.05

#: No cost and no size is larger.
_LARGEST = 1e15

#: How far rows, seconds and rows a second may be apart, which are rounded.
_NEAR = 0.9


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong with a record.

    Args:
        severity: ``error``: no board should show it; ``warning``: a person should look at it.
        check: What looked for it.
        record: Its folder, relative to the one that was named.
        system: Whose it is.
        dataset: Its data set.
        reason: What is wrong.
    """

    severity: str
    check: str
    record: str
    system: str = ""
    dataset: str = ""
    reason: str


def finding(severity: str, check: str, header: Header, reason: str) -> Finding:
    """What is wrong with a record, with its names made safe to show."""
    return Finding(
        severity=severity,
        check=check,
        record=one_visible_line(header.path),
        system=one_visible_line(header.record.model.name),
        dataset=one_visible_line(header.record.dataset.name),
        reason=one_visible_line(reason, 600),
    )


def check_folder(
    registry: Registry, folder: Path, *, train: Sequence[str] = (), believed: Believed | None = None
) -> list[Finding]:
    """Look at every record below a folder.

    Args:
        registry: What is installed.
        folder: The folder.
        train: Files with training data.
        believed: Whose attestations count, and what data; ``None``: nobody's, and the records' own.

    Returns:
        What is wrong, errors first.

    Raises:
        UsageError: There is no such folder or no record in it, or a file of training data cannot be opened.
        DataError: A file of training data cannot be read.
    """
    believed = believed or Believed()
    attested = read_attested(folder, believed)
    headers, damaged = read_headers(folder, attested, pinned=believed.pinned)
    found = [
        Finding(severity=ERROR, check="damaged", record=item.record, reason=item.reason.removeprefix("damaged: "))
        for item in damaged
    ]
    found += [
        Finding(severity=WARNING, check="attestation", record=one_visible_line(name), reason=one_visible_line(why, 600))
        for name, why in attested.refused
    ]
    for header in headers:
        found += _header(header)
        if believed.pinned is not None and header.data is None:
            found.append(finding(ERROR, "unpinned", header, _unpinned(header, believed.pinned)))
    found += [finding(ERROR, "look-alike", header, reason) for header, reason in alike(headers)]
    found += [finding(ERROR, "shared-name", header, reason) for header, reason in shared(headers)]
    # Records of the same data stand side by side; the samples of one data set are in memory at a time.
    by_data: dict[tuple[str, str, str], list[Header]] = defaultdict(list)
    for header in headers:
        by_data[(header.record.task, header.record.dataset.sha256, header.record.dataset.split)].append(header)
    for _, group in sorted(by_data.items()):
        found += _group(registry, group, folder, train, believed.pinned)
    found += _sizes(headers)
    for _, place in sorted(_by_place(headers).items()):
        found += _hardware(place)
    return sorted(found, key=lambda item: (item.severity, item.check, item.record, item.reason))


def _by_place(headers: Sequence[Header]) -> dict[tuple[str, ...], list[Header]]:
    places: dict[tuple[str, ...], list[Header]] = defaultdict(list)
    for header in headers:
        places[header.place].append(header)
    return places


def _header(header: Header) -> Iterator[Finding]:
    """What a record says of itself."""
    record = header.record
    if record.dataset.sha256 and record.dataset.sha256 in record.model.trained_on:
        yield finding(
            ERROR, "trained-on-test", header, "its model is said to have been trained on the test file itself"
        )
    for line in _impossible(record):
        yield finding(ERROR, "impossible", header, line)
    if header.data is not None and header.data.public:
        if record.digests:
            yield finding(ERROR, "hidden-gold", header, "it holds samples of a data set whose gold answers are hidden")
        elif header.attestation is None:
            reason = "the gold answers are hidden, and nobody who is believed says that he scored it"
            yield finding(ERROR, "hidden-gold", header, reason)
    if missing := record.flags.get("missing", 0):
        yield finding(WARNING, "partial", header, f"{missing:,} of {record.dataset.n:,} predictions are missing")
    if twice := record.flags.get("duplicate_id", 0):
        yield finding(WARNING, "duplicate-ids", header, f"{twice:,} of {record.dataset.n:,} samples repeat an id")
    if record.run.limit > 0:
        yield finding(WARNING, "limit", header, f"it was run with --limit {record.run.limit}; no board ranks it")
    cut, n = record.flags.get("truncated_output", 0), record.dataset.n
    if n and cut / n > _CUT:
        yield finding(WARNING, "truncated", header, f"{cut} of {n} predictions ({100 * cut / n:.0f} %) were cut off")


def _unpinned(header: Header, pinned: PinnedData) -> str:
    name, task = header.record.dataset.name, header.record.task
    known = ", ".join(sorted({card.name for suite in pinned.suites for card in suite.datasets}))
    return f"the suite has no data set {name!r} of the task {task!r}; it has {known}"


def _impossible(record: Record) -> Iterator[str]:
    """Costs and sizes that cannot be."""
    cost, model, n = record.cost, record.model, record.dataset.n
    for name, number in (*asdict(cost).items(), ("parameters", model.parameters), ("trainable", model.trainable)):
        if not 0 <= number < _LARGEST:
            yield f"{name} cannot be {number:g}"
    if model.trainable > model.parameters > 0:
        yield f"{model.trainable:,} weights of {model.parameters:,} cannot be trainable"
    timed = cost.rows_per_second * cost.seconds
    if timed > 0 and not _NEAR * n < timed < n / _NEAR:
        yield f"{n:,} rows in {cost.seconds:g} seconds are not {cost.rows_per_second:g} rows a second"
    if cost.p50_ms > cost.p95_ms > 0:
        yield f"the median time of {cost.p50_ms:g} ms cannot be above the 95th percentile, {cost.p95_ms:g} ms"


def _sizes(headers: Sequence[Header]) -> Iterator[Finding]:
    """Records that say of the same weights that they are of different size."""
    said: dict[tuple[str, str], Header] = {}
    for header in headers:
        model = header.record.model
        if not model.digest:
            continue
        first = said.setdefault((model.digest, model.weights), header)
        here, there = model.parameters, first.record.model.parameters
        if here != there:
            reason = f"{here:,} parameters, and {first.path} says {there:,} of the same weights"
            yield finding(ERROR, "impossible", header, reason)


def _hardware(headers: Sequence[Header]) -> Iterator[Finding]:
    """Speeds that stand in one column and were not measured on one machine."""
    timed = [header for header in headers if header.record.cost.rows_per_second > 0]
    machines = Counter(machine(header.record.machine) for header in timed)
    if len(machines) < 2:
        return
    usual = min(machines, key=lambda name: (-machines[name], name))
    for header in timed:
        where = machine(header.record.machine)
        if where != usual:
            reason = f"its speed was measured on {where or 'a machine that is not named'}, most others' on {usual}"
            yield finding(WARNING, "hardware", header, reason)


def _group(
    registry: Registry, headers: Sequence[Header], folder: Path, train: Sequence[str], pinned: PinnedData | None
) -> Iterator[Finding]:
    """The records of one file of data, with their samples."""
    runs = []
    for header in headers:
        try:
            opened = read_record(header.folder)
        except NlptasksError as error:
            yield finding(ERROR, "damaged", header, damage(error, folder).removeprefix("damaged: "))
            continue
        run = LoadedRecord(header=header, samples=opened.samples, stats=opened.stats)
        if opened.samples:
            runs.append(run)
        yield from _altered(registry, opened, run, pinned)
    for run in runs:
        yield from _copied(run)
    yield from _identical(runs)
    yield from _ids(runs)
    if not (pinned and runs and pinned.samples(runs[0].header.record)):
        yield from _golds(runs)
    if train and runs:
        for proportion, reason in overlaps(registry, train, runs[0].samples):
            severity = ERROR if proportion > 0.01 else WARNING
            yield finding(severity, "train-test-overlap", runs[0].header, reason)


def _altered(
    registry: Registry, opened: StoredRecord, run: LoadedRecord, pinned: PinnedData | None
) -> Iterator[Finding]:
    """What does not follow from the samples. Where a number does not, a second look says which step broke."""
    lines = verify_scores(opened, registry, pinned)
    numbers = [line for line in lines if line.startswith(("stats.", "scores."))]
    found = list(recomputed(registry, run)) if numbers and opened.samples else []
    for reason, check in found:
        yield finding(ERROR, check, run.header, reason)
    for line in lines:
        if not (found and line in numbers):  # the same, said in another way
            yield finding(ERROR, "altered", run.header, line)


def _copied(run: LoadedRecord) -> Iterator[Finding]:
    """Predictions that are all the gold ones."""
    n = len(run.samples)
    if not all(sample.prediction in _golds_of(sample) for sample in run.samples):
        return
    least = _PERFECT_LABELS if run.header.record.labels else _PERFECT_TEXTS
    severity = ERROR if n >= least else WARNING
    yield finding(severity, "gold-copied", run.header, f"all {n} predictions equal the gold ones, byte for byte")


def _golds_of(sample: Sample) -> tuple[str, ...]:
    """The gold answer, and each of several that stand in a JSON list."""
    if not sample.gold.startswith("["):
        return (sample.gold,)
    try:
        several = json.loads(sample.gold)
    except (ValueError, RecursionError):
        return (sample.gold,)
    texts = tuple(item for item in several if isinstance(item, str)) if isinstance(several, list) else ()
    return (sample.gold, *texts)


def _identical(runs: Sequence[LoadedRecord]) -> Iterator[Finding]:
    """Predictions of two systems that are the same throughout."""
    seen: dict[tuple[tuple[str, str | None], ...], LoadedRecord] = {}
    for run in runs:
        answers = tuple(
            sorted((sample.id, sample.prediction) for sample in run.samples if sample.prediction is not None)
        )
        other = seen.setdefault(answers, run)
        if other.header.record.model.name == run.header.record.model.name or not answers:
            continue
        constant = len({answer for _, answer in answers}) == 1
        alone = _scores(run) != _scores(other)
        reason = f"its {len(answers)} predictions are those of {other.header.path} ({other.header.record.model.name})"
        if constant:
            reason += ", one and the same throughout"
        elif alone:
            reason += ", but not their probabilities"
        yield finding(WARNING if constant or alone else ERROR, "identical-predictions", run.header, reason)


def _scores(run: LoadedRecord) -> dict[str, tuple[float | None, Mapping[str, float] | None]]:
    return {sample.id: (sample.score, sample.probabilities) for sample in run.samples}


def _ids(runs: Sequence[LoadedRecord]) -> Iterator[Finding]:
    """Rows that are missing, too many or in another order than in the other records of the same file."""
    for run in runs:
        said = run.header.record.dataset.n
        if len(run.samples) != said:
            reason = f"it holds {len(run.samples)} samples and says that the data have {said}"
            yield finding(ERROR, "ids", run.header, reason)
    whole = [run for run in runs if run.header.record.run.limit <= 0 and run.header.record.dataset.sha256]
    if len(whole) < 2:
        return
    orders = [tuple(sample.id for sample in run.samples) for run in whole]
    counts = Counter(orders)
    # Among equals, the longest: rows are left out more often than invented.
    common = min(counts, key=lambda order: (-counts[order], -len(order), order))
    for run, order in zip(whole, orders, strict=True):
        if order != common:
            yield finding(ERROR, "ids", run.header, f"of the same file, {ids_differ(order, common)}")


def _golds(runs: Sequence[LoadedRecord]) -> Iterator[Finding]:
    """Gold answers that differ among the records of one file: which are right, no vote of theirs can tell."""
    golds: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        for sample in run.samples:
            golds[sample.id].add(sample.gold)
    disputed = [id_ for id_, found in golds.items() if len(found) > 1]
    for run in runs if disputed else ():
        if run.header.record.dataset.sha256:
            reason = (
                f"the gold answers of {len(disputed)} samples (such as {disputed[0]}) differ among the records of its "
                "file; --benchmark NAME says which are right, where a benchmark pins the file"
            )
            yield finding(ERROR, "gold-disputed", run.header, reason)
