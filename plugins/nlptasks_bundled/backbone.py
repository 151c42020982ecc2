"""Loads the weights that lie beside this module, or those that were fine-tuned from them."""

from __future__ import annotations

from pathlib import Path

from nlptasks.models.checkpoints import has_decoder
from nlptasks.models.encoder import TransformerEncoder
from nlptasks.plugin.protocols import BackboneContext

from .seq2seq import BundledSeq2Seq

WEIGHTS = Path(__file__).with_name("weights")


def load(context: BackboneContext) -> TransformerEncoder:
    """The bundled backbone on the asked device, with its decoder where the weights hold one."""
    folder = context.folder or WEIGHTS
    kind = BundledSeq2Seq if has_decoder(folder) else TransformerEncoder
    return kind(folder, name="bundled", device=context.device, dtype=context.dtype, runtime=context.runtime)
