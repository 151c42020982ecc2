"""Where the answer to a question stands in its context: what training on spans is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from nlptasks.plugin.protocols import Encoder, Example, Window


def answers_of(gold: str) -> list[str]:
    """The answers in a gold cell: a JSON list of strings, or one answer as it stands."""
    if not gold.startswith("["):
        return [gold]
    try:
        parsed = json.loads(gold)
    except ValueError:
        return [gold]
    return parsed if parsed and all(isinstance(item, str) for item in parsed) else [gold]


def answer_place(context: str, answers: Sequence[str]) -> tuple[int, int] | None:
    """``(start, end)`` in characters of the first answer that stands in the context, as it is or in another case."""
    for text, wanted in ((context, answers), (context.lower(), [answer.lower() for answer in answers])):
        # Lower-casing may change the length of a text ("İ"), and with it what an offset means.
        for answer in wanted if len(text) == len(context) else ():
            start = _whole_words(text, answer.strip())
            if start >= 0:
                return start, start + len(answer.strip())
    return None


def span_windows(encoder: Encoder, examples: Sequence[Example], max_tokens: int, overlap: int) -> list[list[Window]]:
    """Windows of each example's ``context`` behind its ``question``, with the offsets of their tokens.

    Args:
        encoder: The encoder.
        examples: Examples with the inputs ``question`` and ``context``.
        max_tokens: Longest window.
        overlap: Tokens that the windows of a long context share.
    """
    return encoder.tokenize(
        [example.inputs["context"] for example in examples],
        questions=[example.inputs["question"].strip() for example in examples],
        max_tokens=max_tokens,
        overlap=overlap,
        offsets=True,
    )


def span_targets(
    examples: Sequence[Example], windows: Sequence[Sequence[Window]]
) -> Iterator[tuple[Window, tuple[int, int]]]:
    """The first window of each example that holds all of its answer, and the first and last token of that.

    Examples whose answer does not stand in their context are left out.

    Args:
        examples: Examples with their gold answers.
        windows: The windows of each, from :func:`span_windows`.
    """
    for example, found in zip(examples, windows, strict=True):
        place = answer_place(example.inputs["context"], answers_of(example.gold or ""))
        held = ((window, _tokens(window, *place)) for window in found) if place else iter(())
        first = next(((window, tokens) for window, tokens in held if tokens), None)
        if first is not None:
            yield first


def _whole_words(text: str, answer: str) -> int:
    """Where the answer stands between other words' borders, else where it stands at all, else -1."""
    first = start = text.find(answer) if answer else -1
    while start >= 0:
        end = start + len(answer)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            return start
        start = text.find(answer, start + 1)
    return first


def _tokens(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """Positions in the window of the tokens that cover some characters; ``None`` where it lacks some of them."""
    covered = [at for at, (left, right) in enumerate(window.offsets) if left < end and right > start]
    if not covered or window.offsets[covered[0]][0] > start or window.offsets[covered[-1]][1] < end:
        return None
    return window.start + covered[0], window.start + covered[-1]
