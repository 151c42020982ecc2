"""Checks what leaves a head, once for each block: a prediction that is wrong in form must not reach a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from nlptasks._names import resolve
from nlptasks._plugins.guard import plugin_errors
from nlptasks._running.blocks import PredictedBlock, R
from nlptasks._systems.system import LoadedHead
from nlptasks._tables.columns import is_blank
from nlptasks.errors import PluginError
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Example, Prediction
from nlptasks.text.display import one_line

#: How far the sum of all labels' probabilities may be from 1: half precision rounds each of them.
_SUM = 1e-3

#: How far a probability may be outside 0 to 1: the last bits of a softmax.
_ROUNDING = 1e-6

#: Characters of a value that an error quotes.
_QUOTED = 80


def check_block(done: PredictedBlock[R], heads: Sequence[LoadedHead], place: Callable[[R], str]) -> None:
    """Check the predictions of a block.

    There is one for each example, none is missing but for examples without text, each is of the task's type, and its
    label, probabilities and offsets are what they can be.

    Args:
        done: The block with its predictions.
        heads: The heads.
        place: How errors call a row.

    Raises:
        PluginError: One is not; the error names the head and the row.
    """
    if len(done.made.by_head) != len(heads):
        raise PluginError(f"{len(heads)} heads made {len(done.made.by_head)} columns of predictions of a block")
    for head, examples, predictions in zip(heads, done.block.examples, done.made.by_head, strict=True):
        if len(predictions) != len(examples):
            raise PluginError(
                f"the head {head.name} gave {len(predictions):,} predictions for {len(examples):,} examples",
                hint=_HINT,
            )
        check = _Check.of(head)
        with plugin_errors(f"the head {head.name}"):
            for row, example, prediction in zip(done.block.rows, examples, predictions, strict=True):
                if fault := check.fault(example, prediction):
                    raise PluginError(f"the head {head.name} gave {fault} for {place(row)}", hint=_HINT)


_HINT = "this is a fault of the head; tell its author"


def prediction_type(task: TaskSpec) -> type[Prediction]:
    """The class of a task's predictions, which knows the output columns."""
    found: type[Prediction] = resolve(task.prediction)
    return found


@dataclass(frozen=True)
class _Check:
    """What a head may give."""

    task: TaskSpec
    type: type[Prediction]
    labels: frozenset[str]

    @classmethod
    def of(cls, head: LoadedHead) -> _Check:
        with plugin_errors(f"the head {head.name}"):
            labels = frozenset(head.head.labels)
        return cls(task=head.task, type=prediction_type(head.task), labels=labels)

    def fault(self, example: Example, prediction: Prediction | None) -> str:
        """What is wrong with a prediction; empty: nothing."""
        if prediction is None:
            return "" if is_blank(self.task, example) else "no prediction"
        if not isinstance(prediction, self.type):
            return f"{_shown(prediction)}, which is no {self.type.__name__},"
        answer: object = prediction.answer
        if not isinstance(answer, str):
            return f"{_shown(answer)}, which is no text,"
        if isinstance(prediction, Label):
            return self._label(prediction)
        if isinstance(prediction, Span):
            return _span(prediction, example)
        if isinstance(prediction, Text):
            return "" if all(isinstance(text, str) for text in prediction.others) else "further texts that are no texts"
        return ""

    def _label(self, prediction: Label) -> str:
        if self.labels and prediction.label not in self.labels:
            known = ", ".join(sorted(self.labels))
            return f"the label {_shown(prediction.label)}, which is none of its labels ({_cut(known)}),"
        if prediction.score is not None and not _probability(prediction.score):
            return f"the score {_shown(prediction.score)}, which is not between 0 and 1,"
        for label, score in prediction.scores.items():
            if not _probability(score):
                return f"the label {_shown(label)} the probability {_shown(score)}, which is not between 0 and 1,"
        # Without a closed set each label is judged for itself, and the sum means nothing.
        if self.labels and prediction.scores and abs(sum(prediction.scores.values()) - 1) > _SUM:
            return f"probabilities that sum to {sum(prediction.scores.values()):.4f} and not to 1"
        return ""


def _span(prediction: Span, example: Example) -> str:
    for span in (prediction, *(prediction.alternatives or ())):
        if not _probability(span.score):
            return f"the score {_shown(span.score)}, which is not between 0 and 1,"
        if span.start < 0:
            continue  # no answer
        at = slice(span.start, span.end)
        if not any(text[at] == span.text for text in example.inputs.values()):
            return f"{_shown(span.text)} at {span.start} to {span.end}, where the text has something else,"
    return ""


def _probability(value: Any) -> bool:
    return isinstance(value, int | float) and isfinite(value) and -_ROUNDING <= value <= 1 + _ROUNDING


def _shown(value: Any) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return one_line(text, _QUOTED)
