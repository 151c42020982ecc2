"""The parts of a training: each with its pieces in memory, its held-out rows and its output layer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.predictions import Label, Span
from nlptasks.plugin.protocols import Encoder, Example, Scorer, Window
from nlptasks.training.recipes import JobTask, RecipeJob

from .contrast import label_sentence, named, pair_pieces, pair_windows, translated
from .entities import Tags, tag_pieces, tag_windows, tags_of
from .objectives import ALIGN, ENTITIES, HEADLESS, KEEPING, KNOWN, LATER, NAME
from .pieces import TrainingPiece, any_pieces, context_windows, first_windows, label_pieces, label_windows, span_pieces


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
        head: Name of its output layer; empty: its objective needs none.
        objective: See :mod:`.objectives`.
        prediction: ``Label``, ``Span`` or ``Tags``; of no meaning without an output layer.
        labels: The outputs of its layer, or what its rows are named by; empty for spans.
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
    objective: str
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
    _check_kinds([task for task in job.tasks if task.recipe.objective not in HEADLESS])
    rows = [list(task.examples) for task in job.tasks]
    labels = _labels(job.tasks, rows)
    names = part_names(job.tasks)
    parts: list[TrainingPart] = []
    for name, task, examples in zip(names, job.tasks, rows, strict=True):
        known = labels.get(_labelled_as(task), ())
        parts.append(_part(name, task, examples, known, encoder, job.recipe.max_tokens))
        job.progress(f"{name}: {parts[-1].rows:,} training rows, {len(parts[-1].held_out.windows):,} held out")
    return tuple(parts)


def outputs(parts: Iterable[TrainingPart]) -> dict[str, int]:
    """Outputs of each layer."""
    return {part.head: len(part.labels) or 2 for part in parts if part.head}


def _kind(task: JobTask) -> type:
    """What its output layer predicts."""
    return Tags if task.recipe.objective == ENTITIES else task.prediction


def _part(
    name: str, task: JobTask, examples: Sequence[Example], labels: tuple[str, ...], encoder: Encoder, max_tokens: int
) -> TrainingPart:
    objective = task.recipe.objective
    held_out = list(task.validation)
    pieces, windows = _read(task, examples, held_out, labels, encoder, max_tokens)
    if not pieces:
        raise NlptasksError(f"{name}: no row of {', '.join(task.recipe.data)} can be trained on")
    return TrainingPart(
        name=name,
        head="" if objective in HEADLESS else task.recipe.head,
        objective=objective,
        prediction=_kind(task),
        labels=labels,
        weight=task.recipe.weight,
        rows=len(examples),
        pieces=pieces,
        # Of what is kept there is nothing to score: its held-out texts show how far embeddings have moved.
        held_out=HeldOut(examples=() if objective in KEEPING else held_out, windows=windows),
        score=task.score,
        sentences=_sentences(encoder, labels) if task.recipe.zero_shot else (),
        licence=task.recipe.licence,
        source=task.recipe.source,
    )


def _read(
    task: JobTask,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    labels: tuple[str, ...],
    encoder: Encoder,
    max_tokens: int,
) -> tuple[list[TrainingPiece], list[list[Window]]]:
    """What a part trains on, and the windows of its held-out rows."""
    objective = task.recipe.objective
    if objective in KEEPING:
        return list(any_pieces(encoder, examples, max_tokens)), first_windows(encoder, held_out, max_tokens)
    if objective in (ALIGN, NAME):
        partner = translated if objective == ALIGN else named
        pieces = list(pair_pieces(encoder, examples, max_tokens, partner))
        return pieces, pair_windows(encoder, held_out, max_tokens, partner)
    if objective == ENTITIES:
        return list(tag_pieces(encoder, examples, max_tokens, labels)), tag_windows(encoder, held_out, max_tokens)
    if issubclass(task.prediction, Span):
        return list(span_pieces(encoder, examples, max_tokens)), context_windows(encoder, held_out, max_tokens)
    return list(label_pieces(encoder, examples, max_tokens, labels)), label_windows(encoder, held_out, max_tokens)


def _sentences(encoder: Encoder, labels: Sequence[str]) -> list[Window]:
    return [row[0] for row in encoder.tokenize([label_sentence(label) for label in labels], max_windows=1)]


def _check_objectives(tasks: Sequence[JobTask]) -> None:
    for at, task in enumerate(tasks, 1):
        objective, labelled = task.recipe.objective, issubclass(task.prediction, Label)
        if objective not in KNOWN:
            raise UsageError(
                f"task[{at}].objective {objective!r} is not one of an encoder's",
                hint=f"known: {', '.join(map(json.dumps, KNOWN))}",
            )
        if objective in (NAME, ENTITIES) and not labelled:
            raise UsageError(
                f"task[{at}].objective {objective!r} is for labels; the task '{task.spec.name}' answers with "
                f"{task.prediction.__name__}",
                hint="take it out there",
            )
    if all(task.recipe.objective == LATER for task in tasks):
        raise UsageError("every task of the recipe comes later, and none first", hint='take objective = "later" out')
    if all(task.recipe.objective in KEEPING for task in tasks):
        raise UsageError("every task of the recipe keeps what there is, and none is learnt", hint="add another task")


def _check_kinds(tasks: Sequence[JobTask]) -> None:
    kinds: dict[str, type[Tags | Label | Span]] = {}
    for task in tasks:
        kind = next((known for known in (Tags, Label, Span) if issubclass(_kind(task), known)), None)
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
                f"the output layer '{task.recipe.head}' cannot learn both {_PLURALS[kinds[task.recipe.head]]} and "
                f"{_PLURALS[kind]}",
                hint="give its tasks another head in the recipe",
            )


#: What errors call the predictions of an output layer.
_PLURALS: Mapping[type, str] = MappingProxyType({Label: "labels", Span: "spans", Tags: "tags"})


def _labelled_as(task: JobTask) -> tuple[str, bool]:
    """Tasks that are alike in this have their labels in common: those of an output layer, or of the same name."""
    return task.recipe.head, task.recipe.objective == NAME


def _labels(tasks: Sequence[JobTask], rows: Sequence[Sequence[Example]]) -> dict[tuple[str, bool], tuple[str, ...]]:
    """The labels of each output layer over all its parts, or of what rows are named by; none for spans."""
    found: dict[tuple[str, bool], set[str]] = {}
    for task, examples in zip(tasks, rows, strict=True):
        if issubclass(task.prediction, Label) and task.recipe.objective not in KEEPING:
            read = tags_of if task.recipe.objective == ENTITIES else _label_of
            found.setdefault(_labelled_as(task), set()).update(label for row in examples for label in read(row))
    for (head, _), labels in found.items():
        if len(labels) < 2:
            raise NlptasksError(f"the output layer '{head}' needs two labels or more; its data hold {sorted(labels)}")
    return {key: tuple(sorted(labels)) for key, labels in found.items()}


def _label_of(example: Example) -> list[str]:
    return [example.gold or ""]


def part_names(tasks: Sequence[JobTask]) -> list[str]:
    """What the log calls each part: its task and the folder of its first file, numbered where that stands twice."""
    names: list[str] = []
    for task in tasks:
        file = PurePath(task.recipe.data[0])
        name = f"{task.spec.name}/{file.parent.name or file.name}"
        again = sum(known == name or known.startswith(f"{name}#") for known in names)
        names.append(f"{name}#{again + 1}" if again else name)
    return names
