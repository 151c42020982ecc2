"""Checks what leaves a head, once for each block: a prediction that is wrong in form must not reach a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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

_FLOATS = {float}

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
        check_predictions(head, examples, predictions, lambda at: place(done.block.rows[at]))


def check_predictions(
    head: LoadedHead,
    examples: Sequence[Example],
    predictions: Sequence[Prediction | None],
    place: Callable[[int], str],
) -> None:
    """Check what one head predicted; see :func:`check_block`.

    Args:
        head: The head.
        examples: What it was given.
        predictions: What it gave.
        place: How errors call the example at a position.
    """
    if len(predictions) != len(examples):
        raise PluginError(
            f"the head {head.name} gave {len(predictions):,} predictions for {len(examples):,} examples",
            hint=_HINT,
        )
    check = _Check.of(head)
    with plugin_errors(f"the head {head.name}"):
        for at, (example, prediction) in enumerate(zip(examples, predictions, strict=True)):
            if not check.is_sound(prediction) and (fault := check.fault(example, prediction)):
                raise PluginError(f"the head {head.name} gave {fault} for {place(at)}", hint=_HINT)


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

    def is_sound(self, prediction: Prediction | None) -> bool:
        """Whether a prediction is plainly a label as it should be; :meth:`fault` looks closely at the others."""
        if type(prediction) is not Label or self.type is not Label:
            return False
        label, score, scores = prediction.label, prediction.score, prediction.scores
        if type(label) is not str or label not in self.labels or type(score) is not float or type(scores) is not dict:
            return False
        if not 0 <= score <= 1 or not scores:
            return 0 <= score <= 1
        values = scores.values()
        if not scores.keys() <= self.labels or set(map(type, values)) != _FLOATS:
            return False
        # A NaN makes no sum of 1.
        return abs(scores.get(label, score) - score) <= _SUM and abs(sum(values) - 1) <= _SUM and min(values) >= 0

    def fault(self, example: Example, prediction: Prediction | None) -> str:
        """What is wrong with a prediction; empty: nothing."""
        if prediction is None:
            return "" if is_blank(self.task, example) else "no prediction"
        if not isinstance(prediction, self.type):
            return f"{_shown(prediction)}, which is no {self.type.__name__},"
        answer: object = prediction.canonical
        if not isinstance(answer, str):
            return f"{_shown(answer)}, which is no text,"
        wrong = self._of_its_kind(prediction, example)
        said: Callable[[Example, frozenset[str]], str] | None = getattr(prediction, "fault", None)
        return wrong or (str(said(example, self.labels)) if said else "")

    def _of_its_kind(self, prediction: Prediction, example: Example) -> str:
        if isinstance(prediction, Label):
            return self._label(prediction)
        if isinstance(prediction, Span):
            return _span(prediction, example)
        if isinstance(prediction, Text):
            others: object = prediction.others
            texts = isinstance(others, list | tuple) and all(isinstance(text, str) for text in others)
            return "" if texts else "further texts that are no texts"
        return self._probabilities(prediction)

    def _probabilities(self, prediction: Prediction) -> str:
        """What is wrong with what a type that a plugin brought says of how probable its answer is."""
        score: object = getattr(prediction, "score", None)
        if score is not None and (fault := _no_probability(score)):
            return f"the score {fault},"
        scores: object = getattr(prediction, "scores", {})
        if not isinstance(scores, Mapping):
            return f"{_shown(scores)} for the probabilities of labels, which is no mapping,"
        for label, value in scores.items():
            if fault := _no_probability(value):
                return f"{_shown(label)} the probability {fault},"
        return ""

    def _label(self, prediction: Label) -> str:
        if self.labels and prediction.label not in self.labels:
            return f"the label {_shown(prediction.label)}, which is none of its labels ({self._known()}),"
        if prediction.score is not None and (fault := _no_probability(prediction.score)):
            return f"the score {fault},"
        return self._scores(prediction)

    def _scores(self, prediction: Label) -> str:
        scores: object = prediction.scores
        if not isinstance(scores, Mapping):
            return f"{_shown(scores)} for the probabilities of labels, which is no mapping,"
        for label, score in scores.items():
            if not isinstance(label, str) or (self.labels and label not in self.labels):
                return f"a probability for {_shown(label)}, which is none of its labels ({self._known()}),"
            if fault := _no_probability(score):
                return f"the label {_shown(label)} the probability {fault},"
        if not self.labels:
            # Each label is judged for itself: the sum means nothing, and the score is that of all labels together.
            return ""
        own = scores.get(prediction.label, prediction.score)
        if prediction.score is not None and abs(own - prediction.score) > _SUM:
            return f"the score {_shown(prediction.score)} and the same label the probability {_shown(own)}"
        if scores and abs(sum(scores.values()) - 1) > _SUM:
            return f"probabilities that sum to {sum(scores.values()):.4f} and not to 1"
        return ""

    def _known(self) -> str:
        return _cut(", ".join(sorted(self.labels)) or "it has no closed set")


def _span(prediction: Span, example: Example) -> str:
    others: object = prediction.alternatives
    if not (others is None or isinstance(others, list | tuple)):
        return f"{_shown(others)} for the alternatives, which is no tuple of Spans,"
    for span in (prediction, *(others or ())):
        if not isinstance(span, Span):
            return f"{_shown(span)} among the alternatives, which is no Span,"
        if fault := _no_probability(span.score):
            return f"the score {fault},"
        if fault := _misplaced(span, example):
            return fault
    return ""


def _misplaced(span: Span, example: Example) -> str:
    """Why a span is not what stands at its place; one of no answer has no text, and may have no place."""
    start, end = span.start, span.end
    for offset in (start, end):
        if type(offset) is not int:
            return f"the offset {_shown(offset)}, which is no Python int,"
    text: object = span.text
    if not isinstance(text, str):
        return f"{_shown(text)}, which is no text,"
    if text == "" and start == end == -1:
        return ""
    inputs = example.inputs
    texts = [inputs["context"]] if "context" in inputs else inputs.values()  # a question is not what is cut from
    if start < 0 or not any(start <= end <= len(whole) and whole[start:end] == text for whole in texts):
        return f"{_shown(text)} at {start} to {end}, where the text has something else,"
    return ""


def _no_probability(value: object) -> str:
    """What is wrong with a probability, behind its name; empty: nothing."""
    # NumPy's and torch's numbers would reach JSON as text, and True a column of numbers.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{_shown(value)}, which is no Python float (float(...) makes one of a number)"
    return "" if -_ROUNDING <= value <= 1 + _ROUNDING else f"{_shown(value)}, which is not between 0 and 1"


def _shown(value: Any) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return one_line(text, _QUOTED)
