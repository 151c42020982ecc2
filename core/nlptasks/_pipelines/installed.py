"""``pipeline("sentiment-analysis", model="bundled")``: the heads on an installed backbone, as pipelines.

What is given back has the keys and the nesting that the pipelines for checkpoints have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from nlptasks._plugins.registry import Registry
from nlptasks._running.loaded import LoadedTask, load_task
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.pipelines import installed_backbone, named_pipeline, open_pipeline
from nlptasks.errors import UsageError
from nlptasks.plugin.options import from_values
from nlptasks.plugin.pipelines import PipelineContext
from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Prediction

#: Arguments of the pipelines for checkpoints that have no effect, here as there.
_UNUSED = frozenset({"batch_size", "framework", "num_workers", "use_fast"})

#: Those that say how a checkpoint is loaded, and an installed backbone is none.
_OF_CHECKPOINTS = frozenset(
    {"config", "device_map", "model_kwargs", "revision", "token", "tokenizer", "trust_remote_code"}
)


@dataclass(frozen=True)
class _PipelineForm:
    """A pipeline as a task has it.

    Args:
        task: The task.
        shown: A result made of the input and its prediction.
        nested: Whether one text gives a list with a result.
    """

    task: str
    shown: Callable[[Any, Prediction], dict[str, Any]]
    nested: bool


class InstalledPipeline:
    """A task on an installed backbone, called and answering as a pipeline does.

    Args:
        name: Name of the pipeline as the user typed it.
        form: What the pipeline gives.
        loaded: The task.
    """

    def __init__(self, name: str, form: _PipelineForm, loaded: LoadedTask) -> None:
        self.task = name
        self.model = loaded.backbone
        self._form = form
        self._loaded = loaded

    def __call__(self, inputs: Any = None, /, **given: Any) -> Any:
        """Do one input, a list of inputs, or what yields inputs.

        Args:
            inputs: A text, or for questions a mapping with ``question`` and ``context``; a list of such; or what yields
                them.
            given: ``question`` and ``context``, in place of ``inputs``.

        Returns:
            What the pipeline of this name gives for a checkpoint: one input gives one result (a list with one, for a
            text), a list a list.

        Raises:
            UsageError: An input or an argument is not one of this pipeline.
        """
        named = {column.name for column in self._loaded.task.inputs}
        if wrong := next((name for name in given if name not in named), None):
            raise UsageError(
                f"the pipeline {self.task!r} of an installed backbone takes no argument {wrong!r} at a call",
                hint="give it where the pipeline is opened, or predict with nlptasks.load",
            )
        if given and inputs is not None:
            raise UsageError("inputs are given both by position and by name", hint="give them in one way")
        item = given or inputs
        if isinstance(item, str | Mapping):
            result = self._shown(item, self._loaded(item))
            return [result] if self._form.nested and isinstance(item, str) else result
        items = list(item) if isinstance(item, Iterable) else [item]
        return [self._shown(one, made) for one, made in zip(items, self._loaded(items), strict=True)]

    def _shown(self, item: Any, made: Prediction | None) -> dict[str, Any]:
        if made is None:
            raise UsageError("an input has no text", hint="leave empty texts out of what the pipeline is called with")
        return self._form.shown(item, made)

    def __repr__(self) -> str:
        return f"<pipeline {self.task}; {repr(self._loaded)[1:]}"


def open_any(registry: Registry, context: PipelineContext) -> Any:
    """Open a pipeline, of a checkpoint or of an installed backbone.

    Raises:
        UsageError: There is no such pipeline or model, they do not fit, or an argument is not supported.
    """
    backbone = installed_backbone(registry, context)
    if backbone is None or backbone.inspector:
        return open_pipeline(registry, context)
    if not context.task:
        raise UsageError(
            f"model={context.model!r} is an installed backbone, which serves several pipelines",
            hint=f"name one: nlptasks.pipeline(NAME, model={context.model!r}); there are: {', '.join(_FORMS)}",
        )
    found, of_name = named_pipeline(registry, context.task)
    form = _FORMS.get(found.spec.name)
    if form is None:
        raise UsageError(
            f"no head on the backbone {context.model!r} serves the pipeline {context.task!r}",
            hint=f"it serves: {', '.join(_FORMS)}; or give a checkpoint: model='hf:NAME'",
        )
    settings = dict(of_name) | dict(context.settings)
    source = settings.pop("src_lang", None)
    if source and backbone.languages and source not in backbone.languages:
        raise UsageError(
            f"the pipeline {context.task!r}: the backbone {context.model!r} does not read {source!r}",
            hint=f"it reads: {', '.join(backbone.languages)}",
        )
    return InstalledPipeline(context.task, form, load_task(form.task, _choice(context.model, settings)))


def _choice(backbone: str, settings: Mapping[str, Any]) -> SystemChoice:
    """The system that the arguments of a pipeline mean; what is about no loading is an option of the head."""
    given = {name: value for name, value in settings.items() if name not in _UNUSED}
    if wrong := next((name for name in given if name in _OF_CHECKPOINTS), None):
        raise UsageError(
            f"{wrong} is about a checkpoint, and model={backbone!r} is an installed backbone", hint="leave it out"
        )
    device, dtype = given.pop("device", None), given.pop("dtype", None) or given.pop("torch_dtype", None)
    given.pop("torch_dtype", None)
    if "tgt_lang" in given:
        given["to"] = given.pop("tgt_lang")
    where = {"device": _device(device), "precision": str(dtype or "auto").removeprefix("torch.")}
    return replace(from_values(SystemChoice, {"backbone": backbone, **where}), options=given)


def _device(value: Any) -> str:
    if value is None:
        return "auto"
    if isinstance(value, int):
        return "cpu" if value < 0 else "cuda"
    return str(value)


def _label(_item: Any, made: Prediction) -> dict[str, Any]:
    assert isinstance(made, Label)
    return {"label": made.label, "score": made.score}


def _span(_item: Any, made: Prediction) -> dict[str, Any]:
    assert isinstance(made, Span)
    return {"score": made.score, "start": made.start, "end": made.end, "answer": made.text}


def _text(key: str) -> Callable[[Any, Prediction], dict[str, Any]]:
    def shown(_item: Any, made: Prediction) -> dict[str, Any]:
        assert isinstance(made, Text)
        return {key: made.text}

    return shown


def _continued(item: Any, made: Prediction) -> dict[str, Any]:
    assert isinstance(made, Text)
    return {"generated_text": f"{item if isinstance(item, str) else next(iter(item.values()))}{made.text}"}


_FORMS: Mapping[str, _PipelineForm] = MappingProxyType(
    {
        "text-classification": _PipelineForm("sentiment", _label, nested=True),
        "question-answering": _PipelineForm("qa", _span, nested=False),
        "summarization": _PipelineForm("summarization", _text("summary_text"), nested=True),
        "translation": _PipelineForm("translation", _text("translation_text"), nested=True),
        "text-generation": _PipelineForm("generation", _continued, nested=True),
    }
)
