"""``nlptasks.pipeline``: the signature that the pipelines of transformers 4 had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlptasks._pipelines.installed import open_any
from nlptasks._systems.process import plugins
from nlptasks.plugin.pipelines import PipelineContext


def pipeline(
    task: str | None = None,
    model: Any = None,
    config: Any = None,
    tokenizer: Any = None,
    *,
    framework: str | None = None,
    revision: str | None = None,
    use_fast: bool = True,
    token: str | bool | None = None,
    device: Any = None,
    device_map: Any = None,
    dtype: Any = None,
    torch_dtype: Any = None,
    trust_remote_code: bool | None = None,
    model_kwargs: Mapping[str, Any] | None = None,
    batch_size: int | None = None,
    num_workers: int | None = None,
    **settings: Any,
) -> Any:
    """Open a pipeline: a callable that takes and returns what the pipelines of transformers 4 did.

    Args:
        task: Name of the pipeline; ``None``: the one that the model is plainly for.
        model: A reference (``org/name``, a folder), or a model in memory, which then needs ``tokenizer``; or the name
            of an installed backbone (``bundled``), whose heads then serve the pipeline, offline.
        config: A configuration, or a reference to one, in place of the model's own.
        tokenizer: A tokenizer, or a reference to one; ``None``: the model's own.
        framework: ``pt``; there is no other.
        revision: Branch, tag or commit of the reference.
        use_fast: Has no effect: each model has one tokenizer.
        token: Access token for models that are not public.
        device: ``auto``, ``cpu``, ``cuda:0``, a number (-1: the CPU), or a ``torch.device``; ``None``: ``auto``.
        device_map: As ``device``; models run on one device.
        dtype: ``auto`` (what the weights were saved in), ``float32``, ``bfloat16``, ``float16`` or a ``torch.dtype``;
            ``None``: ``auto``.
        torch_dtype: An older name of ``dtype``.
        trust_remote_code: Has no effect: code that comes with a model is never run, and a model that needs such code
            is refused.
        model_kwargs: Further arguments for loading the model.
        batch_size: Most inputs in a batch. Inputs are batched by their length without it, too.
        num_workers: Has no effect.
        settings: The pipeline's own arguments, which hold for every call that does not give them.

    Raises:
        UsageError: There is no such pipeline or model, they do not fit, or an argument is not supported.
    """
    arguments = {
        "config": config,
        "tokenizer": tokenizer,
        "framework": framework,
        "revision": revision,
        "use_fast": use_fast,
        "token": token,
        "device": device,
        "device_map": device_map,
        "dtype": dtype,
        "torch_dtype": torch_dtype,
        "trust_remote_code": trust_remote_code,
        "model_kwargs": model_kwargs,
        "batch_size": batch_size,
        "num_workers": num_workers,
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    context = PipelineContext(task=task or "", model=model, settings=given | settings)
    return open_any(plugins().registry, context)
