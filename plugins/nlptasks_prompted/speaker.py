"""How a prompt reaches a model: as the text that any backbone reads which writes, or as a decoder's own tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from nlptasks.models.generation import Continuation, Decoding, Generator, Instruction, Likelihood
from nlptasks.models.writing import choose_instruction
from nlptasks.plugin.protocols import HiddenStates, Window

from .markers import guard_of
from .prompt import Prompt


class Speaker(Protocol):
    """A backbone that is asked by prompts."""

    carries_on: bool
    """Whether it may write on behind its continuation, as after a question of its own; else it ends by itself."""

    guard: Callable[[str], str]
    """Breaks control tokens in a user's text."""

    def size(self, prompt: Prompt) -> int:
        """Tokens of a prompt."""

    def room_to_write(self, tokens: int) -> int:
        """Most tokens of a prompt behind which so many are written."""

    def room_to_weigh(self, continuations: Sequence[str]) -> int:
        """Most tokens of a prompt behind which continuations are scored."""

    def window(self, prompt: Prompt) -> Window:
        """A prompt that fits, to be written behind."""

    def write(self, states: HiddenStates, decoding: Decoding) -> list[Continuation]:
        """Write a text behind each window."""

    def window_to_weigh(self, prompt: Prompt, continuations: Sequence[str]) -> Window:
        """What the model must read to score continuations behind a prompt that fits."""

    def weigh(self, states: HiddenStates) -> list[list[Likelihood]]:
        """How probable the continuations of each of these windows are; empty: the windows do not hold them."""

    def likelihoods(self, prompt: Prompt, continuations: Sequence[str]) -> list[Likelihood]:
        """How probable continuations are behind a prompt that fits, where :meth:`weigh` cannot tell."""


def speaker_of(backbone: Any) -> Speaker:
    """How a backbone is asked.

    Raises:
        UsageError: It was not trained to write on.
    """
    from .decoder import DecoderSpeaker, is_decoder

    return DecoderSpeaker(backbone) if is_decoder(backbone) else TextSpeaker(backbone)


class TextSpeaker:
    """Any generator: it reads a prompt as it reads any text, and ends a continuation as it learned to.

    Args:
        backbone: The backbone.

    Raises:
        UsageError: It was not trained to write on.
    """

    carries_on = False

    def __init__(self, backbone: Generator) -> None:
        self._backbone = backbone
        self._instruction: Instruction = choose_instruction(backbone, "generation")
        self.guard = guard_of(getattr(getattr(backbone, "reader", None), "tokenizer", None))
        self._frame = len(self._windows("")[0])

    def size(self, prompt: Prompt) -> int:
        return sum(len(window) - self._frame for window in self._windows(prompt.plain())) + self._frame

    def room_to_write(self, tokens: int) -> int:
        return self._backbone.source_tokens

    def room_to_weigh(self, continuations: Sequence[str]) -> int:
        return self._backbone.source_tokens

    def window(self, prompt: Prompt) -> Window:
        return self._windows(prompt.plain())[0]

    def write(self, states: HiddenStates, decoding: Decoding) -> list[Continuation]:
        return [texts[0] for texts in self._backbone.generate(states, self._instruction, decoding)]

    def window_to_weigh(self, prompt: Prompt, continuations: Sequence[str]) -> Window:
        return self.window(prompt)

    def weigh(self, states: HiddenStates) -> list[list[Likelihood]]:
        return [[] for _ in states.windows]

    def likelihoods(self, prompt: Prompt, continuations: Sequence[str]) -> list[Likelihood]:
        return self._backbone.likelihoods([prompt.plain()] * len(continuations), list(continuations), self._instruction)

    def _windows(self, text: str) -> list[Window]:
        found = self._backbone.tokenize([text], max_tokens=self._backbone.source_tokens, instruction=self._instruction)[
            0
        ]
        return [replace(window, cut=0) for window in found]
