"""Cells that hold one reference text or several, as people's tools write them.

Several stand in a JSON list, or in what Python and numpy print of one (``['a', 'b']``, ``array(['a'], dtype=object)``),
which is what pandas writes into a CSV. A text that merely begins with a bracket ("[1] A footnote", "[Applause]") is a
text. A cell that is plainly meant as a list or an object and cannot be read as one is refused: as a text it would make
every right prediction wrong.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass

#: What a cell begins with that is meant as a list or an object: a bracket and what may stand in it.
_MEANT = re.compile(r"""\s*(?:(?:np\.|numpy\.)?array\s*\(|[\[{]\s*(?:["']|[\[{]\s*["']|(?:np\.)?(?:array|str_)\())""")
_STRUCTURE = re.compile(r"\s*[\[{(]")
_TUPLE_OF_ONE = re.compile(r",\s*\)\s*$")
_ENDS = ("]", "}", ")")

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_][\w.]*)
    | (?P<mark>\.\.\.|[][{}(),:=<>])
    )""",
    re.VERBOSE | re.DOTALL,
)

_NOTHING = frozenset({"None", "null", "nan", "NaN", "NaT"})


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class References:
    """What a cell holds.

    Args:
        texts: The references; none where an empty list says that there is none.
        missing: Whether there is nothing but ``null`` in it.
    """

    texts: tuple[str, ...]
    missing: bool = False


def read_gold(_column: str, cell: str, _cells: Collection[str] = ()) -> str | None:
    """Read the references of a text: the cell itself, or a JSON list of several; ``None`` where it holds none.

    Raises:
        ValueError: The cell is meant as a list or an object and cannot be read as one.
    """
    found = references_in(cell)
    if found is None:
        return cell
    if not any(text.strip() for text in found.texts):
        return None
    # A list that was right already keeps its bytes.
    return cell if _strings(cell) == list(found.texts) else json.dumps(list(found.texts), ensure_ascii=False)


def references_in(cell: str) -> References | None:
    """The references in a cell that holds a list or an object of them; ``None``: the cell is a text as it stands.

    Raises:
        ValueError: The cell is meant as a list or an object and cannot be read as one.
    """
    meant = _MEANT.match(cell) is not None and cell.rstrip().endswith(_ENDS)
    if not meant and not _STRUCTURE.match(cell):
        return None
    try:
        value = _parsed(cell)
    except (ValueError, RecursionError) as error:
        if meant and not isinstance(error, RecursionError):
            raise ValueError(
                f"{_quoted(cell)} looks like a list or an object of references and cannot be read as one: {error}"
            ) from None
        return None
    if isinstance(value, list) and value and all(isinstance(item, _Number) for item in value):
        return None  # "[2, 3]" is a text: a list of references is one of texts
    if isinstance(value, tuple) and len(value) < 2 and not _TUPLE_OF_ONE.search(cell):
        return None  # and so is ("a text in brackets")
    texts = _texts(value, cell)
    given = [text for text in texts if text is not None]
    return References(tuple(given), missing=bool(texts) and not given)


def _strings(cell: str) -> object:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None


def _parsed(cell: str) -> object:
    try:
        return json.loads(cell, parse_int=_Number, parse_float=_Number, parse_constant=lambda _name: None)
    except ValueError:
        return _Literal(cell).whole()


def _texts(value: object, cell: str) -> list[str | None]:
    """The texts in parsed references, ``None`` for ``null``; lists in lists are taken together."""
    if value is None:
        return [None]
    if isinstance(value, str):
        return [str(value)]
    if isinstance(value, bool | int | float):
        return [str(value)]
    if isinstance(value, dict):
        if "text" not in value:
            keys = ", ".join(map(str, value)) or "none"
            raise ValueError(
                f"{_quoted(cell)} is an object without 'text', which would hold the references (its keys: {keys})"
            )
        return _texts(value["text"], cell)
    assert isinstance(value, list | tuple)
    return [text for item in value for text in _texts(item, cell)]


def _quoted(cell: str) -> str:
    line = " ".join(cell.split())
    return repr(line if len(line) <= 60 else f"{line[:57]}...")


def _unquoted(literal: str) -> str:
    """The text of a string literal. An escape that Python does not know stands for itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(ast.literal_eval(literal.replace("\n", "\\n").replace("\r", "\\r")))
    except (SyntaxError, ValueError):
        raise ValueError(f"{literal[:20]} is no string") from None


class _Literal:
    """Reads what Python and numpy print of lists, tuples, dictionaries, arrays, strings and numbers."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> object:
        """The value that the whole text is."""
        value = self._value()
        if self._text[self._at :].strip():
            raise ValueError(f"{self._text[self._at :].strip()[:20]!r} stands behind its end")
        return value

    def _peek(self) -> str:
        found = _TOKEN.match(self._text, self._at)
        return found[0].strip() if found else ""

    def _next(self) -> re.Match[str]:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            rest = self._text[self._at :].strip()
            raise ValueError(f"{rest[:20]!r} is no value" if rest else "it ends too early")
        self._at = found.end()
        return found

    def _value(self) -> object:
        token = self._next()
        if token["text"] is not None:
            return _unquoted(token["text"])
        if token["number"] is not None:
            return _Number(token["number"])
        if token["name"] is not None:
            return self._named(token["name"])
        return self._compound(token["mark"])

    def _compound(self, mark: str) -> object:
        if mark == "[":
            return self._items("]")
        if mark == "(":
            return tuple(self._items(")"))
        if mark == "{":
            return self._pairs()
        if mark == "...":
            raise ValueError("it was cut short ('...') where it was printed")
        raise ValueError(f"{mark!r} stands where a value should")

    def _named(self, name: str) -> object:
        if name in _NOTHING:
            return None
        if self._peek() == "(":  # array([...], dtype=object), np.str_('x')
            self._next()
            value = self._value()
            self._skip_arguments()
            return value
        if name in ("True", "False", "true", "false"):
            return name.capitalize()
        raise ValueError(f"{name!r} is no value")

    def _skip_arguments(self) -> None:
        """What a call has behind its value: the type of an array."""
        depth = 1
        while depth:
            token = self._next()
            depth += {"(": 1, ")": -1}.get(token["mark"] or "", 0)

    def _items(self, end: str) -> list[object]:
        """The items of a list. numpy prints no commas between them."""
        found: list[object] = []
        while self._peek() != end:
            found.append(self._value())
            if self._peek() == ",":
                self._next()
        self._next()
        return found

    def _pairs(self) -> dict[object, object]:
        found: dict[object, object] = {}
        while self._peek() != "}":
            key = self._value()
            if self._next()["mark"] != ":":
                raise ValueError(f"no ':' behind {str(key)[:20]!r}")
            found[str(key)] = self._value()
            if self._peek() == ",":
                self._next()
        self._next()
        return found
