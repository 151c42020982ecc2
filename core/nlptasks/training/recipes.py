"""Recipes: what a backbone is fine-tuned on, as a TOML file, and what a backbone's trainer is given and leaves behind.

A recipe names tasks, data files and numbers, so that anyone can make the same weights again::

    backbone = "bundled"
    tokens = 1_000_000

    [[task]]
    task = "sentiment"
    head = "sentiment"
    data = ["sst2/train.jsonl.gz"]
    validation = ["sst2/validation.jsonl.gz"]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Example, Scorer

__all__ = [
    "MODEL_CARD",
    "RECIPE",
    "DataFile",
    "JobTask",
    "Recipe",
    "RecipeJob",
    "RecipeReport",
    "RecipeTask",
    "read_recipe",
    "recipe_text",
]

#: The file in the folder of a fine-tuned backbone that says how it was made.
RECIPE = "recipe.toml"

#: The file there that a trainer writes last: where it lies, training is finished.
MODEL_CARD = "MODEL_CARD.md"


def _number(default: float, low: float, high: float | None = None) -> Any:
    """A field whose value lies between two numbers, both included."""
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True, kw_only=True)
class RecipeTask:
    """What one part of the training reads.

    Args:
        task: Name of a task.
        head: Name of the output layer, in lower-case letters, digits, ``-`` and ``_``; parts of the training may share
            one.
        data: Files of training rows, relative to the data folder.
        validation: Files of held-out rows; none: the task is not evaluated here.
        weight: How often its batches are chosen, relative to those of the others.
        rows: Most training rows; 0: all.
        columns: Columns of the files by the task's inputs, where their names do not tell.
        gold: Column with the gold answers, where its name does not tell.
        language: ISO 639-1 code of the language that a decoder writes here; of no meaning to an encoder.
        licence: What its source says of its licence; for the card.
        source: Where the data are from, in a few words; for the card.
        zero_shot: Whether evaluations also name the labels to the encoder as sentences, and log how often the nearest
            one is right; of no meaning to a decoder.
        objective: What a decoder learns of the gold answers: ``""`` to write them for the inputs, ``causal`` to write
            them from nothing and to carry them on, ``denoise`` to write them from a corrupted copy. An encoder learns
            them too (``""``), or with ``keep`` to give each token of the inputs the hidden state that it has at the
            start: heads and decoders that read such texts then go on working.
        keep_states: Whether a decoder's training keeps what the frozen encoder makes of the sources in memory, in half
            precision: of use where they are seen in several passes, since a few hundred batches have them all encoded.
            Of no meaning to an encoder.
    """

    task: str
    head: str
    data: tuple[str, ...]
    validation: tuple[str, ...] = ()
    weight: float = _number(1.0, 0.0)
    rows: int = _number(0, 0)
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    language: str = ""
    objective: str = ""
    licence: str = ""
    source: str = ""
    zero_shot: bool = False
    keep_states: bool = False


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a backbone is fine-tuned on several tasks at once.

    Args:
        backbone: Name of the backbone to start from.
        tasks: What is read (``[[task]]`` in the file).
        trains: ``encoder``, or ``decoder``: one that reads the frozen encoder.
        warm: Whether a decoder goes on from the one that the backbone has; else a new one is made.
        layers: Layers of a new decoder.
        vocabulary: Tokens of a new decoder's vocabulary.
        positions: Longest text of a new decoder in tokens, with the three before its first word.
        label_smoothing: Proportion of the target's probability that a decoder's loss spreads over all tokens, but not
            where the objective is ``causal``.
        seed: Seeds everything that is random.
        tokens: Padded tokens to train on.
        epochs: Passes over all rows, in place of ``tokens``; the encoder is then evaluated and stored once in each, and
            its losses are logged ten times; 0: ``tokens`` says how long it is trained.
        batch_tokens: Padded tokens of a batch, which is one step of the optimizer.
        max_tokens: Longest window, special tokens included.
        encoder_rate: Highest learning rate of the encoder.
        head_rate: Highest learning rate of the output layers.
        warmup: Proportion of ``tokens`` during which the rates rise; they fall to 0 over the rest.
        evaluate_every: Padded tokens between two evaluations.
        checkpoint_every: Padded tokens between two checkpoints.
        log_every: Padded tokens between two lines of losses.
        validation_rows: Most held-out rows of a task; 0: all.
        keep_embedding: Weight of a loss that keeps mean hidden states near those of the starting encoder; 0: off.
        keep_every: Steps from one batch with that loss to the next; it takes another forward pass.
        keep_weight: Weight of the loss of tasks with the objective ``keep``: squared distance between the hidden states
            of a token, relative to the squared norm at the start.
        dropout: Proportion of hidden values that are dropped in training, but not where the objective is ``causal``. A
            fourth of the time on a CPU, and of use only where the data are seen several times.
        patience: Evaluations without a better mean score after which training stops. Where it is not 0, the weights of
            the best evaluation are kept, else the last ones.
    """

    backbone: str
    tasks: tuple[RecipeTask, ...]
    trains: str = "encoder"
    warm: bool = False
    layers: int = _number(3, 1)
    vocabulary: int = _number(8_192, 300)
    positions: int = _number(256, 16)
    label_smoothing: float = _number(0.1, 0.0, 0.9)
    seed: int = _number(0, 0)
    tokens: int = _number(1_000_000, 1)
    epochs: float = _number(0.0, 0.0)
    batch_tokens: int = _number(2_048, 1)
    max_tokens: int = _number(256, 8)
    encoder_rate: float = _number(5e-5, 0.0)
    head_rate: float = _number(5e-4, 0.0)
    warmup: float = _number(0.05, 0.0, 1.0)
    evaluate_every: int = _number(1_000_000, 1)
    checkpoint_every: int = _number(1_000_000, 1)
    log_every: int = _number(100_000, 1)
    validation_rows: int = _number(0, 0)
    keep_embedding: float = _number(0.0, 0.0)
    keep_every: int = _number(1, 1)
    keep_weight: float = _number(10.0, 0.0)
    dropout: float = _number(0.1, 0.0, 0.9)
    patience: int = _number(0, 0)


