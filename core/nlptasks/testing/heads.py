"""The check that every head must pass."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from nlptasks._plugins.registry import Owned
from nlptasks._running.checks import check_predictions
from nlptasks._running.predict import likelihoods, predict
from nlptasks._systems.loading import load_head
from nlptasks._systems.system import ChosenHead, LoadedHead
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.plugin import HeadSpec, TaskSpec
from nlptasks.plugin.predictions import Label, Span
from nlptasks.plugin.protocols import Encoder, Example, HiddenStates, Prediction, Window
from nlptasks.testing import _probes
from nlptasks.testing._steady import steady, told, warm
from nlptasks.text.display import one_line

__all__ = ["check_head"]

#: Windows in the larger of the batches that must give the same predictions.
_BATCH = 32

#: Windows that are encoded together.
_CHUNK = 16

#: How far numbers of two batches may be apart.
_NEAR = 1e-4

#: Of the long text, the proportion of tokens that is read or said to be cut, by what a short one leads to expect.
_HELD = 0.8

#: Every so many rows of the company are predicted alone too.
_ALONE = 16

_QUOTED = 120


def check_head(
    task: TaskSpec, head: HeadSpec, *, backbone: Encoder | None = None, options: Any = None, weights: Path | None = None
) -> None:
    """Check what every head must do.

    It reads any text, to its end or saying how much it cut. Its predictions are what the task's type allows: labels of
    its own, probabilities from 0 to 1 that sum to 1, pieces of the text at their offsets. It predicts the same in any
    batch, in any order of the rows, beside any others and among hundreds of them. It leaves the backbone, the hidden
    states and the rows as they were, prints nothing on standard output, and changes nothing that the process has one
    of: seeds, the working directory, the locale, warnings, torch's defaults.

    Args:
        task: The task that the head solves.
        head: The head.
        backbone: What it works on; ``None`` where it needs nothing.
        options: Its options; ``None``: the defaults.
        weights: Folder of its trained weights.

    Raises:
        AssertionError: It does not; the message says what is wrong.
        UsageError: It refuses to be opened so: an option or its weights are missing.
    """
    given = options if options is not None or head.options is None else head.options()
    chosen = _chosen(task, head, given, weights)
    _HeadCheck(chosen, backbone, None if backbone is None else _Remembering(backbone)).run()


def opened_head(task: TaskSpec, head: HeadSpec, backbone: Encoder | None, options: Any, weights: Path) -> LoadedHead:
    """The head that a trainer left in a folder."""
    return load_head(_chosen(task, head, options, weights), backbone)


def _chosen(task: TaskSpec, head: HeadSpec, options: Any, weights: Path | None) -> ChosenHead:
    return ChosenHead(task=task, head=Owned(head, "under-test", "under-test"), options=options, weights=weights)


@dataclass(frozen=True)
class _HeadCheck:
    """A head under test on its backbone, whose states are asked for through ``encoder``."""

    chosen: ChosenHead
    backbone: Encoder | None
    encoder: Any

    @property
    def task(self) -> TaskSpec:
        return self.chosen.task

    def run(self) -> None:
        before = self.backbone.fingerprint() if self.backbone else ""
        with warm():
            opened = self._opened()
            rows = [*self._readable(opened), *_probes.company(self.task)]
        with told("the head"), warm():
            found = self._predicted(opened, rows, _BATCH)
            check_predictions(opened, rows, found, lambda at: _shown(rows[at]))
            _check_alternatives(found, rows)
        with steady("the head"), told("the head"):
            reverse = self._afresh(rows[::-1])[::-1]
        _check_same(found, reverse, "another order of the rows, in other batches,")
        with told("the head"):
            self._check_alone(opened, rows, found)
            self._check_blank(opened, rows[:1], found[:1])
            self._check_likelihoods(opened)
            if self.backbone and self.chosen.head.spec.needs:
                self._check_read(opened, self.backbone)
        assert not self.backbone or self.backbone.fingerprint() == before, (
            "the head changed the weights of the shared backbone"
        )

    def _opened(self) -> LoadedHead:
        try:
            opened = load_head(self.chosen, self.backbone)
        except PluginError as error:
            raise AssertionError(error.message) from error
        return _watched(opened)

    def _readable(self, opened: LoadedHead) -> list[Example]:
        """The task's examples and the hard texts, but for those that the head refuses with a reason."""
        rows = _probes.examples(self.task)
        with told("the head"):
            self._predicted(opened, rows, _BATCH)
        hard = _probes.hard(self.task)
        try:
            self._predicted(opened, hard, _BATCH)
        except (NlptasksError, AssertionError):
            return [*rows, *self._one_by_one(opened, hard)]
        return [*rows, *hard]

    def _one_by_one(self, opened: LoadedHead, hard: Sequence[Example]) -> Iterator[Example]:
        for example in hard:
            try:
                self._predicted(opened, [example], 1)
            except PluginError as error:
                raise AssertionError(f"{_shown(example)}: {error.message}") from error
            except NlptasksError:
                continue  # a cell that is none of this task's, and it says so
            yield example

    def _predicted(self, opened: LoadedHead, rows: Sequence[Example], windows: int) -> list[Prediction | None]:
        """Predictions from batches of so many windows (and more where they are short)."""
        budget = windows * self.backbone.max_tokens if self.backbone and windows > 1 else 1
        return list(predict([opened], self.encoder, [rows], budget=budget).by_head[0])

    def _afresh(self, rows: Sequence[Example]) -> list[Prediction | None]:
        """What another instance predicts, that knows nothing of the first: not by its module either, where possible."""
        with _renewed(self.chosen) as chosen:
            if chosen is not None:
                try:
                    return self._predicted(_watched(load_head(chosen, self.backbone)), rows, 4)
                except NlptasksError:
                    pass  # it compares classes of its own module with those of the first one
        return self._predicted(self._opened(), rows, 4)

    def _check_alone(self, opened: LoadedHead, rows: Sequence[Example], found: Sequence[Prediction | None]) -> None:
        short = [at for at, row in enumerate(rows) if sum(map(len, row.inputs.values())) < 2_000]
        some = [at for number, at in enumerate(short) if number < 2 * _ALONE or number % _ALONE == 0]
        alone = [self._predicted(opened, [rows[at]], 1)[0] for at in some]
        _check_same([found[at] for at in some], alone, "a batch of one")

    def _check_blank(self, opened: LoadedHead, rows: Sequence[Example], found: Sequence[Prediction | None]) -> None:
        """Rows without text have no prediction, and the rows beside them theirs."""
        for column in self.task.inputs:
            if not column.optional:
                blank = [Example({**rows[0].inputs, column.name: text}) for text in _probes.BLANK]
                beside = self._predicted(opened, [*blank, *rows, *blank], 1)
                kept = [made for made in beside if made is not None]
                assert len(kept) == len(rows), f"a row whose {column.name!r} holds no text got a prediction: {kept}"
                _check_same(found, kept, "a row without text beside it")

    def _check_likelihoods(self, opened: LoadedHead) -> None:
        if not hasattr(opened.head, "likelihoods"):
            return
        rows = _probes.examples(self.task)
        golds = [row[self.task.gold.name] for row in self.task.examples]
        whole = likelihoods(opened, rows, golds)
        alone = [
            value for row, gold in zip(rows, golds, strict=True) for value in likelihoods(opened, [row], [gold]) or ()
        ]
        near = [math.isclose(a, b, abs_tol=1e-2, rel_tol=1e-3) for a, b in zip(whole or (), alone, strict=True)]
        assert all(near), f"the likelihoods of gold texts depend on the batch: {whole} and, one by one, {alone}"

    def _check_read(self, opened: LoadedHead, backbone: Encoder) -> None:
        """The windows of a long text hold all of it, or the last of them says how many tokens are cut.

        What a text becomes is the head's affair: it may parse, strip or normalise it, and put a prompt around it. So
        the long text is measured by what the head adds for a second copy of a short one. A head may do without any
        window.
        """
        empty = backbone.tokenize([""])[0][0]
        behind = len(empty) - empty.start
        rows, times = _probes.long(self.task)
        try:
            found = opened.head.windows(rows)
        except NlptasksError:
            return  # a cell that is none of this task's, and it says so
        if not found[0]:
            return
        held = [sum(len(window) - window.start - behind for window in windows) for windows in found]
        cut = [windows[-1].cut if windows else 0 for windows in found]
        one, two, long = (sum(pair) for pair in zip(held, cut, strict=True))
        # A prompt that is repeated in each window is no part of a copy; a copy that adds nothing was itself cut.
        copy = min(one, two - one) if two > one else one
        wanted = round(_HELD * times * copy)
        assert long >= wanted, (
            f"a long input {self.task.inputs[-1].name!r} was cut in silence: its windows hold {held[-1]} tokens and "
            f"say that {cut[-1]} are cut, where {times} times a text of {copy} makes more than {wanted}"
        )


