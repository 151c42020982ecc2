"""A call of a loaded task: from Python values to predictions, without a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nlptasks._running.blocks import Block, cut
from nlptasks._running.driver import RowSource, drive
from nlptasks._running.engine import LocalEngine
from nlptasks._running.foreign import ForeignTexts
from nlptasks._running.sinks import Collector
from nlptasks._systems.system import LoadedSystem
from nlptasks.plugin.protocols import Example, Prediction

#: Rows of a block: many, so that batches are of texts of one length.
_BLOCK = 4_096


def predict_examples(system: LoadedSystem, examples: Iterable[Example]) -> tuple[list[Prediction | None], ForeignTexts]:
    """Predict examples, which are read as they are needed, with the one head of a system.

    Returns:
        The predictions, and the texts among the inputs that the head cannot read.

    Raises:
        PluginError: The head failed, or gave something that is no prediction.
    """
    sink = Collector()
    source = RowSource(
        name="<inputs>", blocks=_blocks(examples), place=lambda numbered: f"the input at position {numbered[0]:,}"
    )
    # The weights are not compared with their checksum: that takes longer than the prediction of a short text.
    drive(source, system.heads, LocalEngine(system, watch=False), [sink])
    return sink.predictions, sink.foreign


def _blocks(examples: Iterable[Example]) -> Iterator[Block[tuple[int, Example]]]:
    first = 0
    for rows in cut(enumerate(examples), _characters, first=_BLOCK, largest=_BLOCK):
        yield Block(rows=rows, examples=[[example for _, example in rows]], first=first)
        first += len(rows)


def _characters(numbered: tuple[int, Example]) -> int:
    return sum(map(len, numbered[1].inputs.values()))
