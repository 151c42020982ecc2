"""Every installed head that the bundled backbone can run, with the weights that ship, passes the conformance check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import nlptasks
from nlptasks._config import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._registry import Owned
from nlptasks.plugin import BackboneSpec, HeadSpec, TaskSpec
from nlptasks.testing import check_head
from nlptasks_sentiment.head import NEUTRAL

REGISTRY = load_plugins(Config()).registry
BUNDLED = REGISTRY.get(BackboneSpec, "bundled").spec
HEADS = {
    f"{task.spec.name}:{head.spec.name}": head
    for task in REGISTRY.all(TaskSpec)
    for head in REGISTRY.heads(task.spec.name)
    if head.spec.needs <= BUNDLED.provides
}

#: What heads cannot work without.
OPTIONS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"classification:zero-shot": {"labels": ("news", "späte Lieferung", "天气")}}
)

#: Heads whose weights do not ship yet.
UNTRAINED = () if NEUTRAL.is_dir() else ("sentiment:three-way",)


@pytest.fixture(scope="module")
def backbone() -> Any:
    return nlptasks.load("sentiment", device="cpu").backbone


def weights(name: str, folder: Path) -> Path | None:
    """A folder of weights, for heads whose weights do not ship."""
    if name not in UNTRAINED:
        return None
    task, _, head = name.partition(":")
    data = folder / "data.csv"
    texts = {"negative": "It broke.", "neutral": "It came on Monday.", "positive": "I love it."}
    lines = [f"{text},{label}\n" for label, text in texts.items() for _ in range(4)]
    data.write_text("".join(["text,label\n", *lines]), encoding="utf-8")
    nlptasks.train(task, data, folder / "head", head=head, device="cpu")
    return folder / "head"


@pytest.mark.parametrize("name", HEADS)
def test_passes_the_conformance_check(name: str, backbone: Any, tmp_path: Path) -> None:
    head: Owned[HeadSpec] = HEADS[name]
    task = REGISTRY.get(TaskSpec, head.spec.task).spec
    options = head.spec.options(**OPTIONS.get(name, {})) if head.spec.options else None
    check_head(task, head.spec, backbone=backbone, options=options, weights=weights(name, tmp_path))


def test_every_encoder_head_is_walked() -> None:
    assert {"sentiment:binary", "sentiment:three-way", "classification:topics", "qa:extractive"} <= HEADS.keys()
    assert {"classification:zero-shot", "summarization:extractive"} <= HEADS.keys()
