"""The parts of a decoder's training: each with its pairs in memory, and its held-out rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.decoder_vocabulary import DecoderText
from nlptasks.models.generation import Generator, Instruction
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example
from nlptasks.training.recipes import JobTask, RecipeJob
from nlptasks_bundled.training.parts import part_names

from .pairs import Pair, Pairing

#: The task that a decoder is told where it denoises corrupted copies.
DENOISE = "denoise"

CAUSAL = "causal"


@dataclass(frozen=True, kw_only=True)
class PairPart:
    """One part of the training.

    Args:
        name: What the log calls it.
        instruction: What the decoder is told.
        objective: See :class:`nlptasks.training.recipes.RecipeTask`.
        smoothing: Label smoothing of its loss.
        dropout: Proportion of hidden values that are dropped while it is learnt.
        weight: How often it is chosen, relative to the others.
        rows: Training rows.
        keep_states: Whether the encoder's states of its sources are kept.
        pieces: What it trains on.
        held_out: What it is evaluated on.
        licence: What the recipe says of the data's licence.
        source: What it says of where they are from.
    """

    name: str
    instruction: Instruction
    objective: str
    smoothing: float
    dropout: float
    weight: float
    rows: int
    keep_states: bool
    pieces: Sequence[Pair]
    held_out: Sequence[Pair]
    licence: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one part."""

    train: Sequence[Example]
    held_out: Sequence[Example]


def read_rows(job: RecipeJob) -> tuple[Rows, ...]:
    """Read all data.

    Raises:
        UsageError: A task answers with something else than text, or names no language.
    """
    for at, task in enumerate(job.tasks, 1):
        _check(task, at)
    return tuple(Rows(train=list(task.examples), held_out=list(task.validation)) for task in job.tasks)


def instruction_of(task: JobTask) -> Instruction:
    """What a decoder is told for a part."""
    name = DENOISE if task.recipe.objective == DENOISE else task.spec.name
    return Instruction(name, task.recipe.language)


def pair_parts(
    job: RecipeJob, rows: Sequence[Rows], encoder: Generator, text: DecoderText, longest: int, mask: str
) -> tuple[PairPart, ...]:
    """Tokenize all rows, targets to ``longest`` tokens with their prefix; ``mask`` is what hides a word of a copy.

    Raises:
        NlptasksError: A part has no row that can be trained on.
    """
    names = part_names(job.tasks)
    parts = []
    for number, (name, task, found) in enumerate(zip(names, job.tasks, rows, strict=True)):
        parts.append(_part(name, number, job, task, found, encoder, text, longest, mask))
        pieces, held_out = len(parts[-1].pieces), len(parts[-1].held_out)
        job.progress(f"{name}: {pieces:,} pieces of {parts[-1].rows:,} training rows, {held_out:,} held out")
    return tuple(parts)


def texts_of(rows: Sequence[Rows]) -> list[str]:
    """The texts that a decoder will write, which its vocabulary is learnt from."""
    return [example.gold or "" for part in rows for example in part.train]


def taught(parts: Sequence[PairPart]) -> Mapping[Instruction, int]:
    """What the decoder learns to write, with the number of pieces; denoising is no task of its own."""
    counts: dict[Instruction, int] = {}
    for part in parts:
        if part.instruction.task != DENOISE:
            counts[part.instruction] = counts.get(part.instruction, 0) + len(part.pieces)
    return counts


def _part(
    name: str,
    number: int,
    job: RecipeJob,
    task: JobTask,
    rows: Rows,
    encoder: Generator,
    text: DecoderText,
    longest: int,
    mask: str,
) -> PairPart:
    recipe, instruction = job.recipe, instruction_of(task)
    pairing = Pairing(
        encoder=encoder,
        text=text,
        instruction=instruction,
        objective=task.recipe.objective,
        max_source=recipe.max_tokens,
        max_target=longest,
        seed=(recipe.seed, number),
        mask=mask,
        wording=partial(encoder.wording, instruction=instruction) if recipe.warm else None,
    )
    pieces = list(pairing.pairs(rows.train))
    if not pieces:
        raise NlptasksError(f"{name}: no row of {', '.join(task.recipe.data)} can be trained on")
    causal = task.recipe.objective == CAUSAL
    return PairPart(
        name=name,
        instruction=pairing.instruction,
        objective=task.recipe.objective,
        smoothing=0.0 if causal else recipe.label_smoothing,
        dropout=0.0 if causal else recipe.dropout,
        weight=task.recipe.weight,
        rows=len(rows.train),
        keep_states=task.recipe.keep_states,
        pieces=pieces,
        held_out=list(pairing.pairs(rows.held_out)),
        licence=task.recipe.licence,
        source=task.recipe.source,
    )


def _check(task: JobTask, at: int) -> None:
    if not issubclass(task.prediction, Text):
        raise UsageError(
            f"a decoder learns to write text; the task '{task.spec.name}' answers with {task.prediction.__name__}",
            hint='take the task out of the recipe, or write trains = "encoder"',
        )
    if not task.recipe.language:
        raise UsageError(f"task[{at}].language is missing", hint='write language = "en": what the decoder writes there')
    if task.recipe.objective not in ("", CAUSAL, DENOISE):
        raise UsageError(
            f"task[{at}].objective {task.recipe.objective!r} is not known", hint=f'known: "", "{CAUSAL}", "{DENOISE}"'
        )
