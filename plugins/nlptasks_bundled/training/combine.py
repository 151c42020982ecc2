"""Puts an encoder and a decoder that were trained apart into one checkpoint.

    python -m nlptasks_bundled.training.combine ENCODER DECODER OUTPUT

The decoder need not have been trained on that encoder: it then wants some more training (``warm = true`` in a recipe).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from nlptasks.checkpoints import write_seq2seq
from nlptasks.errors import NlptasksError
from nlptasks.seq2seq import TransformerSeq2Seq


def combine(encoder: Path, decoder: Path, output: Path) -> None:
    """Write the encoder of one folder and the decoder of another into a third.

    Raises:
        NlptasksError: A file is missing or damaged, the second folder has no decoder, or it reads states of another
            width.
    """
    first, second = (TransformerSeq2Seq(folder, name=str(folder), device="cpu") for folder in (encoder, decoder))
    if first.width != second.width:
        raise NlptasksError(f"{decoder} reads states of width {second.width}, and {encoder} writes {first.width}")
    write_seq2seq(
        output,
        encoder_config=first.model.config,
        encoder_weights=first.model.state_dict(),
        decoder_config=second.decoder.config,
        decoder_weights=second.decoder.state_dict(),
        decoder_tokenizer=second.text.tokenizer,
        encoder_files=encoder,
        instructions=second.instructions,
    )


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m nlptasks_bundled.training.combine", description=__doc__)
    for name in ("encoder", "decoder", "output"):
        parser.add_argument(name, type=Path, metavar=name.upper())
    given = parser.parse_args()
    try:
        combine(given.encoder, given.decoder, given.output)
    except NlptasksError as error:
        parser.exit(1, f"error: {error}\n")


if __name__ == "__main__":
    _main()
