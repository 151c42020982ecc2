"""What a head may give, and how an error calls what it may not."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from nlptasks._running.blocks import Block, PredictedBlock
from nlptasks._running.checks import check_block
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.sinks import _columns
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import PluginError
from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Example
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT
from nlptasks_tasks.summarization import SPEC as SUMMARIZATION

FILM = {"text": "a good film"}
QUESTION = {"question": "who?", "context": "It was Ada."}


@dataclass
class Nothing:
    labels: tuple[str, ...] = ("negative", "positive")
    head: Any = field(default=None)


def check(task: Any, inputs: dict[str, str], prediction: Any, labels: tuple[str, ...] = ()) -> None:
    block = Block(rows=["five"], examples=[[Example(inputs)]], first=0)
    head = LoadedHead(task=task, name="x:mine", head=Nothing(labels))  # type: ignore[arg-type]
    done = PredictedBlock(block=block, made=BlockPredictions(by_head=((prediction,),)))
    check_block(done, [head], lambda row: f"row {row}")


CLOSED = ("negative", "positive")


@pytest.mark.parametrize(
    ("task", "inputs", "prediction", "labels"),
    [
        (SENTIMENT, FILM, Label("positive", 0.75), CLOSED),
        (SENTIMENT, FILM, Label("positive", 0.75, {"positive": 0.7504, "negative": 0.25}), CLOSED),
        (SENTIMENT, FILM, Label("positive", 1.0000001, {"positive": 1.0000001}), CLOSED),
        (SENTIMENT, {"text": " \n"}, None, CLOSED),
        (SENTIMENT, FILM, Label("whatever, at all", 0.1, {"whatever": 0.9, "at all": 0.8}), ()),
        (SENTIMENT, FILM, Label("whatever", 0.36, {"whatever": 0.9, "at all": 0.4}), ()),
        (QA, QUESTION, Span("Ada", 0.5, 7, 10), ()),
        (QA, QUESTION, Span("", 0.5, -1, -1, (Span("It", 0.2, 0, 2),)), ()),
        (SUMMARIZATION, {"document": "long"}, Text(""), ()),
    ],
)
def test_what_is_right_passes(task: Any, inputs: dict[str, str], prediction: Any, labels: tuple[str, ...]) -> None:
    check(task, inputs, prediction, labels)


@pytest.mark.parametrize(
    ("task", "inputs", "prediction", "said"),
    [
        (SENTIMENT, FILM, None, "gave no prediction for row five"),
        (SENTIMENT, FILM, "positive", "gave 'positive', which is no Label, for row five"),
        (SENTIMENT, FILM, Text("positive"), "which is no Label, for row five"),
        (SENTIMENT, FILM, Label(None, 0.5), "gave None, which is no text, for row five"),  # type: ignore[arg-type]
        (
            SENTIMENT,
            FILM,
            Label("neutral", 0.5),
            "'neutral', which is none of its labels .negative, positive., for",
        ),
        (SENTIMENT, FILM, Label("positive", nan), "gave the score nan, which is not between 0 and 1, for row five"),
        (SENTIMENT, FILM, Label("positive", 1.5), "the score 1.5"),
        (SENTIMENT, FILM, Label("positive", 0.5, {"positive": -0.5}), "the label 'positive' the probability -0.5"),
        (
            SENTIMENT,
            FILM,
            Label("positive", 0.5, {"positive": 0.5, "negative": 0.4}),
            "that sum to 0.9000 and not to 1",
        ),
        (SENTIMENT, FILM, Label("positive", np.float32(0.5)), "the score np.float32.0.5., which is no Python float"),  # type: ignore[arg-type]
        (SENTIMENT, FILM, Label("positive", Decimal("0.5")), "which is no Python float"),  # type: ignore[arg-type]
        (SENTIMENT, FILM, Label("positive", True), "the score True, which is no Python float"),
        (SENTIMENT, FILM, Label("positive", "0.5"), "the score '0.5', which is no Python float"),  # type: ignore[arg-type]
        (SENTIMENT, FILM, Label("positive", 10**400), "which is not between 0 and 1, for row five"),
        (SENTIMENT, FILM, Label("positive", 0.5, [0.5, 0.5]), "which is no mapping, for row five"),  # type: ignore[arg-type]
        (SENTIMENT, FILM, Label("positive", 1.0, {"Positive": 1.0}), "a probability for 'Positive', which is none of"),
        (SENTIMENT, FILM, Label("positive", 1.0, {1: 1.0}), "a probability for 1, which is none of"),  # type: ignore[dict-item]
        (SENTIMENT, FILM, Label("positive", 0.9, {"positive": 0.7, "negative": 0.3}), "the score 0.9 and the same"),
        (QA, QUESTION, Span("Ada", inf, 7, 10), "the score inf"),
        (QA, QUESTION, Span("Ada", 0.5, np.int64(7), np.int64(10)), "the offset np.int64.7., which is no Python int"),  # type: ignore[arg-type]
        (QA, QUESTION, Span("Ada", 0.5, 7.0, 10.0), "the offset 7.0, which is no Python int"),  # type: ignore[arg-type]
        (QA, QUESTION, Span("Ada", 0.5, None, None), "the offset None"),  # type: ignore[arg-type]
        (QA, QUESTION, Span("Bob", 0.5, -1, -1), "gave 'Bob' at -1 to -1, where the text"),
        (QA, QUESTION, Span("", 0.5, 5, 3), "gave '' at 5 to 3, where the text"),
        (QA, QUESTION, Span("", 0.5, 900, 900), "gave '' at 900 to 900, where the text"),
        (QA, QUESTION, Span("Ada.", 0.5, 7, 900), "gave 'Ada.' at 7 to 900, where the text"),
        (QA, QUESTION, Span("who?", 0.5, 0, 4), "gave 'who.' at 0 to 4, where the text"),
        (QA, QUESTION, Span("", 0.5, 0, 0, ("It",)), "gave 'It' among the alternatives, which is no Span"),  # type: ignore[arg-type]
        (QA, QUESTION, Span("", 0.5, 0, 0, 5), "gave 5 for the alternatives"),  # type: ignore[arg-type]
        (QA, QUESTION, Span("", 0.5, 0, 0, (Span(None, 0.5, -1, -1),)), "gave None, which is no text"),  # type: ignore[arg-type]
        (SUMMARIZATION, {"document": "long"}, Text("a", "bc"), "further texts that are no texts"),  # type: ignore[arg-type]
        (SUMMARIZATION, {"document": "long"}, Text(b"a"), "gave b'a', which is no text"),  # type: ignore[arg-type]
        (QA, QUESTION, Span("Ada", 0.5, 6, 9), "gave 'Ada' at 6 to 9, where the text has something else, for row five"),
        (QA, QUESTION, Span("", 0.5, -1, -1, (Span("Bob", 0.1, 7, 10),)), "gave 'Bob' at 7 to 10"),
        (SUMMARIZATION, {"document": "long"}, Text("a", (None,)), "further texts that are no texts"),  # type: ignore[arg-type]
    ],
)
def test_what_is_wrong_is_named_with_the_head_and_the_row(
    task: Any, inputs: dict[str, str], prediction: Any, said: str
) -> None:
    with pytest.raises(PluginError, match=f"the head x:mine gave .*{said}|the head x:mine {said}"):
        check(task, inputs, prediction, CLOSED if task is SENTIMENT else ())


@dataclass(frozen=True)
class Stars:
    """A prediction type of somebody's own."""

    number: Any = 3
    score: Any = None
    scores: Any = field(default_factory=dict)

    suffixes = ("",)

    @property
    def canonical(self) -> str:
        return str(self.number)

    def cells(self) -> tuple[Any, ...]:
        return (self.canonical,)

    def fault(self, example: Example, labels: frozenset[str]) -> str:
        return "" if 1 <= self.number <= len(example.inputs["text"]) else f"{self.number} stars of {sorted(labels)}"


