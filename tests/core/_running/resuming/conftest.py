"""Predicted blocks, and runs that are stopped in the middle."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running.resuming import keeping
from nlptasks._running.run import run
from nlptasks._settings.groups import SystemChoice, TableSource, TableTarget
from nlptasks._systems.session import Session
from nlptasks._tables import blocks
from nlptasks.plugin import ENCODE, BackboneSpec, HeadSpec
from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import BackboneContext, Encoder, Example, HeadContext, HiddenStates, Window
from nlptasks.records.report import RunReport
from nlptasks.testing import tiny_encoder


@dataclass
class Patience:
    """How many rows the heads of this module predict before something stops the run."""

    rows: int = 10**9
    stop: Callable[[], None] = lambda: None
    read: int = 0
    folder: str = ""


PATIENCE = Patience()


class _Patient:
    labels: tuple[str, ...] = ()

    def __init__(self, context: HeadContext) -> None:
        """Nothing is needed of the context."""

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Any:
        raise AssertionError("there is no backbone")

    def _read(self) -> None:
        PATIENCE.read += 1
        if PATIENCE.read > PATIENCE.rows:
            PATIENCE.stop()


class Length(_Patient):
    """A label by the length of a text."""

    labels = ("negative", "positive")

    def read(self, example: Example, windows: Sequence[Window], reduced: Any) -> Label:
        self._read()
        text = example.inputs["text"]
        if text.startswith("fail"):
            raise ValueError("it reads 'fail'")
        score = 0.5 + (len(text) % 7) / 15
        label = self.labels[len(text) % 2]
        return Label(label, score, {name: score if name == label else 1 - score for name in self.labels})


class LengthOnBackbone(Length):
    """The same, on a backbone."""

    def __init__(self, context: HeadContext) -> None:
        self._backbone = context.backbone

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        found: list[list[Window]] = self._backbone.tokenize([example.inputs["text"] for example in examples])
        return found

    def reduce(self, states: HiddenStates) -> Any:
        return list(states.mask.sum(axis=1))


class First(_Patient):
    """The first word of a text, and what else is asked for."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Any) -> Span:
        self._read()
        context = example.inputs["context"]
        word = context.split()[0]
        start = context.index(word)
        return Span(word, 0.25, start, start + len(word))


class Mirrored(_Patient):
    """A text, mirrored."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Any) -> Text:
        self._read()
        return Text(example.inputs["source"][::-1])


def open_tiny(_: BackboneContext) -> Encoder:
    """A backbone that is made anew, and always the same."""
    return tiny_encoder(Path(tempfile.mkdtemp(dir=PATIENCE.folder)))


@dataclass
class Runs:
    """Runs of these heads in a folder."""

    folder: Path
    session: Session
    told: list[str] = field(default_factory=list)

    def write(self, rows: int, name: str = "in.csv") -> None:
        """Write a table."""
        table = [["text", "context", "question", "source", "label"]]
        for at in range(rows):
            text = "" if at % 13 == 5 else f"täxt {at} " + "x" * (at % 11)
            table.append([text, f"w{at} is here", "where?", f"quelle \u2028 {at}", ["positive", "negative"][at % 2]])
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table)

    def __call__(
        self, output: str, tasks: Sequence[str] = ("sentiment",), *, after: int = 10**9, stop: Any = None, **given: Any
    ) -> RunReport:
        """Run some tasks; stop when so many rows are predicted."""
        PATIENCE.rows, PATIENCE.read = after, 0
        PATIENCE.stop = stop or (lambda: None)
        observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)
        data = str(self.folder / given.pop("data", "in.csv"))
        choice = SystemChoice(heads=dict.fromkeys(tasks, given.pop("head", "patient")))
        settings = {name: given.pop(name) for name in ("force", "restart") if name in given}
        target = TableTarget(output=output and str(self.folder / output), **settings)
        columns = {"context": "context", "question": "question", "source": "source"}
        source = TableSource(data=data, columns=columns, **given)
        system = self.session.choose(self.session.tasks(list(tasks)), choice)
        return run(self.session, system, source, target, observers, told=self.told.append)

    def stopped(self, output: str, tasks: Sequence[str] = ("sentiment",), **given: Any) -> None:
        """Run them until Control-C."""

        def stop() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self(output, tasks, stop=stop, **given)

    @property
    def read(self) -> int:
        """How many rows the heads of the last run predicted."""
        return PATIENCE.read

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def runs(
    installed: Registry,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Runs:
    """Runs whose blocks have 4 rows and which keep each of them."""
    monkeypatch.setattr(PATIENCE, "folder", str(tmp_path_factory.mktemp("tiny")))
    monkeypatch.setattr(keeping, "_FIRST", 0.0)
    monkeypatch.setattr(keeping, "_EVERY", 0.0)
    monkeypatch.setattr(keeping, "_PART", 1e9)
    monkeypatch.setattr("nlptasks._running.run.Sizes", lambda **_: blocks.Sizes(first=4, largest=4))
    heads = [
        HeadSpec(name="patient", task=task, summary="s", object=f"{__name__}:{kind}")
        for task, kind in (("sentiment", "Length"), ("qa", "First"), ("translation", "Mirrored"))
    ]
    heads.append(replace(heads[0], name="encoding", object=f"{__name__}:LengthOnBackbone", needs=frozenset({ENCODE})))
    tiny = BackboneSpec(name="tiny", summary="s", object=f"{__name__}:open_tiny", provides=frozenset({ENCODE}))
    owned = [Owned(head, "patience", "acme") for head in heads]
    return Runs(tmp_path, Session(Registry((*installed.items, *owned, Owned(tiny, "patience", "acme")))))
