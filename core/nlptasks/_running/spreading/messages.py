"""What goes to a worker and what comes back. All of it can be pickled; rows and tables stay where they are."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.guard import described
from nlptasks._running.predict import BlockPredictions, SpoiltBackboneError
from nlptasks.errors import NlptasksError, PluginError, UsageError
from nlptasks.plugin.protocols import Example


@dataclass(frozen=True, kw_only=True)
class SystemContent:
    """What a worker opens.

    Args:
        config: Which plugins it loads.
        plugins_dir: The folder of further ones.
        system: The pickled :class:`nlptasks._systems.system.System`, which can be read once the plugins are loaded.
    """

    config: Config
    plugins_dir: Path | None
    system: bytes


@dataclass(frozen=True)
class DescribeSystem:
    """Asks what the system of a worker is; see :class:`nlptasks._running.spreading.facts.ToldSystem`."""


@dataclass(frozen=True)
class CheckSystem:
    """Asks whether a head spoilt the backbone of a worker; see :func:`nlptasks._running.predict.check_frozen`."""


@dataclass(frozen=True, kw_only=True)
class PredictBlock:
    """Asks for the predictions of a block.

    Args:
        examples: For each head, its examples.
        texts: For each head, the texts whose likelihood is asked for; see :class:`nlptasks._running.blocks.Block`.
        like: What the system must be like; see :attr:`nlptasks._running.spreading.facts.ToldSystem.deciding`.
    """

    examples: Sequence[Sequence[Example]]
    texts: Sequence[Sequence[str | None] | None]
    like: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class AnsweredBlock:
    """The predictions of a block.

    Args:
        made: The predictions.
        nll: For each head, the likelihoods.
        seconds: How long it took.
    """

    made: BlockPredictions
    nll: Sequence[Sequence[float | None]]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class WorkerAnswer:
    """What comes back.

    Args:
        value: The answer.
        error: What went wrong in place of it.
        warnings: Python's warnings on the way.
        peak_rss_mb: Largest resident memory of the worker so far, in megabytes.
    """

    value: Any = None
    error: ToldError | None = None
    warnings: tuple[str, ...] = ()
    peak_rss_mb: float = 0.0


#: The kinds of errors that somebody tells apart, the narrower ones first.
_KINDS = (SpoiltBackboneError, PluginError, UsageError, NlptasksError)


@dataclass(frozen=True, kw_only=True)
class ToldError:
    """An error in a form that any process can read: its class may be a plugin's, and need not be picklable.

    Args:
        kind: Which kind of error it is.
        message: See :class:`nlptasks.errors.NlptasksError`.
        hint: See there.
        teller: See there.
        of_machine: Whether the machine is at fault and no row: it has no memory, or its disk fails.
        places: Where it arose.
    """

    kind: int
    message: str
    hint: str
    teller: str
    of_machine: bool
    places: str = field(repr=False)

    @classmethod
    def of(cls, error: BaseException) -> ToldError:
        """What is told of an error; one that nobody explained is the worker's."""
        cause: BaseException | None = error
        if isinstance(error, NlptasksError):
            told, cause = error, error.__cause__
        else:
            told = NlptasksError(f"a worker failed: {described(error)}")
        return cls(
            kind=next(at for at, kind in enumerate(_KINDS) if isinstance(told, kind)),
            message=told.message,
            hint=told.hint,
            teller=told.teller,
            of_machine=isinstance(cause, MemoryError | OSError),
            places="".join(traceback.format_exception(error)),
        )

    def made(self) -> NlptasksError:
        """The error."""
        error = _KINDS[self.kind](self.message, hint=self.hint)
        error.teller = self.teller
        error.__cause__ = MemoryError(self.message) if self.of_machine else None
        error.add_note(f"in a worker:\n{self.places}")
        return error
