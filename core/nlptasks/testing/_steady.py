"""What everything under test must leave alone: standard output, and what a process has one of."""

from __future__ import annotations

import contextlib
import io
import random
import sys
from collections.abc import Iterator
from typing import Any

from nlptasks._plugins.guard import described
from nlptasks._plugins.process import taken
from nlptasks._signals import Terminated
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.text.display import one_line

_QUOTED = 200


@contextlib.contextmanager
def steady(what: str) -> Iterator[None]:
    """Check that a block prints nothing and changes nothing in the process; what it changed is put back.

    Args:
        what: What works in the block, as it stands before "printed ...".
    """
    said = io.StringIO()
    before = taken()
    _stir()
    seeds = _seeds()
    try:
        with contextlib.redirect_stdout(said):
            yield
    finally:
        moved = [name for name, state in _seeds().items() if name in seeds and state != seeds[name]]
        changed = [name for name in before.put_back(environment=True) if name != "sys.stdout"]
    text = said.getvalue()
    assert not text, f"{what} printed {one_line(text, _QUOTED)!r} on standard output, where the data go"
    assert not changed, f"{what} changed {', '.join(changed)} of the process"
    assert not moved, f"{what} used or seeded the shared random numbers of {moved[0]}; make a generator of its own"


@contextlib.contextmanager
def warm() -> Iterator[None]:
    """Around a first time, in which libraries are imported that set this and that: everything is put back unsaid."""
    before = taken()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        before.put_back(environment=True)


@contextlib.contextmanager
def told(what: str, *, refusals: bool = False) -> Iterator[None]:
    """Whatever a block raises becomes an :class:`AssertionError` that says what failed, with the cause below it.

    Args:
        what: What works in the block, as it stands before "failed: ...".
        refusals: Whether explained errors pass as they are.
    """
    try:
        yield
    except (AssertionError, KeyboardInterrupt, Terminated):
        raise
    except PluginError as error:
        raise AssertionError(error.message) from error
    except NlptasksError as error:
        if refusals:
            raise
        raise AssertionError(f"{what} refused: {described(error)}") from error
    except BaseException as error:  # an exit, a cancelled task, an exception of a kind of its own
        raise AssertionError(f"{what} failed: {one_line(described(error))}") from error


def _stir() -> None:
    """Random states of their own, so that one who seeds them as it did before shows."""
    number = random.SystemRandom().getrandbits(31)
    random.seed(number)
    for name, seed in (("numpy.random", "seed"), ("torch", "manual_seed")):
        module: Any = sys.modules.get(name)
        if hasattr(module, seed):
            getattr(module, seed)(number)


def _seeds() -> dict[str, Any]:
    """The states of the random numbers that a process has one of, in a form that can be compared."""
    found: dict[str, Any] = {"random": random.getstate()}
    numpy: Any = sys.modules.get("numpy.random")
    if hasattr(numpy, "get_state"):
        kind, keys, *rest = numpy.get_state()
        found["numpy"] = (kind, keys.tobytes(), *rest)
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "get_rng_state"):
        found["torch"] = torch.get_rng_state().numpy().tobytes()
    return found