# ------------------------------------------------------------ what it may not touch


class _Watched:
    """A head whose every call is looked at: what it gives back, and what it does to what it is given."""

    def __init__(self, head: Any) -> None:
        self._head = head

    def __getattr__(self, name: str) -> Any:
        return getattr(self._head, name)

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        before = [dict(example.inputs) for example in examples]
        found: list[list[Window]] = self._head.windows(examples)
        _check_rows(examples, before, "windows()")
        return found

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        arrays = {name: getattr(states, name) for name in ("states", "mask", "logits")}
        before = {name: array.copy() for name, array in arrays.items() if array is not None}
        found: Sequence[Any] = self._head.reduce(states)
        for name, copy in before.items():
            assert arrays[name].tobytes() == copy.tobytes(), (
                f"reduce() wrote to the hidden states' {name}; copy it first"
            )
        return found

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Prediction:
        before = dict(example.inputs)
        found: Prediction = self._head.read(example, windows, reduced)
        _check_rows([example], [before], "read()")
        assert found is not None, f"read() returned None for {_shown(example)}; every example has a prediction"
        return found


def _watched(opened: LoadedHead) -> LoadedHead:
    return replace(opened, head=_Watched(opened.head))


def _check_rows(examples: Sequence[Example], before: Sequence[Mapping[str, str]], where: str) -> None:
    for example, inputs in zip(examples, before, strict=True):
        assert dict(example.inputs) == inputs, f"{where} changed the inputs of a row, {_shown(example)}"


