"""The Python API: what the commands do, without files where there need be none."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from nlptasks._plugins.configuration import read_config
from nlptasks._plugins.loader import Plugins, load_plugins
from nlptasks._plugins.records import complaints
from nlptasks._running.predict import predict
from nlptasks._running.run import RunRequest
from nlptasks._running.run import run as run_request
from nlptasks._systems.pipelines import open_pipeline
from nlptasks._systems.pool import BackbonePool
from nlptasks._systems.session import Opened, Session
from nlptasks._training.methods import DECODER
from nlptasks._training.train import TrainRequest
from nlptasks._training.train import train as train_request
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.pipelines import PipelineContext
from nlptasks.plugin.protocols import Example, FormatOptions, Prediction, TrainReport
from nlptasks.records.report import RunReport

__all__ = ["LoadedTask", "evaluate", "load", "pipeline", "run", "train"]

if TYPE_CHECKING:
    from nlptasks.records.schema import Record

#: What a row of a task is in Python: its text, or its inputs by name.
Input = str | Mapping[str, str]


class LoadedTask:
    """A task with a loaded head. Made by :func:`load`; call it with texts."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    @property
    def task(self) -> TaskSpec:
        """The task."""
        return self._opened.tasks[0].task

    @property
    def labels(self) -> tuple[str, ...]:
        """The closed set that the head answers from; empty where there is none."""
        return self._opened.tasks[0].head.labels

    @property
    def backbone(self) -> Any:
        """The shared backbone; ``None`` where the head needs none."""
        return self._opened.backbone

    @overload
    def __call__(self, inputs: Input) -> Prediction | None: ...  # type: ignore[overload-overlap]  # a str iterates
    @overload
    def __call__(self, inputs: Iterable[Input]) -> list[Prediction | None]: ...

    def __call__(self, inputs: Input | Iterable[Input]) -> Prediction | list[Prediction | None] | None:
        """Answer one input or many.

        Args:
            inputs: A text (for tasks with one input) or a mapping with the task's inputs, or an iterable of such.

        Returns:
            A prediction for one input, a list of them for many; ``None`` where an input is empty or white space and not
            optional.

        Raises:
            UsageError: An input lacks something that the task needs.
        """
        if isinstance(inputs, str | Mapping):
            return self([inputs])[0]
        examples = [_example(self.task, item) for item in inputs]
        if not examples:
            return []
        return list(predict(self._opened.tasks, self._opened.backbone, [examples]).predictions[0])


def load(
    task: str, *, head: str = "", backbone: str = "", device: str = "auto", dtype: str = "auto", **options: Any
) -> LoadedTask:
    """Load a head, and its backbone unless it is in memory already.

    Args:
        task: Name of the task.
        head: Name of a head, or the folder of a trained one; empty: the default.
        backbone: Name of a backbone; empty: the one that fits.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        dtype: ``auto``, ``float32``, ``bfloat16`` or ``float16``.
        options: Options of the head, for example ``labels=("billing", "returns")``.

    Raises:
        UsageError: A name or an option is unknown, or does not fit.
    """
    session = _session()
    tasks = session.tasks([task])
    plan = session.plan(tasks, heads={tasks[0].name: head}, backbone=backbone, options=options)
    return LoadedTask(session.open(plan, device=device, dtype=dtype))


def run(
    task: str | Sequence[str],
    data: str | Path,
    *,
    output: str | Path = "",
    head: str | Mapping[str, str] = "",
    backbone: str = "",
    columns: Mapping[str, str] | None = None,
    reading: FormatOptions | None = None,
    options: Mapping[str, Any] | None = None,
    **settings: Any,
) -> RunReport:
    """Do what ``nlptasks run`` does.

    Args:
        task: Name of the task, or several.
        data: The file with the rows.
        output: Where to write; empty: beside the data.
        head: Name of a head or folder of a trained one, or a mapping from tasks to such.
        backbone: Name of a backbone.
        columns: Columns of the data by the task's inputs, where their names do not tell.
        reading: Encoding, delimiter and the like.
        options: Options of the head.
        settings: The other fields of :class:`nlptasks._running.run.RunRequest`: ``force``, ``gold``, ``data_format``,
            ``output_format``, ``skip_bad_rows``, ``device``, ``dtype``.

    Raises:
        UsageError: Something that was asked for is not there or does not fit.
        DataError: A row cannot be read; nothing is written then.
    """
    plugins, session = _plugins(), _session()
    tasks = session.tasks([task] if isinstance(task, str) else task)
    heads = {tasks[0].name: head} if isinstance(head, str) else head
    plan = session.plan(tasks, heads=heads, backbone=backbone, options=options or {})
    request = RunRequest(
        data=str(data), output=str(output), columns=columns or {}, reading=reading or FormatOptions(), **settings
    )
    return run_request(session, plan, request, plugins.observers(_warn))


