"""Loads the weights that lie beside this module."""

from __future__ import annotations

from pathlib import Path

from nlptasks.contracts import BackboneContext
from nlptasks.encoder import TransformerEncoder

WEIGHTS = Path(__file__).with_name("weights")


def load(context: BackboneContext) -> TransformerEncoder:
    """The bundled encoder on the asked device."""
    return TransformerEncoder(WEIGHTS, name="bundled", device=context.device, dtype=context.dtype)
