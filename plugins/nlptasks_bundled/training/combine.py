"""Puts an encoder and a decoder that were trained apart into one checkpoint.

    python -m nlptasks_bundled.training.combine ENCODER DECODER [DECODER ...] OUTPUT [--length-penalty NUMBER]
        [--neural-cache TASK SHARE SHARPNESS]

The decoder need not have been trained on that encoder: it then wants some more training (``warm = true`` in a recipe).
Of several decoders that went on from one another, the mean of each weight is taken (Wortsman et al. 2022, arXiv
2203.05482).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from nlptasks.errors import NlptasksError
from nlptasks.models.checkpoints import write_seq2seq
from nlptasks.models.decoder_settings import NeuralCache
from nlptasks.models.seq2seq import TransformerSeq2Seq


def combine(encoder: Path, decoders: Sequence[Path], output: Path, **settings: Any) -> None:
    """Write the encoder of one folder and the decoder of another, or the mean of several, into a further one.

    ``settings`` are changes of :class:`nlptasks.models.decoder_settings.DecoderSettings`; what is not given is the
    first decoder's, and placeholders are those that one of them learnt.

    Raises:
        NlptasksError: A file is missing or damaged, a folder of a decoder has none, it reads states of another width,
            or two decoders do not write the same tokens, differ in the number of layers or were trained with different
            placeholders.
    """
    first, *others = (TransformerSeq2Seq(folder, name=str(folder), device="cpu") for folder in (encoder, *decoders))
    second = others[0]
    for folder, other in zip(decoders, others, strict=True):
        if first.width != other.width:
            raise NlptasksError(f"{folder} reads states of width {other.width}, and {encoder} writes {first.width}")
        if other.text.tokenizer.to_str() != second.text.tokenizer.to_str():
            raise NlptasksError(f"the decoders of {decoders[0]} and {folder} do not write the same tokens")
        if other.decoder.config.num_hidden_layers != second.decoder.config.num_hidden_layers:
            raise NlptasksError(f"the decoders of {decoders[0]} and {folder} have different numbers of layers")
    write_seq2seq(
        output,
        encoder_config=first.model.config,
        encoder_weights=first.model.state_dict(),
        decoder_config=second.decoder.config,
        decoder_weights=_mean([other.decoder.state_dict() for other in others]),
        decoder_tokenizer=second.text.tokenizer,
        encoder_files=encoder,
        instructions=second.instructions,
        settings=replace(second.settings, **{"placeholders": _placeholders(others)} | settings),
    )


def _placeholders(decoders: Sequence[TransformerSeq2Seq]) -> tuple[str, ...]:
    """The placeholders of decoders: one that went on from another may have learnt some that the other has not."""
    found = {decoder.placeholders for decoder in decoders if decoder.placeholders}
    if len(found) > 1:
        raise NlptasksError("the decoders were trained with different placeholders")
    return next(iter(found), ())


def _mean(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m nlptasks_bundled.training.combine", description=__doc__)
    parser.add_argument("encoder", type=Path, metavar="ENCODER")
    parser.add_argument("decoders", type=Path, metavar="DECODER", nargs="+")
    parser.add_argument("output", type=Path, metavar="OUTPUT")
    parser.add_argument("--length-penalty", type=float, help="what the decoder wants for beam search (the first one's)")
    parser.add_argument(
        "--neural-cache",
        nargs=3,
        action="append",
        metavar=("TASK", "SHARE", "SHARPNESS"),
        help="what a text's own past says of what comes next (the first one's)",
    )
    given = parser.parse_args()
    settings: dict[str, Any] = {}
    try:
        if given.length_penalty is not None:
            settings["length_penalty"] = given.length_penalty
        if given.neural_cache:
            settings["neural_cache"] = {task: NeuralCache(float(a), float(b)) for task, a, b in given.neural_cache}
        combine(given.encoder, given.decoders, given.output, **settings)
    except (NlptasksError, ValueError) as error:
        parser.exit(1, f"error: {error}\n")


if __name__ == "__main__":
    main()
