"""A BERT encoder and decoder on PyTorch, by transformers: for GPUs, for training, and as what others are held against.

The one place where nlptasks calls transformers to load and run them, so that a new release of transformers is met in
one small module.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import AutoModel, BertConfig, BertLMHeadModel, BertModel, DynamicCache, EncoderDecoderCache

from nlptasks.errors import NlptasksError
from nlptasks.models.runtimes.interface import Bools, Floats, Integers
from nlptasks.models.runtimes.torch_devices import checksum_of, quiet_loading

__all__ = ["TorchDecoder", "TorchEncoder", "encoder_of", "open_alone", "open_decoder", "open_encoder"]


def open_alone(folder: Path, dtype: torch.dtype) -> Any:
    """The encoder in a folder that holds nothing else, as a model of transformers."""
    with quiet_loading():
        return AutoModel.from_pretrained(
            folder, local_files_only=True, dtype=dtype, use_safetensors=True, add_pooling_layer=False
        )


def open_encoder(path: Path, config: Mapping[str, Any], *, prefix: str, dtype: torch.dtype) -> Any:
    """An encoder from a file of weights, as a ``BertModel``.

    Raises:
        NlptasksError: The weights cannot be read.
    """
    return _opened(BertModel, path, config, prefix, dtype, add_pooling_layer=False)


def encoder_of(weights: Mapping[str, Floats], config: Mapping[str, Any], *, dtype: torch.dtype) -> Any:
    """An encoder from arrays by ``BertModel``'s names, as a ``BertModel``."""
    tensors = {name: torch.from_numpy(weight) for name, weight in weights.items()}
    return _made(BertModel, tensors, config, dtype, add_pooling_layer=False)


def open_decoder(path: Path, config: Mapping[str, Any], *, prefix: str, dtype: torch.dtype) -> Any:
    """A decoder from a file of weights, as a ``BertLMHeadModel``.

    Raises:
        NlptasksError: The weights cannot be read.
    """
    return _opened(BertLMHeadModel, path, config, prefix, dtype)


def _opened(kind: Any, path: Path, config: Mapping[str, Any], prefix: str, dtype: torch.dtype, **more: Any) -> Any:
    """A model of transformers from the weights in a file, whose names begin with a prefix."""
    try:
        weights: Mapping[str, torch.Tensor] = load_file(path)
    except Exception as error:  # safetensors has an error of its own for damaged files, beside OSError
        raise NlptasksError(f"{path}: no weights can be read here ({error})") from error
    return _made(kind, {name.removeprefix(prefix): weight for name, weight in weights.items()}, config, dtype, **more)


def _made(
    kind: Any, weights: Mapping[str, torch.Tensor], config: Mapping[str, Any], dtype: torch.dtype, **more: Any
) -> Any:
    # Tensors that are made in inference mode could not be trained on later.
    with quiet_loading(), torch.inference_mode(False):
        return kind.from_pretrained(
            None, config=BertConfig.from_dict(dict(config)), state_dict=dict(weights), dtype=dtype, **more
        )


class _TorchRuntime:
    """What both have: a frozen model on a device.

    Args:
        model: A model of transformers.
        device: Where it runs.
    """

    def __init__(self, model: Any, device: torch.device) -> None:
        self.model = model.to(device).eval().requires_grad_(False)
        self._device = device

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(weight.numel() for weight in self.model.parameters())

    @property
    def precision(self) -> str:
        """The number type that it computes in."""
        return str(self.model.dtype).removeprefix("torch.")

    def fingerprint(self) -> str:
        """A checksum of the weights in memory."""
        return checksum_of(self.model)

    def _moved(self, array: Floats | Bools | Integers) -> torch.Tensor:
        """An array on the device; a copy, since PyTorch knows nothing of arrays that nobody may write to."""
        return torch.tensor(array, device=self._device)


class TorchEncoder(_TorchRuntime):
    """See :class:`nlptasks.models.runtimes.interface.EncoderRuntime`."""

    def states(self, ids: Integers, types: Integers, mask: Bools) -> Floats:
        """Hidden states of the last layer; see :class:`nlptasks.models.runtimes.interface.EncoderRuntime`."""
        with torch.inference_mode():
            output = self.model(
                input_ids=self._moved(ids),
                attention_mask=self._moved(mask).long(),
                token_type_ids=self._moved(types),
            )
            states: Floats = output.last_hidden_state.float().cpu().numpy()
            return states


class TorchDecoder(_TorchRuntime):
    """See :class:`nlptasks.models.runtimes.interface.DecoderRuntime`."""

    def session(self, states: Floats, mask: Bools) -> TorchSession:
        """See :class:`nlptasks.models.runtimes.interface.DecoderRuntime`."""
        return TorchSession(self.model, self._moved(states).to(self.model.dtype), self._moved(mask).long())

    def read(self, ids: Integers, states: Floats, mask: Bools, first: int) -> tuple[Floats, Floats]:
        """See :class:`nlptasks.models.runtimes.interface.DecoderRuntime`."""
        with torch.inference_mode():
            output = self.model(
                input_ids=self._moved(ids),
                encoder_hidden_states=self._moved(states).to(self.model.dtype),
                encoder_attention_mask=self._moved(mask).long(),
                use_cache=False,
                output_hidden_states=True,
            )
            log_probs = output.logits[:, first:].float().log_softmax(dim=2)
            return log_probs.cpu().numpy(), output.hidden_states[-1][:, first:].float().cpu().numpy()


class TorchSession:
    """See :class:`nlptasks.models.runtimes.interface.DecoderSession`.

    Args:
        model: A ``BertLMHeadModel`` with cross-attention.
        states: ``[sources, tokens, width]``.
        mask: ``[sources, tokens]``, int64.
    """

    def __init__(self, model: Any, states: torch.Tensor, mask: torch.Tensor) -> None:
        self._model, self._states, self._mask = model, states, mask
        # The cross-attention's half is filled once, at the first step.
        self._cached = _cache_argument(model)
        self._cache = EncoderDecoderCache(DynamicCache(config=model.config), DynamicCache(config=model.config))

    def forward(self, ids: Integers) -> tuple[Floats, Floats]:
        """Put tokens behind each text; see :class:`nlptasks.models.runtimes.interface.DecoderSession`."""
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor(ids, device=self._states.device),
                encoder_hidden_states=self._states,
                encoder_attention_mask=self._mask,
                use_cache=True,
                logits_to_keep=1,
                output_hidden_states=True,
                **{self._cached: self._cache},
            )
            log_probs = output.logits[:, -1].float().log_softmax(dim=1)
            return log_probs.cpu().numpy(), output.hidden_states[-1][:, -1].float().cpu().numpy()

    def keep(self, rows: Integers) -> None:
        """Go on with some rows; see :class:`nlptasks.models.runtimes.interface.DecoderSession`."""
        at = torch.as_tensor(rows, device=self._states.device)
        self._cache.batch_select_indices(at)
        self._states, self._mask = self._states[at], self._mask[at]

    def reorder(self, rows: Integers) -> None:
        """Carry on other rows' texts; see :class:`nlptasks.models.runtimes.interface.DecoderSession`."""
        at = torch.as_tensor(rows, device=self._states.device)
        self._cache.self_attention_cache.batch_select_indices(at)


def _cache_argument(model: Any) -> str:
    """What a model calls its cache: transformers 5.24 gave ``past_key_values`` a new name."""
    return "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
