"""Values of a parsed file that know where they stand, so that errors can say it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from nlptasks.errors import DataError
from nlptasks.text.display import one_line

#: What PyYAML lets through where a value does not fit its tag (``2024-99-99``, ``!!bool maybe``).
_UNFIT = (ValueError, TypeError, AttributeError, KeyError, OverflowError)


#: Longest text, in characters, that is parsed again to find a line.
_MARKED = 2_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a file.

    Args:
        value: The value.
        file: What errors call the file.
        path: Where it stands: ``results.sst2.acc,none``; empty for the whole file.
        keys: The keys and numbers that lead there.
        text: Text of the file, for finding the line.
    """

    value: object
    file: str
    path: str = ""
    keys: tuple[object, ...] = ()
    text: str = ""

    def fail(self, message: str, hint: str = "") -> NoReturn:
        """Say what is wrong here.

        Raises:
            DataError: Always.
        """
        where = one_line(self.path, 200) or "the file"
        line = line_of(self.text, self.keys)
        hint = hint or "is it of another format? see --from"
        raise DataError(self.file, f"{where}: {message}", line=line, hint=hint)

    def get(self, key: str) -> Node | None:
        """The value under a key of a mapping; ``None`` where there is none, or it is null."""
        value = self._mapping().get(key)
        return None if value is None else self._inner(key, value, self._below(key))

    def at(self, key: str) -> Node:
        """The value under a key that must be there."""
        found = self.get(key)
        if found is None:
            self.fail(f"'{key}' is missing")
        return found

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """The keys of a mapping with their values, in order."""
        for key, value in self._mapping().items():
            yield str(key), self._inner(key, value, self._below(str(key)))

    def items(self) -> list[Node]:
        """The values of a list."""
        if not isinstance(self.value, list):
            self.fail(f"a list was expected, and not {_called(self.value)}")
        return [self._inner(at, value, f"{self.path}[{at}]") for at, value in enumerate(self.value)]

    def words(self) -> str:
        """A text; numbers and dates, which YAML reads out of bare words, are texts too."""
        if isinstance(self.value, dict | list) or self.value is None:
            self.fail(f"a text was expected, and not {_called(self.value)}")
        return str(self.value)

    def texts(self) -> str:
        """The value of :meth:`words`; anything else is its JSON."""
        return self.words() if not isinstance(self.value, dict | list) else json.dumps(self.value, default=str)

    def truth(self) -> bool:
        """Yes or no."""
        if not isinstance(self.value, bool):
            self.fail(f"true or false was expected, and not {_called(self.value)}")
        return self.value

    def count(self) -> int:
        """A whole number from 0."""
        number = self.number()
        if number is None or number < 0 or number != int(number):
            self.fail(f"a whole number from 0 was expected, and not {_called(self.value)}")
        return int(number)

    def is_number(self) -> bool:
        """Whether it is a number."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    def number(self) -> float | None:
        """A number; ``None`` for NaN and infinity, which stand for a value that is not defined."""
        if not self.is_number():
            self.fail(f"a number was expected, and not {_called(self.value)}")
        try:
            number = float(self.value)  # type: ignore[arg-type]
        except OverflowError:
            self.fail("a number that is too large")
        return number if math.isfinite(number) else None

    def _mapping(self) -> dict[object, object]:
        if not isinstance(self.value, dict):
            self.fail(f"a mapping was expected, and not {_called(self.value)}")
        return self.value

    def _inner(self, key: object, value: object, path: str) -> Node:
        return Node(value, self.file, path, (*self.keys, key), self.text)

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def text_at(node: Node | None, key: str) -> str:
    """The text under a key; empty where there is none."""
    found = node.get(key) if node else None
    return found.words() if found else ""


def parse_json(text: str, file: str) -> Node:
    """Parse JSON.

    Raises:
        DataError: It is none.
    """
    try:
        return Node(json.loads(text), file, text=text)
    except json.JSONDecodeError as error:
        raise DataError(
            file, f"not valid JSON: {error.msg}", line=error.lineno, hint="is it of another format? see --from"
        ) from error
    except (ValueError, RecursionError) as error:
        raise DataError(file, f"not valid JSON: {error}", hint="is it of another format? see --from") from error


def parse_yaml(text: str, file: str) -> Node:
    """Parse YAML of one document.

    Raises:
        DataError: It is none.
    """
    import yaml

    try:
        return Node(yaml.safe_load(text), file, text=text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = one_line(str(error.problem or error.context))
        raise DataError(file, f"not valid YAML: {problem}", line=line, hint="repair it, or write it again") from error
    except (yaml.YAMLError, RecursionError, *_UNFIT) as error:
        problem = one_line(str(error), 200)
        raise DataError(file, f"not valid YAML: {problem}", hint="put texts in quotes") from error


def line_of(text: str, keys: Sequence[object]) -> int | None:
    """Line on which a value of a YAML or JSON file stands; ``None`` where it cannot be told.

    The file is parsed once more, with its marks: only errors need them, and they double the time.

    Args:
        text: Text of the file.
        keys: The keys and numbers that lead to the value; what is behind one that is not there is passed over.
    """
    import yaml

    if not text or len(text) > _MARKED:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # that in C lets JSON be indented with tabs
    try:
        node = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError):
        return None
    for key in keys:
        inner = _inner_node(node, key)
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1 if node is not None else None


def _inner_node(node: Any, key: object) -> Any:
    children = node.value if isinstance(node.value, list) else []
    if isinstance(key, int) and key < len(children) and not isinstance(children[key], tuple):
        return children[key]
    pairs = (item for item in children if isinstance(item, tuple))
    return next((value for name, value in pairs if name.value == str(key)), None)


def _called(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else one_line(repr(value), 60)
