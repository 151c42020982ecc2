"""Predicts blocks in the workers of an engine: several at once, each whole by one worker, and back in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nlptasks._running.blocks import Block, PredictedBlock, Progress, R
from nlptasks._running.spreading.messages import AnsweredBlock, CheckSystem, PredictBlock
from nlptasks._running.spreading.waiting import Sender, Sent
from nlptasks.errors import PluginError

#: Blocks for each worker that are under way: one that it predicts, and one that it need not wait for.
_EACH = 2


@dataclass(frozen=True)
class SpreadEngine:
    """See :class:`nlptasks._running.blocks.Engine`.

    Args:
        sender: What makes requests of the workers.
        like: What their systems must be like.
        rescue: See :class:`nlptasks._running.engine.LocalEngine`.
    """

    sender: Sender
    like: Mapping[str, str]
    rescue: Callable[[Block[Any], Callable[[Block[Any]], PredictedBlock[Any]]], PredictedBlock[Any]] | None = None

    def __call__(self, blocks: Iterator[Block[R]], progress: Progress) -> Iterator[PredictedBlock[R]]:
        waiting = deque[tuple[Block[R], Sent]]()
        most = _EACH * self.sender.workers.size
        for block in blocks:
            waiting.append((block, self._sent(block)))
            while waiting and (len(waiting) >= most or waiting[0][1].done()):
                yield self._predicted(*waiting.popleft())
        while waiting:
            yield self._predicted(*waiting.popleft())
        self.sender.ask_all(CheckSystem())

    def _sent(self, block: Block[Any]) -> Sent:
        last = block.first + len(block.rows)
        request = PredictBlock(examples=block.examples, texts=block.texts, like=self.like)
        return self.sender.send(request, f"rows {block.first + 1:,} to {last:,}")

    def _predicted(self, block: Block[R], sent: Sent) -> PredictedBlock[R]:
        if self.rescue is None:
            return _answered(block, sent)

        def predict(part: Block[Any]) -> PredictedBlock[Any]:
            return _answered(part, sent if part is block else self._sent(part))

        return self.rescue(block, predict)


def _answered(block: Block[R], sent: Sent) -> PredictedBlock[R]:
    found = sent.value()
    if not isinstance(found, AnsweredBlock):
        raise PluginError(f"{sent.sender.what} gave the answer to another request for {sent.about}")
    return PredictedBlock(block=block, made=found.made, nll=found.nll, seconds=found.seconds)
