"""Text to tokens and back by a checkpoint's own tokenizer, be it of the ``tokenizers`` library or written in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.special_tokens import Framing, common, framing_of
from nlptasks.text.display import encodable

#: Characters that hold a token or more, nearly always: so much of a text's end is tokenized at first.
_TOKEN_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenized text.

    Args:
        ids: Its tokens, without special ones.
        places: ``(start, end)`` of each in characters of the text; empty where nobody asked for them.
    """

    ids: list[int]
    places: list[tuple[int, int]]


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """What the ``tokenizers`` library raises, whatever it is about, is a bare ``Exception``."""
    try:
        yield
    except Exception as error:
        if type(error) is not Exception:
            raise
        raise NlptasksError(
            f"{name}: its tokenizer cannot read a text: {error}",
            hint="its tokenizer.json is damaged; fetch it again",
        ) from error


class CheckpointTokenizer:
    """A tokenizer with what it puts around texts.

    Args:
        tokenizer: A tokenizer of transformers.
        name: What errors call the checkpoint.
        types: Whether the tokenizer must be asked for token types (see :mod:`nlptasks_hub.checkpoints.token_types`).
    """

    def __init__(self, tokenizer: Any, name: str, *, types: bool = False) -> None:
        self.tokenizer = tokenizer
        self._name = name
        self._types = types or None
        self._fast: Any = tokenizer.backend_tokenizer if tokenizer.is_fast else None
        if self._fast is not None:
            self._fast.no_padding()
            self._fast.no_truncation()
        self._lock = Lock()
        self._framings: dict[str, Framing] = {}
        self._known = 0
        self.pad: int = next(
            (token for token in (tokenizer.pad_token_id, tokenizer.eos_token_id) if token is not None), 0
        )

    def bound(self, known: int) -> None:
        """Refuse from now on tokens that the model has no embedding for.

        Args:
            known: How many tokens it knows; 0: that is not to be told.
        """
        largest = max(self.tokenizer.get_vocab().values(), default=0) if known else 0
        self._known = known if largest >= known else 0
        if known <= self.pad:
            self.pad = 0  # padding is masked, so that any token will do

    def framing(self, language: str = "") -> Framing:
        """What stands around texts in a language, by the tokenizer's own code; empty: the one that it is set to."""
        with self._lock:
            if language not in self._framings:
                self._framings[language] = self._seen(language)
            return self._framings[language]

    def read(self, texts: Sequence[str], *, offsets: bool = False) -> list[Tokens]:
        """Tokenize texts, without special tokens.

        Raises:
            UsageError: Offsets are asked of a tokenizer that knows none.
        """
        whole = [encodable(text) for text in texts]
        if not whole:
            return []
        if self._fast is not None:
            read = self._fast.encode_batch if offsets else self._fast.encode_batch_fast
            with _explained(self._name):
                found = read(whole, add_special_tokens=False)
            return [Tokens(self._checked(item.ids), item.offsets if offsets else []) for item in found]
        if offsets:
            raise UsageError(
                f"the tokenizer of '{self._name}' does not tell where tokens stand in a text, which this head needs",
                hint="choose a checkpoint with a tokenizer.json",
            )
        return [Tokens(list(ids), []) for ids in self._ids(whole)]

    def read_targets(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokenize texts as the decoder writes them, without special tokens."""
        if hasattr(self.tokenizer, "set_src_lang_special_tokens"):
            return [tokens.ids for tokens in self.read(texts)]  # languages differ in the tokens around a text alone
        whole = [encodable(text) for text in texts]
        found = self.tokenizer(text_target=whole, add_special_tokens=False, verbose=False)["input_ids"]
        return [self._checked(list(ids)) for ids in found]

    def read_behind(self, lead: str, texts: Sequence[str], *, offsets: bool = False) -> list[tuple[list[int], Tokens]]:
        """Tokenize texts behind the same words, as these and each text are tokenized together.

        Returns:
            For each text the tokens of those words, and its own, with places in the text alone.
        """
        # The space between them belongs to the text, as it does where a tokenizer puts one before it.
        first = self.read([lead.rstrip()])[0].ids
        found = []
        for whole in self.read([lead + text for text in texts], offsets=offsets):
            size = common(first, whole.ids)
            places = [_moved(place, len(lead)) for place in whole.places[size:]]
            found.append((first[:size], Tokens(whole.ids[size:], places)))
        return found

    def last(self, text: str, room: int) -> list[int]:
        """The last tokens of a text, without tokenizing much more of it."""
        text, size = encodable(text), room * _TOKEN_CHARACTERS
        while True:
            # From a space on: half a word would have other tokens. The space itself may be part of one.
            rest = text if size >= len(text) else text[max(text.find(" ", len(text) - size), len(text) - size) :]
            ids = self.read([rest])[0].ids
            if len(ids) >= room or size >= len(text):
                return ids[max(len(ids) - room, 0) :]
            size *= 4

    def write(self, ids: Sequence[int], *, cut: bool = False) -> str:
        """The text of tokens, without special ones; where it was cut, without half a character at its end."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text.rstrip("\N{REPLACEMENT CHARACTER}") if cut else text

    def write_behind(self, before: Sequence[int], ids: Sequence[int], *, cut: bool = False) -> str:
        """The text of tokens behind others: some tokenizers drop the space before a text's first word."""
        left = self.write(before)
        both = self.write([*before, *ids], cut=cut)
        return both[len(left) :] if both.startswith(left) else self.write(ids, cut=cut)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        found: list[list[int]] = self.tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        return [self._checked(ids) for ids in found]

    def _checked(self, ids: list[int]) -> list[int]:
        """Tokens that the model knows.

        Raises:
            UsageError: It does not know one of them.
        """
        if self._known and ids and (largest := max(ids)) >= self._known:
            raise UsageError(
                f"the tokenizer of '{self._name}' made the token {largest} "
                f"({self.tokenizer.convert_ids_to_tokens(largest)!r}), and the model knows {self._known} tokens: they "
                "do not belong together",
                hint="put the tokenizer beside the model with which it was trained; tokens that were added to a "
                "tokenizer need model.resize_token_embeddings(len(tokenizer)) and a training",
            )
        return ids

    def _seen(self, language: str) -> Framing:
        usual = getattr(self.tokenizer, "src_lang", None)
        if language:
            self.tokenizer.src_lang = language
        try:
            word = self.tokenizer("a", add_special_tokens=False)["input_ids"]
            single = self.tokenizer("a")["input_ids"]
            pair = self.tokenizer("a", "a", return_token_type_ids=self._types)
            self._checked(list(pair["input_ids"]))
            return framing_of(word, single, pair["input_ids"], pair.get("token_type_ids", []))
        finally:
            if language:
                self.tokenizer.src_lang = usual


def _moved(place: tuple[int, int], by: int) -> tuple[int, int]:
    return max(place[0] - by, 0), max(place[1] - by, 0)
