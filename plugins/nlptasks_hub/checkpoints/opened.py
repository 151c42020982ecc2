"""What every opened checkpoint has, whatever it can do: a model, a tokenizer, a digest, and texts cut into windows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from nlptasks.errors import NlptasksError
from nlptasks.models.generation import Instruction, Wording
from nlptasks.models.runtimes.torch_devices import checksum_of, choose_device, choose_dtype, quiet_loading
from nlptasks.models.special_tokens import Framing
from nlptasks.models.unknown_tokens import UnknownTokens
from nlptasks.plugin.protocols import Window

from .checkpoint import Checkpoint
from .limits import longest_input
from .loading import load_model, load_tokenizer
from .reading import CheckpointTokenizer
from .token_types import tells_types

#: Longest window where neither the model nor the tokenizer states one.
_USUAL = 512

#: Files that decide what a checkpoint predicts.
_DIGESTED = ("*.safetensors", "*.model", "*.spm", "config.json", "merges.txt", "tokenizer.json", "vocab.*")

_CHUNK = 1 << 22


class OpenedCheckpoint:
    """A frozen checkpoint; see :class:`nlptasks.plugin.protocols.Backbone`.

    Args:
        checkpoint: The checkpoint.
        kind: The class of transformers that its model is opened as.
        device: ``auto``, ``cpu``, ``cuda`` (or ``cuda:1``) or ``mps``.
        dtype: ``auto``, ``float32``, ``bfloat16`` or ``float16``.

    Raises:
        NlptasksError: A file is missing or damaged.
        UsageError: The device is not there, or the dtype is unknown.
    """

    #: What computes it.
    runtime = "torch"

    def __init__(self, checkpoint: Checkpoint, kind: str, *, device: str = "auto", dtype: str = "auto") -> None:
        self.name = checkpoint.reference
        self.device = choose_device(device)
        self.dtype = choose_dtype(dtype, self.device)
        self.digest = digest_of(checkpoint.folder, pickled=checkpoint.allow_pickle)
        with quiet_loading():
            tokenizer = load_tokenizer(checkpoint)
            self.reader = CheckpointTokenizer(tokenizer, self.name, types=tells_types(tokenizer, checkpoint.folder))
            self.model: Any = load_model(checkpoint, kind, device=self.device, dtype=self.dtype)
        self._unknown = UnknownTokens.of(tokenizer)
        self.reader.bound(embedded(self.model))
        self.max_tokens: int = self.limit or _USUAL
        self.width: int = self.model.config.hidden_size

    @property
    def limit(self) -> int:
        """The longest input that the model and the tokenizer allow; 0: they state none."""
        return longest_input(self.model.config.to_dict(), {"model_max_length": self.reader.tokenizer.model_max_length})

    def moved(self, array: NDArray[Any]) -> torch.Tensor:
        """An array on the device; a copy, since PyTorch knows nothing of arrays that nobody may write to."""
        return torch.tensor(array, device=self.device)

    def fingerprint(self) -> str:
        """A checksum of the weights in memory; see :class:`nlptasks.plugin.protocols.Backbone`."""
        return checksum_of(self.model)

    def unknown(self, windows: Sequence[Window]) -> list[float]:
        """See :class:`nlptasks.plugin.protocols.TellsUnknown`."""
        return self._unknown.proportions(windows)

    def cut(
        self,
        texts: Sequence[str],
        framing: Framing,
        *,
        max_tokens: int,
        max_windows: int,
        overlap: int,
        questions: Sequence[str],
        questions_last: bool,
        offsets: bool,
        lead: str = "",
    ) -> list[list[Window]]:
        """Cut texts into windows; see :meth:`nlptasks.plugin.protocols.Encoder.tokenize`.

        Args:
            texts: Likewise.
            framing: What stands around them.
            max_tokens: Likewise.
            max_windows: Likewise.
            overlap: Likewise.
            questions: Likewise.
            questions_last: Likewise.
            offsets: Likewise.
            lead: Words that stand before the text in each of its windows.
        """
        room = min(max_tokens or self.max_tokens, self.max_tokens)
        if lead:
            found = self.reader.read_behind(lead, texts, offsets=offsets)
        else:
            found = [([], tokens) for tokens in self.reader.read(texts, offsets=offsets)]
        frames = [framing.alone().led(first) for first, _ in found]
        if questions:
            framed = framing.before_question if questions_last else framing.behind
            frames = [framed(question.ids, room // 2) for question in self.reader.read(questions)]
        return [
            frame.windows(tokens.ids, tokens.places, size=max(room - len(frame), 1), overlap=overlap, most=max_windows)
            for (_, tokens), frame in zip(found, frames, strict=True)
        ]


class OpenedGenerator(OpenedCheckpoint):
    """What checkpoints share that write; see :class:`nlptasks.models.generation.Generator`."""

    @property
    def decoder_digest(self) -> str:
        """See :class:`nlptasks.models.generation.Generator`; all of a checkpoint is one."""
        return self.digest

    def wording(self, source: str, instruction: Instruction) -> Wording:
        """As it is: checkpoints read texts that nobody has changed."""
        return Wording()

    @property
    def source_tokens(self) -> int:
        """See :class:`nlptasks.models.generation.Generator`."""
        return self.max_tokens


def embedded(model: Any) -> int:
    """How many tokens a model has embeddings for; 0 where it makes them of something else."""
    try:
        layer = model.get_input_embeddings()
    except (AttributeError, NotImplementedError):
        return 0
    return int(layer.num_embeddings) if isinstance(layer, torch.nn.Embedding) else 0


def digest_of(folder: Path, *, pickled: bool = False) -> str:
    """SHA-256 of the weights, the configuration and the tokenizer in a checkpoint's folder, in hexadecimal.

    Raises:
        NlptasksError: A file cannot be read.
    """
    patterns = (*_DIGESTED, *(("*.bin",) if pickled else ()))
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}):
        try:
            digest.update(f"{path.name} {path.stat().st_size}\n".encode())
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise NlptasksError(f"{path}: {error.strerror}", hint="the checkpoint is not complete") from error
    return digest.hexdigest()
