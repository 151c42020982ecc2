"""The parts of a training: each with its pieces in memory, its held-out rows and its output layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.predictions import Label, Span
from nlptasks.plugin.protocols import Encoder, Example, Scorer, Window
from nlptasks.training.recipes import JobTask, RecipeJob

from .pieces import TrainingPiece, any_pieces, context_windows, first_windows, label_pieces, label_windows, span_pieces

#: The objective of a task whose texts are to keep their hidden states.
KEEP = "keep"

#: A sentence about a label, whose embedding stands for it.
SENTENCE = "This text is about {}."


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Held-out rows.

    Args:
        examples: The rows; none where there is nothing to score.
        windows: The windows of each.
    """

    examples: Sequence[Example]
    windows: Sequence[Sequence[Window]]


@dataclass(frozen=True, kw_only=True)
class TrainingPart:
    """One part of the training.

    Args:
        name: What the log calls it: the task and the folder of its first file.
        head: Name of its output layer; empty: it has none, and its texts are to keep their hidden states.
        prediction: ``Label`` or ``Span``; of no meaning without an output layer.
        labels: The outputs of its layer; empty for spans.
        weight: How often it is chosen, relative to the others.
        rows: Training rows.
        pieces: What it trains on: fewer than rows where answers do not stand in their contexts.
        held_out: What it is evaluated on.
        score: Scores answers, the primary metric first.
        sentences: A window for each label, with a sentence about it; empty where evaluations ask for none.
        licence: What the recipe says of the data's licence.
        source: What it says of where they are from.
    """

    name: str
    head: str
    prediction: type
    labels: tuple[str, ...]
    weight: float
    rows: int
    pieces: Sequence[TrainingPiece]
    held_out: HeldOut
    score: Scorer
    sentences: Sequence[Window] = ()
    licence: str = ""
    source: str = ""


def read_parts(job: RecipeJob, encoder: Encoder) -> tuple[TrainingPart, ...]:
    """Read and tokenize all data.

    Raises:
        UsageError: A task has an unknown objective, or answers with something else than labels or spans, or two kinds
            share an output layer.
        NlptasksError: A part has no usable row, or an output layer has fewer than two labels.
    """
    _check_objectives(job.tasks)
    learnt = [task for task in job.tasks if not _keeps(task)]
    _check_kinds(learnt)
    rows = [list(task.examples) for task in job.tasks]
    labels = _labels(learnt, [examples for task, examples in zip(job.tasks, rows, strict=True) if not _keeps(task)])
    names = part_names(job.tasks)
    parts: list[TrainingPart] = []
    for name, task, examples in zip(names, job.tasks, rows, strict=True):
        known = () if _keeps(task) else labels[task.recipe.head]
        parts.append(_part(name, task, examples, known, encoder, job.recipe.max_tokens))
        job.progress(f"{name}: {parts[-1].rows:,} training rows, {len(parts[-1].held_out.windows):,} held out")
    return tuple(parts)


def outputs(parts: Iterable[TrainingPart]) -> dict[str, int]:
    """Outputs of each layer."""
    return {part.head: len(part.labels) or 2 for part in parts if part.head}


def _keeps(task: JobTask) -> bool:
    return task.recipe.objective == KEEP


def _part(
    name: str, task: JobTask, examples: Sequence[Example], labels: tuple[str, ...], encoder: Encoder, max_tokens: int
) -> TrainingPart:
    held_out = list(task.validation)
    if _keeps(task):
        pieces = list(any_pieces(encoder, examples, max_tokens))
        windows = first_windows(encoder, held_out, max_tokens)
    elif issubclass(task.prediction, Span):
        pieces = list(span_pieces(encoder, examples, max_tokens))
        windows = context_windows(encoder, held_out, max_tokens)
    else:
        pieces = list(label_pieces(encoder, examples, max_tokens, labels))
        windows = label_windows(encoder, held_out, max_tokens)
    if not pieces:
        raise NlptasksError(f"{name}: no row of {', '.join(task.recipe.data)} can be trained on")
    return TrainingPart(
        name=name,
        head="" if _keeps(task) else task.recipe.head,
        prediction=task.prediction,
        labels=labels,
        weight=task.recipe.weight,
        rows=len(examples),
        pieces=pieces,
        # Of what is kept there is nothing to score: its held-out texts show how far embeddings have moved.
        held_out=HeldOut(examples=() if _keeps(task) else held_out, windows=windows),
        score=task.score,
        sentences=_sentences(encoder, labels) if task.recipe.zero_shot else (),
        licence=task.recipe.licence,
        source=task.recipe.source,
    )


def _sentences(encoder: Encoder, labels: Sequence[str]) -> list[Window]:
    return [row[0] for row in encoder.tokenize([SENTENCE.format(label) for label in labels], max_windows=1)]


def _check_objectives(tasks: Sequence[JobTask]) -> None:
    for at, task in enumerate(tasks, 1):
        if task.recipe.objective not in ("", KEEP):
            raise UsageError(
                f"task[{at}].objective {task.recipe.objective!r} is not one of an encoder's",
                hint=f'known: "", "{KEEP}"',
            )
    if all(map(_keeps, tasks)):
        raise UsageError("every task of the recipe keeps what there is, and none is learnt", hint="add another task")


def _check_kinds(tasks: Sequence[JobTask]) -> None:
    kinds: dict[str, type] = {}
    for task in tasks:
        kind = next((known for known in (Label, Span) if issubclass(task.prediction, known)), None)
        if kind is None:
            raise UsageError(
                f"this encoder learns labels and spans; the task '{task.spec.name}' answers with "
                f"{task.prediction.__name__}",
                hint="take the task out of the recipe",
            )
        inputs = {column.name for column in task.spec.inputs}
        if kind is Span and not inputs >= {"question", "context"}:
            raise UsageError(
                f"this encoder learns spans of a context behind a question; the task '{task.spec.name}' has "
                f"{', '.join(sorted(inputs))}",
                hint="take the task out of the recipe",
            )
        if kind is Span and task.recipe.zero_shot:
            raise UsageError(
                f"zero_shot names labels, and the task '{task.spec.name}' has none", hint="take zero_shot out there"
            )
        if kinds.setdefault(task.recipe.head, kind) is not kind:
            raise UsageError(
                f"the output layer '{task.recipe.head}' cannot learn both labels and spans",
                hint="give its tasks another head in the recipe",
            )


def _labels(tasks: Sequence[JobTask], rows: Sequence[Sequence[Example]]) -> Mapping[str, tuple[str, ...]]:
    """The labels of each output layer over all its parts; none for spans."""
    found: dict[str, set[str]] = {task.recipe.head: set() for task in tasks}
    spans = {task.recipe.head for task in tasks if issubclass(task.prediction, Span)}
    for task, examples in zip(tasks, rows, strict=True):
        if task.recipe.head not in spans:
            found[task.recipe.head].update(example.gold or "" for example in examples)
    for head, labels in found.items():
        if head not in spans and len(labels) < 2:
            raise NlptasksError(f"the output layer '{head}' needs two labels or more; its data hold {sorted(labels)}")
    return {head: tuple(sorted(labels)) for head, labels in found.items()}


def part_names(tasks: Sequence[JobTask]) -> list[str]:
    """What the log calls each part: its task and the folder of its first file, numbered where that stands twice."""
    names: list[str] = []
    for task in tasks:
        file = PurePath(task.recipe.data[0])
        name = f"{task.spec.name}/{file.parent.name or file.name}"
        again = sum(known == name or known.startswith(f"{name}#") for known in names)
        names.append(f"{name}#{again + 1}" if again else name)
    return names
