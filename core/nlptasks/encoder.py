"""An encoder loaded from a folder that is laid out like a Hub checkpoint.

The one place where nlptasks calls transformers to load and run an encoder, so that a new release of transformers is
met in one small module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from nlptasks._text import encodable
from nlptasks._weights import checksum_of, digest_of, quiet_loading, read_bytes
from nlptasks.contracts import HiddenStates, Window
from nlptasks.errors import UsageError

#: The files that decide what the encoder answers, and so make up its digest.
_DIGESTED = ("config.json", "model.safetensors", "tokenizer.json")


class TransformerEncoder:
    """A frozen transformers encoder with its tokenizer; see :class:`nlptasks.contracts.Encoder`.

    Args:
        folder: Holds ``config.json``, ``model.safetensors`` and ``tokenizer.json``.
        name: What errors and trained heads call it.
        device: ``auto``, ``cpu``, ``cuda`` (or ``cuda:1``) or ``mps``.
        dtype: ``auto`` (float32 on a CPU, bfloat16 or float16 elsewhere), ``float32``, ``bfloat16`` or ``float16``.

    Raises:
        NlptasksError: A file of the folder is missing.
        UsageError: The device is not there, or the dtype is unknown.
    """

    def __init__(self, folder: Path, *, name: str, device: str = "auto", dtype: str = "auto") -> None:
        self.name = name
        self.digest = self._digest(folder)
        self.device = choose_device(device)
        self.dtype = choose_dtype(dtype, self.device)
        with quiet_loading():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, use_fast=True)
            model = self._load(folder)
        self._model = model.to(self.device).eval().requires_grad_(False)
        self._tokenizer = tokenizer.backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._pad: int = tokenizer.pad_token_id or 0
        self._frame = _frame_of(self._tokenizer)
        self.max_tokens: int = model.config.max_position_embeddings
        self.width: int = model.config.hidden_size

    def fingerprint(self) -> str:
        """A checksum of the weights in memory; see :class:`nlptasks.contracts.Backbone`."""
        return checksum_of(self._model)

    def tokenize(
        self,
        texts: Sequence[str],
        *,
        max_tokens: int = 0,
        max_windows: int = 0,
        overlap: int = 0,
        questions: Sequence[str] = (),
        offsets: bool = False,
    ) -> list[list[Window]]:
        """Cut texts into windows; see :class:`nlptasks.contracts.Encoder`."""
        room = min(max_tokens or self.max_tokens, self.max_tokens)
        read = self._tokenizer.encode_batch if offsets else self._tokenizer.encode_batch_fast
        encodings = read([encodable(text) for text in texts], add_special_tokens=False)
        asked = self._tokenizer.encode_batch_fast([encodable(text) for text in questions], add_special_tokens=False)
        frames = [self._frame.asking(question.ids, room // 2) for question in asked] or [self._frame] * len(texts)
        return [
            frame.windows(encoding, room - len(frame), overlap=overlap, most=max_windows, offsets=offsets)
            for encoding, frame in zip(encodings, frames, strict=True)
        ]

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        """Hidden states of the last layer, ``[windows, tokens, width]`` in float32."""
        lengths = torch.tensor([len(window) for window in windows])
        longest = int(lengths.max())
        ids = torch.full((len(windows), longest), self._pad, dtype=torch.long)
        types = torch.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = torch.tensor(window.ids)
            if window.types:
                types[row, : len(window)] = torch.tensor(window.types)
        mask = (torch.arange(longest)[None] < lengths[:, None]).to(self.device)
        with torch.inference_mode():
            output = self._model(
                input_ids=ids.to(self.device), attention_mask=mask.long(), token_type_ids=types.to(self.device)
            )
        return HiddenStates(states=output.last_hidden_state.float(), mask=mask, windows=tuple(windows))

    def _digest(self, folder: Path) -> str:
        return digest_of({name: read_bytes(folder / name) for name in _DIGESTED})

    def _load(self, folder: Path) -> Any:
        """The transformers model of the encoder."""
        return AutoModel.from_pretrained(
            folder, local_files_only=True, dtype=self.dtype, use_safetensors=True, add_pooling_layer=False
        )


@dataclass(frozen=True)
class _Frame:
    """What stands around the text in a window.

    Args:
        before: Tokens before the text.
        between: Tokens between a question and the text.
        after: Tokens behind the text.
        second: Segment of a text that stands behind a question.
        asked: Tokens of the question with those around it; empty where there is none.
        unread: Tokens of the question that were cut off.
    """

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    second: int
    asked: tuple[int, ...] = ()
    unread: int = 0

    def __len__(self) -> int:
        return len(self.asked or self.before) + len(self.after)

    def asking(self, question: Sequence[int], most: int) -> _Frame:
        """The frame of a text behind a question, of which ``most`` tokens are kept."""
        return replace(self, asked=(*self.before, *question[:most], *self.between), unread=max(len(question) - most, 0))

    def around(self, ids: Sequence[int]) -> Window:
        """One window with these tokens of a text."""
        head = self.asked or self.before
        return Window(
            ids=(*head, *ids, *self.after),
            types=(0,) * len(head) + (self.second,) * (len(ids) + len(self.after)) if self.asked else (),
            start=len(head),
        )

    def windows(self, encoding: Any, size: int, *, overlap: int, most: int, offsets: bool) -> list[Window]:
        """Cut a tokenized text into pieces of ``size`` tokens, and put each into the frame."""
        ids, places = encoding.ids, encoding.offsets if offsets else []  # each a new list at every access
        overlap = min(overlap, size // 2)  # with more, a long text would take many times its own tokens
        starts = range(0, max(len(ids) - overlap, 1), size - overlap)
        kept = starts[:most] if most else starts
        return [
            replace(
                self.around(ids[at : at + size]),
                cut=self.unread + max(len(ids) - at - size, 0) if at == kept[-1] else 0,
                offsets=tuple(places[at : at + size]),
            )
            for at in kept
        ]


def _frame_of(tokenizer: Any) -> _Frame:
    """What the tokenizer puts around texts, seen on a text of one word and on a pair of such texts."""
    word = tokenizer.encode("a", add_special_tokens=False).ids
    single = tokenizer.encode("a", add_special_tokens=True).ids
    pair = tokenizer.encode("a", "a", add_special_tokens=True)
    size = len(word)
    start = next(at for at in range(len(single)) if single[at : at + size] == word)
    second = next(at for at in range(start + size, len(pair.ids)) if pair.ids[at : at + size] == word)
    return _Frame(
        before=tuple(single[:start]),
        between=tuple(pair.ids[start + size : second]),
        after=tuple(single[start + size :]),
        second=pair.type_ids[second],
    )


def choose_device(device: str) -> torch.device:
    """The torch device behind ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Raises:
        UsageError: There is no such device on this machine.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return torch.device("cuda" if there["cuda"] else "mps" if there["mps"] else "cpu")
    if not there.get(device.partition(":")[0], False):
        here = ", ".join(name for name, available in there.items() if available)
        raise UsageError(f"no device '{device}' on this machine", hint=f"available: {here}; or --device auto")
    return torch.device(device)


def choose_dtype(dtype: str, device: torch.device) -> torch.dtype:
    """The number type behind ``auto``, ``float32``, ``bfloat16`` or ``float16``.

    Raises:
        UsageError: No such type.
    """
    types = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if dtype == "auto":
        if device.type == "cpu":
            return torch.float32
        return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported() else torch.float16
    if dtype not in types:
        raise UsageError(f"no number type '{dtype}'", hint=f"available: auto, {', '.join(types)}")
    return types[dtype]
