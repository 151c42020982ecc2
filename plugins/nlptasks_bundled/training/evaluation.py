"""Scores on held-out rows, by the metrics of the tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch

from nlptasks.plugin.predictions import Span
from nlptasks.plugin.protocols import Window

from .batching import Batch, collate, packed
from .contrast import margin
from .entities import OUTSIDE, entity_scores, first_tokens, tags_of, words_of
from .model import Learner, mean_state
from .objectives import ALIGN, ENTITIES, NAME
from .parts import TrainingPart
from .pieces import piece_of

#: Longest answer in tokens, as in the reference implementation of BERT on SQuAD.
LONGEST = 30

#: Best logit of a text so far, and its answer.
Answer = tuple[float, str]


def evaluate(learner: Learner, parts: Sequence[TrainingPart], device: torch.device, budget: int) -> dict[str, float]:
    """Scores of all parts with held-out rows, as ``part/metric``; the primary metric of a part comes first."""
    learner.eval()
    scores: dict[str, float] = {}
    for part in parts:
        scores |= {f"{part.name}/{metric}": value for metric, value in _scores(learner, part, device, budget).items()}
    learner.train()
    return scores


def _scores(learner: Learner, part: TrainingPart, device: torch.device, budget: int) -> Mapping[str, float]:
    rows = part.held_out.examples
    if not rows or part.objective == NAME:
        return {}
    if part.objective == ALIGN:
        texts, partners = (
            means(learner, [row[at] for row in part.held_out.windows], device, budget) for at in range(2)
        )
        return margin(texts, partners)
    if part.objective == ENTITIES:
        return entity_scores(_tags(learner, part, device, budget), [tags_of(row) for row in rows])
    return part.score(answers(learner, part, device, budget), [row.gold or "" for row in rows], part.labels)


def mean_primary(scores: Mapping[str, float]) -> float:
    """Mean over the parts of the primary metric's score.

    Each part counts once, whatever number of metrics it has. Means are of like things only where they are of the same
    parts and rows, as those of one training are.
    """
    first: dict[str, float] = {}
    for name, value in scores.items():
        first.setdefault(name.rpartition("/")[0], value)
    return sum(first.values()) / len(first) if first else 0.0


@torch.no_grad()
def answers(learner: Learner, part: TrainingPart, device: torch.device, budget: int) -> list[str]:
    """The answer to each held-out row."""
    flat = [(row, window) for row, windows in enumerate(part.held_out.windows) for window in windows]
    lengths = [len(window) for _, window in flat]
    best: list[Answer] = [(-torch.inf, "")] * len(part.held_out.examples)
    for chosen in packed(lengths, sorted(range(len(flat)), key=lengths.__getitem__), budget):
        windows = [flat[at][1] for at in chosen]
        pieces = [piece_of(window, (0,)) for window in windows]
        batch = collate(pieces, learner.pad, device)
        with autocast(device):
            logits = learner.logits(learner.states(batch), batch, part.head, part.prediction)
        rows = [flat[at][0] for at in chosen]
        contexts = [part.held_out.examples[row].inputs.get("context", "") for row in rows]
        found = _spans(logits, windows, contexts) if issubclass(part.prediction, Span) else _labels(logits, part.labels)
        for row, answer in zip(rows, found, strict=True):
            best[row] = max(best[row], answer, key=lambda item: item[0])
    return [answer for _, answer in best]


@torch.no_grad()
def means(learner: Learner, windows: Sequence[Window], device: torch.device, budget: int) -> torch.Tensor:
    """Mean hidden states, ``[windows, width]``, on the CPU."""
    found = torch.zeros(len(windows), learner.width)
    for chosen, batch in _batches(learner, windows, device, budget):
        with autocast(device):
            states = learner.states(batch)
        found[chosen] = mean_state(states, batch).cpu()
    return found


@torch.no_grad()
def _tags(learner: Learner, part: TrainingPart, device: torch.device, budget: int) -> list[list[str]]:
    """The tags of the words of each held-out row; a word behind the window has none that counts."""
    words = [words_of(row) for row in part.held_out.examples]
    tags = [[OUTSIDE] * len(row) for row in words]
    windows = [row[0] for row in part.held_out.windows]
    for chosen, batch in _batches(learner, windows, device, budget):
        with autocast(device):
            logits = learner.logits(learner.states(batch), batch, part.head, part.prediction)
        for row, best in zip(chosen, logits.argmax(dim=-1).tolist(), strict=True):
            for word, token in first_tokens(words[row], windows[row]):
                tags[row][word] = part.labels[best[token]]
    return tags


def _batches(
    learner: Learner, windows: Sequence[Window], device: torch.device, budget: int
) -> Iterator[tuple[list[int], Batch]]:
    lengths = [len(window) for window in windows]
    for chosen in packed(lengths, sorted(range(len(windows)), key=lengths.__getitem__), budget):
        yield chosen, collate([piece_of(windows[at], (0,)) for at in chosen], learner.pad, device)


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 where the device computes in it: a CPU without such instructions takes twice as long by it."""
    on_cpu = device.type == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=on_cpu or device.type == "cuda")


def best_spans(logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of each row of ``[rows, tokens, 2]`` the best sum of logits, and its first and last token."""
    size = logits.shape[1]
    start, end = logits.unbind(dim=-1)
    sums = start[:, :, None] + end[:, None, :]
    allowed = torch.ones(size, size, dtype=torch.bool, device=logits.device).triu().tril(LONGEST - 1)
    values, at = sums.masked_fill(~allowed, -torch.inf).flatten(1).max(dim=1)
    return values, at // size, at % size


def _spans(logits: torch.Tensor, windows: Sequence[Window], contexts: Sequence[str]) -> Iterator[Answer]:
    values, firsts, lasts = (tensor.tolist() for tensor in best_spans(logits))
    for window, context, value, first, last in zip(windows, contexts, values, firsts, lasts, strict=True):
        if window.offsets:
            start, end = window.offsets[first - window.start][0], window.offsets[last - window.start][1]
            yield value, context[start:end].strip()  # a token may begin with the space before a word
        else:
            yield -torch.inf, ""


def _labels(logits: torch.Tensor, labels: Sequence[str]) -> Iterator[Answer]:
    values, at = (tensor.tolist() for tensor in logits.max(dim=1))
    yield from zip(values, (labels[position] for position in at), strict=True)
