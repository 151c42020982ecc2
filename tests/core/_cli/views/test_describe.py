"""Descriptors as JSON and as lines of text."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from nlptasks._cli.views.describe import as_json, as_lines, checkpoint_as_lines
from nlptasks._plugins.registry import Owned
from nlptasks.plugin import HeadSpec, MetricSpec
from nlptasks.plugin.options import setting


@dataclass(frozen=True)
class Options:
    top: int = setting(3, "How many.", min=1)


HEAD = Owned(
    HeadSpec(name="good", summary="Does\nit.", task="sentiment", object="m:H", options=Options, needs=frozenset("ba")),
    "plug",
    "acme-plug",
)
METRIC = Owned(
    MetricSpec(name="perplexity", summary="Of texts.", object="m:P", range=(1.0, math.inf), higher_is_better=False),
    "plug",
    "acme-plug",
)


def test_json_is_json():
    shown = json.loads(json.dumps(as_json(HEAD)))
    assert (shown["name"], shown["needs"], shown["qualified"]) == ("good", ["a", "b"], "acme-plug:good")
    assert shown["options"]["properties"]["top"]["type"] == "integer"
    assert as_json(METRIC)["range"] == [1.0, None]


def test_lines_name_the_kind_and_each_option():
    title, *lines = as_lines(HEAD)
    assert title == "heads.sentiment.good: Does\\nit."
    assert "  needs: a, b" in lines
    assert lines[-2:] == ["  options:", "    --top (integer): How many. [default: 3]"]
    assert not any(line.endswith((": ", ": None")) for line in lines)


def test_a_checkpoint_says_what_it_does_not_know():
    shown = {
        "reference": "hf:a/b", "backbone": "nlptasks:hf", "kind": None, "layer": None, "labels": [], "provides": [],
        "tasks": {}, "tasks after training": {"sentiment": ["one", "two"]}, "parameters": None, "max_tokens": 512,
        "languages": [], "facts": {"size": "\x1b[1m"},
    }  # fmt: skip
    assert list(checkpoint_as_lines(shown)) == [
        "hf:a/b: a checkpoint, opened by nlptasks:hf",
        "  layer: none",
        "  provides: nothing that a head needs",
        "  tasks: none as it is",
        "  after training: sentiment (head one or two)",
        "  weights: not known",
        "  longest input: 512 tokens",
        "  languages: not said",
        "  size: \\x1b[1m",
    ]
