"""The one loop over rows: blocks from a source go through an engine, and in order to sinks.

A run, an evaluation, a rerun and a call of a loaded task are this loop with other sinks. It alone tells observers.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol

from nlptasks._plugins.guard import streams_back
from nlptasks._plugins.observers import Observers
from nlptasks._running.blocks import Block, Engine, PredictedBlock, R
from nlptasks._running.checks import check_block
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import PluginError
from nlptasks.plugin.events import BatchFinished, RunFailed, RunFinished, RunStarted
from nlptasks.text.display import one_line

#: Objects that are made before Python looks for circles among them.
_OBJECTS = 50_000


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What is done so far.

    Args:
        rows: Rows.
        read: Bytes of the source.
        tokens: Tokens that went through the backbone.
        long: Rows of which an example is longer than the backbone reads at once, and took several windows.
        cut: Rows of which a head left a part unread.
        blank: Rows of which an example has no text, so that there is no prediction.
        seconds: Wall-clock time, without what sinks do at their end.
    """

    rows: int = 0
    read: int = 0
    tokens: int = 0
    long: int = 0
    cut: int = 0
    blank: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RowSource(Generic[R]):
    """Where rows come from.

    Args:
        name: What observers and errors call it.
        blocks: Its rows in blocks, read as they are asked for.
        place: How errors call a row.
        rows: How many rows there are, where that is known beforehand; those of ``before`` count.
        bytes: How many bytes there are, where that is known beforehand.
        skipped: Why rows were left out, and how many; it grows while the blocks are read.
        before: What another process did of the same rows.
    """

    name: str
    blocks: Iterator[Block[R]]
    place: Callable[[R], str]
    rows: int | None = None
    bytes: int | None = None
    skipped: Counter[str] = field(default_factory=Counter)
    before: Totals = field(default_factory=Totals)


class Sink(Protocol[R]):
    """What becomes of predicted blocks."""

    def take(self, done: PredictedBlock[R]) -> None:
        """Take a block; they come in the order of the rows."""

    def finish(self) -> None:
        """Complete what was taken; called once, after the last block, and not where anything failed."""


def drive(
    source: RowSource[R],
    heads: Sequence[LoadedHead],
    engine: Engine,
    sinks: Sequence[Sink[R]],
    *,
    observers: Observers | None = None,
    output: str = "",
) -> Totals:
    """Take all rows from a source through an engine to sinks.

    Args:
        source: The source.
        heads: The heads whose predictions the engine gives, in their order.
        engine: The engine.
        sinks: The sinks; each gets a block before the next one does.
        observers: Who is told how it goes; ``None``: nobody.
        output: What observers are told of where the rows go.

    Raises:
        PluginError: A head failed, or gave something that is no prediction.
        NlptasksError: The source or a sink failed.
    """
    return _Drive(source, heads, engine, sinks, observers, output).run()


@dataclass
class _Drive(Generic[R]):
    source: RowSource[R]
    heads: Sequence[LoadedHead]
    engine: Engine
    sinks: Sequence[Sink[R]]
    observers: Observers | None
    output: str
    done: Totals = field(default_factory=Totals)
    told: Totals = field(default_factory=Totals)
    given: int = 0
    passed: int = 0
    started: float = field(default_factory=time.perf_counter)

    def run(self) -> Totals:
        self.done = self.told = self.source.before
        self.given = self.passed = self.done.rows
        self._send(
            RunStarted(
                tasks=tuple(head.task.name for head in self.heads),
                source=self.source.name,
                output=self.output,
                rows=self.source.rows,
                bytes=self.source.bytes,
                interactive=sys.stderr.isatty(),
            )
        )
        try:
            with _rare_collections():
                self._go()
        except BaseException as error:
            self._send(RunFailed(rows=self.done.rows, error=one_line(f"{type(error).__name__}: {error}")))
            raise
        done = self.done
        outcome = {
            "tokens": done.tokens,
            "long": done.long,
            "cut": done.cut,
            "skipped": self.source.skipped.total() + done.blank,
        }
        self._send(RunFinished(rows=done.rows, seconds=done.seconds, output=self.output, outcome=outcome))
        return done

    def _go(self) -> None:
        heads = ", ".join(f"the head {head.name}" for head in self.heads)
        for done in self.engine(self._blocks(), self._within):
            streams_back(heads)
            self._check(done)
            for sink in self.sinks:
                sink.take(done)
            self._count(done)
        if self.passed != self.given:
            raise PluginError(f"the engine took {self.given:,} rows and gave {self.passed:,} back")
        self.done = replace(self.done, seconds=self._seconds())
        for sink in self.sinks:
            sink.finish()

    def _blocks(self) -> Iterator[Block[R]]:
        """The source's blocks; those that the engine took are counted."""
        for block in self.source.blocks:
            self.given += len(block.rows)
            yield block

    def _check(self, done: PredictedBlock[R]) -> None:
        if done.block.first != self.passed:
            raise PluginError(f"the engine gave row {done.block.first:,} where row {self.passed:,} was next")
        if done.kept is None:
            check_block(done, self.heads, self.source.place)

    def _count(self, done: PredictedBlock[R]) -> None:
        """Add a block to the totals, and tell them."""
        made, before = done.made, self.done
        self.passed += len(done.block.rows) + len(done.rejected)
        self.done = Totals(
            rows=before.rows + len(done.block.rows),
            read=max(before.read, done.block.read),
            tokens=before.tokens + made.tokens,
            long=before.long + sum(made.long),
            cut=before.cut + sum(made.cut),
            blank=before.blank + len({at for own in made.by_head for at, each in enumerate(own) if each is None}),
        )
        self._tell(self.done)

    def _within(self, block: Block[Any], proportion: float, tokens: int) -> None:
        """Tell how far it is within a block."""
        done = self.done
        self._tell(
            Totals(
                rows=done.rows + int(proportion * len(block.rows)),
                read=done.read + int(proportion * (block.read - done.read)),
                tokens=done.tokens + tokens,
            )
        )

    def _tell(self, found: Totals) -> None:
        """Tell totals, none of which is below what was told before: an engine may work on several blocks at once."""
        told = self.told
        self.told = Totals(
            rows=max(told.rows, found.rows), read=max(told.read, found.read), tokens=max(told.tokens, found.tokens)
        )
        self._send(
            BatchFinished(
                rows=self.told.rows, bytes_read=self.told.read, tokens=self.told.tokens, seconds=self._seconds()
            )
        )

    def _seconds(self) -> float:
        return time.perf_counter() - self.started

    def _send(self, event: RunStarted | BatchFinished | RunFinished | RunFailed) -> None:
        if self.observers is not None:
            self.observers.send(event)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for circles of objects less often.

    Each block makes thousands of objects and no circle among them; to look through them all the time takes a fifth of
    what a run with a trivial head takes.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _OBJECTS) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