# ------------------------------------------------------------------ trainer


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A file of the training data: its name in the recipe, and its SHA-256 in hexadecimal."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class JobTask:
    """One part of the training, with its data.

    Args:
        recipe: What the recipe says of it.
        spec: The task.
        prediction: The class of the task's predictions.
        examples: Training examples, each with its gold answer. Can be iterated once.
        validation: Held-out examples, likewise.
        files: The files behind both.
        score: Scores predictions by the task's metrics.
    """

    recipe: RecipeTask
    spec: TaskSpec
    prediction: type
    examples: Iterable[Example]
    validation: Iterable[Example]
    files: tuple[DataFile, ...]
    score: Scorer


@dataclass(frozen=True, kw_only=True)
class RecipeJob:
    """What the trainer of a backbone is given.

    Args:
        recipe: The recipe.
        source: The text of its file.
        tasks: Its tasks, in its order.
        output: Folder to leave everything in; it exists, and may hold what an interrupted training left.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        progress: Called with a line for the user.
        advance: Called now and then with the tokens that are trained and all that will be.
        start: Folder that an earlier training of this backbone left, whose weights this one goes on from; ``None``: it
            starts from the backbone's own.
    """

    recipe: Recipe
    source: str
    tasks: tuple[JobTask, ...]
    output: Path
    device: str
    progress: Callable[[str], None]
    advance: Callable[[int, int], None] = lambda done, total: None  # noqa: ARG005
    start: Path | None = None


@dataclass(frozen=True, kw_only=True)
class RecipeReport:
    """What the trainer of a backbone leaves behind.

    Args:
        tokens: Padded tokens that it trained on.
        steps: Steps of the optimizer.
        seconds: Wall-clock time of training and evaluation, those of interrupted runs included.
        scores: The held-out scores of the weights that it leaves, by ``PART/METRIC``; what a part is called is the
            trainer's choice.
        kept_at: Tokens after which those weights were taken; ``None``: they are the last ones.
        pieces: How many pieces of the data it was trained on, by part, a piece as often as it was seen.
    """

    tokens: int
    steps: int
    seconds: float
    scores: Mapping[str, float]
    kept_at: int | None = None
    pieces: Mapping[str, int] = field(default_factory=dict)


# ------------------------------------------------------------------ reading


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        UsageError: The file is missing or no TOML, or something in it is unknown, missing or of the wrong kind.
    """
    from nlptasks.training._recipe_reader import read  # pydantic takes longer to import than what reads no recipe may

    return read(path)


def recipe_text(recipe: Recipe) -> str:
    """A recipe as TOML, without the keys that have their default."""
    lines = _assignments(recipe, leave=("tasks",))
    for task in recipe.tasks:
        lines += ["", "[[task]]", *_assignments(task)]
    return "".join(f"{line}\n" for line in lines)


def _assignments(values: Recipe | RecipeTask, leave: Sequence[str] = ()) -> list[str]:
    lines = []
    for item in fields(values):
        value = getattr(values, item.name)
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        if item.name not in leave and value != default:
            lines.append(f"{item.name} = {_toml(value)}")
    return lines


def _toml(value: object) -> str:
    """A value as TOML writes it; JSON's texts, numbers and truth values are TOML's too."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # which TOML has no room for
