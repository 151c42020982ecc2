"""What a finished training leaves: a folder that opens as an encoder, the output layers, the recipe and a card."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn

import nlptasks
from nlptasks.errors import UsageError
from nlptasks.files.paths import atomic_output, sha256_of
from nlptasks.models.checkpoints import CONFIG, encoder_config
from nlptasks.models.output_layers import OutputLayer, save_layers
from nlptasks.training.recipes import MODEL_CARD, RECIPE, RecipeJob, RecipeReport

from .model import Learner, layer_tensors
from .parts import TrainingPart

_COPIED = ("tokenizer.json", "tokenizer_config.json")
_PACKAGES = ("numpy", "safetensors", "tokenizers", "torch", "transformers")


def check_unfinished(folder: Path) -> None:
    """Refuse a folder with a card: it is written last, so that training was finished there.

    Raises:
        UsageError: There is one.
    """
    if (folder / MODEL_CARD).exists():
        raise UsageError(
            f"{folder} holds a trained encoder already", hint="give another folder (--output FOLDER), or remove it"
        )


def export(learner: Learner, start: Path, parts: Sequence[TrainingPart], job: RecipeJob, report: RecipeReport) -> None:
    """Write everything, the card last."""
    for name in _COPIED:
        shutil.copyfile(start / name, job.output / name)
    _write(job.output / CONFIG, encoder_config(start))
    weights = {name: weight.half().cpu().contiguous() for name, weight in learner.encoder.state_dict().items()}
    _write(job.output / "model.safetensors", save(weights, metadata={"format": "pt"}))
    save_output_layers(job.output, learner, parts)
    write_text(job.output / RECIPE, job.source)
    write_text(job.output / MODEL_CARD, _card(learner, parts, job, report))


def save_output_layers(folder: Path, learner: Learner, parts: Sequence[TrainingPart]) -> None:
    """Write the output layers into a folder, for heads that are made of one of them."""
    save_layers(folder, _layers(learner, parts))


def write_text(path: Path, text: str) -> None:
    """Write a file that appears when it is complete."""
    _write(path, text.encode())


def _layers(learner: Learner, parts: Sequence[TrainingPart]) -> Iterator[OutputLayer]:
    tensors = {name: tensor.float().cpu().numpy() for name, tensor in layer_tensors(learner).items()}
    for part in {part.head: part for part in parts if part.head}.values():
        yield OutputLayer(
            name=part.head,
            prediction=part.prediction.__name__,
            labels=part.labels,
            weight=tensors[f"{part.head}.weight"],
            bias=tensors[f"{part.head}.bias"],
        )


def machine(device: torch.device) -> str:
    """What computed, in a few words."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    threads = torch.get_num_threads()
    return f"{platform.machine()} {device.type}, {threads} thread{'s' if threads > 1 else ''}"


def versions() -> dict[str, str]:
    """Versions of what decides the weights."""
    return {
        "python": platform.python_version(),
        "nlptasks": nlptasks.__version__,
        **{name: version(name) for name in _PACKAGES},
    }


def _write(path: Path, content: bytes) -> None:
    with atomic_output(path, force=True) as stream:
        stream.write(content)


def facts_of(module: nn.Module, job: RecipeJob, report: RecipeReport) -> Mapping[str, str]:
    """Facts about a training for the table at the head of a card."""
    count = sum(weight.numel() for weight in module.parameters())
    return {
        "start": f"the backbone `{job.recipe.backbone}`{_trained_before(job)}",
        "weights": f"{count:,}, in float16 safetensors",
        "taken": "after the last step"
        if report.kept_at is None
        else f"after {report.kept_at:,} tokens, the best evaluation",
        "training": f"{report.tokens:,} padded tokens in {report.steps:,} steps and {report.seconds:,.0f} seconds",
        "machine": machine(next(module.parameters()).device),
        "versions": ", ".join(f"{name} {number}" for name, number in versions().items()),
        "recipe": "`recipe.toml` in this folder; `nlptasks train --recipe` makes them again from the same start",
    }


def _trained_before(job: RecipeJob) -> str:
    """Which weights a training went on from, where they were not the backbone's own: by their card, as a path says no
    more than a name does.
    """
    return f", trained before: SHA-256 of its card `{sha256_of(job.start / MODEL_CARD)}`" if job.start else ""


def _card(learner: Learner, parts: Sequence[TrainingPart], job: RecipeJob, report: RecipeReport) -> str:
    return "\n".join(
        [
            "# Model card: a fine-tuned encoder",
            "",
            *table(("", ""), facts_of(learner.encoder, job, report).items()),
            "",
            "## Data",
            "",
            *table(_DATA, _rows(parts, report)),
            "",
            "A pass is one over the rows used; a row is not used where its answer does not stand in its context.",
            "",
            *table(("set", "file", "SHA-256"), data_files([part.name for part in parts], job)),
            "",
            "## Scores on held-out rows",
            "",
            *table(("score", "value"), [(name, f"{value:.4f}") for name, value in report.scores.items()]),
            "",
        ]
    )


#: What the table of the data tells of each part.
_DATA = (
    "set", "output layer", "weight", "training rows", "rows used", "passes", "held-out rows", "licence", "source"
)  # fmt: skip


def _rows(parts: Sequence[TrainingPart], report: RecipeReport) -> Iterator[tuple[str, ...]]:
    for part in parts:
        yield (
            part.name,
            part.head or f"none: {part.objective}",
            f"{part.weight:g}",
            f"{part.rows:,}",
            f"{len(part.pieces):,}",
            f"{report.pieces[part.name] / len(part.pieces):.2f}",
            f"{len(part.held_out.windows):,}",
            part.licence or "not told",
            part.source or "not told",
        )


def data_files(names: Sequence[str], job: RecipeJob) -> Iterator[tuple[str, ...]]:
    """Name of each part with its files and their SHA-256, for a card."""
    for name, task in zip(names, job.tasks, strict=True):
        yield from ((name, file.name, file.sha256) for file in task.files)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in lines]
