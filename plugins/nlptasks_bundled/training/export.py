"""What a finished training leaves: a folder that opens as an encoder, the output layers, the recipe and a card."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import save

from nlptasks.errors import UsageError
from nlptasks.files import atomic_output
from nlptasks.recipes import RecipeJob, RecipeReport

from .model import Learner, layer_tensors
from .parts import Part

CARD = "MODEL_CARD.md"

#: Name and version of the format of the output layers' file, and the key of what it says about itself.
FORMAT = "nlptasks-outputs/1"

_COPIED = ("config.json", "tokenizer.json", "tokenizer_config.json")
_PACKAGES = ("nlptasks", "numpy", "safetensors", "tokenizers", "torch", "transformers")


def check_unfinished(folder: Path) -> None:
    """Refuse a folder with a card: it is written last, so that training was finished there.

    Raises:
        UsageError: There is one.
    """
    if (folder / CARD).exists():
        raise UsageError(
            f"{folder} holds a trained encoder already", hint="give another folder (--output FOLDER), or remove it"
        )


def export(learner: Learner, start: Path, parts: Sequence[Part], job: RecipeJob, report: RecipeReport) -> None:
    """Write everything, the card last."""
    for name in _COPIED:
        shutil.copyfile(start / name, job.output / name)
    weights = {name: weight.half().cpu().contiguous() for name, weight in learner.encoder.state_dict().items()}
    _write(job.output / "model.safetensors", save(weights, metadata={"format": "pt"}))
    layers = {name: weight.cpu().contiguous() for name, weight in layer_tensors(learner).items()}
    about = {part.head: {"prediction": part.prediction.__name__, "labels": part.labels} for part in parts}
    header = {FORMAT: json.dumps(about, sort_keys=True, ensure_ascii=False)}
    _write(job.output / "heads.safetensors", save(layers, metadata=header))
    _write(job.output / "recipe.toml", job.source.encode())
    _write(job.output / CARD, _card(learner, parts, job, report).encode())


def machine(device: torch.device) -> str:
    """What computed, in a few words."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    threads = torch.get_num_threads()
    return f"{platform.machine()} {device.type}, {threads} thread{'s' if threads > 1 else ''}"


def versions() -> dict[str, str]:
    """Versions of what decides the weights."""
    return {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}


def _write(path: Path, content: bytes) -> None:
    with atomic_output(path, force=True) as stream:
        stream.write(content)


def _card(learner: Learner, parts: Sequence[Part], job: RecipeJob, report: RecipeReport) -> str:
    count = sum(weight.numel() for weight in learner.encoder.parameters())
    device = next(learner.parameters()).device
    facts = {
        "start": f"the backbone `{job.recipe.backbone}`",
        "weights": f"{count:,}, in float16 safetensors",
        "training": f"{report.tokens:,} padded tokens in {report.steps:,} steps and {report.seconds:,.0f} seconds",
        "machine": machine(device),
        "versions": ", ".join(f"{name} {number}" for name, number in versions().items()),
        "recipe": "`recipe.toml` in this folder; `nlptasks train --recipe` makes the weights again",
    }
    return "\n".join(
        [
            "# Model card: a fine-tuned encoder",
            "",
            *_table(("", ""), [*facts.items()]),
            "",
            "## Data",
            "",
            *_table(("part", "output layer", "weight", "training rows", "of them used", "held-out rows"), _rows(parts)),
            "",
            *_table(("file", "SHA-256"), _files(job).items()),
            "",
            "## Scores on held-out rows",
            "",
            *_table(("score", "value"), [(name, f"{value:.4f}") for name, value in report.scores.items()]),
            "",
        ]
    )


def _rows(parts: Sequence[Part]) -> list[tuple[str, ...]]:
    """What each part is and holds; a row is not used where its answer does not stand in its context."""
    counts = [(part.rows, len(part.pieces), len(part.held_out.examples)) for part in parts]
    return [
        (part.name, part.head, f"{part.weight:g}", *(f"{count:,}" for count in row))
        for part, row in zip(parts, counts, strict=True)
    ]


def _files(job: RecipeJob) -> Mapping[str, str]:
    return {file.name: file.sha256 for task in job.tasks for file in task.files}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
