"""A task in memory, which is called with texts."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, overload

from nlptasks._running.call import predict_examples
from nlptasks._running.foreign import ForeignTexts, languages_in
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.process import session
from nlptasks._systems.readers import reader_for
from nlptasks._systems.system import LoadedSystem
from nlptasks._tables.inputs import examples_of, is_one
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.notebook import table
from nlptasks.plugin.protocols import Prediction
from nlptasks.text.display import foreign_texts, languages_named, not_read, read_by, rows_named

#: Labels that the ``repr`` of a loaded task names, and rows of predictions that a notebook shows.
_LABELS, _ROWS = 10, 50


class Predictions(list["Prediction | None"]):
    """Predictions in the order of the inputs, ``None`` where there was no text; a notebook shows them as a table."""

    def __init__(self, predictions: Iterable[Prediction | None] = (), *, output: str = "prediction") -> None:
        super().__init__(predictions)
        self._output = output

    def _repr_html_(self) -> str:
        kinds = [type(made).suffixes for made in self if made is not None]
        names = [self._output + suffix for suffix in (kinds[0] if kinds else ("",))]
        rows = [() if made is None else made.cells() for made in self[:_ROWS]]
        more = f"<p>{len(self):,} predictions, {_ROWS} of them shown</p>" if len(self) > _ROWS else ""
        return table(("", *names), [(at, *row) for at, row in enumerate(rows)]) + more


class LoadedTask:
    """A task with a loaded head. Made by :func:`nlptasks.load`; call it with texts.

    Several threads may call it; they take turns. It works in children of a process that forks, and where it is pickled,
    the process that it comes to loads it anew.
    """

    def __init__(self, loaded: LoadedSystem, choice: SystemChoice) -> None:
        self._loaded = loaded
        self._choice = choice
        self._warned = False

    def __reduce__(self) -> tuple[Callable[..., LoadedTask], tuple[str, SystemChoice]]:
        """How a copy is made elsewhere: by its name and options, since weights are many and the files are there."""
        return load_task, (self.task.name, self._choice)

    @property
    def task(self) -> TaskSpec:
        """The task."""
        return self._loaded.heads[0].task

    @property
    def labels(self) -> tuple[str, ...]:
        """The closed set that the head predicts from; empty where there is none."""
        return self._loaded.heads[0].head.labels

    @property
    def backbone(self) -> Any:
        """The shared backbone; ``None`` where the head needs none."""
        return self._loaded.backbone

    @overload
    def __call__(self, inputs: None = None, /, **named: str) -> Prediction | None: ...
    @overload
    def __call__(self, inputs: str | Mapping[str, str], /) -> Prediction | None: ...
    @overload
    def __call__(self, inputs: Iterable[Any], /) -> Predictions: ...  # a str iterates too, and comes first

    def __call__(self, inputs: Any = None, /, **named: Any) -> Prediction | Predictions | None:
        """Predict for one input or many.

        Args:
            inputs: A text (for tasks with one input), a mapping with the task's inputs, or ``None`` for nothing; or
                many of them: an iterable of such, a mapping from the inputs to lists, a table or one column of pandas,
                polars or pyarrow, or a ``datasets.Dataset``, whose columns are found by their names.
            named: The task's inputs by name, in place of a mapping: ``question="...", context="..."``.

        Returns:
            A prediction for one input, :class:`Predictions` for many. It is ``None`` where an input that the task needs
            is missing (``None``, NaN), empty or white space.

        Warns:
            RuntimeWarning: A text is in a language that the head does not read, or its tokenizer does not know it; said
                once.

        Raises:
            UsageError: An input is of another type, or lacks something that the task needs.
        """
        if named:
            if inputs is not None:
                raise UsageError("inputs are given both by position and by name", hint="give them in one way")
            inputs = named
        if is_one(inputs):
            return self._predict([inputs])[0]
        return self._predict(inputs)

    def _predict(self, inputs: Any) -> Predictions:
        made, foreign = predict_examples(self._loaded, examples_of(self.task, inputs))
        if foreign.why and not self._warned:
            self._warned = True
            self._warn(foreign, len(made))
        return Predictions(made, output=self.task.output)

    def _warn(self, foreign: ForeignTexts, texts: int) -> None:
        head, number = self._loaded.heads[0], foreign.why.total()
        reader = reader_for(session().registry, head.task, head.languages, languages_in(foreign.why))
        reads = f" ({head.name}; it reads {languages_named(head.languages)})" if head.languages else f" ({head.name})"
        warnings.warn(
            f"{not_read(number, texts)}{reads}: {foreign_texts(foreign.why)}; "
            f"{rows_named('position', foreign.named, number)}. What it predicts there means nothing (said once)."
            f"{f' {read_by(reader)}' if reader else ''}",
            RuntimeWarning,
            stacklevel=4,
        )

    def __repr__(self) -> str:
        return f"<{' '.join(f'{name} {value};' for name, value in self._facts())[:-1]}>"

    def _repr_html_(self) -> str:
        return table(("", "loaded task"), self._facts())

    def _facts(self) -> list[tuple[str, str]]:
        facts = [("task", self.task.name), ("head", self._loaded.heads[0].name)]
        if self.backbone is not None:
            facts.append(("backbone", str(self.backbone.name)))
        if self.labels:
            more = f" and {len(self.labels) - _LABELS} more" if len(self.labels) > _LABELS else ""
            facts.append(("labels", ", ".join(self.labels[:_LABELS]) + more))
        return facts


def load_task(task: str, choice: SystemChoice) -> LoadedTask:
    """Load a task with the chosen head and backbone.

    Raises:
        UsageError: A name or an option is unknown, or does not fit.
        NlptasksError: Weights are missing or damaged.
    """
    here = session()
    return LoadedTask(here.load(here.choose(here.tasks([task]), choice)), choice)
