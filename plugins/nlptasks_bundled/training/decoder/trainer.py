"""Trains a decoder on the frozen encoder: the same loop as the encoder's, with pairs in place of labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertLMHeadModel

from nlptasks.errors import UsageError
from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.decoder_vocabulary import DecoderText
from nlptasks.models.runtimes.torch_devices import choose_device
from nlptasks.training.recipes import Recipe, RecipeJob, RecipeReport
from nlptasks_bundled.seq2seq import BundledSeq2Seq
from nlptasks_bundled.training import checkpoint
from nlptasks_bundled.training.batching import Stream, packed
from nlptasks_bundled.training.evaluation import autocast
from nlptasks_bundled.training.export import check_unfinished
from nlptasks_bundled.training.loop import Loop, seeded
from nlptasks_bundled.training.optimizer import adamw, decayed

from .batch import POOL, PairBatch, collate_pairs, likeness
from .export import export
from .model import PairLearner, decoder_config, new_decoder, set_dropout
from .pairs import Pair
from .parts import DENOISE, PairPart, Rows, instruction_of, pair_parts, read_rows, texts_of
from .states import States
from .vocabulary import learn_vocabulary, told

#: Proportion of a training in which copies are denoised, where it has such parts beside those with sources of others.
FIRST = 0.1

#: What may stand for a word that is masked, the best first.
_MASKS = ("[MASK]", "<mask>", "[UNK]", "<unk>")

#: Cross-entropy of a held-out token.
NLL = "nats-per-token"


def train_from(start: Path, job: RecipeJob) -> RecipeReport:
    """Train a decoder on the encoder in ``start``, from the last checkpoint in ``job.output`` where there is one.

    Raises:
        UsageError: The folder holds a finished training, or an interrupted one of another recipe or of other data; or
            the recipe goes on from a decoder that is not there.
        NlptasksError: The data cannot be trained on.
    """
    check_unfinished(job.output)
    device = choose_device(job.device)
    reader = BundledSeq2Seq(start, name=job.recipe.backbone, device="cpu", precision="float32")
    identity = checkpoint.identity(job, _digest(reader, job.recipe))
    saved = checkpoint.load(job.output, identity)
    rows = read_rows(job)
    with seeded(job.recipe.seed, device):
        text, decoder = _decoder(reader, job, rows)
        learner = PairLearner(reader.model, decoder).to(device)
        longest = decoder.config.max_position_embeddings
        parts = pair_parts(job, rows, reader, text, longest, mask_of(reader.tokenizer))
        training = DecoderTraining(job, device, learner, parts, identity, text)
        if saved is not None:
            training.restore(saved)
        training.run()
        report = training.report()
        known = (reader.instructions, reader.settings) if job.recipe.warm else ((), DecoderSettings())
        export(learner, text, start, parts, job, report, *known)
    (job.output / checkpoint.FILE).unlink(missing_ok=True)
    return report


def mask_of(tokenizer: Tokenizer) -> str:
    """What the encoder reads for a masked word."""
    return next((token for token in _MASKS if tokenizer.token_to_id(token) is not None), "...")


def _digest(reader: BundledSeq2Seq, recipe: Recipe) -> str:
    return f"{reader.digest} {reader.decoder_digest}" if recipe.warm else reader.digest


def _decoder(reader: BundledSeq2Seq, job: RecipeJob, rows: Sequence[Rows]) -> tuple[DecoderText, BertLMHeadModel]:
    """The decoder to train, with its vocabulary: the backbone's, or a new one."""
    recipe = job.recipe
    instructions = sorted({instruction_of(task) for task in job.tasks})
    if recipe.warm:
        if not reader.instructions:
            raise UsageError(
                f"the backbone '{recipe.backbone}' has no decoder to go on from", hint="write warm = false"
            )
        reader.decoder.config.hidden_dropout_prob = recipe.dropout
        reader.decoder.config.attention_probs_dropout_prob = recipe.dropout
        return told(reader.text, reader.decoder.requires_grad_(True), instructions)
    tokens = learn_vocabulary(texts_of(rows), recipe.vocabulary, instructions)
    text = DecoderText(tokens)
    config = decoder_config(
        reader.model.config,
        layers=recipe.layers,
        vocabulary=text.size,
        positions=recipe.positions,
        dropout=recipe.dropout,
    )
    words = Tokenizer.from_str(reader.tokenizer.to_str())
    return text, new_decoder(reader.model, words, config, tokens)


class DecoderTraining(Loop[PairPart, PairBatch]):
    """A decoder's training in memory.

    Args:
        job: What is asked for.
        device: Where it runs.
        learner: The frozen encoder with the decoder.
        parts: The data.
        identity: What a checkpoint of it must be equal in.
        text: The decoder's vocabulary.
    """

    def __init__(
        self,
        job: RecipeJob,
        device: torch.device,
        learner: PairLearner,
        parts: Sequence[PairPart],
        identity: checkpoint.Identity,
        text: DecoderText,
    ) -> None:
        recipe = job.recipe
        self.learner = learner.train()
        self._pads = learner.encoder.config.pad_token_id or 0, text.pad
        kept = (pair for part in parts if part.keep_states for pair in part.pieces)
        self._states = States(learner.encoder, self._pads[0], device, kept)
        streams = [
            Stream(part.pieces, recipe.batch_tokens, (recipe.seed, number), likeness, POOL)
            for number, part in enumerate(parts)
        ]
        super().__init__(job, device, learner, adamw(decayed(learner, recipe.head_rate)), parts, streams, identity)

    def chances(self) -> NDArray[np.float64]:
        """How probable each part is to be read next: copies are denoised first, and then no more."""
        early = self.progress.tokens < FIRST * self.job.recipe.tokens
        shut = "" if early else DENOISE
        left: NDArray[np.float64] = self.odds * np.array([part.objective != shut for part in self.parts])
        has_both = {"", DENOISE} <= {part.objective for part in self.parts}
        return left / left.sum() if has_both else self.odds

    def batch(self, pieces: Sequence[Pair]) -> PairBatch:
        """Pad both sides."""
        return collate_pairs(pieces, *self._pads, self.device, self._states.of(pieces))

    def loss(self, batch: PairBatch, part: PairPart) -> torch.Tensor:
        """Mean cross-entropy of a token."""
        set_dropout(self.learner.decoder, part.dropout)
        with autocast(self.device):
            loss = self.learner.loss(batch, part.smoothing)
        self.losses.add(part.name, loss)
        return loss

    def evaluate(self) -> tuple[dict[str, float], float]:
        """Cross-entropy of a token and bits of a byte of each part; the lower the mean of the first, the better."""
        self.learner.eval()
        found = {part.name: self._score(part) for part in self.parts if part.held_out}
        self.learner.train()
        scores = {f"{part}/{name}": value for part, values in found.items() for name, value in values.items()}
        return scores, -sum(values[NLL] for values in found.values()) / max(1, len(found))

    @torch.no_grad()
    def _score(self, part: PairPart) -> dict[str, float]:
        lengths = [len(pair) for pair in part.held_out]
        order = sorted(range(len(lengths)), key=lengths.__getitem__)
        nll, tokens, size = 0.0, 0, 0
        for chosen in packed(lengths, order, self.job.recipe.batch_tokens):
            batch = self.batch([part.held_out[at] for at in chosen])
            count = int(batch.learnt.sum())
            with autocast(self.device):
                nll += float(self.learner.loss(batch, 0.0)) * count
            tokens, size = tokens + count, size + batch.size
        return {NLL: nll / tokens, "bits-per-byte": nll / math.log(2) / size}
