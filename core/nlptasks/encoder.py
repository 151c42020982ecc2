"""An encoder loaded from a folder that is laid out like a Hub checkpoint.

The one place where nlptasks calls transformers to load and run an encoder, so that a new release of transformers is
met in one small module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

from nlptasks.contracts import HiddenStates, Window
from nlptasks.errors import NlptasksError, UsageError

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
        self.digest = _digest(folder)
        self.device = choose_device(device)
        self.dtype = choose_dtype(dtype, self.device)
        with _quiet_loading():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, use_fast=True)
            model = AutoModel.from_pretrained(
                folder, local_files_only=True, dtype=self.dtype, use_safetensors=True, add_pooling_layer=False
            )
        self._model = model.to(self.device).eval().requires_grad_(False)
        self._tokenizer = tokenizer.backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._pad: int = tokenizer.pad_token_id or 0
        self._prefix, self._suffix = self._special_tokens()
        self.max_tokens: int = model.config.max_position_embeddings
        self.width: int = model.config.hidden_size

    def fingerprint(self) -> str:
        """A checksum of the weights in memory; see :class:`nlptasks.contracts.Backbone`."""
        view = {2: torch.int16, 4: torch.int32}[self.dtype.itemsize]
        sums = [int(weight.detach().view(view).sum(dtype=torch.int64)) for weight in self._model.parameters()]
        return hashlib.sha256(repr(sums).encode()).hexdigest()

    def tokenize(self, texts: Sequence[str], *, max_tokens: int = 0, max_windows: int = 0) -> list[list[Window]]:
        """Cut texts into windows; see :class:`nlptasks.contracts.Encoder`."""
        size = min(max_tokens or self.max_tokens, self.max_tokens) - len(self._prefix) - len(self._suffix)
        encodings = self._tokenizer.encode_batch_fast([_encodable(text) for text in texts], add_special_tokens=False)
        return [self._windows(encoding.ids, size, max_windows) for encoding in encodings]

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
        return HiddenStates(states=output.last_hidden_state.float(), mask=mask)

    def _special_tokens(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What the tokenizer puts before and behind a text, seen on a text of one word."""
        bare = self._tokenizer.encode("a", add_special_tokens=False).ids
        whole = self._tokenizer.encode("a", add_special_tokens=True).ids
        start = next(at for at in range(len(whole)) if whole[at : at + len(bare)] == bare)
        return tuple(whole[:start]), tuple(whole[start + len(bare) :])

    def _windows(self, ids: list[int], size: int, max_windows: int) -> list[Window]:
        kept = ids[: size * max_windows] if max_windows else ids
        pieces = [kept[start : start + size] for start in range(0, max(len(kept), 1), size)]
        cuts = [0] * (len(pieces) - 1) + [len(ids) - len(kept)]
        return [
            Window(ids=(*self._prefix, *piece, *self._suffix), cut=cut) for piece, cut in zip(pieces, cuts, strict=True)
        ]


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


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in _DIGESTED:
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise NlptasksError(f"{folder / name}: {error.strerror}", hint="the checkpoint is not complete") from error
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _encodable(text: str) -> str:
    """The tokenizer takes UTF-8: a lone surrogate, which JSON can hold, becomes a replacement character."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@contextmanager
def _quiet_loading() -> Iterator[None]:
    """No weight-loading bar of transformers on the user's terminal, and its setting as it was afterwards."""
    shown = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            transformers_logging.enable_progress_bar()
