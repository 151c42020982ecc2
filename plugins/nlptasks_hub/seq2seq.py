"""A checkpoint that reads a text and writes another: T5, BART, Marian, mBART, NLLB and their like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from transformers.modeling_outputs import BaseModelOutput

from nlptasks.errors import UsageError
from nlptasks.models.generation import Continuation, Decoding, Instruction, Likelihood, add_up, write_in_parts
from nlptasks.models.special_tokens import Frame, batches, stack
from nlptasks.plugin.protocols import HiddenStates, Window

from .checkpoints.checkpoint import Checkpoint
from .checkpoints.limits import longest_input
from .checkpoints.opened import OpenedGenerator
from .decoding import LOGITS, ROWS, WrittenTokens, ends_of, nats_of, strip_settings, written
from .instructions import Told, own_code, told_by

#: Most tokens of one text, where the model knows no limit.
_MOST = 512


@dataclass(frozen=True, slots=True)
class _TargetPiece:
    """Some tokens of a text whose likelihood is asked.

    Args:
        text: The text's position.
        before: What stands before them in it.
        ids: The tokens; those of a text's last piece end with the end.
    """

    text: int
    before: str
    ids: tuple[int, ...]


class CheckpointSeq2Seq(OpenedGenerator):
    """A frozen encoder with its decoder; see :class:`nlptasks.models.generation.Generator`.

    Args:
        checkpoint: See :class:`OpenedCheckpoint`.
        device: Likewise.
        dtype: Likewise.

    Raises:
        NlptasksError: A file is missing or damaged.
        UsageError: The device is not there, or the dtype is unknown.
    """

    def __init__(self, checkpoint: Checkpoint, *, device: str = "auto", dtype: str = "auto") -> None:
        super().__init__(checkpoint, "AutoModelForSeq2SeqLM", device=device, dtype=dtype)
        strip_settings(self.model, self.reader.pad)
        self._told = told_by(checkpoint, self.reader.tokenizer)
        positions = longest_input(self.model.config.to_dict(), {})
        #: One less than there are positions, for the token of a language.
        self.max_new_tokens: int = positions - 1 if positions else _MOST

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """See :class:`nlptasks.models.generation.Generator`."""
        return tuple(sorted(self._told))

    # ------------------------------------------------------------------ reading

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
        """Cut texts into windows; see :class:`nlptasks.models.generation.Generator`."""
        return self.cut(
            texts,
            self.reader.framing(self._source(instruction)),
            max_tokens=max_tokens,
            max_windows=max_windows,
            overlap=overlap,
            questions=questions,
            questions_last=questions_last,
            offsets=offsets,
            lead=self._find(instruction).lead if instruction else "",
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
        lead = self._find(instruction).lead if instruction else ""
        frame = self.reader.framing(self._source(instruction)).alone()
        whole = [text + more for text, more in zip(texts, written, strict=True)] if written else texts
        return [self._ending(frame, lead, text, room) for text in whole]

    @torch.inference_mode()
    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        """Hidden states of the encoder's last layer."""
        ids, _, mask = stack(windows, self.reader.pad)
        output = self.model.get_encoder()(input_ids=self.moved(ids), attention_mask=self.moved(mask).long())
        states = output.last_hidden_state.float().cpu().numpy()
        return HiddenStates(states=states, mask=mask, windows=tuple(windows))

    # ------------------------------------------------------------------ writing

    @torch.inference_mode()
    def generate(self, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[list[Continuation]]:
        """Write texts for windows; see :class:`nlptasks.models.generation.Generator`."""
        told = self._find(instruction)

        def write(part: slice, copies: int) -> Iterator[Continuation]:
            rows = range(len(states.windows))[part]
            return self._write(states.rows(rows), told, decoding, copies)

        return write_in_parts(len(states.windows), decoding, ROWS, write)

    @torch.inference_mode()
    def likelihoods(self, prompts: Sequence[str], texts: Sequence[str], instruction: Instruction) -> list[Likelihood]:
        """How probable texts are behind prompts; see :class:`nlptasks.models.generation.Generator`."""
        told = self._find(instruction)
        pieces = list(self._pieces(texts))
        befores, behind = [prompts[piece.text] for piece in pieces], [piece.before for piece in pieces]
        windows = self.endings(befores, written=behind, instruction=instruction)
        totals: list[tuple[int, float, int]] = []
        lengths = [len(window) + len(piece.ids) for window, piece in zip(windows, pieces, strict=True)]
        for batch in batches(lengths):
            states = self.encode([windows[at] for at in batch])
            own = [pieces[at] for at in batch]
            found = self._nll(states, [piece.ids for piece in own], told)
            totals += [(piece.text, value, len(piece.ids)) for piece, value in zip(own, found, strict=True)]
        return add_up(len(texts), totals)

    # ----------------------------------------------------------------- the rest

    def _find(self, instruction: Instruction) -> Told:
        if (told := self._told.get(instruction)) is None:
            known = ", ".join(" in ".join(filter(None, (item.task, item.language))) for item in self.instructions)
            wanted = " in ".join(filter(None, (instruction.task, instruction.language)))
            raise UsageError(f"the backbone '{self.name}' was not trained for {wanted}", hint=f"it can write: {known}")
        return told

    def _source(self, instruction: Instruction | None) -> str:
        """The tokenizer's own code of the language to read; empty: its usual one, or it has but one."""
        if instruction is None or not instruction.source:
            return ""
        code = own_code(self.reader.tokenizer, instruction.source)
        if not code and hasattr(self.reader.tokenizer, "set_src_lang_special_tokens"):
            known = ", ".join(sorted({item.language for item in self.instructions if item.language}))
            raise UsageError(
                f"the backbone '{self.name}' reads no language '{instruction.source}'", hint=f"it has: {known}"
            )
        return code

    def _ending(self, frame: Frame, lead: str, text: str, room: int) -> Window:
        if not lead:
            return frame.around(self.reader.last(text, max(room - len(frame), 1)))
        ((first, tokens),) = self.reader.read_behind(lead, [text])
        led = frame.led(first)
        return led.around(tokens.ids[-max(room - len(led), 1) :])

    def _write(self, states: HiddenStates, told: Told, decoding: Decoding, copies: int) -> Iterator[Continuation]:
        """Write the texts of some windows, those of one window behind each other."""
        decoding = _bounded(decoding, self.max_new_tokens)
        repeated = _repeated(states, copies)
        inputs = {"encoder_outputs": self._encoded(repeated), "attention_mask": self.moved(repeated.mask).long()}
        found = written(self.model, inputs, states.windows, decoding, copies=copies, behind=1, token=told.token)
        nll = self._nll(repeated, [item.ids for item in found], told)
        for item, value in zip(found, nll, strict=True):
            yield self._continuation(item, -value)

    def _continuation(self, item: WrittenTokens, log_probability: float) -> Continuation:
        text = self.reader.write(item.ids, cut=not item.complete)
        return Continuation(text, log_probability, len(item.ids), item.complete)

    def _encoded(self, states: HiddenStates) -> BaseModelOutput:
        return BaseModelOutput(last_hidden_state=self.moved(states.states).to(self.model.dtype))

    def _nll(self, states: HiddenStates, targets: Sequence[tuple[int, ...]], told: Told) -> list[float]:
        """Negative natural log-probability of a target behind each window."""
        settings = self.model.generation_config
        start = settings.decoder_start_token_id
        forced = settings.forced_bos_token_id if told.token is None else told.token
        prefix = [settings.bos_token_id if start is None else start, *([] if forced is None else [forced])]
        longest = max(map(len, targets))
        size = max(1, LOGITS // (longest * self.model.config.vocab_size))
        found: list[float] = []
        for at in range(0, len(targets), size):
            part, rows = states.rows(range(at, min(at + size, len(targets)))), targets[at : at + size]
            ids, _, _ = stack([Window((*prefix, *row[:-1])) for row in rows], self.reader.pad)
            output = self.model(
                encoder_outputs=self._encoded(part),
                attention_mask=self.moved(part.mask).long(),
                decoder_input_ids=self.moved(ids),  # padding stands behind, where no token looks: it needs no mask
                use_cache=False,
            )
            found += nats_of(output.logits, rows, len(prefix) - 1)
        return found

    def _pieces(self, texts: Sequence[str]) -> Iterator[_TargetPiece]:
        """Cut texts into pieces that the decoder can read; all but the last leave room for the end."""
        size, ends = self.max_new_tokens - 1, tuple(sorted(ends_of(self.model)))[:1]
        for number, ids in enumerate(self.reader.read_targets(texts)):
            for at in range(0, max(len(ids), 1), size):
                end = ends if at + size >= len(ids) else ()
                before = self.reader.write(ids[:at]) if at else ""
                yield _TargetPiece(number, before, (*ids[at : at + size], *end))


def _bounded(decoding: Decoding, most: int) -> Decoding:
    return replace(decoding, max_new_tokens=min(decoding.max_new_tokens, most))


def _repeated(states: HiddenStates, copies: int) -> HiddenStates:
    """Each window's states as often as texts are written for it, and no column that is padding in all rows."""
    longest = int(states.mask.sum(axis=1).max())
    windows = tuple(window for window in states.windows for _ in range(copies))
    return HiddenStates(
        states=states.states[:, :longest].repeat(copies, axis=0),
        mask=states.mask[:, :longest].repeat(copies, axis=0),
        windows=windows,
    )
