"""What the cells of a gold column of question answering mean: one reference answer, several, or none."""

from __future__ import annotations

import json
from collections.abc import Collection

from .references import references_in


def read_gold(_column: str, cell: str, cells: Collection[str] = ()) -> str | None:
    """Read the reference answers as a JSON list of strings; ``[]`` where the cell says that there is no answer.

    A cell holds SQuAD's ``{"text": [...], "answer_start": [...]}``, its original ``[{"text": ...}, ...]``, a list of
    strings, or one answer as it stands; see :mod:`nlptasks_tasks.references`.

    Returns:
        The answers; ``None`` where the cell holds nothing but ``null``.

    Raises:
        ValueError: The cell is meant as a list or an object and cannot be read as one.
    """
    found = references_in(cell, cells)
    if found is not None and found.missing:
        return None
    texts = (cell,) if found is None else found.texts
    answers = [text.strip() for text in texts if text.strip()]
    return json.dumps(answers, ensure_ascii=False) if answers or found is not None else None
