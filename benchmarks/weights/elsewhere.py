"""Train the encoder's recipe on another machine, to which little can be taken and from which little comes back.

usage: elsewhere.py pack RECIPE DATA START FILE [TOKENS]      here: all that a training of so many tokens reads
       elsewhere.py train FILE FOLDER [OPTION=VALUE ...]      there: device=cuda seconds=500 batch_tokens=16384 ...
       elsewhere.py join FOLDER START ENCODER                 here: the encoder, with what START has and did not learn

What is packed lies in one file of less than 50 MB, what comes back in files of less than 16 MB. `seconds` in place of
`tokens` measures the speed first and trains as many tokens as fit; any other option is a key of the recipe.
"""

from __future__ import annotations

import copy
import shutil
import sys
import time
from collections import Counter
from dataclasses import fields, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

from nlptasks.training.recipes import Recipe, RecipeJob
from nlptasks_bundled.training.export import save_output_layers
from nlptasks_bundled.training.loop import seeded
from nlptasks_bundled.training.model import Learner
from nlptasks_bundled.training.packing import pack, unpack
from nlptasks_bundled.training.parts import outputs, read_parts
from nlptasks_bundled.training.trainer import EncoderTraining

#: Bytes of a file that comes back.
_MOST = 15_000_000

#: Seconds for which the speed is measured, after a few steps to warm up, and proportion of the time that is kept back.
_MEASURED, _WARM, _MARGIN = 15.0, 20, 0.08


def pack_recipe(recipe: Path, data: Path, start: Path, file: Path, tokens: int) -> None:
    """Read a recipe's data, and write what a training needs."""
    from nlptasks._plugins.configuration import Config
    from nlptasks._plugins.loader import load_plugins
    from nlptasks._training.recipe import RecipeRequest, ignore, recipe_job
    from nlptasks.models.encoder import TransformerEncoder
    from nlptasks.training.recipes import read_recipe

    request = RecipeRequest(recipe=recipe, output=file.parent, data_dir=data, device="cpu")
    registry = load_plugins(Config()).registry
    job = recipe_job(registry, read_recipe(recipe), request, print, ignore, Counter())
    reader = TransformerEncoder(start, name=job.recipe.backbone, device="cpu", precision="float32", runtime="torch")
    chosen = replace(job.recipe, tokens=tokens or job.recipe.tokens)
    weights = {name: value.half().numpy() for name, value in reader.model.state_dict().items()}
    pack(file, chosen, read_parts(job, reader), reader.model.config.to_dict(), weights)
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def train(file: Path, folder: Path, options: dict[str, str]) -> None:
    """Train what is packed, and write what was learnt in small files."""
    recipe, parts, config, weights = unpack(file)
    device, seconds = torch.device(options.pop("device", "cpu")), float(options.pop("seconds", 0))
    began = time.monotonic()
    recipe = _changed(recipe, options)
    folder.mkdir(parents=True, exist_ok=True)
    job = RecipeJob(recipe=recipe, source="", tasks=(), output=folder, device=device.type, progress=print)
    with seeded(recipe.seed, device):
        encoder = BertModel(BertConfig(**config), add_pooling_layer=False)
        encoder.load_state_dict({name: torch.from_numpy(value).float() for name, value in weights.items()})
        learner = Learner(encoder, outputs(parts), dropout=recipe.dropout).to(device)

        def training(learner: Learner, job: RecipeJob) -> EncoderTraining:
            return EncoderTraining(job, device, learner, parts, {})

        if seconds:
            speed = _speed(training(copy.deepcopy(learner), job), device)
            left = (seconds - (time.monotonic() - began)) * (1 - _MARGIN)
            job = replace(job, recipe=replace(recipe, tokens=max(recipe.batch_tokens, int(speed * left))))
            print(f"{speed:,.0f} tokens/s: {job.recipe.tokens:,} tokens")
        done = training(learner, job)
        done.run()
    (folder / "checkpoint.pt").unlink(missing_ok=True)
    _write(learner, parts, folder)


def join(folder: Path, start: Path, encoder: Path) -> None:
    """Put what came back and what was not learnt into a folder that opens as an encoder."""
    encoder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "recipe.toml", "MODEL_CARD.md"):
        shutil.copyfile(start / name, encoder / name)
    shutil.copyfile(folder / "heads.safetensors", encoder / "heads.safetensors")
    shutil.copyfile(folder / "log.jsonl", encoder / "log.jsonl")
    weights = load_file(start / "model.safetensors")
    for path in sorted(folder.glob("encoder-*.safetensors")):
        weights |= load_file(path)
    save_file(weights, encoder / "model.safetensors", metadata={"format": "pt"})


def _write(learner: Learner, parts: Any, folder: Path) -> None:
    learnt = {name for name, value in learner.encoder.named_parameters() if value.requires_grad}
    files: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for name, value in learner.encoder.state_dict().items():
        if name in learnt:
            half = value.detach().half().cpu().contiguous()
            if size + 2 * half.numel() > _MOST:
                files.append({})
                size = 0
            files[-1][name] = half
            size += 2 * half.numel()
    for number, tensors in zip(count(1), files, strict=False):
        save_file(tensors, folder / f"encoder-{number}.safetensors")
    save_output_layers(folder, learner, parts)


def _speed(training: EncoderTraining, device: torch.device) -> float:
    """Tokens per second of a training that is thrown away."""
    for _ in range(_WARM):
        training._step()
    began, tokens = _now(device), 0
    while _now(device) - began < _MEASURED:
        tokens += sum(training._step() for _ in islice(count(), 5))
    return tokens / (_now(device) - began)


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.monotonic()


def _changed(recipe: Recipe, options: dict[str, str]) -> Recipe:
    kinds = {item.name: type(getattr(recipe, item.name)) for item in fields(recipe)}
    return replace(recipe, **{name: kinds[name](value) for name, value in options.items()})


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "pack":
        tokens = int(rest[4]) if len(rest) > 4 else 0
        pack_recipe(Path(rest[0]), Path(rest[1]), Path(rest[2]), Path(rest[3]), tokens)
    elif command == "train":
        train(Path(rest[0]), Path(rest[1]), dict(option.split("=", 1) for option in rest[2:]))
    elif command == "join":
        join(*map(Path, rest))
    else:
        raise SystemExit(__doc__)
