"""A head that needs no backbone, in the company of the real plugins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks.plugin import HeadSpec
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window


@dataclass(frozen=True)
class Worded:
    """Finds what holds the word ``good`` positive, all else negative; fails where it reads ``fail``."""

    context: HeadContext
    labels: tuple[str, ...] = ("negative", "positive")

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Any:
        raise AssertionError("there is no backbone")

    def read(self, example: Example, windows: Sequence[Window], reduced: Any) -> Label:
        if "fail" in example.inputs["text"]:
            raise ValueError("it reads 'fail'")
        label = self.labels["good" in example.inputs["text"]]
        return Label(label, 0.75, {name: 0.75 if name == label else 0.25 for name in self.labels})


@pytest.fixture(scope="session")
def installed() -> Registry:
    """The real plugins with the head of this module."""
    found = load_plugins(replace(Config(), disable=frozenset({"bundled", "progress"}))).registry
    head = HeadSpec(name="worded", task="sentiment", summary="s", object=f"{__name__}:Worded", languages=("en",))
    return Registry((*found.items, Owned(head, "words", "acme")))


@pytest.fixture
def here(installed: Registry) -> Session:
    """A session with these plugins."""
    return Session(installed)


@pytest.fixture
def worded(here: Session) -> System:
    """The system of that head."""
    return here.choose(here.tasks(["sentiment"]), SystemChoice(heads={"sentiment": "worded"}))
