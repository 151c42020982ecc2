"""Beam search, with the choices of transformers' ``generate`` where ``early_stopping`` is False, its default.

A source's beams end when its best open beam, divided by its present length to the power of the length penalty, is no
better than the worst of as many finished texts as there are beams. Longer texts could gain more where the penalty is
above 0; that they are not waited for is the heuristic. Each source ends by itself and leaves the batch.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch

from nlptasks.models.decoding.steps import Rules, Steps, Written

#: Log-probability of what must not be chosen while there is anything else; as in transformers.
_NEVER = -1e9


@dataclass(frozen=True)
class _Beams:
    """The beams of some sources.

    Args:
        ids: ``[sources, beams, tokens]``.
        sums: ``[sources, beams]``: natural log-probability of all tokens.
        scores: ``[sources, beams]``: what they are compared by.
        lengths: ``[sources, beams]``.
    """

    ids: torch.Tensor
    sums: torch.Tensor
    scores: torch.Tensor
    lengths: torch.Tensor

    def sources(self, at: torch.Tensor) -> _Beams:
        """Some of the sources."""
        return _Beams(*(getattr(self, item.name)[at] for item in fields(self)))

    def best(self, count: int) -> _Beams:
        """The beams with the highest scores, best first."""
        return self.take(self.scores.topk(count, dim=1).indices)

    def take(self, at: torch.Tensor) -> _Beams:
        """Some beams of each source; ``at`` is ``[sources, count]``."""
        ids = self.ids.take_along_dim(at[..., None], dim=1)
        return _Beams(ids, *(x.take_along_dim(at, dim=1) for x in (self.sums, self.scores, self.lengths)))

    def with_others(self, other: _Beams) -> _Beams:
        """Both sets of beams of the same sources."""
        pairs = ((getattr(self, item.name), getattr(other, item.name)) for item in fields(self))
        return _Beams(*(torch.cat(pair, dim=1) for pair in pairs))


def search(steps: Steps, rules: Rules, *, beams: int, length_penalty: float) -> list[Written]:
    """The best text that beam search finds for each row."""
    count, device = len(steps), steps.log_probs.device
    results: list[Written | None] = [None] * count
    steps.keep(torch.arange(count, device=device).repeat_interleave(beams))
    running, finished = _start(count, beams, rules.most, device), _start(count, beams, rules.most, device)
    finished.scores.fill_(_NEVER)
    sources = torch.arange(count, device=device)
    for position in range(rules.most):
        candidates, origin = _candidates(steps, rules, running, position)
        last = position + 1 == rules.most
        ended = torch.ones_like(origin, dtype=torch.bool) if last else candidates.ids[:, :, position] == rules.end
        finished = _finish(finished, candidates, ended, length_penalty, beams)
        chosen = (candidates.sums + ended * _NEVER).topk(beams, dim=1).indices
        running = candidates.take(chosen)
        going = ~_settled(running, finished, position + 1, length_penalty) & (not last)
        for at in (~going).nonzero()[:, 0].tolist():
            results[sources[at]] = _best_of(finished, at, rules.end)
        stay = going.nonzero()[:, 0]
        if not len(stay):
            break
        rows = (torch.arange(len(going), device=device)[:, None] * beams + origin.take_along_dim(chosen, dim=1))[stay]
        if len(stay) < len(going):
            sources, running, finished = sources[stay], running.sources(stay), finished.sources(stay)
            steps.keep(rows.flatten())
        else:
            steps.reorder(rows.flatten())
        steps.step(running.ids[:, :, position].flatten())
    return [item for item in results if item is not None]


def _start(count: int, beams: int, most: int, device: torch.device) -> _Beams:
    """Beams without a token. All but a source's first are as good as impossible: they would say the same."""
    sums = torch.zeros(count, beams, device=device)
    sums[:, 1:] = _NEVER
    return _Beams(
        ids=torch.zeros(count, beams, most, dtype=torch.long, device=device),
        sums=sums,
        scores=sums.clone(),
        lengths=torch.zeros(count, beams, dtype=torch.long, device=device),
    )


def _candidates(steps: Steps, rules: Rules, running: _Beams, position: int) -> tuple[_Beams, torch.Tensor]:
    """The best continuations, best first, and the beam that each carries on, ``[sources, 2 x beams]``.

    Twice as many as beams: so many stay open even where each beam's best continuation is the end.
    """
    count, beams = running.sums.shape
    log_probs = rules.allowed(steps.log_probs, running.ids[:, :, :position].reshape(count * beams, position))
    vocabulary = log_probs.shape[1]
    totals = (log_probs.view(count, beams, vocabulary) + running.sums[..., None]).view(count, -1)
    sums, at = totals.topk(2 * beams, dim=1)
    origin = at // vocabulary
    ids = running.ids.take_along_dim(origin[..., None], dim=1)
    ids[:, :, position] = at % vocabulary
    return _Beams(ids, sums, sums, torch.full_like(origin, position + 1)), origin


def _finish(finished: _Beams, candidates: _Beams, ended: torch.Tensor, penalty: float, beams: int) -> _Beams:
    """The best finished texts so far; of the candidates, only the best as many as beams may join."""
    joins = ended.clone()
    joins[:, beams:] = False
    scores = candidates.sums / candidates.lengths**penalty + ~joins * _NEVER
    new = _Beams(candidates.ids, candidates.sums, scores, candidates.lengths)
    return finished.with_others(new).best(beams)


def _settled(running: _Beams, finished: _Beams, length: int, penalty: float) -> torch.Tensor:
    """``[sources]``, bool: whether no open beam is better than the worst finished text of a full set."""
    # A place that no finished text has taken yet has a score that any beam is better than.
    worst = finished.scores.amin(dim=1)
    return running.sums[:, 0] / float(length**penalty) <= worst


def _best_of(finished: _Beams, at: int, end: int) -> Written:
    ids = tuple(finished.ids[at, 0, : int(finished.lengths[at, 0])].tolist())
    return Written(ids, float(finished.sums[at, 0]), ids[-1] == end)
