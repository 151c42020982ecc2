"""The decoder's own vocabulary: special tokens, the prefix that an instruction becomes, and text to ids and back.

A decoder's input is ``<TASK:LANGUAGE>``, the text, and ``</s>``; that of an older one begins with ``<s> <task:TASK>
<to:LANGUAGE>``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from nlptasks.errors import NlptasksError
from nlptasks.models.generation import Instruction
from nlptasks.text.display import encodable

__all__ = ["FILE", "PREFIX", "DecoderText", "instruction_token", "special_tokens", "told_tokens"]

#: Where the vocabulary lies in a checkpoint's folder.
FILE = "decoder/tokenizer.json"

#: Most tokens before the first word.
PREFIX = 3

#: How the token of an older decoder begins that tells the task.
_TASK = "<task:"

PAD, START, END, MASK = "<pad>", "<s>", "</s>", "<mask>"


def told_tokens(instructions: Sequence[Instruction]) -> tuple[str, ...]:
    """All special tokens in the order of their ids, which begin at 0: one for each instruction, which every step saves
    time by.
    """
    return (PAD, START, END, MASK, *sorted({instruction_token(item) for item in instructions}))


def instruction_token(instruction: Instruction) -> str:
    """The token that tells the task and the language."""
    return f"<{instruction.task}:{instruction.language}>"


def special_tokens(instructions: Sequence[Instruction]) -> tuple[str, ...]:
    """All special tokens of an older decoder, which has one for each task and one for each language."""
    tasks = sorted({task_token(item) for item in instructions})
    languages = sorted({language_token(item) for item in instructions})
    return (PAD, START, END, MASK, *tasks, *languages)


def task_token(instruction: Instruction) -> str:
    """The token that tells the task."""
    return f"{_TASK}{instruction.task}>"


def language_token(instruction: Instruction) -> str:
    """The token that tells the language."""
    return f"<to:{instruction.language}>"


class DecoderText:
    """Text to ids of a decoder and back.

    Args:
        tokenizer: A byte-level tokenizer with the special tokens.

    Raises:
        NlptasksError: A special token is missing.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode_special_tokens = True  # a text that holds "</s>" is read letter by letter
        self.pad, self.start, self.end = (self._id(token) for token in (PAD, START, END))
        self.size: int = tokenizer.get_vocab_size()
        added = tokenizer.get_added_tokens_decoder()
        #: Ids of all special tokens, which no text holds.
        self.special = tuple(sorted(at for at, token in added.items() if token.special))
        #: UTF-8 bytes of each token, ``[vocabulary]``: a byte-level tokenizer writes each byte as one character.
        self.sizes = np.array([len(tokenizer.id_to_token(at) or "") for at in range(self.size)])
        self.sizes[list(self.special)] = 0

    @property
    def joint(self) -> bool:
        """Whether one token tells the task and the language."""
        known = self.tokenizer.get_added_tokens_decoder().values()
        return not any(token.content.startswith(_TASK) for token in known)

    @classmethod
    def load(cls, folder: Path) -> DecoderText:
        """Read the vocabulary of a checkpoint's folder.

        Raises:
            NlptasksError: It is missing or damaged.
        """
        path = folder / FILE
        try:
            return cls(Tokenizer.from_str(path.read_text(encoding="utf-8")))
        except NlptasksError:
            raise
        except Exception as error:  # tokenizers raises a plain Exception for a damaged file
            raise NlptasksError(f"{path}: no vocabulary of a decoder can be read here ({error})") from error

    def prefix(self, instruction: Instruction) -> tuple[int, ...]:
        """What stands before the first word."""
        told: int | None = self.tokenizer.token_to_id(instruction_token(instruction))
        if told is not None:
            return (told,)
        return self.start, self._id(task_token(instruction)), self._id(language_token(instruction))

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of texts, without special tokens."""
        encodings = self.tokenizer.encode_batch_fast([encodable(text) for text in texts], add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def encode_with_offsets(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]]]]:
        """The same, with the ``(start, end)`` of each token in characters of its text."""
        encodings = self.tokenizer.encode_batch([encodable(text) for text in texts], add_special_tokens=False)
        return [(encoding.ids, encoding.offsets) for encoding in encodings]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, without special tokens; half a character at its end, where it was cut, is dropped."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text.rstrip("\N{REPLACEMENT CHARACTER}")

    def _id(self, token: str) -> int:
        found: int | None = self.tokenizer.token_to_id(token)
        if found is None:
            raise NlptasksError(f"the decoder's vocabulary has no token {token}")
        return found
