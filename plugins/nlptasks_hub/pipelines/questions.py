"""The forms in which questions and contexts come to ``question-answering``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .base import is_lazy
from .errors import InputError

_FORM = "give question='...' and context='...', or {'question': ..., 'context': ...}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the text that answers it."""

    question: str
    context: str


def questions_of(args: Sequence[Any], given: Mapping[str, Any]) -> list[Any] | Iterable[Any]:
    """What a call asks.

    Args:
        args: The call's positional arguments.
        given: Its ``question``, ``context``, ``data`` and ``X``.

    Returns:
        A list of questions (a list among them where one dictionary held several), or what yields dictionaries.

    Raises:
        InputError: They make no question with a context, or one of the two is empty.
    """
    inputs = _inputs(args, given)
    if is_lazy(inputs):
        return inputs  # type: ignore[no-any-return]
    items = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    read = [read_question(item) for item in items]
    return read[0] if len(read) == 1 and isinstance(read[0], list) else read


def read_question(item: Any) -> Question | list[Question]:
    """A question of a dictionary, or of an object with ``question_text`` and ``context_text``.

    Raises:
        InputError: Something is missing, empty or no text.
    """
    if isinstance(item, Question):
        return item
    if hasattr(item, "question_text") and hasattr(item, "context_text"):
        return _question(item.question_text, item.context_text)
    if not isinstance(item, Mapping):
        raise InputError(f"a question must be a dictionary, got {type(item).__name__} {item!r:.60}", hint=_FORM)
    for name in ("question", "context"):
        if name not in item:
            raise InputError(f"a question has no {name!r}; it has {sorted(map(str, item))}", hint=_FORM)
    if isinstance(item["question"], list):
        return _several(item["question"], item["context"])
    return _question(item["question"], item["context"])


def one_question(item: Any) -> Question:
    """A question of an item that holds just one.

    Raises:
        InputError: It holds none or several.
    """
    found = read_question(item)
    if isinstance(found, list):
        raise InputError(f"one question is needed here, and there are {len(found)}", hint="give a dictionary to each")
    return found


def _inputs(args: Sequence[Any], given: Mapping[str, Any]) -> Any:
    if args:
        if len(args) == 2 and all(isinstance(arg, str) for arg in args):
            return [{"question": args[0], "context": args[1]}]
        return args[0] if len(args) == 1 else list(args)
    if "X" in given or "data" in given:
        return given["X"] if "X" in given else given["data"]
    if "question" not in given or "context" not in given:
        missing = [name for name in ("question", "context") if name not in given]
        raise InputError(f"{' and '.join(missing)} is missing", hint=_FORM)
    if isinstance(given["question"], list):
        return _several(given["question"], given["context"])
    return [{"question": given["question"], "context": given["context"]}]


def _several(questions: Sequence[Any], contexts: Any) -> list[Question]:
    """Questions on one context, or on one each."""
    each = [contexts] * len(questions) if isinstance(contexts, str) else contexts
    if not isinstance(each, list) or len(each) != len(questions):
        raise InputError(
            f"there are {len(questions)} questions and {len(each) if isinstance(each, list) else 'no'} contexts",
            hint="give one context for all, or a list as long as that of the questions",
        )
    return [_question(question, context) for question, context in zip(questions, each, strict=True)]


def _question(question: Any, context: Any) -> Question:
    for name, text in (("question", question), ("context", context)):
        if not isinstance(text, str):
            raise InputError(f"the {name} must be a text, got {type(text).__name__}", hint=_FORM)
        if not text:
            raise InputError(f"the {name} is empty", hint=_FORM)
    return Question(question, context)
