"""Puts an encoder and a decoder that were trained apart into one checkpoint.

    python -m nlptasks_bundled.training.combine ENCODER DECODER [DECODER ...] OUTPUT [--length-penalty NUMBER]

The decoder need not have been trained on that encoder: it then wants some more training (``warm = true`` in a recipe).
Of several decoders that went on from one another, the mean of each weight is taken (Wortsman et al. 2022, arXiv
2203.05482).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from nlptasks.checkpoints import write_seq2seq
from nlptasks.errors import NlptasksError
from nlptasks.seq2seq import TransformerSeq2Seq


def combine(encoder: Path, decoders: Sequence[Path], output: Path, *, length_penalty: float | None = None) -> None:
    """Write the encoder of one folder and the decoder of another, or the mean of several, into a further one.

    Its own ``length_penalty`` is the first decoder's where none is given.

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
        placeholders=_placeholders(others),
        length_penalty=second.length_penalty if length_penalty is None else length_penalty,
    )


def _placeholders(decoders: Sequence[TransformerSeq2Seq]) -> Sequence[str]:
    """The placeholders of decoders: one that went on from another may have learnt some that the other has not."""
    found = {decoder.placeholders for decoder in decoders if decoder.placeholders}
    if len(found) > 1:
        raise NlptasksError("the decoders were trained with different placeholders")
    return next(iter(found), ())


def _mean(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m nlptasks_bundled.training.combine", description=__doc__)
    parser.add_argument("encoder", type=Path, metavar="ENCODER")
    parser.add_argument("decoders", type=Path, metavar="DECODER", nargs="+")
    parser.add_argument("output", type=Path, metavar="OUTPUT")
    parser.add_argument("--length-penalty", type=float, help="what the decoder wants for beam search (the first one's)")
    given = parser.parse_args()
    try:
        combine(given.encoder, given.decoders, given.output, length_penalty=given.length_penalty)
    except NlptasksError as error:
        parser.exit(1, f"error: {error}\n")


if __name__ == "__main__":
    _main()
