"""What heads that write text share: what to tell the decoder, and its best text for each window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nlptasks.errors import UsageError
from nlptasks.models.generation import Decoding, Generator, Instruction

if TYPE_CHECKING:
    from nlptasks.plugin.protocols import HiddenStates

__all__ = ["Line", "best_lines", "choose_instruction"]

#: The language to write where the user names none and the decoder writes several.
_USUAL = "en"


def choose_instruction(backbone: Generator, task: str, language: str = "", source: str = "") -> Instruction:
    """What the decoder of a backbone is told for a task.

    Args:
        backbone: The backbone.
        task: Name of the task.
        language: ISO 639-1 code of the language to write; empty: English, or the first that the decoder writes.
        source: Code of the language to read; empty: what the backbone takes it for.

    Raises:
        UsageError: The decoder was not trained for the task, or not for the language.
    """
    known = [item for item in backbone.instructions if item.task == task]
    if not known:
        tasks = ", ".join(sorted({item.task for item in backbone.instructions})) or "nothing"
        raise UsageError(
            f"the decoder of the backbone '{backbone.name}' was not trained for the task '{task}', but for: {tasks}",
            hint="choose another backbone with --backbone; see: nlptasks backbones list",
        )
    wanted = (language or _USUAL).lower()
    found = [item for item in known if item.language.lower() == wanted]
    if found or not language:
        return replace(min(found or known), source=source)
    languages = ", ".join(sorted(item.language for item in known))
    raise UsageError(
        f"the decoder of the backbone '{backbone.name}' was not trained for the task '{task}' in the language "
        f"'{language}'; it has: {languages}",
        hint="choose one of them, or another backbone with --backbone",
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A text on one line.

    Args:
        text: The text: runs of white space are a space, and there is none at the ends.
        complete: Whether the decoder ended it.
    """

    text: str
    complete: bool


def best_lines(backbone: Generator, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[Line]:
    """The best text for each window, on one line.

    Raises:
        UsageError: The decoder was not trained to write that.
    """
    best = (texts[0] for texts in backbone.generate(states, instruction, decoding))
    return [Line(" ".join(text.text.split()), text.complete) for text in best]
