"""Cells that hold one reference text or several, as people's tools write them.

Several stand in a JSON list, or in what Python and numpy print of one (``['a', 'b']``, ``array(['a'], dtype=object)``),
which is what pandas writes into a CSV. A text that merely begins with a bracket ("[1] A footnote", "[Applause]") is a
text. A cell that is plainly meant as a list or an object and cannot be read as one is refused: as a text it would make
every right prediction wrong. What one cell leaves open the others tell: ``[2, 3]`` holds references where every cell of
the column is a list, ``['Par`` is the beginning of a list where others are whole, and ``1998.0`` is 1998 as well where
all cells are such, for pandas writes whole numbers so where one is missing.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

#: What a cell begins with that is meant as a list or an object: a bracket and what may stand in it.
_QUOTE = "[\"'“‘„«]"
#: Calls that Python prints of collections of its own, of pandas, torch and others, and of objects with fields.
_CALL = r"""(?:
      (?:collections\.)?(?:OrderedDict|defaultdict|deque|Counter|mappingproxy|ListConfig|DictConfig)\(
    | (?:list|tuple|set|frozenset|dict|Index|Series|StringArray|tensor|Array)\([\[{(]
    | [A-Za-z_]\w*\(text=
    )"""
_MEANT = re.compile(
    rf"""\s*(?:(?:np\.|numpy\.)?array\s*\(|{_CALL}
    | [\[{{]\s*(?:{_QUOTE}|[\[{{]\s*{_QUOTE}|(?:np\.)?(?:array|str_)\(|{_CALL}|[A-Z]\w*\(\w+=))""",
    re.VERBOSE,
)
_STRUCTURE = re.compile(r"\s*[\[{(]")
_TUPLE_OF_ONE = re.compile(r",\s*\)\s*$")
_ENDS = ("]", "}", ")")

#: Bytes as Python prints them.
_BYTES = re.compile(r"""[bB]('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""", re.DOTALL)
#: A whole number as pandas writes it where the column has a gap.
_FLOAT = re.compile(r"([+-]?\d+)\.0")
#: How pandas ends what it prints of a column.
_SERIES = re.compile(r"\n(?:Name: [^\n]*, )?(?:Length: \d+, )?dtype: \S+\s*\Z")

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<bytes>[bB](?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))
    | (?P<curly>“[^”]*”|„[^“”]*[“”]|«[^»]*»|‘(?:[^’]|’(?=\w))*’)
    | (?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_][\w.]*)
    | (?P<mark>\.\.\.|[][{}(),:=<>])
    )""",
    re.VERBOSE | re.DOTALL,
)

_FIELD = re.compile(r"\s*([A-Za-z_]\w*)\s*=")

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


def read_gold(_column: str, cell: str, cells: Collection[str] = ()) -> str | None:
    """Read the references of a text: the cell itself, or a JSON list of several; ``None`` where it holds none.

    Raises:
        ValueError: The cell is meant as a list or an object and cannot be read as one.
    """
    found = references_in(cell, cells)
    if found is None:
        return cell
    if not any(text.strip() for text in found.texts):
        return None
    # A list that was right already keeps its bytes.
    return cell if _strings(cell) == list(found.texts) else json.dumps(list(found.texts), ensure_ascii=False)


def references_in(cell: str, cells: Collection[str] = ()) -> References | None:
    """The references in a cell that holds a list or an object of them; ``None``: the cell is a text as it stands.

    Args:
        cell: The cell.
        cells: The different cells of its column.

    Raises:
        ValueError: The cell is meant as a list or an object and cannot be read as one.
    """
    if _SERIES.search(cell):
        raise ValueError(f"{_quoted(cell)} is a column of pandas as it is printed; write a JSON list of its texts")
    if _BYTES.fullmatch(cell.strip()):
        return References((_decoded(cell.strip()),))
    if (whole := _FLOAT.fullmatch(cell.strip())) and _floats(frozenset(cells)):
        return References((whole[1], cell.strip()))  # either is right: nothing tells which one the data meant
    meant = _MEANT.match(cell) is not None
    if meant and not cell.rstrip().endswith(_ENDS):
        meant = _lists(frozenset(cells)).any  # cut off, as spreadsheets do, where others are whole
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
    if _of_numbers(value) and not meant and not _lists(frozenset(cells)).all:
        return None  # "[2, 3]" is a text where the column has texts
    if isinstance(value, tuple) and len(value) < 2 and not _TUPLE_OF_ONE.search(cell):
        return None  # and so is ("a text in brackets")
    texts = _texts(value, cell)
    given = [text for text in texts if text is not None]
    return References(tuple(given), missing=bool(texts) and not given)


@dataclass(frozen=True, slots=True)
class _Lists:
    """Whether any of a column's cells is a list or an object, and whether all are."""

    any: bool
    all: bool


@lru_cache(maxsize=4)
def _lists(cells: frozenset[str]) -> _Lists:
    found = [_is_list(cell) for cell in cells if cell.strip()]
    return _Lists(any=any(found), all=bool(found) and all(found))


def _is_list(cell: str) -> bool:
    if not _STRUCTURE.match(cell) and not _MEANT.match(cell):
        return False
    try:
        value = _parsed(cell)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, list | dict)


@lru_cache(maxsize=4)
def _floats(cells: frozenset[str]) -> bool:
    """Whether a column of whole numbers is written as one of floats: each cell ends in ``.0``."""
    return bool(cells) and all(_FLOAT.fullmatch(cell.strip()) for cell in cells)


def _of_numbers(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, _Number) for item in value)


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


def _decoded(literal: str) -> str:
    """The text in bytes as Python prints them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bytes(ast.literal_eval(literal)).decode()
    except (SyntaxError, ValueError):
        raise ValueError(f"{_quoted(literal)} are bytes that are no UTF-8 text") from None


def _unquoted(literal: str) -> str:
    """The text of a string literal. An escape that Python does not know stands for itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(ast.literal_eval(literal.replace("\n", "\\n").replace("\r", "\\r")))
    except (SyntaxError, ValueError):
        raise ValueError(f"{literal[:20]} is no string") from None


def _mapping(value: object) -> object:
    """What a list of pairs is as a dictionary; anything else as it is."""
    if isinstance(value, list) and value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
        return {str(key): item for key, item in value}
    return value


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
        if token["bytes"] is not None:
            return _decoded(token["bytes"])
        if token["curly"] is not None:  # as a word processor writes the quotes of a list
            return token["curly"][1:-1].strip()
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
        if self._peek() == "(":  # array([...], dtype=object), np.str_('x'), Answer(text='x'), OrderedDict([('a', 'b')])
            self._next()
            if fields := self._fields():
                return fields
            if self._peek() == ")":
                raise ValueError(f"'{name}()' is empty")
            value = self._value()
            self._skip_arguments()
            return _mapping(value) if name.endswith("Dict") else value
        if name in ("True", "False", "true", "false"):
            return name.capitalize()
        raise ValueError(f"{name!r} is no value")

    def _fields(self) -> dict[object, object]:
        """The arguments of a call that are named, up to its end; none where the first is not."""
        found: dict[object, object] = {}
        while named := _FIELD.match(self._text, self._at):
            self._at = named.end()
            found[named[1]] = self._value()
            if self._peek() == ",":
                self._next()
        if found and self._next()["mark"] != ")":
            raise ValueError("not all of its fields have a name")
        return found

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

    def _pairs(self) -> dict[object, object] | list[object]:
        found: dict[object, object] = {}
        while self._peek() != "}":
            key = self._value()
            if not found and self._peek() in (",", "}"):
                return self._set(key)
            if self._next()["mark"] != ":":
                raise ValueError(f"no ':' behind {str(key)[:20]!r}")
            found[str(key)] = self._value()
            if self._peek() == ",":
                self._next()
        self._next()
        return found

    def _set(self, first: object) -> list[object]:
        """A set, or an array as PostgreSQL prints it, whose first item was read."""
        if self._peek() == ",":
            self._next()
        return [first, *self._items("}")]
