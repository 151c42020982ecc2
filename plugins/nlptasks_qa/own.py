"""Answers by the layer for spans that a checkpoint carries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlptasks.plugin.protocols import HeadContext, HiddenStates

from .head import Spans
from .options import OwnSpanOptions
from .spans import Logits

#: Longest window: checkpoints for this task were nearly all trained on windows of this size.
MAX_TOKENS = 384


class OwnSpans(Spans):
    """The head; see :class:`nlptasks.plugin.protocols.Head`."""

    def reduce(self, states: HiddenStates) -> Sequence[Logits]:
        """The carried layer's logits of each window, ``[tokens, 2]``: start and end."""
        if states.logits is None:
            raise ValueError("the backbone gave no logits of a layer of its own, though it says that it finds spans")
        return list(np.asarray(states.logits, dtype=np.float32))


def open_head(context: HeadContext) -> OwnSpans:
    """The checkpoint's own layer."""
    options: OwnSpanOptions = context.options or OwnSpanOptions()
    return OwnSpans(context.backbone, options, max_tokens=MAX_TOKENS, no_answer=options.no_answer)
