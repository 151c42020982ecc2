"""Reads the YAML files that users write, and remembers on which line each key stands."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml._yaml import CParser as Parser
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

from nlptasks.errors import UsageError
from nlptasks.text.display import one_line

#: Largest file in bytes and most keys of a mapping, which anchors could grow into more than memory holds; and how many
#: brackets may be open, whose scanning takes a time that grows with their square.
_LARGEST = 1 << 18
_KEYS = 100
_OPEN = 50

#: What PyYAML lets through where a value does not fit its tag (``2024-99-99``, ``!!bool maybe``).
_UNFIT = (ValueError, TypeError, AttributeError, KeyError, OverflowError)


@dataclass(frozen=True)
class LocatedValue:
    """A mapping with its place.

    Args:
        values: Its values by key; mappings among them are nodes too.
        line: Line of the file on which it starts, from 1.
        lines: Line of each key; of one that a merge brought, the line of its origin.
    """

    values: dict[str, Any] = field(default_factory=dict)
    line: int = 0
    lines: dict[str, int] = field(default_factory=dict)


def read_yaml(path: Path, what: str) -> Any:
    """Parse a YAML file of one document.

    Args:
        path: The file.
        what: What errors call it.

    Returns:
        What it holds; mappings are :class:`LocatedValue`.

    Raises:
        UsageError: It cannot be read, is no YAML, or has a key twice.
    """
    text = _text(path, what)
    try:
        return _loaded(_QuickLoader, text)
    except (yaml.YAMLError, RecursionError, *_UNFIT):
        pass  # PyYAML's own scanner says better what is wrong
    try:
        return _loaded(_Loader, text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = one_line(str(error.problem or error.context))
        raise UsageError(f"{where}: not valid YAML: {problem}", hint=_hint(problem)) from error
    except RecursionError as error:
        raise UsageError(f"{path}: its lists and mappings are nested too deeply") from error
    except (yaml.YAMLError, *_UNFIT) as error:
        raise UsageError(f"{path}: not valid YAML: {one_line(str(error))}", hint="put texts in quotes") from error


def _loaded(kind: type[_Loader] | type[_QuickLoader], text: str) -> Any:
    loader = kind(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _text(path: Path, what: str) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", hint=f"give the path of a {what}") from None
    except OSError as error:
        raise UsageError(f"cannot read the {what} {path}: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise UsageError(f"{path}: larger than {_LARGEST:,} bytes, so it is no {what}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: not UTF-8 ({error.reason})", hint="save the file as UTF-8") from error


def _hint(problem: str) -> str:
    if "\\t" in problem:
        return "indent with spaces; YAML allows no tabs there"
    return (
        ""
        if "twice" in problem or "brackets" in problem
        else "a text that holds ': ' or starts with a mark belongs in quotes"
    )


class _Building(yaml.composer.Composer, yaml.constructor.SafeConstructor, yaml.resolver.Resolver):
    """Builds nodes of mappings; refuses a key that stands twice, which YAML itself lets overwrite the first."""

    def compose_mapping_node(self, anchor: Any) -> Any:
        node = super().compose_mapping_node(anchor)
        first: dict[str, Any] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a text", key.start_mark)
            if key.value in first:
                line = first[key.value].start_mark.line + 1
                problem = f"the key {key.value!r} stands twice here, first on line {line}"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            first[key.value] = key
        return node

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        if len(node.value) > _KEYS:
            problem = f"a mapping with more than {_KEYS} keys"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        found = super().construct_mapping(node, deep)
        for key, _ in node.value:
            if not isinstance(self.construct_object(key), str):
                problem = f"the key {key.value!r} is no text: put it in quotes"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        return found


class _Loader(_Building, yaml.SafeLoader):
    """Reads with PyYAML's own scanner."""

    def fetch_flow_collection_start(self, token: Any) -> None:
        if self.flow_level >= _OPEN:
            raise yaml.scanner.ScannerError(None, None, f"more than {_OPEN} brackets are open", self.get_mark())
        super().fetch_flow_collection_start(token)


class _QuickLoader(_Building, Parser):
    """Reads with libyaml, where PyYAML was built with it, in a fraction of the time."""

    def __init__(self, text: str) -> None:
        Parser.__init__(self, text)
        yaml.composer.Composer.__init__(self)
        yaml.constructor.SafeConstructor.__init__(self)
        yaml.resolver.Resolver.__init__(self)


def _node(loader: Any, node: yaml.MappingNode) -> Any:
    found = LocatedValue(line=node.start_mark.line + 1)
    yield found  # before its values, which may refer to it
    values: Mapping[Any, Any] = loader.construct_mapping(node)
    found.values.update(values)
    found.lines.update({key.value: key.start_mark.line + 1 for key, _ in node.value})


_Loader.add_constructor("tag:yaml.org,2002:map", _node)
_QuickLoader.add_constructor("tag:yaml.org,2002:map", _node)
