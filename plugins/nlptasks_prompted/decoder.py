"""Asks a checkpoint that only writes: in the turns of its chat template, or in plain text that it carries on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nlptasks.errors import NlptasksError
from nlptasks.models.generation import Continuation, Decoding, Instruction, Likelihood
from nlptasks.models.special_tokens import common
from nlptasks.models.writing import choose_instruction
from nlptasks.plugin.protocols import HiddenStates, Window

from .markers import guard_of
from .prompt import Prompt

#: Ends a continuation in plain text, as in the examples of a prompt.
_LINE_END = "\n"

#: Stands in a chat template for a turn; no template changes it.
_PLACE = "TURNSTANDSHERE"


@dataclass(frozen=True, slots=True)
class Asked(Window):
    """A prompt with all its continuations.

    Args:
        continuations: The tokens of each continuation behind the window's own.
    """

    continuations: tuple[tuple[int, ...], ...] = ()


def is_decoder(backbone: Any) -> bool:
    """Whether a backbone is a decoder alone that scores tokens behind others (``nll``), with its tokenizer."""
    tokenizer = getattr(getattr(backbone, "reader", None), "tokenizer", None)
    return tokenizer is not None and callable(getattr(backbone, "nll", None))


class DecoderSpeaker:
    """See :class:`nlptasks_prompted.speaker.Speaker`.

    Args:
        backbone: A generator with ``nll`` and ``reader``, see :func:`is_decoder`.

    Raises:
        NlptasksError: The checkpoint's chat template cannot be filled in.
    """

    def __init__(self, backbone: Any) -> None:
        self._backbone = backbone
        self._tokenizer = backbone.reader.tokenizer
        self._instruction: Instruction = choose_instruction(backbone, "generation")
        self._chat = bool(getattr(self._tokenizer, "chat_template", None))
        self._end = self._end_of_turn() if self._chat else None
        self._positions: int = backbone.max_tokens + backbone.max_new_tokens
        self.carries_on = not self._chat
        self.guard = guard_of(self._tokenizer)

    def text(self, prompt: Prompt) -> str:
        """A prompt as the model reads it: in its chat template, where it has one."""
        if not self._chat:
            return prompt.plain()
        try:
            filled = self._filled(prompt.messages())
        except NlptasksError:
            if not prompt.system:
                raise
            filled = ""  # some templates refuse a system's turn, others drop it
        return filled if prompt.system in filled else self._filled(prompt.messages(system=False))

    def size(self, prompt: Prompt) -> int:
        return len(self._ids(self.text(prompt)))

    def room_to_write(self, tokens: int) -> int:
        most: int = self._backbone.max_new_tokens
        return self._positions - min(tokens, most)

    def room_to_weigh(self, continuations: Sequence[str]) -> int:
        # One token for the end, and one because a continuation may be tokenized otherwise behind a prompt.
        return (
            self._positions
            - max(len(self._tokens(f" {continuation}{_LINE_END}")) for continuation in continuations)
            - 2
        )

    def window(self, prompt: Prompt) -> Window:
        return Window(tuple(self._ids(self.text(prompt))))

    def write(self, states: HiddenStates, decoding: Decoding) -> list[Continuation]:
        return [texts[0] for texts in self._backbone.generate(states, self._instruction, decoding)]

    def window_to_weigh(self, prompt: Prompt, continuations: Sequence[str]) -> Window:
        """The prompt as far as its tokens are the same before all continuations, so that each is scored whole."""
        text = self.text(prompt)
        alone = self._ids(text)
        whole = [self._ids(text + self._behind(prompt, continuation)) for continuation in continuations]
        size = max(min(common(alone, ids) for ids in whole), 1)
        ends = () if self._end is None else (self._end,)
        return Asked(tuple(alone[:size]), continuations=tuple((*ids[size:], *ends) for ids in whole))

    def weigh(self, states: HiddenStates) -> list[list[Likelihood]]:
        asked = [window for window in states.windows if isinstance(window, Asked)]
        pairs = [(window.ids, continuation) for window in asked for continuation in window.continuations]
        nll: list[float] = self._backbone.nll(pairs)
        found = iter(
            [Likelihood(value, len(continuation)) for value, (_, continuation) in zip(nll, pairs, strict=True)]
        )
        return [[next(found) for _ in window.continuations] for window in asked]

    def likelihoods(self, prompt: Prompt, continuations: Sequence[str]) -> list[Likelihood]:
        return self.weigh(self._backbone.encode([self.window_to_weigh(prompt, continuations)]))[0]

    def _behind(self, prompt: Prompt, continuation: str) -> str:
        """A continuation as it stands behind a prompt; in plain text its end is the line's."""
        return continuation if self._chat else f"{prompt.glue}{continuation}{_LINE_END}"

    def _ids(self, text: str) -> list[int]:
        """The tokens of a prompt, one or more; a chat template names the first ones itself."""
        before = () if self._chat else self._backbone.reader.framing().before
        ids = [*before, *self._tokens(text)]
        if ids:
            return ids
        known = (self._tokenizer.bos_token_id, self._tokenizer.eos_token_id)
        return [next((token for token in known if token is not None), self._backbone.reader.pad)]

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._backbone.reader.read([text])[0].ids
        return ids

    def _filled(self, messages: Sequence[dict[str, str]], *, continuation: bool = True) -> str:
        """A chat as text.

        Args:
            messages: Its turns.
            continuation: Whether a continuation is to follow.
        """
        try:
            # A model that may think aloud first is told not to: what it writes is scored as it stands.
            filled: str = self._tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=continuation, enable_thinking=False
            )
        except Exception as error:  # a template is a program of the checkpoint's, and may raise anything
            name = self._backbone.name
            raise NlptasksError(f"the chat template of '{name}' cannot be filled in ({error})") from error
        return filled

    def _end_of_turn(self) -> int | None:
        """The token that ends a continuation: the first special one that the template puts behind it."""
        turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": _PLACE}]
        behind = self._filled(turns, continuation=False).rpartition(_PLACE)[2]
        special = set(self._tokenizer.all_special_ids)
        usual: int | None = self._tokenizer.eos_token_id
        return next((token for token in self._tokens(behind) if token in special), usual)
