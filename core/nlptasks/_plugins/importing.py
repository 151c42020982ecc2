"""Importing a plugin, and explaining in one line why it failed."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from pathlib import Path

from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._plugins.guard import described
from nlptasks._plugins.metadata import loaded
from nlptasks.errors import PluginError
from nlptasks.files.standard_streams import DataOutput, guest_enters, guest_leaves
from nlptasks.text.display import one_line


def import_plugin(candidate: FoundPlugin) -> object:
    """Import a plugin and return its module or object; what it prints goes to standard error.

    Raises:
        BaseException: Whatever its code raises.
    """
    # Standard output holds the rows and the JSON of commands. The command line keeps it for them itself; other callers
    # have theirs back behind the import.
    own = isinstance(sys.stdout, DataOutput)
    token = guest_enters()
    try:
        with contextlib.nullcontext() if own else contextlib.redirect_stdout(sys.stderr):
            return _import(candidate)
    finally:
        guest_leaves(token)


def _import(candidate: FoundPlugin) -> object:
    if candidate.path is not None:
        return _import_file(candidate.path)
    return loaded(candidate.record.module)


def explain(error: BaseException, module: str) -> str:
    """Return the error's type, message and, in the plugin's own code, file and line."""
    place = _own_place(error, module.partition(":")[0].partition(".")[0])
    return one_line(described(error)) + (f" ({one_line(place)})" if place else "")


def _import_file(path: Path) -> object:
    """Import a file as a module of its own name, so that import strings can name it."""
    name = path.stem
    if not name.isidentifier():
        raise PluginError(f"{path.name} cannot be imported", hint="rename it to letters, digits and '_'")
    if name in sys.modules or importlib.util.find_spec(name) is not None:
        raise PluginError(f"there already is a module {name!r}", hint="rename the file")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # true of every path that ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _own_place(error: BaseException, package: str) -> str:
    """Return ``file:line`` of the innermost frame of the plugin's own package; empty where there is none."""
    if isinstance(error, SyntaxError) and error.filename:  # a NUL in the file has no place
        return f"{error.filename}:{error.lineno}"
    from traceback import walk_tb  # with what shows code, which takes time at each start

    frames = walk_tb(error.__traceback__)
    own = [(f.f_code.co_filename, line) for f, line in frames if _package_of(f.f_globals) == package]
    return "{}:{}".format(*own[-1]) if own else ""


def _package_of(namespace: dict[str, object]) -> str:
    return str(namespace.get("__name__", "")).partition(".")[0]
