"""What the pipelines over a sequence classification layer share."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .base import Pipeline
from .opening import PipelineParts
from .pieces import Packing, PaddedBatch, TokenRow
from .written.tokens import piece_of


class LabelPipeline(Pipeline):
    """A pipeline that reads the logits of labels."""

    model_class = "AutoModelForSequenceClassification"
    repeatable = True

    def __init__(self, opened: PipelineParts) -> None:
        super().__init__(opened)
        takes_cache = "use_cache" in inspect.signature(opened.model.forward).parameters
        self._fixed = {"use_cache": False} if takes_cache else {}

    def forward(self, batch: PaddedBatch, settings: Mapping[str, Any]) -> Sequence[Any]:
        """The logits: for each row a float32 array of ``[labels]``."""
        return list(self.model(**batch.tensors, **self._fixed).logits.float().cpu().numpy())

    def packing(self, rows: int, settings: Mapping[str, Any]) -> Packing:
        """Models that know no padding take the last token for the end of a text: their batches are single rows."""
        packing = super().packing(rows, settings)
        return packing if isinstance(self.configured("pad_token_id"), int) else replace(packing, rows=1)

    def read(self, text: Any, pair: Any, settings: Mapping[str, Any], *, asked: bool = True) -> TokenRow:
        """A text, or a pair of texts, as the model reads it.

        Encoder-decoder models read the state of the last end token, and want the same number of those in all rows.
        """
        piece = piece_of(self, text, pair, settings, asked=asked)
        if not getattr(self.model.config, "is_encoder_decoder", False):
            return piece
        ids = list(piece.inputs["input_ids"])
        return replace(piece, group=ids.count(getattr(self.model.config, "eos_token_id", -1)))
