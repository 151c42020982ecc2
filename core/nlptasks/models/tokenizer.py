"""An encoder's tokenizer, as its checkpoint's ``tokenizer.json`` has it, with what it puts around texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer

from nlptasks.errors import NlptasksError
from nlptasks.models.special_tokens import Framing, framing_of
from nlptasks.models.unknown_tokens import UnknownTokens
from nlptasks.models.weights import read_bytes
from nlptasks.plugin.protocols import Window
from nlptasks.text.display import encodable

__all__ = ["EncoderTokenizer"]

_FILE, _SETTINGS = "tokenizer.json", "tokenizer_config.json"

#: Keys of the settings that name a special token, and what a BERT calls it where they do not.
_SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
    "bos_token": "",
    "eos_token": "",
}

#: Characters that hold a token or more, nearly always: so much of a text's end is tokenized at first.
_TOKEN_CHARACTERS = 8


class EncoderTokenizer:
    """The tokenizer.

    Args:
        backend: A tokenizer of the ``tokenizers`` library.
        settings: Names of its special tokens, as ``tokenizer_config.json`` has them: ``pad_token`` and so on.
    """

    def __init__(self, backend: Tokenizer, settings: Mapping[str, Any]) -> None:
        #: The tokenizer of the ``tokenizers`` library.
        self.backend = backend
        named = {key: _text(settings.get(key, usual)) for key, usual in _SPECIAL.items()}
        special = {
            key: token
            for key, token in named.items()
            if token and (key in settings or self.backend.token_to_id(token) is not None)
        }
        self.backend.add_special_tokens(
            [AddedToken(token, special=True, normalized=False) for token in special.values()]
        )
        ids = {key: int(self.backend.token_to_id(token) or 0) for key, token in special.items()}
        self.pad: int = ids.get("pad_token", 0)
        self.framing: Framing = _framing(self.backend)
        self._frame = self.framing.alone()
        self._unknown = UnknownTokens(ids.get("unk_token"), ids.values(), self.backend)

    @classmethod
    def read(cls, folder: Path) -> EncoderTokenizer:
        """The tokenizer in a folder with ``tokenizer.json`` and ``tokenizer_config.json``.

        Raises:
            NlptasksError: A file is missing or damaged.
        """
        settings = _settings(folder / _SETTINGS)
        return cls(_opened(folder / _FILE), settings)

    def windows(
        self,
        texts: Sequence[str],
        room: int,
        *,
        max_windows: int,
        overlap: int,
        questions: Sequence[str],
        questions_last: bool,
        offsets: bool,
    ) -> list[list[Window]]:
        """Cut texts into windows of at most ``room`` tokens; see :meth:`nlptasks.plugin.protocols.Encoder.tokenize`."""
        read = self.backend.encode_batch if offsets else self.backend.encode_batch_fast
        encodings = read([encodable(text) for text in texts], add_special_tokens=False)
        asked = self.backend.encode_batch_fast([encodable(text) for text in questions], add_special_tokens=False)
        framed = self.framing.before_question if questions_last else self.framing.behind
        frames = [framed(question.ids, room // 2) for question in asked] or [self._frame] * len(texts)
        return [
            frame.windows(
                encoding.ids,
                encoding.offsets if offsets else (),
                size=room - len(frame),
                overlap=overlap,
                most=max_windows,
            )
            for encoding, frame in zip(encodings, frames, strict=True)
        ]

    def ending(self, text: str, room: int) -> Window:
        """The end of a text as one window of at most ``room`` tokens, without tokenizing much more of the text."""
        text, room = encodable(text), room - len(self._frame)
        size = room * _TOKEN_CHARACTERS
        while True:
            # From a space on: half a word would have other tokens.
            rest = text if size >= len(text) else text[-size:].partition(" ")[2]
            ids: list[int] = self.backend.encode(rest, add_special_tokens=False).ids
            if len(ids) >= room or size >= len(text):
                return self._frame.around(ids[-room:])
            size *= 4

    def unknown(self, windows: Sequence[Window]) -> list[float]:
        """See :class:`nlptasks.plugin.protocols.TellsUnknown`."""
        return self._unknown.proportions(windows)


def _framing(backend: Any) -> Framing:
    """What a tokenizer of the ``tokenizers`` library puts around texts."""
    word = backend.encode("a", add_special_tokens=False).ids
    pair = backend.encode("a", "a", add_special_tokens=True)
    return framing_of(word, backend.encode("a", add_special_tokens=True).ids, pair.ids, pair.type_ids)


def _opened(path: Path) -> Tokenizer:
    content = read_bytes(path)
    try:
        backend = Tokenizer.from_str(content.decode())
    except Exception as error:  # tokenizers raises a plain Exception for a damaged file
        raise NlptasksError(
            f"{path}: no tokenizer can be read here ({error})", hint="the checkpoint is damaged"
        ) from error
    backend.no_padding()
    backend.no_truncation()
    return backend


def _settings(path: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads(read_bytes(path))
    except ValueError as error:
        raise NlptasksError(f"{path}: not JSON ({error})", hint="the checkpoint is damaged") from error
    if not isinstance(found, dict):
        raise NlptasksError(f"{path}: not the settings of a tokenizer", hint="the checkpoint is damaged")
    return found


def _text(token: Any) -> str:
    """A special token, which settings hold as a text or as an object with its text."""
    found = token.get("content") if isinstance(token, dict) else token
    return found if isinstance(found, str) else ""
