"""Gets what a pipeline works with: the model, its tokenizer and the device, from what the user gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from nlptasks.models.runtimes.torch_devices import choose_device
from nlptasks.plugin.pipelines import PipelineContext
from nlptasks_hub.checkpoints.checkpoint import Checkpoint, open_checkpoint
from nlptasks_hub.checkpoints.loading import load_model, load_tokenizer
from nlptasks_hub.checkpoints.token_types import tells_types

from .errors import InputError

#: What loads a model; the rest of the settings belongs to the pipeline itself.
_LOADING = frozenset(
    {"allow_pickle", "config", "device", "device_map", "dtype", "framework", "model_kwargs", "revision"}
    | {"token", "tokenizer", "torch_dtype", "trust_remote_code", "use_auth_token", "use_fast"}
)
#: Arguments of transformers' ``pipeline`` that no text pipeline used.
_UNUSED = ("feature_extractor", "image_processor", "video_processor", "processor", "modelcard", "args_parser")


@dataclass(frozen=True, kw_only=True)
class PipelineParts:
    """What a pipeline works with.

    Args:
        task: Name of the pipeline as the user typed it.
        model: A transformers model on ``device``, in evaluation mode.
        tokenizer: Its tokenizer.
        device: Where batches go.
        settings: The arguments that are not about loading.
        checkpoint: Where the model came from; ``None``: it was in memory.
        types: Whether the tokenizer must be asked for token types (see :mod:`nlptasks_hub.checkpoints.token_types`).
    """

    task: str
    model: Any = field(repr=False)
    tokenizer: Any = field(repr=False)
    device: torch.device
    settings: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None
    types: bool = False


def open_parts(context: PipelineContext, kind: str, *, default: str = "") -> PipelineParts:
    """Load the model and the tokenizer that a pipeline asks for.

    Args:
        context: What the user gave.
        kind: The class of transformers that loads such models, for example ``AutoModelForSequenceClassification``.
        default: The checkpoint that transformers 4 took where the user named none, for the error.

    Raises:
        UsageError: There is no model, it cannot be had, it is not of that kind, or an argument is not supported.
    """
    settings = _supported(context.settings)
    loading = {name: value for name, value in settings.items() if name in _LOADING and value is not None}
    rest = {name: value for name, value in settings.items() if name not in _LOADING}
    if context.model is None:
        _no_model(context.task, default)
    if not _is_reference(context.model):
        return _in_memory(context, loading, rest)
    checkpoint = _checkpoint(str(context.model), loading)
    device = resolve_device(loading.get("device"), loading.get("device_map"))
    tokenizer, types = _tokenizer(loading.get("tokenizer"), checkpoint)
    return PipelineParts(
        task=context.task,
        model=_model(checkpoint, kind, device, loading),
        tokenizer=tokenizer,
        device=device,
        settings=rest,
        checkpoint=checkpoint,
        types=types,
    )


def resolve_device(device: Any = None, device_map: Any = None) -> torch.device:
    """The device behind every form that transformers 4 took.

    ``None`` and ``auto`` are the accelerator where there is one; ``-1`` is the CPU; another whole number is the
    accelerator of that number, and the CPU where there is none; a string or a ``torch.device`` is itself.

    Raises:
        UsageError: No such device on this machine, or a device map that spreads a model over several.
    """
    if device_map is not None and device is not None:
        raise InputError("device and device_map say the same thing twice", hint="give one of them")
    wanted = device if device_map is None else _mapped(device_map)
    if wanted is None or wanted == "auto":
        return choose_device("auto")
    if isinstance(wanted, bool) or not isinstance(wanted, int | str | torch.device):
        raise InputError(f"device cannot be {wanted!r}", hint="give 'auto', 'cpu', 'cuda:0', -1, 0 or a torch.device")
    if isinstance(wanted, int):
        return _numbered(wanted)
    return choose_device(str(wanted))


def resolve_dtype(value: Any) -> Any:
    """``auto`` (what the checkpoint was saved in, as in transformers 4) or a ``torch.dtype``, from either or a name.

    Raises:
        UsageError: No such number type.
    """
    if value is None or value == "auto" or isinstance(value, torch.dtype):
        return "auto" if value is None else value
    found = getattr(torch, str(value).removeprefix("torch."), None)
    if not isinstance(found, torch.dtype) or not found.is_floating_point:
        raise InputError(f"no number type {value!r}", hint="give 'auto', 'float32', 'bfloat16', 'float16' or a dtype")
    return found


def _supported(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without those that have no effect.

    Raises:
        InputError: A setting would have an effect that nlptasks does not have.
    """
    if settings.get("framework") not in (None, "pt"):
        raise InputError(
            f"framework={settings['framework']!r} is not supported: models run in PyTorch", hint="leave it out"
        )
    if settings.get("pipeline_class") is not None or settings.get("binary_output"):
        name = "binary_output" if settings.get("binary_output") else "pipeline_class"
        raise InputError(f"{name} is not supported", hint="leave it out; a plugin adds a pipeline with PipelineSpec")
    dropped = {*_UNUSED, "pipeline_class", "binary_output", "framework"}
    return {name: value for name, value in settings.items() if name not in dropped}


