"""Opens a checkpoint as a backbone: an encoder, an encoder with a decoder, or a decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlptasks.errors import UsageError
from nlptasks.plugin import LABELS, SPANS
from nlptasks.plugin.protocols import Backbone, BackboneContext

from .checkpoints.checkpoint import Checkpoint, open_checkpoint
from .options import CheckpointOptions

if TYPE_CHECKING:
    from .checkpoints.opened import OpenedCheckpoint


def load(context: BackboneContext) -> Backbone:
    """The checkpoint that the user named, on the asked device.

    Raises:
        NlptasksError: A file is missing or damaged.
        UsageError: There is no such checkpoint or device, or another runtime is asked for than PyTorch.
    """
    if context.runtime not in ("auto", "torch"):
        raise UsageError(
            f"{context.reference} is computed by PyTorch, and not by {context.runtime}", hint="leave --runtime out"
        )
    options: CheckpointOptions = context.options or CheckpointOptions()
    checkpoint = open_checkpoint(context.reference, revision=options.revision, allow_pickle=options.allow_pickle)
    return opened(checkpoint, device=context.device, dtype=context.dtype)


def opened(checkpoint: Checkpoint, *, device: str = "auto", dtype: str = "auto") -> OpenedCheckpoint:
    """A checkpoint as what it is: with an output layer for labels or spans it is an encoder, decoder or not.

    Raises:
        NlptasksError: A file is missing or damaged.
        UsageError: The device is not there, or the dtype is unknown.
    """
    if checkpoint.kind == "encoder" or checkpoint.layer in (LABELS, SPANS):
        from .encoders import CheckpointEncoder

        return CheckpointEncoder(checkpoint, device=device, dtype=dtype)
    if checkpoint.kind == "encoder-decoder":
        from .seq2seq import CheckpointSeq2Seq

        return CheckpointSeq2Seq(checkpoint, device=device, dtype=dtype)
    from .decoders import CheckpointDecoder

    return CheckpointDecoder(checkpoint, device=device, dtype=dtype)