def evaluate(
    task: str,
    data: str | Path,
    *,
    output: str | Path = "",
    head: str = "",
    backbone: str = "",
    columns: Mapping[str, str] | None = None,
    gold: str = "",
    id: str = "",  # noqa: A002 - the flag's name
    cluster: str = "",
    language: str = "",
    reading: FormatOptions | None = None,
    options: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Record:
    """Do what ``nlptasks eval TASK --data FILE`` does.

    Args:
        task: Name of the task.
        data: The file, with gold answers.
        output: Folder of the record; empty: below ``results``.
        head: Name of a head, or the folder of a trained one.
        backbone: Name of a backbone, a folder, or a reference.
        columns: Columns of the data by the task's inputs, where their names do not tell.
        gold: The gold column, likewise.
        id: Column of the samples' ids; empty: ``id``, or the rows' numbers.
        cluster: Column whose values tie samples together; intervals respect it.
        language: ISO 639-1 code of the language of the answers.
        reading: Encoding, delimiter and the like.
        options: Options of the head.
        settings: ``name`` of the system, ``limit``, ``slices``, ``metrics``, ``force``, ``restart``, ``device`` and
            ``dtype``; see :class:`nlptasks._running.jobs.Asked`.

    Returns:
        The record, which lies in the folder too; :func:`nlptasks.records.store.read_record` reads it with its samples.

    Raises:
        UsageError: Something that was asked for is not there, or another record lies in the folder.
        DataError: A row cannot be read, or none has a gold answer.
    """
    from nlptasks._running.eval import evaluate as evaluate_request
    from nlptasks._running.jobs import Asked, FileAsked, file_jobs

    plugins, session = _plugins(), _session()
    spec = session.tasks([task])[0]
    asked = Asked(heads={spec.name: head}, backbone=backbone, options=options or {}, output=str(output), **settings)
    file = FileAsked(
        data=str(data),
        columns=columns or {},
        gold=gold,
        id=id,
        cluster=cluster,
        language=language,
        reading=reading or FormatOptions(),
    )
    job = file_jobs(session, spec, asked, file)[0]
    return evaluate_request(session, job.plan, job.request, plugins.observers(_warn)).record


def train(
    task: str,
    data: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    validation: Sequence[str | Path] = (),
    head: str = "",
    backbone: str = "",
    options: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] = lambda line: None,  # noqa: ARG005
    **settings: Any,
) -> TrainReport:
    """Do what ``nlptasks train`` does.

    Args:
        task: Name of the task.
        data: Files with rows and gold answers.
        output: Folder of the trained head, or of the backbone with the decoder that was trained.
        validation: Files with held-out rows; none: a tenth of the data is held out.
        head: Name of the head to train.
        backbone: Name of the backbone.
        options: Options of the head.
        progress: Called with a line for the user.
        settings: The other fields of :class:`nlptasks._training.train.TrainRequest`: ``force``, ``columns``, ``gold``,
            ``data_format``, ``reading``, ``skip_bad_rows``, ``device``, ``dtype``, ``seed``, ``method`` and what that
            takes: ``epochs``, ``tokens``, ``rate``, ``max_tokens``, ``language``, ``objective``.

    Raises:
        UsageError: The head cannot be trained, or something that was asked for is not there.
        DataError: A row cannot be read.
    """
    session = _session()
    tasks = session.tasks([task])
    heads = {tasks[0].name: head}
    plan = session.plan(tasks, heads=heads, backbone=backbone, options=options or {}, made=DECODER)
    files = [data] if isinstance(data, str | Path) else data
    request = TrainRequest(
        data=tuple(map(str, files)), validation=tuple(map(str, validation)), output=Path(output), **settings
    )
    return train_request(session, plan, request, progress)


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
        model: A reference (``org/name``, a folder), or a model in memory, which then needs ``tokenizer``.
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
    return open_pipeline(_plugins().registry, context)


def _example(task: TaskSpec, item: Input) -> Example:
    names = [column.name for column in task.inputs]
    if isinstance(item, str):
        if len(names) > 1:
            raise UsageError(f"the task '{task.name}' needs {' and '.join(names)}", hint=f"give a mapping with {names}")
        return Example({names[0]: item})
    missing = [column.name for column in task.inputs if column.name not in item and not column.optional]
    if missing:
        raise UsageError(f"the task '{task.name}' needs '{missing[0]}'; the input has {sorted(item)}")
    return Example({name: item.get(name, "") for name in names})


@cache
def _plugins() -> Plugins:
    """The plugins of this process: what is installed does not change while it runs."""
    plugins = load_plugins(read_config())
    for record in plugins.records:
        for line in complaints(record):
            _warn(line)
    return plugins


@cache
def _session() -> Session:
    """One session a process, so that a second ``load`` finds the backbone of the first."""
    return Session(_plugins().registry, BackbonePool())


def _warn(line: str) -> None:
    warnings.warn(line, RuntimeWarning, stacklevel=3)
