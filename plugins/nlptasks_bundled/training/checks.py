"""What evaluations look at beside the losses: labels that are only named, and how far embeddings have moved."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from nlptasks.plugin.protocols import Window

from .evaluation import means
from .model import Learner
from .parts import TrainingPart

#: Held-out windows of a part whose embeddings are compared.
SAMPLE = 32

#: Name of the mean cosine between embeddings of the starting encoder and of this one, among the scores.
EMBEDDING = "embedding/cosine"


class Checks:
    """Checks of an encoder in training.

    Args:
        learner: The encoder as it starts: its embeddings are kept.
        parts: The data.
        device: Where it runs.
        budget: Padded tokens of a batch.
    """

    def __init__(self, learner: Learner, parts: Sequence[TrainingPart], device: torch.device, budget: int) -> None:
        self._parts, self._device, self._budget = parts, device, budget
        self._sample = [row[0] for part in parts for row in part.held_out.windows[:SAMPLE]]
        self._start = self._means(learner, self._sample)

    def scores(self, learner: Learner) -> dict[str, float]:
        """``PART/zero-shot`` of each part that asks for it, and the embeddings' mean cosine with the first ones."""
        found = {
            f"{part.name}/zero-shot": self._zero_shot(learner, part)
            for part in self._parts
            if part.sentences and part.held_out.examples
        }
        if self._sample:
            cosines = functional.cosine_similarity(self._start, self._means(learner, self._sample), dim=-1)
            found[EMBEDDING] = float(cosines.mean())
        return found

    def _zero_shot(self, learner: Learner, part: TrainingPart) -> float:
        """Proportion of the held-out rows whose label has the sentence with the nearest embedding (cosine)."""
        texts = functional.normalize(self._means(learner, [row[0] for row in part.held_out.windows]), dim=-1)
        sentences = functional.normalize(self._means(learner, part.sentences), dim=-1)
        answers = [part.labels[at] for at in (texts @ sentences.T).argmax(dim=1).tolist()]
        golds = [example.gold for example in part.held_out.examples]
        hits: int = sum(answer == gold for answer, gold in zip(answers, golds, strict=True))
        return hits / len(golds)

    def _means(self, learner: Learner, windows: Sequence[Window]) -> torch.Tensor:
        learner.eval()
        found = means(learner, windows, self._device, self._budget)
        learner.train()
        return found
