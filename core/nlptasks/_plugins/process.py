"""What a plugin may change in the whole process while it is imported, and putting it back."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nlptasks._signals import STOPPING

_Setting = tuple[str, Callable[[Any], Any], Callable[[Any, Any], object]]

#: Variables of the environment that a warning names; a plugin may have emptied it.
_NAMED = 5

#: Modules that everybody works with and a plugin may not replace parts of.
_SHARED = ("builtins", "json", "warnings", "click")

#: What torch starts with, for a process into which a plugin brought it.
_TORCH_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "dtype": "float32",
        "device": "cpu",
        "precision": "highest",
        "grad": True,
        "deterministic": (False, False),
        "cudnn": (False, False),
    }
)


@dataclass(frozen=True)
class Snapshot:
    """The state of a process at one moment; see :func:`taken`."""

    folder: str
    locale: str
    environment: Mapping[str, str]
    filters: tuple[Any, ...]
    torch: Mapping[str, Any] | None
    streams: Mapping[str, Any]
    closed: bool
    signals: Mapping[int, Any]
    interpreter: Mapping[str, Any]
    importing: Mapping[str, tuple[Any, ...]]
    modules: Mapping[str, Any]
    attributes: Mapping[str, Mapping[str, Any]]
    seeds: tuple[Callable[[], None], ...]

    def put_back(self, *, environment: bool = False) -> tuple[str, ...]:
        """Make the process what it was, and name what had been changed.

        Seeds are put back without a word: many a library takes a random number while it is imported.

        Args:
            environment: Whether variables of the environment and what was replaced in shared modules are put back too.
                Libraries set some for themselves when they are first imported.
        """
        changed = [*self._attributes()] if environment else []  # first: what follows works with them
        changed += [*self._folder(), *self._locale(), *self._filters(), *self._torch()]
        changed += [*self._streams(), *self._signals(), *self._interpreter(), *self._importing()]
        changed += self._environment() if environment else ()
        for restore in self.seeds:
            restore()
        return tuple(changed)

    def _folder(self) -> Iterator[str]:
        if self.folder and _folder() != self.folder:
            os.chdir(self.folder)
            yield "the working directory"

    def _locale(self) -> Iterator[str]:
        import locale

        if locale.setlocale(locale.LC_ALL) != self.locale:
            with suppress(locale.Error):
                locale.setlocale(locale.LC_ALL, self.locale)
            yield "the locale"

    def _environment(self) -> Iterator[str]:
        now = dict(os.environ)
        names = [name for name in sorted(now.keys() | self.environment) if now.get(name) != self.environment.get(name)]
        for name in names:
            if name in self.environment:
                os.environ[name] = self.environment[name]
            else:
                del os.environ[name]
        yield from (f"the environment variable {name}" for name in names[:_NAMED])
        if len(names) > _NAMED:
            yield f"{len(names) - _NAMED} other environment variables"

    def _filters(self) -> Iterator[str]:
        now = list(warnings.filters)
        kept = [item for item in now if item in self.filters or not _is_broad(item)]
        kept += [item for item in self.filters if item not in kept]
        if kept != now:
            warnings.filters[:] = kept  # type: ignore[index]
            warnings._filters_mutated()  # type: ignore[attr-defined]
            yield "the warning filters"

    def _attributes(self) -> Iterator[str]:
        for name, attributes in self.attributes.items():
            module = sys.modules[name]
            for attribute, value in attributes.items():
                if getattr(module, attribute, None) is not value:
                    setattr(module, attribute, value)
                    yield f"{name}.{attribute}"

    def _streams(self) -> Iterator[str]:
        for name, stream in self.streams.items():
            if getattr(sys, name) is not stream:
                setattr(sys, name, stream)
                yield f"sys.{name}"
        if getattr(self.streams["stderr"], "closed", False) and not self.closed:
            sys.stderr = os.fdopen(2, "w", encoding=self.streams["stderr"].encoding, errors="replace", closefd=False)
            yield "sys.stderr, which it closed"

    def _signals(self) -> Iterator[str]:
        for number, handler in self.signals.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
                yield f"the handler of {signal.Signals(number).name}"

    def _interpreter(self) -> Iterator[str]:
        for name, value in self.interpreter.items():
            get, put = _INTERPRETER[name]
            if get() != value:
                put(value)
                yield f"the {name}"

    def _importing(self) -> Iterator[str]:
        """What is found first is found first again; what a plugin added is kept, behind it."""
        for name, items in self.importing.items():
            now = getattr(sys, name)
            if tuple(now[: len(items)]) != items:
                now[:] = [*items, *(item for item in now if item not in items)]
                yield f"sys.{name}"
        if lost := {name: module for name, module in self.modules.items() if sys.modules.get(name) is not module}:
            sys.modules.update(lost)
            yield "sys.modules"

    def _torch(self) -> Iterator[str]:
        torch = sys.modules.get("torch")
        if torch is None:
            return
        before = _TORCH_DEFAULTS if self.torch is None else self.torch
        now = _torch_settings(torch)
        for name, value in before.items():
            if now[name] != value:
                _TORCH[name][2](torch, value)
                yield f"the {_TORCH[name][0]} of torch"
        if self.torch is None:
            torch.default_generator.seed()  # as it was seeded when it was imported, by chance


def taken() -> Snapshot:
    """The state of the process as it is now. Imports nothing that is not there."""
    import locale

    torch = sys.modules.get("torch")
    return Snapshot(
        folder=_folder(),
        locale=locale.setlocale(locale.LC_ALL),
        environment=dict(os.environ),
        filters=tuple(warnings.filters),
        torch=None if torch is None else _torch_settings(torch),
        streams={name: getattr(sys, name) for name in ("stdin", "stdout", "stderr", "excepthook")},
        closed=getattr(sys.stderr, "closed", True),
        signals=_handlers(),
        interpreter={name: get() for name, (get, _) in _INTERPRETER.items()},
        importing={name: tuple(getattr(sys, name)) for name in ("path", "meta_path", "path_hooks")},
        modules=dict(sys.modules),
        attributes={name: _functions(sys.modules[name]) for name in _SHARED if name in sys.modules},
        seeds=tuple(_seeds()),
    )


def _folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it was removed
        return ""


def _handlers() -> Mapping[int, Any]:
    """The handlers of the signals that end a process; only the main thread may set them."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    others = (getattr(signal, name) for name in ("SIGPIPE", "SIGALRM") if hasattr(signal, name))
    return {number: signal.getsignal(number) for number in (signal.SIGINT, *STOPPING, *others)}


