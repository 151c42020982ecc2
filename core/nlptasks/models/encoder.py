"""An encoder loaded from a folder that is laid out like a Hub checkpoint.

The one place where nlptasks calls transformers to load and run an encoder, so that a new release of transformers is
met in one small module.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from nlptasks.errors import UsageError
from nlptasks.models.special_tokens import Framing, framing_of, stack
from nlptasks.models.unknown_tokens import UnknownTokens
from nlptasks.models.weights import checksum_of, digest_of, quiet_loading, read_bytes
from nlptasks.plugin.protocols import HiddenStates, Window
from nlptasks.text.display import encodable

__all__ = ["TransformerEncoder", "checksum_of", "choose_device", "choose_dtype", "encodable", "quiet_loading"]

#: The files that decide what the encoder answers, and so make up its digest.
_DIGESTED = ("config.json", "model.safetensors", "tokenizer.json")


class TransformerEncoder:
    """A frozen transformers encoder with its tokenizer; see :class:`nlptasks.plugin.protocols.Encoder`.

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
        self._framing = _framing(self._tokenizer)
        self._frame = self._framing.alone()
        self._unknown = UnknownTokens(tokenizer)
        self.max_tokens: int = model.config.max_position_embeddings
        self.width: int = model.config.hidden_size

    def fingerprint(self) -> str:
        """A checksum of the weights in memory; see :class:`nlptasks.plugin.protocols.Backbone`."""
        return checksum_of(self._model)

    def tokenize(
        self,
        texts: Sequence[str],
        *,
        max_tokens: int = 0,
        max_windows: int = 0,
        overlap: int = 0,
        questions: Sequence[str] = (),
        questions_last: bool = False,
        offsets: bool = False,
    ) -> list[list[Window]]:
        """Cut texts into windows; see :class:`nlptasks.plugin.protocols.Encoder`."""
        room = min(max_tokens or self.max_tokens, self.max_tokens)
        read = self._tokenizer.encode_batch if offsets else self._tokenizer.encode_batch_fast
        encodings = read([encodable(text) for text in texts], add_special_tokens=False)
        asked = self._tokenizer.encode_batch_fast([encodable(text) for text in questions], add_special_tokens=False)
        framed = self._framing.before_question if questions_last else self._framing.behind
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

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        """Hidden states of the last layer, ``[windows, tokens, width]`` in float32."""
        ids, types, mask = (tensor.to(self.device) for tensor in stack(windows, self._pad))
        with torch.inference_mode():
            output = self._model(input_ids=ids, attention_mask=mask.long(), token_type_ids=types)
        return HiddenStates(states=output.last_hidden_state.float(), mask=mask, windows=tuple(windows))

    def unknown(self, windows: Sequence[Window]) -> list[float]:
        """See :class:`nlptasks.plugin.protocols.TellsUnknown`."""
        return self._unknown.proportions(windows)

    def _digest(self, folder: Path) -> str:
        return digest_of({name: read_bytes(folder / name) for name in _DIGESTED})

    def _load(self, folder: Path) -> Any:
        """The transformers model of the encoder."""
        return AutoModel.from_pretrained(
            folder, local_files_only=True, dtype=self.dtype, use_safetensors=True, add_pooling_layer=False
        )


def _framing(tokenizer: Any) -> Framing:
    """What the tokenizer puts around texts."""
    word = tokenizer.encode("a", add_special_tokens=False).ids
    pair = tokenizer.encode("a", "a", add_special_tokens=True)
    return framing_of(word, tokenizer.encode("a", add_special_tokens=True).ids, pair.ids, pair.type_ids)


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
