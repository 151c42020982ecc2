"""Makes a :class:`nlptasks.records.suites.Suite` of a YAML file: what a file may hold, and how it becomes one."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator

from nlptasks.errors import UsageError
from nlptasks.files.paths import sha256_of
from nlptasks.files.validated import Checked, ProblemError, Rule, kind_of, misplaced, validated
from nlptasks.files.yaml import LocatedValue, read_yaml
from nlptasks.records.suites import Card, EarlierVersion, Suite
from nlptasks.text.display import one_line

_WHAT = "suite"

#: What errors call the items of lists.
_CALLED = {"datasets": "data set", "earlier": "earlier version"}

#: What an option of a head may be, in a list too.
_SCALARS = (str, bool, int, float)


def _mapping(value: Any) -> Any:
    return dict(value.values) if isinstance(value, LocatedValue) else value


def _column_names(value: Any) -> Any:
    for name, column in _mapping(value).items() if isinstance(value, LocatedValue) else ():
        if not isinstance(column, str):
            raise ProblemError(f"gives '{one_line(name, 80)}' {kind_of(column)}", "give a column's name")
    return _mapping(value)


def _options(value: Any) -> Any:
    """An option of several words may be written as on the command line or as in Python."""
    for name, option in _mapping(value).items() if isinstance(value, LocatedValue) else ():
        if not all(isinstance(item, _SCALARS) for item in (option if isinstance(option, list) else [option])):
            raise ProblemError(
                f"gives '{one_line(name, 80)}' {kind_of(option)}",
                "an option is a text (in quotes), a number, true or false, or a list of these",
            )
    return _mapping(value)


def _number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Texts = list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]]

#: Names become names of folders.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\z"),
    Rule("letters, digits, '-', '_' and '.', starting with a letter or digit"),
]
Sha256 = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}\z"),
    Rule("64 hexadecimal digits"),
]
Language = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[a-z]{2}\z"),
    Rule("an ISO 639-1 code: two small letters, like de"),
]
Hub = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[\w.-]+/[\w.-]+\z"),
    Rule("the id of a data set on the Hub: OWNER/NAME"),
]
Number = Annotated[float | None, Field(allow_inf_nan=False), Rule("a number", "leave it out where it is not known")]


class EarlierFile(Checked):
    """An earlier version of a data set as a file holds it."""

    version: Annotated[Text, BeforeValidator(_number_as_text)]
    sha256: Sha256
    file: Text = ""


class CardFile(Checked):
    """A data set as a file holds it; its keys are the fields of :class:`nlptasks.records.suites.Card`."""

    name: Name
    task: Text
    file: Text
    sha256: Sha256 = ""
    n: Annotated[int, Field(ge=0), Rule("a number of rows", "leave it out: n is optional")] = 0
    split: Text = ""
    source: Text = ""
    revision: Text = ""
    licence: Text = ""
    hub: Hub = ""
    columns: Annotated[
        dict[str, str], BeforeValidator(_column_names), Rule("a mapping", "write columns: {text: review}")
    ] = Field(default_factory=dict)
    gold: Text = ""
    id: Text = ""
    cluster: Text = ""
    meta: Annotated[Texts, Rule("a list of texts", 'write meta: ["..."]')] = Field(default_factory=list)
    language: Language = ""
    options: Annotated[dict[str, Any], BeforeValidator(_options), Rule("a mapping", "write options: {to: de}")] = Field(
        default_factory=dict
    )
    head: Text = ""
    metrics: Annotated[Texts, Rule("a list of texts", 'write metrics: ["..."]')] = Field(default_factory=list)
    primary: Text = ""
    floor: Number = None
    ceiling: Number = None
    notes: Annotated[Texts, Rule("a list of texts", 'write notes: ["..."]')] = Field(default_factory=list)

    version: Annotated[Text, BeforeValidator(_number_as_text)] = "1"
    retired: Annotated[bool, Rule("true or false", "write retired: true")] = False
    earlier: Annotated[list[EarlierFile], Rule("a list of versions", "write '- version: ...' below it")] = Field(
        default_factory=list
    )
    public: Text = ""

    @field_validator("file")
    @classmethod
    def _inside(cls, file: str, info: ValidationInfo) -> str:
        if not file:
            raise ProblemError("is empty", "give the name of a file")
        paths = PurePosixPath(file), PureWindowsPath(file)
        inside = not any(path.is_absolute() or path.drive or ".." in path.parts for path in paths)
        bounds = (info.context or {}).get("bounds", "")
        if bounds and not inside:
            raise ProblemError(f"leads out of {bounds}: {one_line(file)}", "give a path below it, without '..'")
        return file

    def card(self) -> Card:
        """What the rest of the program knows of it."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values |= {name: tuple(values[name]) for name in ("meta", "metrics", "notes")}
        earlier = (EarlierVersion(version=one.version, sha256=one.sha256, file=one.file) for one in self.earlier)
        return Card(**values | {"earlier": tuple(earlier)})


class SuiteFile(Checked):
    """A suite as a file holds it."""

    name: Name
    summary: Text = ""
    version: Annotated[Text, BeforeValidator(_number_as_text)] = "1"
    ships: Annotated[bool, Rule("true or false", "write ships: true")] = True
    datasets: Annotated[
        list[CardFile],
        Field(min_length=1),
        Rule("a list with a data set or more", "write '- name: ...' below it"),
    ]


def parse_suite(path: Path, *, packaged: bool = False) -> Suite:
    """Read a suite.

    Args:
        path: The YAML file.
        packaged: Whether it comes from a plugin's package, which its files may not lie outside of.

    Raises:
        UsageError: It cannot be read, or something in it is missing, unknown or of the wrong kind.
    """
    data = read_yaml(path, _WHAT)
    ships = not isinstance(data, LocatedValue) or data.values.get("ships", True) is not False
    found = validated(SuiteFile, data, path, _WHAT, called=_CALLED, context={"bounds": _bounds(ships, packaged)})
    items: list[LocatedValue] = data.values["datasets"]
    _check_names(path, items)
    for number, item in enumerate(found.datasets):
        if not item.sha256:
            hint = _paste(path.parent / item.file)
            place = ("datasets", number, "sha256")
            raise misplaced(SuiteFile, data, path, place, "has no 'sha256'", hint, called=_CALLED)
    return Suite(
        name=found.name,
        summary=found.summary,
        version=found.version or "1",
        datasets=tuple(item.card() for item in found.datasets),
        ships=found.ships,
        folder=path.parent,
    )


def _bounds(ships: bool, packaged: bool) -> str:
    """What the files must lie in; empty: a suite of one's own, which ships its files, may name any."""
    if not ships:
        return "the data folder"
    return "the suite's package" if packaged else ""


def _check_names(path: Path, items: list[LocatedValue]) -> None:
    first: dict[str, int] = {}
    for number, item in enumerate(items, 1):
        name = str(item.values["name"]).strip()
        line = first.setdefault(name.casefold(), item.line)
        if number > len(first):
            raise UsageError(
                f"{path}:{item.line}: two data sets are called '{name}', the first on line {line}",
                hint="give each a name of its own; case does not tell them apart",
            )


def _paste(file: Path) -> str:
    """What to put in place of a hash that is left out: that of the file as it lies there."""
    try:
        return f"the file as it lies there has\nsha256: {sha256_of(file)}"
    except (OSError, ValueError):  # no file system takes a NUL
        return f"write sha256: and what 'sha256sum {file.name}' prints for the file"
