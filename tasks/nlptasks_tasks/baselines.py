"""Answers that need no model. A score means something only beside the one of the trivial baseline."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Example

#: Ends a sentence: a mark, a closing quote perhaps, and white space. Good enough for a baseline in European languages.
_SENTENCE = re.compile(r"[^.!?]*[.!?]+[\"'”’)]*\s*|[^.!?]+$")


def majority(golds: Mapping[str, int]) -> Callable[[Example], Label]:
    """Always answers the most frequent gold label (of several, the first in alphabetical order).

    Raises:
        ValueError: There is no gold answer.
    """
    if not golds:
        raise ValueError("the majority baseline needs at least one gold answer")
    label = min(golds, key=lambda gold: (-golds[gold], gold))
    return lambda _: Label(label, golds[label] / sum(golds.values()))


def first_sentence(_: Mapping[str, int]) -> Callable[[Example], Span]:
    """Answers with the first sentence of the context."""

    def answer(example: Example) -> Span:
        first = _sentences(example.inputs["context"], 1)
        return Span(first, 1.0, 0, len(first))

    return answer


def copy_source(_: Mapping[str, int]) -> Callable[[Example], Text]:
    """Answers with the source itself."""
    return lambda example: Text(example.inputs["source"])


def lead_3(_: Mapping[str, int]) -> Callable[[Example], Text]:
    """Answers with the first three sentences of the document."""
    return lambda example: Text(_sentences(example.inputs["document"], 3))


def nothing(_: Mapping[str, int]) -> Callable[[Example], Text]:
    """Adds nothing to the prompt."""
    return lambda _: Text("")


def _sentences(text: str, count: int) -> str:
    """The first sentences of a text, as they stand there."""
    ends = [match.end() for _, match in zip(range(count), _SENTENCE.finditer(text), strict=False)]
    return text[: ends[-1]].rstrip() if ends else text
