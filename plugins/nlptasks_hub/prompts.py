"""What a decoder reads before it writes: the prompt as it is, or as a chat model's template frames it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlptasks.errors import NlptasksError
from nlptasks.models.special_tokens import Frame, common
from nlptasks.plugin.protocols import Window

from .checkpoints.reading import CheckpointTokenizer

#: Stands in a template for the prompt; no template changes it.
_PLACE = "PROMPTSTANDSHERE"


class Prompts:
    """Windows of prompts, and of what was written behind them.

    Args:
        reader: The checkpoint's tokenizer.
        name: What errors call the checkpoint.

    Raises:
        NlptasksError: The checkpoint's chat template cannot be filled in.
    """

    def __init__(self, reader: CheckpointTokenizer, name: str) -> None:
        self._reader = reader
        self._words = _around(reader.tokenizer, name)
        self._start = _start(reader.tokenizer, reader.pad)
        if self._words:
            before, after = self._words
            self.frame = Frame(tuple(self._ids(before)), tuple(self._ids(after)))
        else:
            # What a tokenizer would put behind a text ends it, and there is more to come.
            self.frame = Frame(reader.framing().before, ())

    def ending(self, text: str, behind: str, room: int) -> Window:
        """The end of a prompt with what was written behind it, as a window of at most ``room`` tokens, one or more."""
        if not self._words:
            return self.started(self.frame.around(self._reader.last(text + behind, max(room - len(self.frame), 1))))
        prompt, told = self._framed(text), self._ids(behind)
        if len(prompt) + len(told) <= room:
            return Window((*prompt, *told), start=len(self.frame.before))
        told = told[-max(room - len(self.frame) - 1, 1) :]
        kept = self._reader.last(text, max(room - len(self.frame) - len(told), 1))
        return Window((*self.frame.around(kept).ids, *told), start=len(self.frame.before))

    def parted(self, text: str, behind: str) -> tuple[list[int], list[int]]:
        """The tokens of a prompt, and those behind it; they are tokenized together where no template parts them."""
        if self._words:
            return list(self._framed(text)), list(self._ids(behind))
        alone, both = (item.ids for item in self._reader.read([text, text + behind]))
        size = common(alone, both)
        prompt = [*self.frame.before, *both[:size]]
        return prompt or [self._start], both[size:]

    def started(self, window: Window) -> Window:
        """A window that is not empty: a text that begins with nothing begins with the token for that."""
        return window if window.ids else Window((self._start,), start=1, cut=window.cut)

    def _framed(self, text: str) -> Sequence[int]:
        """A prompt in the template, tokenized as a whole."""
        assert self._words
        before, after = self._words
        return self._reader.read([f"{before}{text}{after}"])[0].ids

    def _ids(self, words: str) -> list[int]:
        return self._reader.read([words])[0].ids


def _around(tokenizer: Any, name: str) -> tuple[str, str] | None:
    """What a chat template puts before and behind a prompt; ``None`` where there is none."""
    if not getattr(tokenizer, "chat_template", None):
        return None
    messages = [{"role": "user", "content": _PLACE}]
    try:
        filled: str = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # a template is a program of the checkpoint's, and may raise anything
        raise NlptasksError(f"the chat template of '{name}' cannot be filled in ({error})") from error
    before, found, after = filled.rpartition(_PLACE)
    return (before, after) if found else None


def _start(tokenizer: Any, pad: int) -> int:
    """The token before the first one of a text."""
    known = (tokenizer.bos_token_id, tokenizer.eos_token_id)
    return next((int(token) for token in known if token is not None), pad)
