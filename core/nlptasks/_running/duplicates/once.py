"""An engine that hands each different row to another one once, and gives its predictions to all that equal it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlptasks._running.blocks import Block, Engine, PredictedBlock, Progress, R, Rejected, chosen
from nlptasks._running.checks import check_block
from nlptasks._running.duplicates.memory import RowResult, RowSlot, SeenRows, keys_of
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.resuming.kept import KeptPrediction
from nlptasks._running.sinks import cells_of
from nlptasks._systems.system import LoadedHead
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Prediction


@dataclass(frozen=True)
class _PartlyKnown:
    """A block, and which of its rows the inner engine predicts.

    Args:
        block: The block.
        slots: The place of each row's result.
        new: Positions of the rows that were not seen before.
    """

    block: Block[Any]
    slots: Sequence[RowSlot]
    new: Sequence[int]

    @property
    def part(self) -> Block[Any]:
        """The new rows."""
        return self.block if len(self.new) == len(self.slots) else chosen(self.block, self.new)


@dataclass
class OnceEngine:
    """See :class:`nlptasks._running.blocks.Engine`.

    The blocks that it gives are checked, and have their cells. Those that it asks for are kept, so that a run that goes
    on asks for the same ones.

    Args:
        inner: What predicts.
        heads: The heads.
        columns: Each head's columns in the table.
        place: How errors call a row.
        keep: What keeps a block and its cells.
        seen: The rows that were seen.
    """

    inner: Engine
    heads: Sequence[LoadedHead]
    columns: Sequence[Sequence[str]]
    place: Callable[[Any], str]
    keep: Callable[[PredictedBlock[Any], Sequence[Sequence[Cell]]], None]
    seen: SeenRows = field(default_factory=SeenRows)

    def __call__(self, blocks: Iterator[Block[R]], progress: Progress) -> Iterator[PredictedBlock[R]]:
        asked = deque[_PartlyKnown]()

        def parts() -> Iterator[Block[R]]:
            for block in blocks:
                asked.append(self._asked(block))
                if asked[-1].new:
                    yield asked[-1].part

        for done in self.inner(parts(), progress):
            yield from _known(asked)
            one = asked.popleft()
            self._remember(one, done)
            yield _whole(one, done)
        yield from _known(asked)

    def _asked(self, block: Block[Any]) -> _PartlyKnown:
        found = [self.seen.slot(key) for key in keys_of(block)]
        return _PartlyKnown(block, [slot for slot, _ in found], [at for at, (_, new) in enumerate(found) if new])

    def _remember(self, asked: _PartlyKnown, done: PredictedBlock[Any]) -> None:
        """Check and keep what was predicted now, and put the results into their slots."""
        cells = done.kept
        if cells is None:
            check_block(done, self.heads, self.place)
            cells = cells_of(done, self.heads, self.columns)
            self.keep(done, cells)
        failed = {item.at: item.reason for item in done.rejected}
        results = _results(done, cells)
        for at, position in enumerate(asked.new):
            asked.slots[position].result = RowResult(reason=failed[at]) if at in failed else next(results)


def _results(done: PredictedBlock[Any], cells: Sequence[Sequence[Cell]]) -> Iterator[RowResult]:
    """What was made of each row."""
    made, rows = done.made, len(done.block.rows)
    return map(
        RowResult,
        _by_row(([_light(one) for one in own] for own in made.by_head), rows),
        _by_row(done.nll, rows),
        _by_row(made.foreign, rows),
        _by_row(made.unread, rows),
        made.long or (False,) * rows,
        _by_row(cells, rows),
    )


def _light(prediction: Prediction | None) -> Prediction | None:
    """A prediction without the probabilities of all labels."""
    return None if prediction is None else KeptPrediction(prediction.canonical, getattr(prediction, "score", None))


def _by_row(columns: Iterable[Sequence[Any]], rows: int) -> Iterable[tuple[Any, ...]]:
    """Columns as rows, where there are any."""
    return list(zip(*columns, strict=True)) or [()] * rows


def _known(asked: deque[_PartlyKnown]) -> Iterator[PredictedBlock[Any]]:
    """The blocks at the head of the queue that have no new row."""
    while asked and not asked[0].new:
        yield _whole(asked.popleft(), None)


def _whole(asked: _PartlyKnown, done: PredictedBlock[Any] | None) -> PredictedBlock[Any]:
    """A block with the predictions of all its rows.

    Args:
        asked: The block.
        done: What was predicted for it now; ``None``: nothing.
    """
    block = asked.block
    results = [slot.result for slot in asked.slots]
    assert None not in results  # an engine gives blocks in their order
    found = [result for result in results if result is not None]
    failed = {at: result.reason for at, result in enumerate(found) if result.reason}
    good = [result for result in found if not result.reason]
    return PredictedBlock(
        block=chosen(block, [at for at in range(len(found)) if at not in failed]) if failed else block,
        made=BlockPredictions(
            by_head=_columns(result.made for result in good) or ((),) * len(block.examples),
            tokens=done.made.tokens if done else 0,
            long=tuple(result.long for result in good),
            unread=_columns(result.unread for result in good),
            foreign=_columns(result.foreign for result in good),
        ),
        nll=_columns(result.nll for result in good),
        seconds=done.seconds if done else 0.0,
        rejected=tuple(Rejected(at, block.rows[at], reason) for at, reason in failed.items()),
        kept=_columns(result.cells for result in good),
    )


def _columns(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(zip(*rows, strict=True))
