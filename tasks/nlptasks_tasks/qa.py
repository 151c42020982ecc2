"""Question answering: which piece of a context answers a question?"""

from __future__ import annotations

import json
from collections.abc import Collection

from nlptasks.plugin import Column, TaskSpec

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


SPEC = TaskSpec(
    name="qa",
    summary="which piece of a text answers a question?",
    aliases=("question-answering",),
    inputs=(
        Column(name="question", aliases=("query",), summary="the question"),
        Column(
            name="context",
            aliases=("passage", "paragraph", "document", "text", "article"),
            summary="the text that holds the answer",
        ),
    ),
    gold=Column(
        name="answers",
        aliases=("answer", "gold"),
        summary="the reference answer, or SQuAD's {text: [...], answer_start: [...]}",
    ),
    prediction="nlptasks.plugin.predictions:Span",
    output="answer",
    metrics=("exact-match", "squad-f1"),
    primary="squad-f1",
    recorded=("coverage", "truncation"),
    baseline="nlptasks_tasks.baselines:first_sentence",
    examples=(
        {
            "question": "Where was the tower built?",
            "context": "The iron tower was built in Paris for the fair of 1889.",
            "answers": "Paris",
        },
        {
            "question": "Who keeps the light?",
            "context": "Two sisters keep the light on the northern rock, and a boat brings them bread.",
            "answers": "Two sisters",
        },
    ),
    read_gold="nlptasks_tasks.qa:read_gold",
)
