"""Prompts: a template filled in with a row, as plain text or as the messages of a chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .templates import ANSWER, PromptTemplate, fill

#: Stands between the parts of a plain prompt.
PARTS = "\n\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model reads before it writes.

    Args:
        system: What it is told once.
        shots: Questions, each with what is to be written behind it.
        question: The question of the row.
        lead: What stands before that in plain text.
        glue: What stands between the two.
    """

    system: str
    shots: tuple[tuple[str, str], ...]
    question: str
    lead: str
    glue: str

    def plain(self) -> str:
        """All parts as one text, which ends where the model goes on."""
        shown = [f"{self._led(question)}{self.glue}{answer}" for question, answer in self.shots]
        return PARTS.join(part for part in (self.system, *shown, self._led(self.question)) if part)

    def messages(self, *, system: bool = True) -> list[dict[str, str]]:
        """The turns of a chat, a question being a user's.

        Args:
            system: Whether ``system`` is a message of its own; else the first question begins with it.
        """
        turns = [turn for pair in self.shots for turn in (_turn("user", pair[0]), _turn("assistant", pair[1]))]
        turns.append(_turn("user", self.question))
        if self.system and system:
            return [_turn("system", self.system), *turns]
        if self.system:
            turns[0] = _turn("user", f"{self.system}{PARTS}{turns[0]['content']}")
        return turns

    def _led(self, question: str) -> str:
        return f"{question}\n{self.lead}" if self.lead else question


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


@dataclass(frozen=True)
class Prompting:
    """Makes prompts of rows.

    Args:
        template: The template.
        values: What its placeholders beside the columns stand for.
        shots: Rows with gold to show.
        guard: Turns a user's text into one without control tokens.
    """

    template: PromptTemplate
    values: Mapping[str, str]
    shots: Sequence[Mapping[str, str]]
    guard: Callable[[str], str]

    def prompt(self, inputs: Mapping[str, str], shots: int) -> Prompt:
        """The prompt for a row behind the last ``shots`` examples."""
        template = self.template
        told = [fill(text, self._values({})).strip() for text in (template.system, template.background)]
        glue = (" " if template.answer else "\n") if template.glue is None else template.glue
        return Prompt(
            system=PARTS.join(filter(None, told)),
            shots=tuple(self._shot(row) for row in self.shots[len(self.shots) - shots :]),
            question=self._asked(inputs),
            lead=fill(template.answer, self._values({})),
            glue=glue,
        )

    def _shot(self, row: Mapping[str, str]) -> tuple[str, str]:
        answer = self.guard(row[ANSWER])
        return self._asked(row), answer.strip() if self.template.glue is None else answer

    def _asked(self, inputs: Mapping[str, str]) -> str:
        return fill(self.template.instruction, self._values(inputs))

    def _values(self, inputs: Mapping[str, str]) -> dict[str, str]:
        return {name: self.guard(text) for name, text in (*inputs.items(), *self.values.items())}


def fitted(
    prompting: Prompting, inputs: Mapping[str, str], size: Callable[[Prompt], int], room: int
) -> tuple[Prompt, int]:
    """The prompt for a row that a model can read whole, and how many tokens were cut off the row's texts.

    Examples are dropped first, from the first on. Then texts are cut, the last column before the others.

    Args:
        prompting: Makes the prompts.
        inputs: The row.
        size: Tokens of a prompt.
        room: Most tokens; a prompt of empty texts fits.
    """
    for shots in range(len(prompting.shots), -1, -1):
        prompt = prompting.prompt(inputs, shots)
        whole = size(prompt)
        if whole <= room:
            return prompt, 0
    for column in reversed(list(inputs)):
        found = _cut(prompting, inputs, column, size, room)
        if found is not None:
            return found, max(whole - size(found), 1)
        inputs = {**inputs, column: ""}
    return prompting.prompt(inputs, 0), whole


def _cut(
    prompting: Prompting, inputs: Mapping[str, str], column: str, size: Callable[[Prompt], int], room: int
) -> Prompt | None:
    """The prompt with as much of a column's text as fits; ``None``: it does not fit without it either."""
    text = inputs[column]

    def cut(length: int) -> Prompt:
        kept = text[:length] if prompting.template.cut == "end" else text[len(text) - length :]
        return prompting.prompt({**inputs, column: kept}, 0)

    length = _longest(len(text), lambda length: size(cut(length)) <= room, room)
    return None if length < 0 else cut(length)


def _longest(most: int, fits: Callable[[int], bool], first: int) -> int:
    """The greatest length below ``most`` that fits, found without trying much longer ones; -1: not even 0 does."""
    if not fits(0):
        return -1
    low, high = 0, min(max(first, 1), most)
    while high < most and fits(high):
        low, high = high, min(high * 2, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
