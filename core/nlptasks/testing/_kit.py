"""Checks all that a plugin brings, in a process of its own: ``python -m nlptasks.testing._kit RESULT ID [FOLDER]``.

First it loads the plugin; see :mod:`nlptasks._plugins.trial`, which writes RESULT. Then it writes a line of JSON behind
the other into ``RESULT.kit`` before and after each check, so that whoever reads them knows on which a process died.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nlptasks._names import resolve
from nlptasks._plugins.guard import described
from nlptasks._plugins.loader import Plugins
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._plugins.trial import trial
from nlptasks._systems.matching import choose_backbone
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_file
from nlptasks.plugin import (
    ENCODE,
    GENERATE,
    SCORE,
    BackboneSpec,
    BenchmarkSpec,
    CommandSpec,
    EngineSpec,
    FormatSpec,
    HeadSpec,
    MetricSpec,
    PipelineSpec,
    TaskSpec,
)
from nlptasks.plugin.options import from_values, option_fields
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import BackboneContext
from nlptasks.testing import (
    check_backbone,
    check_benchmark,
    check_command,
    check_engine,
    check_format,
    check_head,
    check_metric,
    check_observer,
    check_pipeline,
    check_task,
    check_trainer,
    tiny_encoder,
    tiny_seq2seq,
    write_tiny_checkpoint,
)
from nlptasks.testing.tasks import gold_answers
from nlptasks.testing.trainers import train_in

#: What comes of a check.
OK, FAULT, UNCHECKED = "ok", "fault", "not checked"

#: A contribution, and its check.
Job = tuple[str, Callable[[], None]]


@dataclass(frozen=True)
class Kit:
    """The checks of one plugin.

    Args:
        registry: What it and all others provide.
        scratch: An empty folder.
    """

    registry: Registry
    scratch: Path
    _opened: dict[str, Any] = field(default_factory=dict)

    def jobs(self, loaded: Plugins, plugin: str, distribution: str) -> Iterator[Job]:
        """Each thing that a plugin brings, with its check."""
        for item in loaded.registry.items:
            if (item.plugin, item.distribution) == (plugin, distribution):
                yield from self._jobs_of(item)
        found = loaded.manager.get_plugin(plugin)
        if found is not None and _observes(loaded, found):
            yield "observer", partial(check_observer, found)

    def _jobs_of(self, item: Owned[Any]) -> Iterator[Job]:
        spec = item.spec
        if isinstance(spec, HeadSpec):
            yield f"head {spec.task}:{spec.name}", partial(self._head, spec)
            if spec.trainer:
                yield f"trainer {spec.task}:{spec.name}", partial(self._trainer, spec)
            return
        checks: dict[type, Callable[[], None]] = {
            TaskSpec: partial(check_task, spec),
            BackboneSpec: partial(self._backbone, spec),
            MetricSpec: partial(self._metric, spec),
            FormatSpec: partial(check_format, spec),
            BenchmarkSpec: partial(check_benchmark, spec, tasks=self._names(TaskSpec), metrics=self._names(MetricSpec)),
            PipelineSpec: partial(check_pipeline, spec),
            CommandSpec: partial(check_command, spec),
            EngineSpec: partial(self._engine, spec),
        }
        yield f"{type(spec).__name__.removesuffix('Spec').lower()} {spec.name}", checks[type(spec)]

    def _names(self, kind: type[Any]) -> frozenset[str]:
        return frozenset(item.spec.name for item in self.registry.all(kind))

    def _task(self, name: str) -> TaskSpec:
        return self.registry.get(TaskSpec, name).spec

    def _head(self, spec: HeadSpec) -> None:
        task, backbone, options = self._task(spec.task), self._backbone_of(spec), example_options(spec.options)
        try:
            check_head(task, spec, backbone=backbone, options=options)
        except UsageError:
            if not spec.trainer:
                raise
            # It may come without weights, and be what it is only when a user has trained it.
            folder = self.scratch / f"trained-{len(list(self.scratch.iterdir()))}"
            train_in(folder, task, spec, backbone=backbone, options=options)
            check_head(task, spec, backbone=backbone, options=options, weights=folder)

    def _trainer(self, spec: HeadSpec) -> None:
        backbone, options = self._backbone_of(spec), example_options(spec.options)
        check_trainer(self._task(spec.task), spec, backbone=backbone, options=options)

    def _backbone_of(self, spec: HeadSpec) -> Any:
        """What a run would take, or a tiny one: for those that write, since it writes little."""
        if not spec.needs:
            return None
        if GENERATE in spec.needs and spec.needs <= {ENCODE, GENERATE, SCORE}:
            return self._once("seq2seq", lambda: tiny_seq2seq(self.scratch / "seq2seq"))
        try:
            chosen = choose_backbone(self.registry, spec, None)
        except UsageError:
            if spec.needs != {ENCODE}:
                raise
            return self._once("encoder", lambda: tiny_encoder(self.scratch / "encoder"))
        assert chosen is not None  # since the head needs one
        context = BackboneContext(options=example_options(chosen.spec.options), device="cpu")
        return self._once(chosen.qualified, lambda: resolve(chosen.spec.object)(context))

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._opened:
            self._opened[name] = make()
        return self._opened[name]

    @cached_property
    def _checkpoint(self) -> Path:
        return write_tiny_checkpoint(self.scratch / "checkpoint")

    def _backbone(self, spec: BackboneSpec) -> None:
        reference = ""
        if spec.inspector:
            reference = str(self._checkpoint) if spec.marker and is_file(self._checkpoint / spec.marker) else ""
            if not reference:
                raise UsageError("it opens checkpoints only", hint="check_backbone(..., reference=...) opens one")
        check_backbone(spec, options=example_options(spec.options), reference=reference)

    def _engine(self, spec: EngineSpec) -> None:
        check_engine(spec, options=example_options(spec.options))

    def _metric(self, spec: MetricSpec) -> None:
        """With gold answers of a task that is scored by it."""
        for item in self.registry.all(TaskSpec):
            task = item.spec
            if spec.name in (*task.metrics, *task.recorded):
                golds = gold_answers(task)
                kind = resolve(task.prediction)
                labels = sorted(set(golds)) if isinstance(kind, type) and issubclass(kind, Label) else ()
                check_metric(spec, golds=golds, labels=labels)
                return
        check_metric(spec)


def example_options(options: type | None) -> Any:
    """Options with the examples that their fields give, where a default alone is not enough."""
    if options is None:
        return None
    given = {field.name: field.said["example"] for field in option_fields(options) if "example" in field.said}
    return from_values(options, given)


def outcome(check: Callable[[], None]) -> tuple[str, str]:
    """What comes of a check, and what is to be said of it."""
    try:
        check()
    except KeyboardInterrupt:
        raise
    except AssertionError as fault:
        return FAULT, str(fault)
    except NlptasksError as error:
        return UNCHECKED, described(error)
    except BaseException as error:
        return FAULT, f"the check failed: {described(error)}"
    return OK, ""


def _observes(loaded: Plugins, plugin: object) -> bool:
    callers = loaded.manager.get_hookcallers(plugin) or []
    return any(caller.name.startswith(("nlptasks_run_", "nlptasks_batch_")) for caller in callers)


def main(result: Path, plugin: str, plugins_dir: Path | None) -> None:
    """Load a plugin, then check what it brings."""
    tried = trial(result, plugin, plugins_dir)
    with TemporaryDirectory(prefix="nlptasks-kit-") as name, result.with_suffix(".kit").open("w") as stream:
        kit = Kit(tried.registry, Path(name))
        for record in tried.records:
            for what, check in (
                kit.jobs(tried.alone, record.id, record.distribution) if record.state == "loaded" else ()
            ):
                _tell(stream, what)
                _tell(stream, what, *outcome(check))


def _tell(stream: Any, *line: str) -> None:
    stream.write(json.dumps(line) + "\n")
    stream.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
