"""The heads that ship for the backbone: they keep the contract, and answer in other languages than English."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import nlptasks
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks.errors import UsageError
from nlptasks.plugin import HeadSpec, TaskSpec
from nlptasks.testing import check_head
from nlptasks_multilingual import nlptasks_heads

DATA = Path(os.environ.get("NLPTASKS_DATA", Path(__file__).parents[4] / "shared" / "data"))

#: Texts that nobody can take for the other label, one of them in English.
CLEAR = {
    "The film was wonderful, I loved it.": "positive",
    "Das Zimmer war schmutzig und das Personal unfreundlich.": "negative",
    "Das Essen war ausgezeichnet, wir kommen gerne wieder.": "positive",
    "Très bon produit, je le recommande vivement.": "positive",
    "Un servicio pésimo, no volveré nunca.": "negative",
    "酒店很干净，服务员也很热情。": "positive",
    "质量太差了，用了两天就坏了。": "negative",
}

TOPICS = {
    "Der FC Bayern hat das Endspiel nach Verlängerung gewonnen.": "Sports",
    "La banque centrale relève ses taux d'intérêt d'un quart de point.": "Business",
}


FIRST, *OTHERS = nlptasks_heads()


# They differ in their numbers alone, so that one is checked at each change.
@pytest.mark.parametrize("spec", [FIRST, *(pytest.param(spec, marks=pytest.mark.slow) for spec in OTHERS)])
def test_it_passes_the_conformance_check(encoder: Any, spec: HeadSpec) -> None:
    task = load_plugins(Config()).registry.get(TaskSpec, spec.task).spec
    check_head(task, spec, backbone=encoder, options=spec.options() if spec.options else None)


@pytest.mark.parametrize(("task", "texts"), [("sentiment", CLEAR), ("classification", TOPICS)])
def test_it_answers_in_many_languages_and_nothing_is_said_of_them(
    content: bytes, task: str, texts: dict[str, str]
) -> None:
    loaded = nlptasks.load(task, backbone="multilingual", device="cpu")  # a warning would be an error
    assert {text: loaded(text).label for text in texts} == texts


def test_neutral_chooses_the_head_with_three_labels(content: bytes) -> None:
    loaded = nlptasks.load("sentiment", backbone="multilingual", neutral=True, device="cpu")
    assert loaded.labels == ("negative", "neutral", "positive")
    with pytest.raises(UsageError, match="--no-neutral"):
        nlptasks.load("sentiment", backbone="multilingual", neutral=False, device="cpu")


def test_it_reads_chinese_where_the_bundled_backbone_does_not(content: bytes) -> None:
    rows = _rows("chnsenticorp-hotel", 60)
    golds = [row["label"] for row in rows]
    (_, common), *_ = Counter(golds).most_common()
    right = {}
    for backbone in ("bundled", "multilingual"):
        loaded = nlptasks.load("sentiment", backbone=backbone, device="cpu")
        with pytest.warns(RuntimeWarning) if backbone == "bundled" else nullcontext():
            answers = loaded([row["text"] for row in rows])
        right[backbone] = sum(answer.label == gold for answer, gold in zip(answers, golds, strict=True))
    assert right["multilingual"] > max(right["bundled"], common)


def _rows(name: str, count: int) -> list[dict[str, str]]:
    path = DATA / name / "validation.jsonl.gz"
    if not path.exists():
        pytest.skip(f"the data set {name} is not here; set NLPTASKS_DATA to the folder that holds it")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line, _ in zip(lines, range(count), strict=False)]
