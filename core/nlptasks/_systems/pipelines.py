"""Finds the pipeline that a name, or a model without a name, means."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.registry import Owned, Registry
from nlptasks.errors import UsageError
from nlptasks.files.names import is_folder
from nlptasks.plugin import BackboneSpec, PipelineSpec
from nlptasks.plugin.pipelines import PipelineContext


def open_pipeline(registry: Registry, context: PipelineContext) -> Any:
    """Open the pipeline that ``context.task`` names; where it is empty, the one that fits the model.

    Raises:
        UsageError: The name is unknown or several distributions provide it, or not exactly one pipeline fits.
    """
    _refuse_backbone(registry, context)
    if not context.task:
        found = _fitting(registry, context)
        return _called(found, found.spec.object, replace(context, task=found.spec.name))
    found, given = named_pipeline(registry, context.task)
    return _called(found, found.spec.object, replace(context, settings=given | dict(context.settings)))


def _called(pipeline: Owned[PipelineSpec], import_string: str, context: PipelineContext) -> Any:
    what = f"the pipeline {pipeline.qualified}"
    function = load_object(what, import_string)
    with plugin_errors(what):
        return function(context)


def named_pipeline(registry: Registry, name: str) -> tuple[Owned[PipelineSpec], dict[str, str]]:
    """The pipeline of a name, of an alias or of a name that a pattern describes, with the settings in the name.

    Raises:
        UsageError: The name is unknown, or several distributions provide it and none is preferred.
    """
    distribution, colon, bare = name.rpartition(":")
    items = registry.all(PipelineSpec)
    if not any(bare in (item.spec.name, *item.spec.aliases) for item in items):
        for item in items:
            match = re.fullmatch(item.spec.pattern, bare) if item.spec.pattern else None
            if match:
                return registry.get(PipelineSpec, f"{distribution}{colon}{item.spec.name}"), match.groupdict()
    return registry.get(PipelineSpec, name), {}


def installed_backbone(registry: Registry, context: PipelineContext) -> BackboneSpec | None:
    """The installed backbone that the model is the name of; ``None``: it is none, or a folder of that name is there."""
    name = str(context.model)
    backbones = {item.spec.name: item.spec for item in registry.all(BackboneSpec)}
    spec = backbones.get(name.rpartition(":")[2])
    return None if not isinstance(context.model, str) or is_folder(Path(name)) else spec


def _refuse_backbone(registry: Registry, context: PipelineContext) -> None:
    """Refuse the name of a backbone that opens checkpoints, without one.

    Raises:
        UsageError: The model is one.
    """
    spec = installed_backbone(registry, context)
    if spec is None:
        return
    form = f"{spec.scheme}:NAME" if spec.scheme else "./FOLDER"
    raise UsageError(
        f"model={context.model!r} opens checkpoints, and this does not say which",
        hint=f"nlptasks.pipeline({context.task or None!r}, model={form!r})",
    )


def _fitting(registry: Registry, context: PipelineContext) -> Owned[PipelineSpec]:
    names = sorted({item.spec.name for item in registry.all(PipelineSpec)})
    if context.model is None:
        raise UsageError("neither a pipeline nor a model is named", hint=f"name a pipeline: {', '.join(names)}")
    asked = [item for item in registry.all(PipelineSpec) if item.spec.fits]
    fitting = sorted({item.spec.name for item in asked if _called(item, item.spec.fits, context)})
    if len(fitting) == 1:
        return registry.get(PipelineSpec, fitting[0])
    said = f"fits several pipelines: {', '.join(fitting)}" if fitting else "does not tell which pipeline it is for"
    model = repr(context.model) if isinstance(context.model, str) else f"the {type(context.model).__name__}"
    raise UsageError(
        f"{model} {said}",
        hint=f"name one: nlptasks.pipeline({(fitting or names)[0]!r}, model=...); there are: {', '.join(names)}",
    )