@pytest.mark.parametrize(
    ("prediction", "said"),
    [
        (Stars(), ""),
        (Stars(score=0.5, scores={"3": 0.5}), ""),
        (Stars(99), "gave 99 stars of \\['1'\\] for row five"),
        (Stars(score=1.5), "the score"),
        (Stars(scores={"3": float("nan")}), "gave '3' the probability"),
        (Stars(scores=3), "gave 3 for the probabilities of labels"),
    ],
)
def test_a_prediction_type_of_a_plugin_says_itself_what_is_wrong(prediction: Stars, said: str) -> None:
    task = replace(SENTIMENT, prediction=f"{__name__}:Stars")
    with pytest.raises(PluginError, match=said) if said else nullcontext():
        check(task, FILM, prediction, ("1",))


def test_there_is_one_prediction_for_each_example() -> None:
    block = Block(rows=[1, 2], examples=[[Example(FILM)] * 2], first=0)
    head = LoadedHead(task=SENTIMENT, name="x:mine", head=Nothing())  # type: ignore[arg-type]
    for made, said in (
        (BlockPredictions(by_head=((None,),)), "1 predictions for 2 examples"),
        (BlockPredictions(()), "0 columns"),
    ):
        with pytest.raises(PluginError, match=said):
            check_block(PredictedBlock(block=block, made=made), [head], str)


def test_a_prediction_that_raises_is_the_heads_fault() -> None:
    class Broken(Label):
        @property
        def canonical(self) -> str:
            raise SystemExit(3)

    with pytest.raises(PluginError, match="the head x:mine failed: SystemExit: 3"):
        check(SENTIMENT, FILM, Broken("positive", 0.5), CLOSED)


def test_a_probability_lies_between_0_and_1_in_a_table() -> None:
    assert Label("positive", 1.0000009).cells() == ("positive", 1.0)
    assert Span("", -0.0, 0, 0).cells()[1:2] == (0.0,)
    assert type(Label("positive", 1).cells()[1]) is float  # so that a column has one type


@pytest.mark.parametrize(
    ("cell", "good"),
    [
        *((cell, True) for cell in (None, "a", 1, [{"a": [1.5, None]}], np.float64(0.5))),
        *((cell, False) for cell in (np.int64(1), nan, {"a": [inf]}, {1: "a"}, {"a"}, b"a")),
    ],
)
def test_cells_are_what_formats_can_write(cell: Any, good: bool) -> None:
    class Other:
        suffixes = ("",)
        canonical = "a"

        def cells(self) -> tuple[Any, ...]:
            return (cell,)

    head = LoadedHead(task=SENTIMENT, name="x:mine", head=Nothing())  # type: ignore[arg-type]
    if good:
        assert _columns(head, [Other()], 1) == [(cell,)]
        return
    with pytest.raises(PluginError, match="the head x:mine failed: ValueError: a cell of a prediction is no text"):
        _columns(head, [Other()], 1)
