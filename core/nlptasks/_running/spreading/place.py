"""Where a system is: in the memory of this process, or in that of an engine's workers."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from nlptasks._plugins.configuration import read_config
from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.registry import Owned
from nlptasks._running import facts
from nlptasks._running.blocks import Block, Engine, PredictedBlock
from nlptasks._running.engine import LocalEngine
from nlptasks._running.predict import check_frozen
from nlptasks._running.spreading.engine import SpreadEngine
from nlptasks._running.spreading.facts import ToldSystem
from nlptasks._running.spreading.messages import DescribeSystem, SystemContent
from nlptasks._running.spreading.waiting import Sender
from nlptasks._settings.groups import EngineChoice
from nlptasks._systems.session import Session
from nlptasks._systems.system import LoadedSystem, System
from nlptasks.errors import UsageError
from nlptasks.plugin import EngineSpec
from nlptasks.plugin.engines import EngineContext, WorkerJob, Workers
from nlptasks.plugin.options import from_values, option_fields

#: Predicts a block without the rows that fail; see :class:`nlptasks._running.engine.LocalEngine`.
Rescued = Callable[[Block[Any], Callable[[Block[Any]], PredictedBlock[Any]]], PredictedBlock[Any]]

#: What a worker on another machine needs of the environment.
_VARIABLES = ("HF_HUB_OFFLINE", "HF_HOME", "HF_TOKEN", "NLPTASKS_DATA", "TOKENIZERS_PARALLELISM")

_MAKER = "nlptasks._running.spreading.worker:SystemWorker"


class SystemPlace(Protocol):
    """Where a system is."""

    @property
    def loaded(self) -> LoadedSystem:
        """The system, or what stands for it here."""

    def engine(self, rescue: Rescued | None = None) -> Engine:
        """What predicts with it."""

    def verify(self) -> None:
        """Raise where what was predicted so far cannot be trusted."""

    def machine(self) -> Mapping[str, Any]:
        """The machine that predicts: the fields of :class:`nlptasks.records.schema.Machine`."""

    def peak_rss_mb(self) -> float:
        """Largest resident memory of a process that predicts, in megabytes."""


@contextmanager
def placed(
    session: Session, system: System, choice: EngineChoice, told: Callable[[str], None]
) -> Iterator[SystemPlace]:
    """Load a system where the user wants it, within the block.

    Args:
        session: What is installed, and what is in memory.
        system: The system.
        choice: Where it is to be.
        told: Told what a person should know.

    Raises:
        UsageError: There is no such engine, or it has no such option.
        NlptasksError: Workers cannot be started, or the system cannot be loaded.
    """
    workers = None if choice == EngineChoice() else _opened(session, system, choice, told)
    if workers is None:
        yield _Here(session.load(system))
        return
    sender = Sender(f"the engine {_engine(session, choice).qualified}", workers, told)
    try:
        described: ToldSystem = sender.send(DescribeSystem()).value()
        yield _Spread(sender, described, described.loaded(system))
    finally:
        workers.close()


@dataclass(frozen=True)
class _Here:
    """A system in this process."""

    loaded: LoadedSystem

    def engine(self, rescue: Rescued | None = None) -> Engine:
        return LocalEngine(self.loaded, rescue=rescue)

    def verify(self) -> None:
        check_frozen(self.loaded)

    def machine(self) -> Mapping[str, Any]:
        return asdict(facts.machine())

    def peak_rss_mb(self) -> float:
        return facts.peak_rss_mb()


@dataclass(frozen=True)
class _Spread:
    """A system in the workers of an engine."""

    sender: Sender
    told: ToldSystem
    loaded: LoadedSystem

    def engine(self, rescue: Rescued | None = None) -> Engine:
        return SpreadEngine(self.sender, self.told.deciding, rescue)

    def verify(self) -> None:
        """Workers look themselves, before they predict."""

    def machine(self) -> Mapping[str, Any]:
        return self.told.machine

    def peak_rss_mb(self) -> float:
        return max(facts.peak_rss_mb(), self.sender.peak_rss_mb)


def _engine(session: Session, choice: EngineChoice) -> Owned[EngineSpec]:
    return session.registry.get(EngineSpec, choice.engine)


def _opened(session: Session, system: System, choice: EngineChoice, told: Callable[[str], None]) -> Workers | None:
    """The workers of an engine; ``None`` where it predicts in this process."""
    item = _engine(session, choice)
    options = _options(item.spec, choice)
    what = f"the engine {item.qualified}"
    make: Callable[[EngineContext], Workers | None] = load_object(what, item.spec.object)
    context = EngineContext(job=_job(session, system), workers=choice.workers, options=options, told=told)
    with plugin_errors(what):
        return make(context)


def _options(spec: EngineSpec, choice: EngineChoice) -> Any:
    known = {option.name for option in option_fields(spec.options)} if spec.options else set[str]()
    if foreign := next((name for name in choice.given if name.replace("-", "_") not in known), None):
        raise UsageError(
            f"--{foreign.replace('_', '-')} is not an option of the engine {spec.name!r}",
            hint="leave it out, or choose an engine that has it with --engine; see: nlptasks engines list",
        )
    return from_values(spec.options, choice.given) if spec.options else None


def _job(session: Session, system: System) -> WorkerJob:
    """What workers are made of."""
    try:
        pickled = pickle.dumps(system)
    except Exception as error:
        raise UsageError(
            f"this system cannot go to other processes: {error}",
            hint="predict in this one: leave --engine and --workers out",
        ) from error
    source = session.plugins
    content = SystemContent(
        config=read_config() if source is None else source.config,
        plugins_dir=None if source is None or source.folder is None else source.folder.absolute(),
        system=pickled,
    )
    return WorkerJob(
        maker=_MAKER,
        content=pickle.dumps(content),
        folder=str(Path.cwd()),
        environment={name: os.environ[name] for name in _VARIABLES if name in os.environ},
    )
