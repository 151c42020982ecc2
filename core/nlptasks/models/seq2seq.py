"""An encoder with a decoder that reads it.

From a folder that :func:`nlptasks.models.checkpoints.write_seq2seq` wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlptasks.errors import UsageError
from nlptasks.models import checkpoints
from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.decoder_vocabulary import PREFIX, DecoderText
from nlptasks.models.decoding.beams import search
from nlptasks.models.decoding.memory import Memory
from nlptasks.models.decoding.sampling import Sampler, random_numbers
from nlptasks.models.decoding.steps import Rules, Steps, Written
from nlptasks.models.decoding.tokens import most_probable, write
from nlptasks.models.encoder import TransformerEncoder
from nlptasks.models.generation import Continuation, Decoding, Instruction, Likelihood, Wording, add_up, write_in_parts
from nlptasks.models.likelihoods import LikelihoodReader, pieces_of
from nlptasks.models.runtimes.bert_graph import fits
from nlptasks.models.runtimes.choosing import OPENVINO
from nlptasks.models.runtimes.interface import DecoderRuntime, NamedWeights
from nlptasks.models.runtimes.weights_file import WeightsFile
from nlptasks.plugin.protocols import HiddenStates, Window

#: Tokens of a window that decoders are trained behind (see the recipes), though the encoder may read more.
_SOURCE = 256

#: What the names of the weights begin with.
_ENCODER, _DECODER = "encoder.", "decoder."

#: Texts that are written at a time, each beam being one: bounds the memory of their log-probabilities.
_ROWS = 256


@dataclass(frozen=True)
class _Decoder:
    """A loaded decoder.

    Args:
        runtime: What computes it.
        text: Its vocabulary.
        banned: ``[vocabulary]``, bool: tokens that no text may hold.
        checksum: Of the weights as they were loaded.
    """

    runtime: DecoderRuntime
    text: DecoderText
    banned: NDArray[np.bool_]
    checksum: str


class TransformerSeq2Seq(TransformerEncoder):
    """A frozen encoder and a frozen decoder; see :class:`nlptasks.models.generation.Generator`.

    The decoder is loaded when it is first needed. A folder without one opens too, as an encoder with no instructions.

    Args:
        folder: Holds what :func:`nlptasks.models.checkpoints.write_seq2seq` wrote, or an encoder alone.
        name: See :class:`nlptasks.models.encoder.TransformerEncoder`.
        device: Likewise.
        precision: Likewise.
        runtime: Likewise.

    Raises:
        NlptasksError: A file of the folder is missing or damaged.
        UsageError: The device is not there, the precision is unknown, or the runtime cannot compute it.
    """

    def __init__(
        self, folder: Path, *, name: str, device: str = "auto", precision: str = "auto", runtime: str = "auto"
    ) -> None:
        self._both = checkpoints.read_config(folder) if checkpoints.has_decoder(folder) else None
        self._lock = Lock()
        self._decoder: _Decoder | None = None
        self._trainable: Any = None
        super().__init__(folder, name=name, device=device, precision=precision, runtime=runtime)

    # ------------------------------------------------------------- what it is

    @property
    def decoder(self) -> Any:
        """The decoder as a ``BertLMHeadModel``, for training; on the CPU unless PyTorch computes it elsewhere.

        Raises:
            UsageError: There is none.
        """
        from nlptasks.models.runtimes.torch_models import TorchDecoder

        runtime = self._loaded().runtime
        if isinstance(runtime, TorchDecoder):
            return runtime.model
        with self._lock:
            if self._trainable is None:
                self._trainable = self._open_torch_decoder().model
            return self._trainable

    @property
    def text(self) -> DecoderText:
        """The decoder's vocabulary.

        Raises:
            UsageError: There is none.
        """
        return self._loaded().text

    @property
    def decoder_digest(self) -> str:
        """See :class:`nlptasks.models.generation.Generator`; empty where there is no decoder."""
        return checkpoints.decoder_digest(self._folder) if self._both else ""

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """See :class:`nlptasks.models.generation.Generator`."""
        known = self._both[checkpoints.INSTRUCTIONS] if self._both else []
        return tuple(sorted(Instruction(task, language) for task, language in known))

    @cached_property
    def settings(self) -> DecoderSettings:
        """How the decoder is run; the usual settings where there is none."""
        return checkpoints.decoder_settings(self._folder) if self._both else DecoderSettings()

    @property
    def max_new_tokens(self) -> int:
        """Most tokens of one text, its end included: what the decoder can read behind the prefix."""
        return int(self._both["decoder"]["max_position_embeddings"]) - PREFIX if self._both else 0

    @property
    def source_tokens(self) -> int:
        """See :class:`nlptasks.models.generation.Generator`."""
        return min(_SOURCE, self.max_tokens)

    def memory(self, instruction: Instruction) -> Memory | None:
        """What remembers texts of a kind, and says what they themselves say of what comes next; ``None``: nothing.

        For subclasses to override. What decides it belongs into ``settings.own``, which the decoder's digest covers.
        """
        return None

    def wording(self, source: str, instruction: Instruction) -> Wording:
        """See :class:`nlptasks.models.generation.Generator`; for subclasses to override."""
        return Wording()

    def fingerprint(self) -> str:
        """A checksum of the weights in memory, which loading the decoder does not change but writing to it does."""
        encoder, decoder = super().fingerprint(), self._decoder
        now = decoder.runtime.fingerprint() if decoder else ""
        return encoder if decoder is None or now == decoder.checksum else f"{encoder}, decoder changed to {now}"

    # ------------------------------------------------------------ what it does

    def generate(self, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[list[Continuation]]:
        """Write texts for windows; see :class:`nlptasks.models.generation.Generator`."""
        decoder = self._told(instruction)

        def write(part: slice, copies: int) -> list[Continuation]:
            return self._write(decoder, _part(states, part.start, part.stop), instruction, decoding, copies)

        return write_in_parts(len(states.windows), decoding, _ROWS, write)

    def likelihoods(self, prompts: Sequence[str], texts: Sequence[str], instruction: Instruction) -> list[Likelihood]:
        """How probable texts are behind prompts; see :class:`nlptasks.models.generation.Generator`."""
        decoder = self._told(instruction)
        found = list(pieces_of(decoder.text, texts, self.max_new_tokens))
        befores = (prompts[piece.text] + texts[piece.text][: piece.start] for piece in found)
        # As much text before as a piece is long, as in training, though the encoder may read more.
        room = self.max_new_tokens + PREFIX
        windows = [window for before in befores for window in self.endings([before], max_tokens=room)]
        prefix = decoder.text.prefix(instruction)
        reader = LikelihoodReader(decoder.runtime, self.encode, prefix, decoder.text.pad)
        nll = reader.score(found, windows, self.memory(instruction))
        return add_up(
            len(texts), ((piece.text, value, len(piece.ids)) for piece, value in zip(found, nll, strict=True))
        )

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
        instruction: Instruction | None = None,
    ) -> list[list[Window]]:
        """Cut texts into windows, which are the same whatever is written: the decoder alone is told that."""
        return super().tokenize(
            texts,
            max_tokens=max_tokens,
            max_windows=max_windows,
            overlap=overlap,
            questions=questions,
            questions_last=questions_last,
            offsets=offsets,
        )

    def endings(
        self,
        texts: Sequence[str],
        *,
        max_tokens: int = 0,
        written: Sequence[str] = (),
        instruction: Instruction | None = None,
    ) -> list[Window]:
        """The end of each text as one window; see :class:`nlptasks.models.generation.Generator`."""
        room = min(max_tokens or self.max_tokens, self.max_tokens)
        whole = [text + more for text, more in zip(texts, written, strict=True)] if written else texts
        return [self._text.ending(text, room) for text in whole]

    # ----------------------------------------------------------------- the rest

    def _write(
        self, decoder: _Decoder, states: HiddenStates, instruction: Instruction, decoding: Decoding, copies: int
    ) -> list[Continuation]:
        """Write the texts of some windows, those of one window behind each other."""
        most = min(decoding.max_new_tokens, self.max_new_tokens)
        rules = Rules(end=decoder.text.end, banned=decoder.banned, most=most, no_repeat=decoding.no_repeat)
        prefix = decoder.text.prefix(instruction)
        memory = self.memory(instruction)
        writing = memory.writing() if memory else None
        steps = Steps(decoder.runtime.session(states.states, states.mask), len(states.windows), prefix, writing)
        if decoding.beams > 1:
            penalty = self.settings.length_penalty if decoding.length_penalty is None else decoding.length_penalty
            found = search(steps, rules, beams=decoding.beams, length_penalty=penalty)
        elif decoding.temperature:
            steps.keep(np.repeat(np.arange(len(steps)), copies))
            streams = [(decoding.seed, window.ids, copy) for window in states.windows for copy in range(copies)]
            found = write(steps, rules, Sampler(random_numbers(streams, most), decoding.temperature, decoding.top_p))
        else:
            found = write(steps, rules, most_probable)
        return [_continuation(decoder.text, item) for item in found]

    def _told(self, instruction: Instruction) -> _Decoder:
        decoder = self._loaded()
        if instruction not in self.instructions:
            known = ", ".join(f"{item.task} in {item.language}" for item in self.instructions)
            raise UsageError(
                f"the backbone '{self.name}' was not trained for {instruction.task} in {instruction.language}",
                hint=f"it can write: {known}",
            )
        return decoder

    def _loaded(self) -> _Decoder:
        with self._lock:
            if self._decoder is None:
                self._decoder = self._load_decoder()
            return self._decoder

    def _load_decoder(self) -> _Decoder:
        if self._both is None:
            raise UsageError(
                f"the backbone '{self.name}' has no decoder: it reads text and writes none",
                hint="choose another one with --backbone; see: nlptasks backbones list",
            )
        text, config = DecoderText.load(self._folder), self._both["decoder"]
        banned = np.ones(config["vocab_size"], dtype=np.bool_)
        banned[: text.size] = False
        banned[[token for token in text.special if token != text.end]] = True
        runtime = self._open_decoder(config)
        return _Decoder(runtime, text, banned, runtime.fingerprint())

    def _open_decoder(self, config: Mapping[str, Any]) -> DecoderRuntime:
        if self._place.runtime != OPENVINO or not fits(config):
            opened: DecoderRuntime = self._open_torch_decoder()
            return opened
        from nlptasks.models.runtimes.openvino_decoder import OpenvinoDecoder

        path, precision = self._folder / checkpoints.DECODER, self._place.precision
        return OpenvinoDecoder(path, config, prefix=_DECODER, precision=precision)

    def _open_torch_decoder(self) -> Any:
        import torch

        from nlptasks.models.runtimes.torch_models import TorchDecoder, open_decoder

        assert self._both is not None
        place = self._torch_place
        path, dtype = self._folder / checkpoints.DECODER, getattr(torch, place.precision)
        model = open_decoder(path, self._both["decoder"], prefix=_DECODER, dtype=dtype)
        return TorchDecoder(model, torch.device(place.device))

    def _digest(self) -> str:
        return checkpoints.encoder_digest(self._folder) if self._both else super()._digest()

    def _read_config(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._both["encoder"] if self._both else super()._read_config()
        return found

    def _weights(self) -> NamedWeights:
        return WeightsFile(self._folder / checkpoints.ENCODER, _ENCODER) if self._both else super()._weights()

    def _torch_model(self, dtype: Any) -> Any:
        if self._both is None:
            return super()._torch_model(dtype)
        from nlptasks.models.runtimes.torch_models import open_encoder

        return open_encoder(self._folder / checkpoints.ENCODER, self._config, prefix=_ENCODER, dtype=dtype)


def _part(states: HiddenStates, start: int, stop: int) -> HiddenStates:
    """Some windows of a batch, without columns that are padding in all of them."""
    if start == 0 and stop >= len(states.windows):
        return states
    mask = states.mask[start:stop]
    longest = int(mask.sum(axis=1).max())
    return HiddenStates(states.states[start:stop, :longest], mask[:, :longest], states.windows[start:stop])


def _continuation(text: DecoderText, written: Written) -> Continuation:
    return Continuation(text.decode(written.ids), written.log_probability, len(written.ids), written.complete)