def _functions(module: Any) -> Mapping[str, Any]:
    return {name: value for name, value in vars(module).items() if callable(value) and not name.startswith("_")}


def _alarm() -> float:
    """Seconds to the next alarm that somebody set, without those that passed; 0: none."""
    return 1.0 if hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] else 0.0


def _set_alarm(before: float) -> None:
    if not before:  # one that was set before is its owner's, and what remained of it is not known
        signal.setitimer(signal.ITIMER_REAL, 0)


def _mask() -> int:
    """The permissions that new files do not get; they can be asked for only by setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _numpy_errors() -> Mapping[str, str]:
    numpy: Any = sys.modules.get("numpy")
    return dict(numpy.geterr()) if hasattr(numpy, "geterr") else dict(_NUMPY_DEFAULTS)


#: What numpy starts with, for a process into which a plugin brought it.
_NUMPY_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
)


#: By what errors call it: how to read and how to set what else the interpreter has one of.
_INTERPRETER: Mapping[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "recursion limit": (sys.getrecursionlimit, sys.setrecursionlimit),
    "garbage collector": (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    "trace function": (sys.gettrace, sys.settrace),
    "profile function": (sys.getprofile, sys.setprofile),
    "mask of file permissions": (_mask, os.umask),
    "alarm": (_alarm, _set_alarm),
    "timeout of sockets": (
        lambda: getattr(sys.modules.get("socket"), "getdefaulttimeout", lambda: None)(),
        lambda seconds: sys.modules["socket"].setdefaulttimeout(seconds),
    ),
    "level of logging": (
        lambda: getattr(getattr(getattr(sys.modules.get("logging"), "root", None), "manager", None), "disable", 0),
        lambda level: sys.modules["logging"].disable(level),
    ),
    "error handling of numpy": (_numpy_errors, lambda before: sys.modules["numpy"].seterr(**before)),
    "encoding of sys.stdout": (lambda: _encoding("stdout"), lambda before: _reconfigure("stdout", before)),
    "encoding of sys.stderr": (lambda: _encoding("stderr"), lambda before: _reconfigure("stderr", before)),
}


def _encoding(name: str) -> tuple[Any, Any]:
    stream = getattr(sys, name)
    return getattr(stream, "encoding", None), getattr(stream, "errors", None)


def _reconfigure(name: str, before: tuple[Any, Any]) -> None:
    with suppress(AttributeError, ValueError, OSError):  # another object, or a stream that was closed
        getattr(sys, name).reconfigure(encoding=before[0], errors=before[1])


def _is_broad(item: Any) -> bool:
    """Whether a filter is for everybody's warnings: one for a message, a module or a category of its own is not."""
    _, message, category, module, _ = item
    return message is None and module is None and category.__module__ == "builtins"


