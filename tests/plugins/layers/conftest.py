"""Tiny random checkpoints with a layer for labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.testing import write_tiny_checkpoint
from nlptasks_hub.backbone import opened
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint

Make = Callable[..., Any]


def write(folder: Path, labels: tuple[str, ...], problem: str | None) -> Path:
    from transformers import BertConfig, BertForSequenceClassification

    write_tiny_checkpoint(folder)
    config = BertConfig.from_pretrained(
        folder, id2label=dict(enumerate(labels)), label2id={label: at for at, label in enumerate(labels)}
    )
    config.problem_type = problem
    config.initializer_range = 0.3
    with torch.random.fork_rng(), quiet_loading():
        torch.manual_seed(0)
        BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A function that writes a checkpoint with some labels; the same one for the same arguments."""
    known: dict[Any, Path] = {}

    def make(*labels: str, problem: str | None = None) -> Path:
        key = labels, problem
        if key not in known:
            known[key] = write(tmp_path_factory.mktemp("labels") / "checkpoint", labels, problem)
        return known[key]

    return make


@pytest.fixture(scope="session")
def backbone(folder: Make) -> Make:
    """A function that opens such a checkpoint."""
    known: dict[Path, Any] = {}

    def make(*labels: str, problem: str | None = None) -> Any:
        place = folder(*labels, problem=problem)
        if place not in known:
            known[place] = opened(open_checkpoint(str(place)), device="cpu")
        return known[place]

    return make
