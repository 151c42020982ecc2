"""Templates: what a prompt says around a user's texts, read from TOML files.

A text of a template has placeholders, a name in braces. ``{{name}}`` is the name in braces itself; braces around
anything else mean nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

from nlptasks.errors import UsageError

#: A name in two pairs of braces, which stand for one, or a placeholder.
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")

#: A file that an installed package holds. One letter before the colon is a drive.
_PACKAGED = re.compile(r"([A-Za-z_][\w.]+):([^:\\]+\.toml)")

#: The key of an example's answer.
ANSWER = "answer"


@dataclass(frozen=True, kw_only=True)
class PromptTemplate:
    r"""The texts of a template, with placeholders.

    Args:
        instruction: What is asked about one row; it holds the task's columns.
        system: Who the model is and what it does. It cannot hold columns: it stands once, before all rows.
        background: What else it should know; stands behind ``system``.
        answer: What stands before an answer in plain text; chat models are told by their own template.
        glue: What stands between that and the answer of an example; ``None``: a space, or a line break where ``answer``
            is empty.
        stop: Texts that end an answer in plain text.
        cut: Which end of a text is cut off that is too long: ``end`` or ``start``.
        examples: Answered rows: the task's columns and ``answer``.
    """

    instruction: str
    system: str = ""
    background: str = ""
    answer: str = ""
    glue: str | None = None
    stop: tuple[str, ...] = ()
    cut: str = "end"
    examples: tuple[Mapping[str, str], ...] = ()


def load(named: str, task: str, columns: Collection[str], names: Collection[str]) -> PromptTemplate:
    """Read and check a template.

    Args:
        named: See :class:`nlptasks_prompted.options.PromptOptions`.
        task: Name of the task, whose template is read where none is named.
        columns: The task's columns.
        names: Other placeholders that the head fills in.

    Raises:
        UsageError: There is no such file, or it is no template; the error says which key is wrong and what is known.
    """
    file, text = _read(named, task)
    try:
        values = tomllib.loads(text)
    except ValueError as error:
        raise UsageError(
            f"{file} is not a TOML file: {error}", hint='texts stand in quotes: answer = "Label:"'
        ) from None
    return _checked(file, values, columns, names)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the places of placeholders, as they are: braces in them mean nothing."""
    return _PLACEHOLDER.sub(lambda found: f"{{{found[1]}}}" if found[1] else values[found[2]], text)


def placeholders(text: str) -> Iterator[str]:
    """The names of a text's placeholders."""
    return (found[2] for found in _PLACEHOLDER.finditer(text) if found[2])


def _read(named: str, task: str) -> tuple[str, str]:
    """The name and the content of a template's file."""
    if not named:
        name = f"{task}.toml"
        return name, (resources.files("nlptasks_prompted") / "templates" / name).read_text(encoding="utf-8")
    packaged = _PACKAGED.fullmatch(named)
    try:
        if packaged and not Path(named).exists():
            return named, (resources.files(packaged[1]) / packaged[2]).read_text(encoding="utf-8")
        return named, Path(named).read_text(encoding="utf-8")
    except ModuleNotFoundError as error:
        raise UsageError(f"--template {named}: {error}", hint="give a file, or PACKAGE:NAME.toml") from None
    except UnicodeDecodeError:
        raise UsageError(f"--template {named}: the file is not UTF-8", hint="save it as UTF-8") from None
    except OSError as error:
        raise UsageError(
            f"--template {named}: {error.strerror or error}", hint="give a file, or PACKAGE:NAME.toml"
        ) from None


def _checked(file: str, values: Mapping[str, Any], columns: Collection[str], names: Collection[str]) -> PromptTemplate:
    """A template of what stands in a file.

    Raises:
        UsageError: A key is unknown or its value is not what it should be.
    """
    known = [field.name for field in fields(PromptTemplate)]
    for key, value in values.items():
        if key not in known:
            raise UsageError(f"{file}: the key '{key}' is not known", hint=f"there are: {', '.join(known)}")
        if key not in ("stop", "examples") and not isinstance(value, str):
            raise UsageError(f"{file}: {key}: expected a text, got {value!r}", hint=f'write {key} = "..."')
    instruction = values.get("instruction", "")
    if not set(placeholders(instruction)) & set(columns):
        shown = ", ".join(f"{{{name}}}" for name in columns)
        what = "holds none of the task's columns" if instruction.strip() else "is missing"
        raise UsageError(f"{file}: instruction {what}", hint=f"it says what is asked about a row, with {shown}")
    for key in ("instruction", "system", "background", "answer"):
        _check_placeholders(file, key, values.get(key, ""), [*(columns if key == "instruction" else ()), *names])
    if values.get("cut", "end") not in ("end", "start"):
        raise UsageError(f"{file}: cut: expected 'end' or 'start', got {values['cut']!r}")
    return PromptTemplate(
        **{**values, "stop": _stops(file, values), "examples": tuple(_examples(file, values, columns))}
    )


def _check_placeholders(file: str, key: str, text: str, known: Collection[str]) -> None:
    for name in placeholders(text):
        if name not in known:
            shown = ", ".join(f"{{{other}}}" for other in known) or "no placeholder"
            raise UsageError(
                f"{file}: {key}: {{{name}}} is not known here",
                hint=f"{key} may hold {shown}; for the braces themselves, write {{{{{name}}}}}",
            )


def _stops(file: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    stops = values.get("stop", [])
    if not isinstance(stops, list) or not all(isinstance(stop, str) and stop for stop in stops):
        raise UsageError(f"{file}: stop: expected a list of texts, got {stops!r}", hint=r'for example stop = ["\n"]')
    return tuple(stops)


def _examples(file: str, values: Mapping[str, Any], columns: Collection[str]) -> Iterator[Mapping[str, str]]:
    rows = values.get("examples", [])
    keys = [*columns, ANSWER]
    hint = f"begin each with [[examples]]; it has the keys {', '.join(keys)}, which are texts"
    if not isinstance(rows, list):
        raise UsageError(f"{file}: examples: expected tables, got {rows!r}", hint=hint)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or set(row) != set(keys) or not all(isinstance(row[key], str) for key in keys):
            raise UsageError(f"{file}: examples: number {number} is {row!r}", hint=hint)
        yield row
