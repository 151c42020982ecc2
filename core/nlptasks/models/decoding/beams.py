"""Beam search, with the choices of transformers' ``generate`` where ``early_stopping`` is False, its default.

A source's beams end when its best open beam, divided by its present length to the power of the length penalty, is no
better than the worst of as many finished texts as there are beams. Longer texts could gain more where the penalty is
above 0; that they are not waited for is the heuristic. Each source ends by itself and leaves the batch.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.decoding.steps import Rules, Steps, Written

#: Tokens of which the highest is looked for first.
_BLOCK = 64

#: Log-probability of what must not be chosen while there is anything else; as in transformers.
_NEVER = np.float32(-1e9)


@dataclass(frozen=True)
class _Beams:
    """The beams of some sources.

    Args:
        ids: ``[sources, beams, tokens]``.
        sums: ``[sources, beams]``: natural log-probability of all tokens.
        scores: ``[sources, beams]``: what they are compared by.
        lengths: ``[sources, beams]``.
    """

    ids: NDArray[np.int64]
    sums: NDArray[np.float32]
    scores: NDArray[np.float32]
    lengths: NDArray[np.int64]

    def sources(self, at: NDArray[np.int64]) -> _Beams:
        """Some of the sources."""
        return _Beams(*(getattr(self, item.name)[at] for item in fields(self)))

    def best(self, count: int) -> _Beams:
        """The beams with the highest scores, best first."""
        return self.take(_highest(self.scores, count))

    def take(self, at: NDArray[np.int64]) -> _Beams:
        """Some beams of each source; ``at`` is ``[sources, count]``."""
        ids = np.take_along_axis(self.ids, at[..., None], axis=1)
        return _Beams(
            ids=ids,
            sums=np.take_along_axis(self.sums, at, axis=1),
            scores=np.take_along_axis(self.scores, at, axis=1),
            lengths=np.take_along_axis(self.lengths, at, axis=1),
        )

    def with_others(self, other: _Beams) -> _Beams:
        """Both sets of beams of the same sources."""
        pairs = ((getattr(self, item.name), getattr(other, item.name)) for item in fields(self))
        return _Beams(*(np.concatenate(pair, axis=1) for pair in pairs))


def search(steps: Steps, rules: Rules, *, beams: int, length_penalty: float) -> list[Written]:
    """The best text that beam search finds for each row."""
    count = len(steps)
    results: list[Written | None] = [None] * count
    steps.keep(np.repeat(np.arange(count), beams))
    running, finished = _start(count, beams, rules.most), _start(count, beams, rules.most)
    finished.scores.fill(_NEVER)
    sources = np.arange(count)
    for position in range(rules.most):
        candidates, origin = _candidates(steps, rules, running, position)
        last = position + 1 == rules.most
        ended = np.full(origin.shape, True) if last else candidates.ids[:, :, position] == rules.end
        finished = _finish(finished, candidates, ended, length_penalty, beams)
        chosen = _highest(candidates.sums + ended * _NEVER, beams)
        running = candidates.take(chosen)
        going = ~_settled(running, finished, position + 1, length_penalty) & (not last)
        for at in (~going).nonzero()[0].tolist():
            results[sources[at]] = _best_of(finished, at, rules.end)
        stay = going.nonzero()[0]
        if not len(stay):
            break
        rows = (np.arange(len(going))[:, None] * beams + np.take_along_axis(origin, chosen, axis=1))[stay].ravel()
        if len(stay) < len(going):
            sources, running, finished = sources[stay], running.sources(stay), finished.sources(stay)
            steps.keep(rows)
        else:
            steps.reorder(rows)
        steps.step(running.ids[:, :, position].ravel())
    return [item for item in results if item is not None]


def _highest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Positions of the highest values of each row, ``[rows, count]``, the highest first; of equal ones the first."""
    return np.argsort(-values, axis=1, kind="stable")[:, :count]


def _likeliest(log_probs: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Positions of the highest values of each row, ``[rows, count]``, in ascending order; of equal ones the first."""
    rows, size = log_probs.shape
    # What is among the highest is no lower than the highest of as many blocks: few values are left to be sorted.
    blocks = log_probs[:, : size // _BLOCK * _BLOCK].reshape(rows, -1, _BLOCK).max(axis=2)
    enough = blocks.shape[1] >= count
    floor = np.partition(blocks, -count, axis=1)[:, -count, None] if enough else np.float32(-np.inf)
    row, at = (log_probs >= floor).nonzero()
    order = np.lexsort((at, -log_probs[row, at], row))
    starts = np.searchsorted(row, np.arange(rows))
    return np.sort(at[order[starts[:, None] + np.arange(count)]], axis=1)


def _start(count: int, beams: int, most: int) -> _Beams:
    """Beams without a token. All but a source's first are as good as impossible: they would say the same."""
    sums = np.zeros((count, beams), dtype=np.float32)
    sums[:, 1:] = _NEVER
    return _Beams(
        ids=np.zeros((count, beams, most), dtype=np.int64),
        sums=sums,
        scores=sums.copy(),
        lengths=np.zeros((count, beams), dtype=np.int64),
    )


def _candidates(steps: Steps, rules: Rules, running: _Beams, position: int) -> tuple[_Beams, NDArray[np.int64]]:
    """The best continuations, best first, and the beam that each carries on, ``[sources, 2 x beams]``.

    Twice as many as beams: so many stay open even where each beam's best continuation is the end.
    """
    count, beams = running.sums.shape
    log_probs = rules.allowed(steps.log_probs, running.ids[:, :, :position].reshape(count * beams, position))
    # The best of a source are among the best of each of its beams.
    some = min(2 * beams, log_probs.shape[1])
    tokens = _likeliest(log_probs, some)
    gained = np.take_along_axis(log_probs, tokens, axis=1).reshape(count, beams, some)
    totals = (gained + running.sums[..., None]).reshape(count, -1)
    at = _highest(totals, 2 * beams)
    sums, origin = np.take_along_axis(totals, at, axis=1), at // some
    ids = np.take_along_axis(running.ids, origin[..., None], axis=1)
    ids[:, :, position] = np.take_along_axis(tokens.reshape(count, -1), at, axis=1)
    return _Beams(ids, sums, sums, np.full_like(origin, position + 1)), origin


def _finish(finished: _Beams, candidates: _Beams, ended: NDArray[np.bool_], penalty: float, beams: int) -> _Beams:
    """The best finished texts so far; of the candidates, only the best as many as beams may join."""
    joins = ended.copy()
    joins[:, beams:] = False
    lengths = candidates.lengths.astype(np.float32) ** np.float32(penalty)
    scores = candidates.sums / lengths + ~joins * _NEVER
    new = _Beams(candidates.ids, candidates.sums, scores, candidates.lengths)
    return finished.with_others(new).best(beams)


def _settled(running: _Beams, finished: _Beams, length: int, penalty: float) -> NDArray[np.bool_]:
    """``[sources]``, bool: whether no open beam is better than the worst finished text of a full set."""
    # A place that no finished text has taken yet has a score that any beam is better than.
    worst = finished.scores.min(axis=1)
    settled: NDArray[np.bool_] = running.sums[:, 0] / np.float32(length**penalty) <= worst
    return settled


def _best_of(finished: _Beams, at: int, end: int) -> Written:
    ids = tuple(finished.ids[at, 0, : int(finished.lengths[at, 0])].tolist())
    return Written(ids, float(finished.sums[at, 0]), ids[-1] == end)
