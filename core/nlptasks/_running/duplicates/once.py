"""An engine that hands each different row to another one once, and gives its predictions to all that equal it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nlptasks._running.blocks import Block, Engine, PredictedBlock, Progress, R, Rejected, chosen
from nlptasks._running.checks import check_block
from nlptasks._running.duplicates.memory import RowKey, RowResult, RowSlot, SeenRows, keys_of
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.resuming.kept import KeptPrediction
from nlptasks._running.sinks import cells_of
from nlptasks._systems.system import LoadedHead
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Prediction

if TYPE_CHECKING:  # with SQLite
    from nlptasks._running.duplicates.store import PredictionStore


@dataclass(frozen=True)
class _PartlyKnown:
    """A block, and which of its rows the inner engine predicts.

    Args:
        block: The block.
        keys: What each row is known by.
        slots: The place of each row's result.
        asked: Positions of the rows that the inner engine predicts.
    """

    block: Block[Any]
    keys: Sequence[RowKey]
    slots: Sequence[RowSlot]
    asked: Sequence[int]

    @property
    def part(self) -> Block[Any]:
        """What the inner engine predicts."""
        return self.block if len(self.asked) == len(self.slots) else chosen(self.block, self.asked)


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
        store: What earlier runs predicted; ``None``: nothing.
        seen: The rows that were seen.
    """

    inner: Engine
    heads: Sequence[LoadedHead]
    columns: Sequence[Sequence[str]]
    place: Callable[[Any], str]
    keep: Callable[[PredictedBlock[Any], Sequence[Sequence[Cell]]], None]
    store: PredictionStore | None = None
    seen: SeenRows = field(default_factory=SeenRows)

    def __call__(self, blocks: Iterator[Block[R]], progress: Progress) -> Iterator[PredictedBlock[R]]:
        waiting = deque[_PartlyKnown]()

        def parts() -> Iterator[Block[R]]:
            for block in blocks:
                waiting.append(self._known(block))
                yield waiting[-1].part

        for done in self.inner(parts(), progress):
            one = waiting.popleft()
            self._remember(one, done)
            yield _whole(one, done)

    def _known(self, block: Block[Any]) -> _PartlyKnown:
        """A block, with what is known of it.

        Of one whose rows are all known the first is asked for again: an engine gives a block for each, and where it
        gave none, blocks would pile up.
        """
        keys = list(keys_of(block))
        found = [self.seen.slot(key) for key in keys]
        new = [at for at, (_, is_new) in enumerate(found) if is_new]
        if self.store:
            for at, result in zip(new, self.store.found([keys[at] for at in new]), strict=True):
                found[at][0].result = result
            new = [at for at in new if found[at][0].result is None]
        return _PartlyKnown(block, keys, [slot for slot, _ in found], new or [0])

    def _remember(self, known: _PartlyKnown, done: PredictedBlock[Any]) -> None:
        """Check and keep what was predicted now, and put the results into their slots."""
        cells = done.kept
        if cells is None:
            check_block(done, self.heads, self.place)
            cells = cells_of(done, self.heads, self.columns)
            self.keep(done, cells)
        failed = {item.at: item.reason for item in done.rejected}
        results = _results(done, cells)
        new: list[tuple[RowKey, RowResult]] = []
        for at, position in enumerate(known.asked):
            result = RowResult(reason=failed[at]) if at in failed else next(results)
            if known.slots[position].result is None:
                known.slots[position].result = result
                new.append((known.keys[position], result))
        if self.store:
            self.store.keep(new)


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


def _whole(known: _PartlyKnown, done: PredictedBlock[Any]) -> PredictedBlock[Any]:
    """A block with the predictions of all its rows.

    Args:
        known: The block.
        done: What was predicted of it now.
    """
    block = known.block
    found = [slot.result for slot in known.slots if slot.result is not None]
    assert len(found) == len(known.slots)  # an engine gives blocks in their order
    failed = {at: result.reason for at, result in enumerate(found) if result.reason}
    good = [result for result in found if not result.reason]
    return PredictedBlock(
        block=chosen(block, [at for at in range(len(found)) if at not in failed]) if failed else block,
        made=BlockPredictions(
            by_head=_columns(result.made for result in good) or ((),) * len(block.examples),
            tokens=done.made.tokens,
            long=tuple(result.long for result in good),
            unread=_columns(result.unread for result in good),
            foreign=_columns(result.foreign for result in good),
        ),
        nll=_columns(result.nll for result in good),
        seconds=done.seconds,
        rejected=tuple(Rejected(at, block.rows[at], reason) for at, reason in failed.items()),
        kept=_columns(result.cells for result in good),
    )


def _columns(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(zip(*rows, strict=True))
