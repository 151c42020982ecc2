"""An encoder loaded from a folder that is laid out like a Hub checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from nlptasks.models.checkpoints import ALONE, read_config
from nlptasks.models.runtimes.choosing import OPENVINO, TORCH, Placement, choose_placement
from nlptasks.models.runtimes.interface import EncoderRuntime, NamedWeights
from nlptasks.models.runtimes.weights_file import WeightsFile
from nlptasks.models.special_tokens import stack
from nlptasks.models.tokenizer import EncoderTokenizer
from nlptasks.models.weights import digest_of
from nlptasks.plugin.protocols import HiddenStates, Window

__all__ = ["TransformerEncoder"]

#: The files that decide what the encoder answers, and so make up its digest.
_DIGESTED = ("config.json", ALONE, "tokenizer.json")


class TransformerEncoder:
    """A frozen Transformer encoder with its tokenizer; see :class:`nlptasks.plugin.protocols.Encoder`.

    Args:
        folder: Holds ``config.json``, ``model.safetensors``, ``tokenizer.json`` and ``tokenizer_config.json``.
        name: What errors and trained heads call it.
        device: ``auto``, ``cpu``, ``cuda`` (or ``cuda:1``) or ``mps``.
        precision: ``auto`` (float32 on a CPU, but see :meth:`approximate`; bfloat16 or float16 elsewhere), ``float32``,
            ``bfloat16``, ``float16`` or ``int8`` (weights, and what they are multiplied by; on OpenVINO only).
        runtime: ``auto`` (OpenVINO on a CPU, where it can compute the checkpoint), ``openvino`` or ``torch``.

    Raises:
        NlptasksError: A file of the folder is missing or damaged.
        UsageError: The device is not there, the precision is unknown, or the runtime cannot compute it.
    """

    def __init__(
        self, folder: Path, *, name: str, device: str = "auto", precision: str = "auto", runtime: str = "auto"
    ) -> None:
        self.name = name
        self._folder = folder
        self.digest = self._digest()
        self._config = self._read_config()
        self._text = self._open_tokenizer()
        self._place = choose_placement(self._config, runtime=runtime, device=device, precision=precision)
        self._may_choose = precision == "auto"
        self._opening = Lock()
        self._opened: EncoderRuntime | None = None
        self.max_tokens: int = self._config["max_position_embeddings"]
        self.width: int = self._config["hidden_size"]

    @property
    def device(self) -> str:
        """Where it runs, for example ``cpu``."""
        return self._place.device

    @property
    def precision(self) -> str:
        """The number type that it computes in, for example ``float32``."""
        return self._place.precision

    @property
    def runtime(self) -> str:
        """What computes it: ``openvino`` or ``torch``."""
        return self._place.runtime

    @property
    def parameters(self) -> int:
        """Number of weights of the encoder."""
        return self._encoder.parameters

    @property
    def tokenizer(self) -> Any:
        """The encoder's tokenizer, of the ``tokenizers`` library."""
        return self._text.backend

    @cached_property
    def model(self) -> Any:
        """The encoder as a model of transformers, for training; on the CPU unless PyTorch computes it elsewhere."""
        from nlptasks.models.runtimes.torch_models import TorchEncoder

        if isinstance(self._encoder, TorchEncoder):
            return self._encoder.model
        return self._open_torch().model

    def approximate(self) -> TransformerEncoder:
        """See :class:`nlptasks.plugin.protocols.Approximates`: in bfloat16 where the CPU is fast in it."""
        return self._quick if self._may_choose and self._place.runtime == OPENVINO else self

    @cached_property
    def _quick(self) -> TransformerEncoder:
        from nlptasks.models.runtimes.loading_openvino import fastest

        place = replace(self._place, precision=fastest())
        if place == self._place:
            return self
        quick = copy(self)
        quick._place, quick._opened, quick._opening = place, None, Lock()
        return quick

    @property
    def _encoder(self) -> EncoderRuntime:
        """The weights, ready to compute: opened when they are first asked for, since another precision may be it."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def fingerprint(self) -> str:
        """A checksum of the weights in memory; see :class:`nlptasks.plugin.protocols.Backbone`."""
        return self._encoder.fingerprint()

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
        return self._text.windows(
            texts,
            min(max_tokens or self.max_tokens, self.max_tokens),
            max_windows=max_windows,
            overlap=overlap,
            questions=questions,
            questions_last=questions_last,
            offsets=offsets,
        )

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        """Hidden states of the last layer, ``[windows, tokens, width]``."""
        ids, types, mask = stack(windows, self._text.pad)
        return HiddenStates(states=self._encoder.states(ids, types, mask), mask=mask, windows=tuple(windows))

    def unknown(self, windows: Sequence[Window]) -> list[float]:
        """See :class:`nlptasks.plugin.protocols.TellsUnknown`."""
        return self._text.unknown(windows)

    def _digest(self) -> str:
        return digest_of({name: self._folder / name for name in _DIGESTED})

    def _read_config(self) -> Mapping[str, Any]:
        """The encoder's configuration."""
        return read_config(self._folder)

    def _open_tokenizer(self) -> EncoderTokenizer:
        return EncoderTokenizer.read(self._folder)

    def _weights(self) -> NamedWeights:
        """The weights, as OpenVINO wants them."""
        return WeightsFile(self._folder / ALONE)

    def _torch_model(self, dtype: Any) -> Any:
        """The weights as a model of transformers."""
        from nlptasks.models.runtimes.torch_models import open_alone

        return open_alone(self._folder, dtype)

    def _open(self) -> EncoderRuntime:
        if self._place.runtime != OPENVINO:
            opened: EncoderRuntime = self._open_torch()
            return opened
        from nlptasks.models.runtimes.openvino_encoder import OpenvinoEncoder

        return OpenvinoEncoder(self._weights(), self._config, precision=self._place.precision)

    @property
    def _torch_place(self) -> Placement:
        """Where PyTorch computes: all, or what OpenVINO does not."""
        return self._place if self._place.runtime == TORCH else Placement(TORCH, "cpu", "float32")

    def _open_torch(self) -> Any:
        import torch

        from nlptasks.models.runtimes.torch_models import TorchEncoder

        place = self._torch_place
        return TorchEncoder(self._torch_model(getattr(torch, place.precision)), torch.device(place.device))