def _no_model(task: str, default: str) -> None:
    before = f"; transformers 4 took {default!r} then" if default else ""
    named = default or "ORGANISATION/NAME"
    raise InputError(
        f"the pipeline {task!r} needs a model{before}", hint=f"type nlptasks.pipeline({task!r}, model={named!r})"
    )


def _is_reference(model: Any) -> bool:
    return isinstance(model, str) or hasattr(model, "__fspath__")


def _in_memory(context: PipelineContext, loading: Mapping[str, Any], rest: Mapping[str, Any]) -> PipelineParts:
    """Parts around a model that the user loaded; it stays where it is unless a device is given."""
    model = context.model
    if not callable(getattr(model, "forward", None)) or not hasattr(model, "config"):
        raise InputError(
            f"model must be a reference or a transformers model, got {type(model).__name__}",
            hint="give 'org/name', a folder, or what AutoModelFor….from_pretrained returned",
        )
    if loading.get("tokenizer") is None:
        raise InputError(
            "a model in memory needs its tokenizer beside it",
            hint="give tokenizer=AutoTokenizer.from_pretrained(...), or a reference to its checkpoint",
        )
    moved = "device" in loading or "device_map" in loading
    device = resolve_device(loading.get("device"), loading.get("device_map")) if moved else model.device
    if model.device != device:
        model.to(device)
    tokenizer, types = _tokenizer(loading["tokenizer"], None)
    return PipelineParts(
        task=context.task, model=model.eval(), tokenizer=tokenizer, device=device, settings=rest, types=types
    )


def _checkpoint(reference: str, loading: Mapping[str, Any]) -> Checkpoint:
    options = loading.get("model_kwargs") or {}
    return open_checkpoint(
        reference,
        revision=str(loading.get("revision") or options.get("revision") or ""),
        token=loading.get("token", loading.get("use_auth_token", options.get("token"))),
        allow_pickle=bool(loading.get("allow_pickle", False)),
    )


def _model(checkpoint: Checkpoint, kind: str, device: torch.device, loading: Mapping[str, Any]) -> Any:
    options = dict(loading.get("model_kwargs") or {})
    named = [loading.get("dtype"), loading.get("torch_dtype"), options.pop("dtype", None)]
    dtype = next((value for value in (*named, options.pop("torch_dtype", None)) if value is not None), None)
    for handled in ("revision", "token", "use_auth_token", "cache_dir", "use_safetensors", "trust_remote_code"):
        options.pop(handled, None)
    config = loading.get("config")
    if config is not None:
        options["config"] = _config(config)
    return load_model(checkpoint, kind, device=device, dtype=resolve_dtype(dtype), **options)


def _config(config: Any) -> Any:
    if not isinstance(config, str):
        return config
    from transformers import AutoConfig

    return AutoConfig.from_pretrained(open_checkpoint(config, weights=False).folder, local_files_only=True)


def _tokenizer(given: Any, checkpoint: Checkpoint | None) -> tuple[Any, bool]:
    """The tokenizer that was given, that of the reference that was given, or the checkpoint's own; with its types."""
    if given is None:
        assert checkpoint is not None
        return _loaded(checkpoint, {})
    if isinstance(given, tuple):
        reference, options = given
        return _loaded(open_checkpoint(str(reference), weights=False), options)
    if _is_reference(given):
        return _loaded(open_checkpoint(str(given), weights=False), {})
    return given, tells_types(given, None)


def _loaded(checkpoint: Checkpoint, options: Mapping[str, Any]) -> tuple[Any, bool]:
    tokenizer = load_tokenizer(checkpoint, **options)
    return tokenizer, tells_types(tokenizer, checkpoint.folder)


def _mapped(device_map: Any) -> Any:
    """The one device of a device map."""
    places = set(device_map.values()) if isinstance(device_map, Mapping) else {device_map}
    place = next(iter(places), "auto")
    if len(places) > 1 or place in ("balanced", "balanced_low_0", "sequential", "disk"):
        raise InputError("a model runs on one device; device_map spreads it", hint="give device='auto' or 'cuda:0'")
    return place


def _numbered(number: int) -> torch.device:
    if number < 0:
        return torch.device("cpu")
    best = choose_device("auto")
    return torch.device(best.type, number) if best.type == "cuda" else best
