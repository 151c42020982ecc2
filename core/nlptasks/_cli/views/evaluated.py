"""The end of an evaluation, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nlptasks.text.display import left_out, not_read, one_line, read_by, rows_named

if TYPE_CHECKING:
    from nlptasks._running.eval import Evaluated
    from nlptasks.records.schema import Record, Result

#: Samples below which an interval says little.
_FEW = 30


def evaluated(outcome: Evaluated) -> str:
    """A few lines on an evaluation. Names come from the data, so they are escaped."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Evaluated) -> Iterator[str]:
    record = outcome.record
    cost = record.cost
    state = "the same evaluation was done before" if outcome.done_before else f"{cost.seconds:.1f} s"
    if outcome.anew:
        state = f"predicted before; done anew: {', '.join(outcome.anew)}"
    if outcome.resumed:
        state += f", {outcome.resumed:,} samples of them from the journal"
    name = one_line(record.dataset.name)
    yield f"{record.task} on {name}: {record.dataset.n:,} samples, {state} -> {outcome.folder}"
    for note in outcome.notes:
        yield f"  {one_line(note)}"
    yield f"  {one_line(record.model.name)}"
    first = record.scores.get(record.primary)
    ordered = [(record.primary, first)] if first else []
    ordered += [item for item in record.scores.items() if item[0] != record.primary]
    width = max((len(metric) for metric, _ in ordered), default=0)
    for metric, result in ordered:
        yield f"    {metric:<{width}}  {shown(result)}"
    if first and first.detectable:
        yield (
            f"  a difference below {first.detectable:.3f} {record.primary} to one other system would hardly be found "
            "with these data ('nlptasks compare' tells it of two systems)"
        )
    for flag, count in record.flags.items():
        said = _foreign(outcome, count) if flag == "foreign_input" else f"{count:,} {flag.replace('_', ' ')}"
        yield f"  {said}"
    if outcome.reader:
        yield f"  {read_by(outcome.reader)}"
    yield from (f"  {line}" for line in left_out(outcome.skipped))
    for slice_, parts in record.slices.items():
        yield f"  by {one_line(slice_)}:"
        for part, results in parts.items():
            scored = shown(results[record.primary]) if record.primary in results else "not scored"
            yield f"    {one_line(part, 40)}: {scored}"
    if record.run.limit:
        yield f"  --limit {record.run.limit}: this record is on no leaderboard"


def _foreign(outcome: Evaluated, count: int) -> str:
    """How many samples the head cannot read, and which: what it predicts for them means nothing."""
    named = f": {rows_named('id', outcome.foreign, count)}" if outcome.foreign else ""
    return f"{not_read(count, outcome.record.dataset.n)}{named}"


def shown(result: Result) -> str:
    """A value with its interval, its samples and the trivial baseline's value."""
    value = "not defined" if result.value is None else f"{result.value:.3f}"
    from nlptasks.statistics.intervals import reason  # SciPy: imported only where there is a score

    why = reason(result.signature)
    interval = f"  [no interval: {why}]" if why else ""
    if result.low is not None and result.high is not None:
        interval = f"  [95 % {result.low:.3f} to {result.high:.3f}]"
    baseline = "" if result.baseline is None else f"; trivial baseline {result.baseline:.3f}"
    few = "; few samples: the interval is wide" if result.n < _FEW and result.low is not None else ""
    return f"{value}{interval}  n={result.n:,}{baseline}{few}"


def seeds_apart(done: Sequence[tuple[str, Record]]) -> Iterator[str]:
    """For each group with several seeds: their mean and the two spreads, which say different things, apart."""
    groups: dict[str, list[Record]] = {}
    for group, record in done:
        groups.setdefault(group, []).append(record)
    for group, records in groups.items():
        if len(records) > 1:
            yield _spread(group, records)


def _spread(group: str, records: Sequence[Record]) -> str:
    from statistics import fmean, stdev

    primary = records[0].primary
    found = [record.scores[primary] for record in records if primary in record.scores]
    values = [result.value for result in found if result.value is not None]
    if len(values) < 2:
        return f"{one_line(group)}: {primary} is not defined for several seeds"
    halves = [(result.high - result.low) / 2 for result in found if result.low is not None and result.high is not None]
    error = f"; half a 95 % interval of the test set {fmean(halves):.3f}" if halves else ""
    return (
        f"{one_line(group)}: {primary} {fmean(values):.3f} over {len(values)} seeds; "
        f"standard deviation between seeds {stdev(values):.3f}{error}"
    )