class _Remembering:
    """A backbone that encodes each window once: how a batch is put together is the head's to bear, again and again."""

    def __init__(self, backbone: Encoder) -> None:
        self._backbone = backbone
        self._known: dict[Window, HiddenStates] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backbone, name)

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        import numpy as np

        new = sorted((window for window in windows if window not in self._known), key=len)
        for start in range(0, len(new), _CHUNK):  # windows of like length: little is padded
            part = new[start : start + _CHUNK]
            states = self._backbone.encode(part)
            self._known |= {window: states.rows([at]) for at, window in enumerate(part)}
        rows = [self._known[window] for window in windows]
        longest = max(map(len, windows))

        def joined(arrays: Sequence[Any]) -> Any:
            made = np.zeros((len(arrays), longest, *arrays[0].shape[2:]), arrays[0].dtype)
            for at, array in enumerate(arrays):
                part = array[0, :longest]
                made[at, : len(part)] = part
            return made

        return HiddenStates(
            states=joined([row.states for row in rows]),
            mask=joined([row.mask for row in rows]),
            windows=tuple(windows),
            logits=self._logits(rows, joined),
        )

    @staticmethod
    def _logits(rows: Sequence[HiddenStates], joined: Any) -> Any:
        """Those of whole texts, ``[windows, labels]``, stand as they are; those of tokens are padded as states."""
        import numpy as np

        arrays = [row.logits for row in rows]
        if any(array is None for array in arrays):
            return None
        return np.concatenate(arrays) if arrays[0].ndim == 2 else joined(arrays)  # type: ignore[arg-type, union-attr]


