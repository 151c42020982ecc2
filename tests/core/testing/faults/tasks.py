"""Faults of tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nlptasks.plugin import Column
from nlptasks.plugin.predictions import Label

from .fault import Fault
from .moods import SENTIMENT

HERE = __name__


def nothing(counts: Mapping[str, int]) -> Callable[[object], str]:
    return lambda _example: "glad"


def unreadable(column: str, cell: str, cells: object) -> str | None:
    return None


class Shouted(Label):
    """A prediction whose answer is another text than its cells hold."""

    @property
    def canonical(self) -> str:
        return self.label.upper()


def shouted(counts):
    return lambda _example: Shouted("glad", 1.0)


def found() -> list[Fault]:
    flag = (Column(name="gold"),)
    rows = {"gold": "x", "mood_label": "glad"}
    changes: list[tuple[str, dict[str, Any], str]] = [
        ("an input column called like a flag", {"inputs": flag, "examples": (rows,)}, "like the flag --gold"),
        (
            "an example without text",
            {"examples": ({"text": " ", "mood_label": "glad"},)},
            "an example has no text in 'text'",
        ),
        ("an example without a gold answer", {"examples": ({"text": "x", "mood_label": ""},)}, "has no gold answer"),
        (
            "an example with a column too many",
            {"examples": ({**SENTIMENT.examples[0], "mod": "x"},)},
            "the column 'mod'",
        ),
        (
            "examples whose gold it cannot read",
            {"read_gold": f"{HERE}:unreadable"},
            "read_gold finds no gold answer in",
        ),
        ("a baseline of another type", {"baseline": f"{HERE}:nothing"}, "which is no Label"),
        ("a baseline that is not there", {"baseline": f"{HERE}:gone"}, "cannot import"),
        ("an alias for two columns", {"gold": Column(name="mood_label", aliases=("text",))}, "'text' stands twice"),
        ("an output column called like an input", {"output": "text"}, "is called like an input column"),
        ("a prediction type without cells", {"prediction": "builtins:str"}, "has no 'suffixes'"),
        (
            "an answer that no column holds",
            {"prediction": f"{HERE}:Shouted", "baseline": f"{HERE}:shouted"},
            "Shouted.answer says which column holds it",
        ),
    ]
    return [Fault("task", fault, replace(SENTIMENT, **change), says) for fault, change, says in changes]
