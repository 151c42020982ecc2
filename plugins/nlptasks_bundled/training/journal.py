"""The log of a training: JSON lines in a file, and some of them as lines for the user."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from nlptasks.training.log import FILE


@dataclass(frozen=True)
class TrainingJournal:
    """Writes ``log.jsonl``.

    Args:
        folder: Where it lies.
        tell: Called with a line for the user.
    """

    folder: Path
    tell: Callable[[str], None]

    def rewind(self, tokens: int) -> None:
        """Forget what an interrupted run wrote behind its last checkpoint, since that will be trained again."""
        path = self.folder / FILE
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        kept = [line for line in lines if line.endswith("\n") and json.loads(line)["tokens"] <= tokens]
        path.write_text("".join(kept), encoding="utf-8")

    def write(self, kind: str, **values: Any) -> None:
        """Append a line."""
        with (self.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **values}, ensure_ascii=False) + "\n")

    def losses(self, tokens: int, losses: Mapping[str, float], **values: Any) -> None:
        """Append mean losses since the last such line."""
        rounded = {name: round(value, 4) for name, value in losses.items()}
        self.write("loss", tokens=tokens, **values, loss=rounded)
        shown = ", ".join(f"{name} {value:.3f}" for name, value in rounded.items())
        self.tell(f"{tokens:,} tokens, {values['tokens_per_second']:,}/s: loss {shown}")

    def scores(self, tokens: int, scores: Mapping[str, float], **values: Any) -> None:
        """Append held-out scores."""
        rounded = {name: round(value, 4) for name, value in scores.items()}
        self.write("scores", tokens=tokens, **values, scores=rounded)
        self.tell(f"{tokens:,} tokens: {', '.join(f'{name} {value:.3f}' for name, value in rounded.items())}")


@dataclass
class Means:
    """Running means by name, kept on the device so that adding to them does not wait for it."""

    _sums: dict[str, torch.Tensor] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, name: str, value: torch.Tensor) -> None:
        """Add a value, a tensor without dimensions."""
        self._sums[name] = self._sums[name] + value.detach() if name in self._sums else value.detach()
        self._counts[name] += 1

    def take(self) -> dict[str, float]:
        """The means, sorted by name; those that follow start anew."""
        found = {name: float(self._sums[name]) / self._counts[name] for name in sorted(self._sums)}
        self._sums.clear()
        self._counts.clear()
        return found
