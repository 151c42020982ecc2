"""Whatever a plugin raises, wherever it works, is the plugin's error and names it."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, NoReturn, TypeVar

from nlptasks._names import DISTRIBUTION, resolve
from nlptasks._plugins.process import taken
from nlptasks._signals import Terminated
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.files.atomic import NO_SPACE
from nlptasks.files.standard_streams import guest_enters, guest_leaves, put_streams_back
from nlptasks.text.display import one_line

T = TypeVar("T")

#: What is no plugin's fault: an explained error, and what a user or the system sends.
_PASSING = (NlptasksError, KeyboardInterrupt, Terminated)
_HINT = "`nlptasks --traceback run ...` shows where; tell its author"


class PluginErrors(AbstractContextManager[None]):
    """See :func:`plugin_errors`. A class and no generator: it stands around work that is done for every row."""

    def __init__(self, what: str, hint: str, streams: bool) -> None:
        self._what = what
        self._hint = hint
        self._streams = streams

    def __enter__(self) -> None:
        self._token = guest_enters()
        self._process = os.getpid()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if os.getpid() != self._process:
            _end_child(self._what)
        guest_leaves(self._token)
        if error is not None:
            raise_blamed(self._what, error, hint=self._hint, streams=self._streams)


def plugin_errors(what: str, *, hint: str = _HINT, streams: bool = False) -> PluginErrors:
    """Within the block the code is a plugin's: what it raises becomes an error that names it, and its prints no data.

    ``SystemExit``, ``CancelledError``, ``GeneratorExit`` and all other exceptions count; an explained error keeps its
    text and says who raised it, and a ``KeyboardInterrupt`` and a request to stop pass as they are. Keep a ``yield`` of
    a generator of ours out of the block: closing it raises there.

    Args:
        what: What works, as it stands in "... failed": ``the head acme:words``.
        hint: What to do.
        streams: Whether it reads or writes a stream of ours, whose own failures (a full disk, a reader that went away)
            pass as they are.
    """
    return PluginErrors(what, hint, streams)


def streams_back(what: str) -> None:
    """Undo what a plugin did to the streams of the command line at work, and warn of it; see its module.

    Raises:
        RuntimeWarning: Warnings are errors.
    """
    if changed := put_streams_back():
        warnings.warn(f"{what} changed {' and '.join(changed)}; it was put back", RuntimeWarning, stacklevel=2)


def _end_child(what: str) -> NoReturn:
    """End a process that a plugin forked and let go on, which would do all our work a second time."""
    text = f"warning: {what} forked this process and let the child go on; the child was ended\n"
    with suppress(OSError):
        os.write(2, text.encode("utf-8", "backslashreplace"))
    os._exit(1)


def raise_blamed(what: str, error: BaseException, *, hint: str = _HINT, streams: bool = False) -> None:
    """Raise the error that names a plugin in place of what it raised; return where that passes as it is."""
    if isinstance(error, NlptasksError):
        _name(what, error)
    if isinstance(error, _PASSING) or (streams and _of_a_stream(error)):
        return
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        named = f" that holds {error.filename}" if error.filename else ""
        message = f"no space left on the disk{named} ({error.strerror}); {what} could not go on"
        raise NlptasksError(
            message, hint="free some space, or write elsewhere; TMPDIR says where temporary files go"
        ) from error
    raise PluginError(f"{what} failed: {one_line(described(error))}", hint=hint) from error


def _name(what: str, error: NlptasksError) -> None:
    """Say whose words an explained error is, where a plugin of others raised it; what it raised keeps its text.

    What the core raised below a plugin (a missing file, say) is the core's, and what is named stays so.
    """
    if error.teller or _of_the_house(error):
        return
    error.teller = what
    if what not in error.message:
        error.message = f"{error.message} (raised by {what})"
        error.args = (error.message,)


def _of_the_house(error: BaseException) -> bool:
    """Whether the code that raised an error was installed with the core."""
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    name = "" if innermost is None else innermost.tb_frame.f_globals.get("__name__", "")
    return str(name).partition(".")[0] in _house()


@cache
def _house() -> frozenset[str]:
    """The packages that are installed with the core."""
    from importlib.metadata import EntryPoints, PackageNotFoundError, distribution  # slow; only once something failed

    own = __name__.partition(".")[0]
    try:
        points = distribution(DISTRIBUTION).entry_points
    except PackageNotFoundError:  # it runs from a folder
        points = EntryPoints()
    return frozenset({own, *(point.value.partition(":")[0].partition(".")[0] for point in points)})


def described(error: BaseException) -> str:
    """The type and the message of an error, whose class may itself be broken."""
    if isinstance(error, NlptasksError):
        return f"{error.message}; {error.hint}" if error.hint else error.message
    try:
        text = str(error)
    except BaseException as broken:
        if isinstance(broken, _PASSING):
            raise
        text = "(its message cannot be shown)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def load_object(what: str, import_string: str) -> Any:
    """Import what a descriptor names; what its module changes in the process is put back.

    Raises:
        PluginError: It cannot be imported; the error says whose it is.
    """
    if import_string.partition(":")[0] in sys.modules:  # nothing will run that could change anything
        return _resolved(what, import_string)
    before = taken()
    try:
        return _resolved(what, import_string)
    finally:
        before.put_back()


def _resolved(what: str, import_string: str) -> Any:
    with plugin_errors(what):
        try:
            return resolve(import_string)
        except PluginError as error:
            raise PluginError(f"{what}: {error.message}", hint=error.hint or _HINT) from error


@dataclass(frozen=True)
class Guarded:
    """An object of a plugin whose methods and attributes raise nothing that does not name it.

    Args:
        what: See :func:`plugin_errors`.
        wrapped: The object.
        streams: See :func:`plugin_errors`.
    """

    what: str
    wrapped: Any
    streams: bool = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what pickle and copy ask for before there is anything to ask
            raise AttributeError(name)
        with plugin_errors(self.what, streams=self.streams):
            try:
                found = getattr(self.wrapped, name)
            except AttributeError as error:
                missing = error
            else:
                return self._called(found) if callable(found) else found
        raise missing

    def _called(self, method: Callable[..., T]) -> Callable[..., T]:
        def call(*args: Any, **kwargs: Any) -> T:
            with plugin_errors(self.what, streams=self.streams):
                return method(*args, **kwargs)

        return call


def guarded_items(
    what: str, items: Iterable[T], *, check: Callable[[T], None] = lambda _: None, streams: bool = False
) -> Iterator[T]:
    """The items of an iterable of a plugin; see :func:`plugin_errors`.

    Args:
        what: See there.
        items: The iterable.
        check: Raises where an item is not as it must be; that is the plugin's error too.
        streams: See there.
    """
    with plugin_errors(what, streams=streams):
        iterator = iter(items)
    return _Items(what, iterator, check, streams)


class _Items(Iterator[T]):
    """No generator: one that fails is over, while a reader may be asked for the row behind a bad one."""

    def __init__(self, what: str, items: Iterator[T], check: Callable[[T], None], streams: bool) -> None:
        self._what = what
        self._items = items
        self._check = check
        self._streams = streams

    def __next__(self) -> T:
        token = guest_enters()
        try:
            item = next(self._items)
            self._check(item)
            return item
        except StopIteration:
            raise
        except BaseException as error:
            raise_blamed(self._what, error, streams=self._streams)
            raise
        finally:
            guest_leaves(token)


def _of_a_stream(error: BaseException) -> bool:
    """Whether the operating system refused a read or write: unlike that of an ``open``, its error names no file."""
    return isinstance(error, OSError) and error.errno is not None and error.filename is None