class _renewed:  # noqa: N801 - used as a function
    """The head from a second copy of its module, so that nothing it keeps is shared; ``None``: there is none."""

    def __init__(self, chosen: ChosenHead) -> None:
        self._chosen = chosen
        self._module: ModuleType | None = None

    def __enter__(self) -> ChosenHead | None:
        name, _, path = self._chosen.head.spec.object.partition(":")
        known = sys.modules.get(name)
        source = getattr(known, "__spec__", None)
        if known is None or source is None or not getattr(source, "origin", None) or not hasattr(known, "__file__"):
            return None
        copy = f"{name}__again"
        made = importlib.util.spec_from_file_location(copy, source.origin)
        if made is None or made.loader is None:
            return None
        self._module = importlib.util.module_from_spec(made)
        self._module.__package__ = known.__package__
        sys.modules[copy] = self._module
        try:
            made.loader.exec_module(self._module)
        except Exception:  # it cannot be imported twice; an instance of the first copy is asked
            self.__exit__()
            return None
        owned = self._chosen.head
        spec = replace(owned.spec, object=f"{copy}:{path}")
        return replace(self._chosen, head=Owned(spec, owned.plugin, owned.distribution))

    def __exit__(self, *_: object) -> None:
        if self._module is not None:
            sys.modules.pop(self._module.__name__, None)


# ------------------------------------------------------------------ comparing


def _check_alternatives(found: Sequence[Prediction | None], rows: Sequence[Example]) -> None:
    """The next best are given with the best first, and none is the prediction itself."""
    for made, row in zip(found, rows, strict=True):
        others = made.alternatives if isinstance(made, Span) else None
        scores = [span.score for span in others or ()]
        assert scores == sorted(scores, reverse=True), (
            f"the alternatives are not sorted, the best first: {made} for {_shown(row)}"
        )
        places = [(span.start, span.end) for span in others or ()]
        assert len(set(places)) == len(places), (
            f"the same piece stands twice in the alternatives: {made} for {_shown(row)}"
        )


def _check_same(one: Sequence[Prediction | None], other: Sequence[Prediction | None], what: str) -> None:
    for a, b in zip(one, other, strict=True):
        # What a number is rounded to for its text may change with its last bits: numbers are compared as scores are.
        number = hasattr(a, "value") and hasattr(b, "value")
        if a is None or b is None:
            assert a is b, f"{what} gives a prediction or none: {a} and {b}"
            continue
        assert number or a.canonical == b.canonical, f"{what} gives another prediction: {a} and {b}"
        names, others = _numbers(a), _numbers(b)
        assert names.keys() == others.keys(), (
            f"{what} gives numbers of other names: {sorted(names)} and {sorted(others)}"
        )
        for name, value in names.items():
            near = math.isclose(value, others[name], abs_tol=_NEAR)
            assert near, f"{what} gives another {name}: {a} and {b} ({value:g} and {others[name]:g})"


def _numbers(prediction: Prediction) -> dict[str, float]:
    """All numbers of a prediction by what they are called."""
    if isinstance(prediction, Label):
        scores = {f"probability of {label!r}": value for label, value in prediction.scores.items()}
        return scores | ({} if prediction.score is None else {"score": prediction.score}) | _field_numbers(prediction)
    return _field_numbers(prediction)


def _field_numbers(prediction: Prediction) -> dict[str, float]:
    kind: type = type(prediction)
    if not dataclasses.is_dataclass(kind):
        return {f"cell {at}": cell for at, cell in enumerate(prediction.cells()) if _is_number(cell)}  # type: ignore[misc]
    found = {field.name: getattr(prediction, field.name) for field in dataclasses.fields(kind) if field.compare}
    return dict(_flat(found))


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if _is_number(value):
            yield name, value
        elif isinstance(value, Mapping):
            yield from _flat({f"{name} of {key!r}": item for key, item in value.items()})
        elif isinstance(value, list | tuple):
            yield from _flat({f"{name} {at + 1}": item for at, item in enumerate(value)})
        elif dataclasses.is_dataclass(value) and hasattr(value, "score"):
            yield f"score of {name}", value.score


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(example: Example) -> str:
    return one_line(str(dict(example.inputs)), _QUOTED)
