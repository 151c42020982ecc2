"""Which plugins and which files decided what a system predicts, by version and by content."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._plugins.versions import owner_of
from nlptasks._settings.command import placeless
from nlptasks._settings.groups import TableSource
from nlptasks._systems.system import System
from nlptasks._tables.opening import format_used
from nlptasks.files.names import at_home, is_file, is_folder
from nlptasks.files.paths import sha256_of
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.options import OptionField, option_fields

#: How an option names a file of an installed package.
_PACKAGED = re.compile(r"([A-Za-z_][\w.]*):([^/\\:]+)")


def plugins(registry: Registry, system: System, source: TableSource, metrics: Iterable[str]) -> dict[str, str]:
    """What each plugin that took part is of: its distribution with the version, or its file with the digest.

    Args:
        registry: What is installed.
        system: A system with one head.
        source: The table that was read.
        metrics: Names of the metrics that score; those that are not installed do not.
    """
    chosen = system.heads[0]
    found: dict[str, Owned[Any]] = {"head": chosen.head}
    if system.backbone is not None:
        found["backbone"] = system.backbone
    for item in registry.all(TaskSpec):
        if item.spec == chosen.task:
            found["task"] = item
    if used := format_used(registry, source):
        found["format"] = used
    owners = {role: owner_of(item) for role, item in found.items()}
    if scoring := tuple(metrics):
        from nlptasks._scoring.metrics import owners_of_metrics  # with all that a record is checked by; a run has none

        owners |= owners_of_metrics(registry, scoring, chosen.task.name)
    return owners


def files(system: System) -> dict[str, str]:
    """SHA-256 of each file that a system with one head reads beside the weights that its record tells.

    Those of a trained head's folder stand under ``head/NAME``, and those that an option names under ``OPTION/NAME``.
    """
    found: dict[str, str] = {}
    item = system.heads[0]
    if item.weights:
        for path in _below(item.weights):
            # The weights themselves have a field of their own.
            if path.parent != item.weights or path.suffix != ".safetensors":
                found[f"head/{path.relative_to(item.weights).as_posix()}"] = sha256_of(path)
    for options in (item.options, system.context.options):
        for name, digest in _named_files(options):
            number = sum(other.partition("#")[0] == name for other in found)
            found[f"{name}#{number + 1}" if number else name] = digest
    return found


def plain_options(options: Any) -> dict[str, Any]:
    """Options as records hold them: lists for tuples, and of files and folders their names alone."""
    if not is_dataclass(options) or isinstance(options, type):
        return {}
    named = {option.name for option in option_fields(type(options)) if option.said.get("path")}
    found = {name: placeless(value, named=name in named) for name, value in asdict(options).items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _named_files(options: Any) -> Iterator[tuple[str, str]]:
    """The files that options name: those that are declared to do so, and any value that is the path of one."""
    if options is None:
        return
    for option in option_fields(type(options)):
        value = option.of(options)
        for named in value if isinstance(value, tuple) else (value,):
            if isinstance(named, str) and named and (digest := _content(option, named)):
                yield f"{option.name}/{Path(named).name}", digest


def _content(option: OptionField, named: str) -> str:
    """SHA-256 of what a value names; empty where that is no file."""
    try:
        path = at_home(named)
        declared = bool(option.said.get("path"))
        if is_file(path) and (declared or os.sep in named or path.suffix):
            return sha256_of(path)
        if is_folder(path) and (declared or os.sep in named):
            return _joined({one.relative_to(path).as_posix(): sha256_of(one) for one in _below(path)})
        return _packaged(named) if declared or named.endswith(".toml") else ""
    except (OSError, ValueError, RuntimeError):  # no such user, a NUL, a file that may not be read
        return ""


def _packaged(named: str) -> str:
    parts = _PACKAGED.fullmatch(named)
    if not parts:
        return ""
    try:
        return hashlib.sha256((resources.files(parts[1]) / parts[2]).read_bytes()).hexdigest()
    except (ImportError, OSError):
        return ""


def _joined(digests: Mapping[str, str]) -> str:
    lines = "".join(f"{name}\0{digest}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


def _below(folder: Path) -> list[Path]:
    """The files below a folder, without hidden ones and what Python caches."""
    found = (path for path in folder.rglob("*") if is_file(path))
    return sorted(path for path in found if not any(_is_passing(part) for part in path.relative_to(folder).parts))


def _is_passing(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"
