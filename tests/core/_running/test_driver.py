"""The loop over rows: order, totals, events, and engines that do not keep to their word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from nlptasks._running.blocks import Block, PredictedBlock, Progress, Rejected, chosen, cut
from nlptasks._running.driver import RowSource, Totals, drive
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.resuming.kept import KeptPrediction
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import PluginError
from nlptasks.plugin.events import BatchFinished, RunFailed, RunFinished, RunStarted
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example
from nlptasks_tasks.sentiment import SPEC as SENTIMENT


class Mood:
    labels = ("negative", "positive")


HEAD = LoadedHead(task=SENTIMENT, name="x:mood", head=Mood())  # type: ignore[arg-type]


@dataclass
class Told:
    """Observers that keep what they are told."""

    events: list[Any] = field(default_factory=list)

    def send(self, event: Any) -> None:
        self.events.append(event)


@dataclass
class Kept:
    """A sink that keeps rows, and the order of its calls."""

    rows: list[int] = field(default_factory=list)
    finished: int = 0

    def take(self, done: PredictedBlock[int]) -> None:
        assert not self.finished
        self.rows += done.block.rows

    def finish(self) -> None:
        self.finished += 1


def predicted(block: Block[int]) -> PredictedBlock[int]:
    made = tuple(Label("positive", 1.0) if example.inputs["text"] else None for example in block.examples[0])
    return PredictedBlock(block=block, made=BlockPredictions(by_head=(made,), tokens=10 * len(made), long=(True,)))


def steady(blocks: Iterator[Block[int]], progress: Progress) -> Iterator[PredictedBlock[int]]:
    for block in blocks:
        progress(block, 0.5, 5 * len(block.rows))
        yield predicted(block)


def ahead(blocks: Iterator[Block[int]], progress: Progress) -> Iterator[PredictedBlock[int]]:
    """Works on all blocks at once, and tells of the later ones first."""
    taken = list(blocks)
    for block in reversed(taken):
        progress(block, 0.9, 9 * len(block.rows))
    yield from map(predicted, taken)


def source(rows: int = 10, **given: Any) -> RowSource[int]:
    def blocks() -> Iterator[Block[int]]:
        first = given.get("before", Totals()).rows
        for part in cut(range(first, rows), lambda _: 1, first=3, largest=3):
            texts = [Example({"text": "" if row == 4 else "good"}) for row in part]
            yield Block(rows=part, examples=[texts], first=part[0], read=100 * (part[-1] + 1))

    return RowSource(name="here", blocks=blocks(), place=str, rows=rows, **given)


@pytest.mark.parametrize("engine", [steady, ahead])
def test_totals_never_fall_and_end_at_the_whole(engine: Any) -> None:
    told, kept = Told(), Kept()
    done = drive(source(), [HEAD], engine, [kept], observers=told, output="there")  # type: ignore[arg-type]
    assert (kept.rows, kept.finished) == (list(range(10)), 1)
    first, *batches, last = told.events
    assert isinstance(first, RunStarted)
    assert (first.tasks, first.rows, first.output) == (("sentiment",), 10, "there")
    for name in ("rows", "bytes_read", "tokens", "seconds"):
        values = [getattr(event, name) for event in batches]
        assert values == sorted(values), name
    assert isinstance(batches[-1], BatchFinished)
    assert (batches[-1].rows, batches[-1].bytes_read, batches[-1].tokens) == (10, 1_000, 100)
    assert isinstance(last, RunFinished)
    assert (last.rows, dict(last.outcome)) == (10, {"tokens": 100, "long": 4, "cut": 0, "skipped": 1})
    assert (done.rows, done.blank) == (10, 1)


def test_what_another_process_did_counts() -> None:
    told, kept = Told(), Kept()
    before = Totals(rows=6, tokens=60, long=2, cut=1)
    drive(source(before=before), [HEAD], steady, [kept], observers=told)  # type: ignore[arg-type]
    assert kept.rows == [6, 7, 8, 9]
    assert told.events[-1].outcome == {"tokens": 100, "long": 4, "cut": 1, "skipped": 0}


def mixed(blocks: Iterator[Block[int]], progress: Progress) -> Iterator[PredictedBlock[int]]:
    one, other = next(blocks), next(blocks)
    yield from map(predicted, (other, one))


def lazy(blocks: Iterator[Block[int]], progress: Progress) -> Iterator[PredictedBlock[int]]:
    yield predicted(next(blocks))
    next(blocks)


@pytest.mark.parametrize(
    ("engine", "said"),
    [(mixed, "the engine gave row 3 where row 0 was next"), (lazy, "the engine took 6 rows and gave 3 back")],
)
def test_an_engine_that_loses_the_order_or_rows_is_found_out(engine: Any, said: str) -> None:
    told, kept = Told(), Kept()
    with pytest.raises(PluginError, match=said):
        drive(source(), [HEAD], engine, [kept], observers=told)  # type: ignore[arg-type]
    assert not kept.finished
    assert isinstance(told.events[-1], RunFailed)


def test_sinks_get_a_block_before_the_next_is_read() -> None:
    log: list[str] = []

    def blocks() -> Iterator[Block[int]]:
        for at in range(3):
            log.append(f"read {at}")
            yield Block(rows=[at], examples=[[Example({"text": "good"})]], first=at)

    class Logging(Kept):
        def take(self, done: PredictedBlock[int]) -> None:
            log.append(f"take {done.block.rows[0]}")

    drive(RowSource(name="here", blocks=blocks(), place=str), [HEAD], steady, [Logging()])
    assert log == [f"{what} {at}" for at in range(3) for what in ("read", "take")]


def lengths(rows: list[str], **settings: int) -> list[int]:
    measure: Callable[[str], int] = len
    return [len(block) for block in cut(rows, measure, **settings)]


def test_blocks_grow_and_end_early_at_long_rows() -> None:
    assert lengths(["x"] * 100, first=2, largest=20) == [2, 8, 20, 20, 20, 20, 10]
    assert lengths(["x"] * 4 + ["long" * 5] * 2 + ["x"] * 3, first=4, largest=4, most=20) == [4, 1, 1, 3]
    assert lengths([], first=4, largest=4) == []


def rejecting(blocks: Iterator[Block[int]], progress: Progress) -> Iterator[PredictedBlock[int]]:
    """Leaves out the first row of each block."""
    for block in blocks:
        done = predicted(chosen(block, range(1, len(block.rows))))
        yield replace(done, rejected=(Rejected(0, block.rows[0], "no"),))


def test_rows_that_were_rejected_are_passed_and_not_counted() -> None:
    kept = Kept()
    totals = drive(source(), [HEAD], rejecting, [kept])
    assert (totals.rows, kept.rows) == (6, [1, 2, 4, 5, 7, 8])


def test_what_was_checked_before_it_was_kept_is_not_checked_again() -> None:
    def replayed(blocks: Iterator[Block[int]], progress: Progress) -> Iterator[PredictedBlock[int]]:
        for block in blocks:
            made = (KeptPrediction("positive", 1.0),) * len(block.rows)
            yield PredictedBlock(block=block, made=BlockPredictions(by_head=(made,)), kept=())

    assert drive(source(), [HEAD], replayed, [Kept()]).rows == 10
