"""A worker: opens the system at its first request, and predicts blocks with it."""

from __future__ import annotations

import pickle
import socket
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from nlptasks._plugins.loader import load_plugins
from nlptasks._running import facts
from nlptasks._running.blocks import Block, nothing
from nlptasks._running.engine import LocalEngine
from nlptasks._running.predict import check_frozen
from nlptasks._running.spreading.facts import ToldSystem
from nlptasks._running.spreading.messages import (
    AnsweredBlock,
    CheckSystem,
    PredictBlock,
    SystemContent,
    ToldError,
    WorkerAnswer,
)
from nlptasks._signals import Terminated
from nlptasks._systems.session import Session
from nlptasks._systems.system import LoadedSystem, System
from nlptasks.errors import NlptasksError, PluginError

#: Seconds before it is first looked whether a head has spoilt the weights, and the part of the time that looking takes.
#: The end of a run looks anyway, but at no worker that was lost until then.
_DOUBT, _PART = 30.0, 0.01


class SystemWorker:
    """See :data:`nlptasks.plugin.engines.Worker`."""

    def __init__(self, content: bytes) -> None:
        """Take what is opened at the first request.

        Args:
            content: A pickled :class:`SystemContent`.
        """
        self._content = content
        self._opened = False
        self._doubted = 0.0

    def __call__(self, request: bytes) -> bytes:
        value, error = None, None
        with warnings.catch_warnings(record=True) as caught:
            try:
                value = self._answer(pickle.loads(request))
            except (KeyboardInterrupt, Terminated):
                raise
            except BaseException as failure:
                error = ToldError.of(failure)
        said = tuple(dict.fromkeys(str(warning.message) for warning in caught))
        answer = WorkerAnswer(value=value, error=error, warnings=said, peak_rss_mb=facts.peak_rss_mb())
        try:
            return pickle.dumps(answer)
        except Exception as failure:
            heads = ", ".join(head.name for head in self._system.heads)
            unsent = PluginError(
                f"the head {heads} gave predictions that cannot go from one process to another ({failure})",
                hint="predict in one process: leave --engine and --workers out; or tell the head's author",
            )
            return pickle.dumps(WorkerAnswer(error=ToldError.of(unsent), warnings=said))

    def _answer(self, request: Any) -> Any:
        if isinstance(request, PredictBlock):
            self._refuse_unlike(request.like)
            self._verify()
            return self._predicted(request)
        if isinstance(request, CheckSystem):
            if self._opened:
                check_frozen(self._system)
            return None
        return self._told

    @cached_property
    def _system(self) -> LoadedSystem:
        content: SystemContent = pickle.loads(self._content)
        plugins = load_plugins(content.config, plugins_dir=content.plugins_dir)
        # A name of a class in it may be that of a plugin, which is there from here on.
        try:
            system: System = pickle.loads(content.system)
        except (ImportError, AttributeError) as error:
            raise NlptasksError(
                f"a worker on {_host()} lacks a plugin that this command uses: {error}",
                hint="install there what is installed here, in the same versions",
            ) from error
        loaded = Session(plugins.registry).load(system)
        self._opened, self._doubted = True, time.monotonic() + _DOUBT
        return loaded

    @cached_property
    def _told(self) -> ToldSystem:
        return ToldSystem.of(self._system)

    def _refuse_unlike(self, like: Mapping[str, str]) -> None:
        """Refuse to predict with a system that would make other bytes than those of the other workers."""
        mine = self._told.deciding
        if unlike := [name for name in like.keys() | mine.keys() if like.get(name) != mine.get(name)]:
            name = min(unlike)
            raise NlptasksError(
                f"the workers are not alike: on {_host()} the {name} is {mine.get(name, 'none')!r}, "
                f"and on another it is {like.get(name, 'none')!r}",
                hint="install the same versions everywhere; --device, --precision and --runtime say how it computes",
            )

    def _verify(self) -> None:
        began = time.monotonic()
        if began >= self._doubted:
            check_frozen(self._system)
            now = time.monotonic()
            self._doubted = now + max(_DOUBT, (now - began) / _PART)

    def _predicted(self, request: PredictBlock) -> AnsweredBlock:
        block = Block[None](rows=(), examples=request.examples, first=0, texts=request.texts)
        done = next(LocalEngine(self._system, watch=False)(iter([block]), nothing))
        return AnsweredBlock(made=done.made, nll=done.nll, seconds=done.seconds)


def _host() -> str:
    with suppress(OSError):
        return socket.gethostname()
    return "a machine"
