"""Parses the files of other tools, and checks them against models that pass over what is not read here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator

from nlptasks.errors import DataError
from nlptasks.files.validated import Lenient, Location, ProblemError, dotted, kind_of, validated_import
from nlptasks.files.yaml import UNFIT, line_of
from nlptasks.text.display import one_line

HINT = "is it of another format? see --from"

Model = TypeVar("Model", bound=Lenient)


@dataclass(frozen=True)
class Parsed:
    """A file that was parsed.

    Args:
        value: What it holds.
        text: Its text, for finding lines.
        file: What errors call it.
        what: What errors call a file of its kind, with its article.
    """

    value: object
    text: str
    file: str
    what: str

    def checked(self, model: type[Model]) -> Model:
        """Check the mapping that the file is.

        Raises:
            DataError: It is none, or something in it is missing or of the wrong kind.
        """
        return self._checked(model, self.value, ())

    def checked_items(self, model: type[Model]) -> list[Model]:
        """Check the list of mappings that the file is, as :meth:`checked` does."""
        if not isinstance(self.value, list):
            raise DataError(self.file, f"{self.what} is a list, and this is {kind_of(self.value)}", hint=HINT)
        return [self._checked(model, item, (number,)) for number, item in enumerate(self.value)]

    def error(self, place: Location, problem: str, hint: str = "") -> DataError:
        """What is wrong at a place, for what no model can tell."""
        line = line_of(self.text, place)
        return DataError(self.file, f"{dotted(place)}: {problem}", line=line, hint=hint or HINT)

    def _checked(self, model: type[Model], value: object, at: Location) -> Model:
        lines = partial(line_of, self.text)
        return validated_import(model, value, self.file, self.what, hint=HINT, at=at, lines=lines)


def parse_json(text: str, file: str, what: str) -> Parsed:
    """Parse JSON.

    Raises:
        DataError: It is none.
    """
    try:
        return Parsed(json.loads(text), text, file, what)
    except json.JSONDecodeError as error:
        raise DataError(file, f"not valid JSON: {error.msg}", line=error.lineno, hint=HINT) from error
    except (ValueError, RecursionError) as error:
        raise DataError(file, f"not valid JSON: {error}", hint=HINT) from error


def parse_yaml(text: str, file: str, what: str) -> Parsed:
    """Parse YAML of one document.

    Raises:
        DataError: It is none.
    """
    import yaml

    try:
        return Parsed(yaml.safe_load(text), text, file, what)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = one_line(str(error.problem or error.context))
        raise DataError(file, f"not valid YAML: {problem}", line=line, hint="repair it, or write it again") from error
    except (yaml.YAMLError, RecursionError, *UNFIT) as error:
        problem = one_line(str(error), 200)
        raise DataError(file, f"not valid YAML: {problem}", hint="put texts in quotes") from error


def is_number(value: object) -> bool:
    """Whether a value is a number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> Any:
    return str(value) if not isinstance(value, dict | list) and value is not None else value


def _any_text(value: Any) -> Any:
    return json.dumps(value, default=str) if isinstance(value, dict | list) else _text(value)


def _number(value: Any) -> float:
    if not is_number(value):
        raise ProblemError(f"must be a number, and this is {kind_of(value)}")
    try:
        return float(value)
    except OverflowError:
        raise ProblemError("is a number that is too large") from None


def _count(value: Any) -> int:
    if not is_number(value) or not 0 <= value < float("inf") or value != int(value):
        raise ProblemError(f"must be a whole number from 0, and this is {kind_of(value)}")
    return int(value)


def _present(value: Any) -> Any:
    return {key: item for key, item in value.items() if item is not None} if isinstance(value, Mapping) else value


def _mapping_or_none(value: Any) -> Any:
    return value if isinstance(value, Mapping) else None


def _number_if_any(value: Any) -> Any:
    return _number(value) if is_number(value) else value


#: A text; numbers and dates, which YAML reads out of bare words, are texts too.
Text = Annotated[str, BeforeValidator(_text)]

#: A text; of anything else its JSON.
AnyText = Annotated[str, BeforeValidator(_any_text)]

#: A number, NaN and infinity too.
Number = Annotated[float, BeforeValidator(_number)]

#: Anything; a number is one that can be held.
NumberIfAny = Annotated[Any, BeforeValidator(_number_if_any)]

#: A whole number from 0.
Count = Annotated[int, BeforeValidator(_count)]

#: For mappings with keys of any name: null is no value.
Present = BeforeValidator(_present)

#: For mappings in whose place others write what they like, which is passed over.
MappingOrNone = BeforeValidator(_mapping_or_none)
