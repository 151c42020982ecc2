"""A checkpoint that only writes: GPT-2, Llama, and whatever else carries a text on from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch

from nlptasks.errors import UsageError
from nlptasks.models.generation import Continuation, Decoding, Instruction, Likelihood, add_up, write_in_parts
from nlptasks.models.special_tokens import Framing, batches, stack
from nlptasks.plugin.protocols import HiddenStates, Window

from .checkpoints.checkpoint import Checkpoint
from .checkpoints.opened import OpenedGenerator
from .decoding import LOGITS, ROWS, nats_of, strip_settings, written
from .instructions import GENERATION
from .prompts import Prompts

#: What it can be told to do.
_WRITE = Instruction(GENERATION, "")

#: Positions where the model states none, and most tokens of one text.
_POSITIONS, _MOST = 2_048, 1_024

#: Tokens in a batch that is read again.
_TOKENS = 2_048


class CheckpointDecoder(OpenedGenerator):
    """A frozen decoder; see :class:`nlptasks.models.generation.Generator`. It does not encode.

    Args:
        checkpoint: See :class:`OpenedCheckpoint`.
        device: Likewise.
        dtype: Likewise.

    Raises:
        NlptasksError: A file is missing or damaged.
        UsageError: The device is not there, or the dtype is unknown.
    """

    instructions: tuple[Instruction, ...] = (_WRITE,)

    def __init__(self, checkpoint: Checkpoint, *, device: str = "auto", dtype: str = "auto") -> None:
        super().__init__(checkpoint, "AutoModelForCausalLM", device=device, dtype=dtype)
        strip_settings(self.model, self.reader.pad)
        self._prompts = Prompts(self.reader, self.name)
        positions = self.limit or _POSITIONS
        self.max_new_tokens: int = min(positions // 2, _MOST)
        # A window leaves room for what is written behind it.
        self.max_tokens = positions - self.max_new_tokens
        self.width = 0

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
        """Cut texts into windows, each framed as a prompt; see :class:`nlptasks.models.generation.Generator`."""
        frame = self._prompts.frame
        found = self.cut(
            texts,
            Framing(frame.before, (), frame.after, 0),
            max_tokens=max_tokens,
            max_windows=max_windows,
            overlap=overlap,
            questions=questions,
            questions_last=questions_last,
            offsets=offsets,
        )
        return [[self._prompts.started(window) for window in row] for row in found]

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
        behind = written or [""] * len(texts)
        return [self._prompts.ending(text, more, room) for text, more in zip(texts, behind, strict=True)]

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        """States without width: the decoder reads a window when it writes behind it, and not before."""
        _, _, mask = stack(windows, self.reader.pad)
        states = np.zeros((*mask.shape, 0), dtype=np.float32)
        return HiddenStates(states=states, mask=mask, windows=tuple(windows))

    @torch.inference_mode()
    def generate(self, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[list[Continuation]]:
        """Write texts behind windows; see :class:`nlptasks.models.generation.Generator`."""
        _check(self.name, instruction)
        bounded = replace(decoding, max_new_tokens=min(decoding.max_new_tokens, self.max_new_tokens))

        def write(part: slice, copies: int) -> Iterator[Continuation]:
            return self._write(states.windows[part], bounded, copies)

        return write_in_parts(len(states.windows), decoding, ROWS, write)

    @torch.inference_mode()
    def likelihoods(self, prompts: Sequence[str], texts: Sequence[str], instruction: Instruction) -> list[Likelihood]:
        """How probable texts are behind prompts; see :class:`nlptasks.models.generation.Generator`."""
        _check(self.name, instruction)
        pieces = [
            (number, before, piece)
            for number, pair in enumerate(zip(prompts, texts, strict=True))
            for before, piece in self._pieces(*self._prompts.parted(*pair))
        ]
        nll = self.nll([(before, piece) for _, before, piece in pieces])
        found = zip(pieces, nll, strict=True)
        return add_up(len(texts), ((number, value, len(piece)) for (number, _, piece), value in found))

    def _write(self, windows: Sequence[Window], decoding: Decoding, copies: int) -> Iterator[Continuation]:
        """Write the texts behind some windows, those of one window behind each other."""
        repeated = [window for window in windows for _ in range(copies)]
        ids, _, mask = stack(repeated, self.reader.pad, left=True)
        inputs = {"input_ids": self.moved(ids), "attention_mask": self.moved(mask).long()}
        found = written(self.model, inputs, windows, decoding, copies=copies, behind=ids.shape[1])
        nll = self.nll([(window.ids, item.ids) for window, item in zip(repeated, found, strict=True)])
        for window, item, value in zip(repeated, found, nll, strict=True):
            text = self.reader.write_behind(window.ids, item.ids, cut=not item.complete)
            yield Continuation(text, -value, len(item.ids), item.complete)

    @torch.inference_mode()
    def nll(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[float]:
        """Negative natural log-probability of tokens behind others, of which there are one or more."""
        found = [0.0] * len(pairs)
        most = max(1, min(LOGITS // self.model.config.vocab_size, _TOKENS))
        for batch in batches([len(before) + len(after) for before, after in pairs], most):
            rows = [Window((*pairs[at][0], *pairs[at][1])) for at in batch]
            ids, _, mask = map(self.moved, stack(rows, self.reader.pad))
            logits = self.model(input_ids=ids, attention_mask=mask.long(), use_cache=False).logits
            for row, at in zip(logits, batch, strict=True):
                before, after = pairs[at]
                (found[at],) = nats_of(row[None], [after], len(before) - 1)
        return found

    def _pieces(self, before: list[int], ids: list[int]) -> Iterator[tuple[list[int], list[int]]]:
        """Cut a text, its end included, into pieces, each with as much of what stands before as fits."""
        end = self.reader.tokenizer.eos_token_id
        whole = [*before, *ids, *([] if end is None else [end])]
        for at in range(len(before), len(whole), self.max_new_tokens):
            piece = whole[at : at + self.max_new_tokens]
            room = self.max_tokens + self.max_new_tokens - len(piece)
            yield whole[max(at - room, 0) : at], piece


def _check(name: str, instruction: Instruction) -> None:
    if instruction != _WRITE:
        wanted = " in ".join(filter(None, (instruction.task, instruction.language)))
        raise UsageError(f"the backbone '{name}' was not trained for {wanted}", hint="it can write: generation")
