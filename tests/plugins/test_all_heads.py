"""Every installed head that the bundled backbone can run, with the weights that ship, passes the conformance check."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

import nlptasks
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Owned
from nlptasks.plugin import GENERATE, BackboneSpec, HeadSpec, TaskSpec
from nlptasks.testing import check_head

REGISTRY = load_plugins(Config()).registry
BUNDLED = REGISTRY.get(BackboneSpec, "bundled").spec
HEADS = {
    f"{task.spec.name}:{head.spec.name}": head
    for task in REGISTRY.all(TaskSpec)
    for head in REGISTRY.heads(task.spec.name)
    if head.spec.needs <= BUNDLED.provides and head.spec.backbone in ("", BUNDLED.name)
}

#: What heads cannot work without.
OPTIONS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"classification:zero-shot": {"labels": ("news", "späte Lieferung", "天气")}}
)


@pytest.fixture(scope="module")
def backbone() -> Any:
    return nlptasks.load("sentiment", device="cpu").backbone


#: Those that write text take by far the longest, and their classes pass the check on a tiny backbone too.
NAMES = [
    pytest.param(name, marks=[pytest.mark.slow] if GENERATE in head.spec.needs else []) for name, head in HEADS.items()
]


@pytest.mark.parametrize("name", NAMES)
def test_passes_the_conformance_check(name: str, backbone: Any) -> None:
    head: Owned[HeadSpec] = HEADS[name]
    task = REGISTRY.get(TaskSpec, head.spec.task).spec
    options = head.spec.options(**OPTIONS.get(name, {})) if head.spec.options else None
    check_head(task, head.spec, backbone=backbone, options=options)


def test_every_head_of_the_six_tasks_is_walked() -> None:
    assert {"sentiment:binary", "sentiment:three-way", "classification:topics", "qa:extractive"} <= HEADS.keys()
    assert {"classification:zero-shot", "summarization:extractive"} <= HEADS.keys()
    assert {"summarization:abstractive", "translation:decoder", "generation:decoder"} <= HEADS.keys()
