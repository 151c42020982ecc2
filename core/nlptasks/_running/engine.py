"""The engine of this process: one block after the other, on the backbone that is in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from nlptasks._running.blocks import Block, PredictedBlock, Progress, R
from nlptasks._running.predict import check_frozen, likelihoods, predict
from nlptasks._systems.system import LoadedHead, LoadedSystem
from nlptasks.plugin.protocols import Example


@dataclass(frozen=True)
class LocalEngine:
    """Predicts in this process; see :class:`nlptasks._running.blocks.Engine`.

    Args:
        system: The system.
        watch: Whether the shared weights are compared with their checksum after the last block.
        rescue: What predicts a block without the rows that fail, given the block and what predicts one; ``None``: a
            row that fails ends it all.
    """

    system: LoadedSystem
    watch: bool = True
    rescue: Callable[[Block[Any], Callable[[Block[Any]], PredictedBlock[Any]]], PredictedBlock[Any]] | None = None

    def __call__(self, blocks: Iterator[Block[R]], progress: Progress) -> Iterator[PredictedBlock[R]]:
        for block in blocks:
            predict = partial(self._predicted, progress=progress)
            yield self.rescue(block, predict) if self.rescue else predict(block)
        if self.watch:
            check_frozen(self.system)

    def _predicted(self, block: Block[R], progress: Progress) -> PredictedBlock[R]:
        began = time.perf_counter()
        heads = self.system.heads
        made = predict(heads, self.system.encoder, block.examples, progress=partial(progress, block))
        nll = tuple(
            _nll(head, examples, texts)
            for head, examples, texts in zip(heads, block.examples, block.texts or (None,) * len(heads), strict=True)
        )
        return PredictedBlock(block=block, made=made, nll=nll, seconds=time.perf_counter() - began)


def _nll(head: LoadedHead, examples: Sequence[Example], texts: Sequence[str | None] | None) -> Sequence[float | None]:
    """How probable the texts that are asked for are to a head; of those that are not, ``None``."""
    found: list[float | None] = [None] * len(examples)
    asked = [(at, text) for at, text in enumerate(texts or ()) if text is not None]
    if asked:
        told = likelihoods(head, [examples[at] for at, _ in asked], [text for _, text in asked])
        for (at, _), value in zip(asked, told or (), strict=False):
            found[at] = value
    return found
