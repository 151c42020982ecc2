"""Question answering: which piece of a context answers a question?"""

from __future__ import annotations

import json
from collections.abc import Collection

from nlptasks.plugin import Column, TaskSpec


def read_gold(_column: str, cell: str, _cells: Collection[str] = ()) -> str | None:
    """Read the right answers as a JSON list of strings; ``None`` where there is no answer text.

    A cell holds SQuAD's ``{"text": [...], "answer_start": [...]}``, its original ``[{"text": ...}, ...]``, a JSON list
    of strings, or one answer as it stands.
    """
    texts = _texts(_parsed(cell))
    answers = [text.strip() for text in ([cell] if texts is None else texts) if text.strip()]
    return json.dumps(answers, ensure_ascii=False) if answers else None


def _parsed(cell: str) -> object:
    """The JSON list or object in a cell, else ``None``: an answer such as ``1984`` or ``"Ulysses"`` stays as it is."""
    if not cell.lstrip().startswith(("{", "[")):
        return None
    try:
        parsed: object = json.loads(cell)
    except (ValueError, RecursionError):  # brackets nested thousands deep are text as well
        return None
    return parsed


def _texts(value: object) -> list[str] | None:
    """The answers in parsed JSON; ``None`` where it is not one of the forms that hold answers."""
    if isinstance(value, dict):
        value = value.get("text")
    items = value if isinstance(value, list) else [value]
    texts = [item.get("text") if isinstance(item, dict) else item for item in items]
    found = [text for text in texts if isinstance(text, str)]
    return found if len(found) == len(texts) else None


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
        summary="the right answer, or SQuAD's {text: [...], answer_start: [...]}",
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
