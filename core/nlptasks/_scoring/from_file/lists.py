"""Predictions that stand in lists, as libraries keep them that may give several: one of one text is that text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from nlptasks.errors import DataError
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._scoring.from_file.prediction_file import FilePrediction


def texts_of_lists(
    given: Mapping[str, FilePrediction], lines: Mapping[str, int], file: str, column: str
) -> tuple[dict[str, FilePrediction], tuple[str, ...]]:
    """The predictions, out of their lists where all stand in such, and what is to be said of it.

    Args:
        given: Predictions by id.
        lines: Line of each.
        file: What errors call the file.
        column: Their column.

    Raises:
        DataError: All are lists or objects in JSON, and one of them is not a list of one text.
    """
    found = {name: _structure(answer.text) for name, answer in given.items() if answer.text is not None}
    if not found or not all(isinstance(value, list | dict) for value in found.values()):
        return dict(given), ()
    texts = dict(given)
    for name, value in found.items():
        while isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, str):
            what = f"{len(value)} values" if isinstance(value, list) and value else one_line(json.dumps(value), 40)
            raise DataError(
                file,
                f"the column '{column}' holds lists or objects, and here {what} in place of one text",
                line=lines.get(name),
                hint="a prediction is one text; --prediction COLUMN names another column",
            )
        texts[name] = replace(given[name], text=value)
    return texts, (f"predictions: each stands in a list in the column '{column}', and is read as its text",)


def _structure(text: str | None) -> object:
    """What JSON that is a list or an object holds; a text of another kind is one."""
    if not text or text.lstrip()[:1] not in ("[", "{"):
        return text
    try:
        return json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return text
