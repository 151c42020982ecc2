"""Makes a recipe of a TOML file; what a file may hold follows from the fields of the recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field as Bounds
from pydantic import StringConstraints, create_model

from nlptasks.files.toml import line_of, read_toml
from nlptasks.files.validated import Checked, Rule, misplaced, validated
from nlptasks.training.recipes import Recipe, RecipeTask

_WHAT = "recipe"

#: What a value is, how that is called, and how one is written, by the annotation of its field.
_KINDS: Mapping[str, tuple[Any, str, str]] = {
    "str": (str, "a text", '"name"'),
    "int": (int, "a whole number", "1_000"),
    "float": (float, "a number", "0.1"),
    "bool": (bool, "true or false", "true"),
    "tuple[str, ...]": (list[str], "a list of texts", '["folder/file.jsonl.gz"]'),
    "Mapping[str, str]": (dict[str, str], "a table of texts", '{ text = "column" }'),
}

_NAME = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*\z"),
    Rule("lower-case letters, digits, '-' and '_'", 'write head = "name"'),
]
_FILES = Annotated[
    list[str],
    Bounds(min_length=1),
    Rule("a list with a file or more", 'write data = ["folder/file.jsonl.gz"], or leave the whole [[task]] out'),
]


def read(path: Path) -> Recipe:
    """Read a recipe; see :func:`nlptasks.training.recipes.read_recipe`."""
    data = read_toml(path, _WHAT)
    lines = partial(line_of, path)
    model = _model()
    found = dict(validated(model, data, path, _WHAT, lines=lines))
    tasks = tuple(RecipeTask(**_values(task)) for task in found.pop("task"))
    if not any(task.weight for task in tasks):
        place = ("task", 0, "weight")
        problem = "the key 'weight' and all other weights are 0"
        raise misplaced(model, data, path, place, problem, "give one task or more a weight", lines=lines)
    return Recipe(**found, tasks=tasks)


@cache
def _model() -> type[Checked]:
    task = _model_of(RecipeTask, head=(_NAME, ...), data=(_FILES, ...))
    several = Annotated[
        list[task],  # type: ignore[valid-type]
        Bounds(min_length=1),
        Rule("one table or more", "write [[task]] and its keys below it"),
    ]
    return _model_of(Recipe, leave="tasks", task=(several, ...))


def _model_of(kind: type[Recipe | RecipeTask], leave: str = "", **others: tuple[Any, Any]) -> type[Checked]:
    """The model of a table of the file.

    Args:
        kind: What its keys are the fields of.
        leave: A field that is no key.
        others: Annotations and defaults of keys for which the field does not tell enough.
    """
    keys: dict[str, Any] = {item.name: _key(item) for item in fields(kind) if item.name != leave}
    model: type[Checked] = create_model(f"{kind.__name__}File", __base__=Checked, **(keys | others))
    return model


def _key(item: Field[Any]) -> tuple[Any, Any]:
    """Annotation and default of a key."""
    kind, expected, example = _KINDS[str(item.type)]
    low, high = item.metadata.get("low"), item.metadata.get("high")
    bounds = Bounds()
    if low is not None:
        expected += f" from {low:g}" if high is None else f" from {low:g} to {high:g}"
        bounds = Bounds(ge=low, le=high) if kind is int else Bounds(ge=low, le=high, allow_inf_nan=False)
    annotation: Any = Annotated[kind, bounds, Rule(expected, f"write {item.name} = {example}")]
    if item.default_factory is not MISSING:
        return annotation, Bounds(default_factory=item.default_factory)
    return annotation, ... if item.default is MISSING else item.default


def _values(table: Checked) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table}