def _seeds() -> Iterator[Callable[[], None]]:
    """For each library with random numbers that is there, what puts its state back; a fresh one gets a fresh seed."""
    yield _seed("random", lambda module: module.getstate(), lambda module, state: module.setstate(state))
    yield _seed("numpy.random", lambda module: module.get_state(), lambda module, state: module.set_state(state))
    if torch := sys.modules.get("torch"):
        state = torch.get_rng_state()
        yield lambda: torch.set_rng_state(state)
        if torch.cuda.is_initialized():
            states = torch.cuda.get_rng_state_all()
            yield lambda: torch.cuda.set_rng_state_all(states)


def _seed(name: str, get: Callable[[Any], Any], put: Callable[[Any, Any], None]) -> Callable[[], None]:
    before = sys.modules.get(name)
    state = get(before) if before is not None else None

    def restore() -> None:
        module = sys.modules.get(name)
        if module is not None and before is not None:
            put(module, state)
        elif module is not None:
            module.seed()

    return restore


def _torch_settings(torch: Any) -> Mapping[str, Any]:
    return {name: get(torch) for name, (_, get, _) in _TORCH.items()}


def _set_cudnn(torch: Any, deterministic: bool, benchmark: bool) -> None:
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = benchmark


#: By name: what errors call it, how to read it and how to set it.
_TORCH: Mapping[str, _Setting] = {
    "dtype": (
        "default dtype",
        lambda torch: str(torch.get_default_dtype()).removeprefix("torch."),
        lambda torch, value: torch.set_default_dtype(getattr(torch, value)),
    ),
    "device": (
        "default device",
        lambda torch: str(torch.get_default_device()),
        # The device that it starts with is none: to name it would cost each call of torch a look at it.
        lambda torch, value: torch.set_default_device(None if value == "cpu" else value),
    ),
    "precision": (
        "precision of matrix products",
        lambda torch: torch.get_float32_matmul_precision(),
        lambda torch, value: torch.set_float32_matmul_precision(value),
    ),
    "grad": (
        "gradient mode",
        lambda torch: torch.is_grad_enabled(),
        lambda torch, value: torch.set_grad_enabled(value),
    ),
    "threads": (
        "number of threads",
        lambda torch: torch.get_num_threads(),
        lambda torch, value: torch.set_num_threads(value),
    ),
    "deterministic": (
        "deterministic mode",
        lambda torch: (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        lambda torch, value: torch.use_deterministic_algorithms(value[0], warn_only=value[1]),
    ),
    "cudnn": (
        "choice of cuDNN algorithms",
        lambda torch: (torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark),
        lambda torch, value: _set_cudnn(torch, *value),
    ),
}
