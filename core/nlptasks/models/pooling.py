"""One vector for a text: the mean of its hidden states, over all of its windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.batching import batches

if TYPE_CHECKING:
    from nlptasks.plugin.protocols import Encoder, HiddenStates, Window


def mean_states(states: HiddenStates) -> list[NDArray[np.float32]]:
    """For each window of a batch the sum of its hidden states and, last, their number: ``[width + 1]``.

    Sums and not means, so that the windows of a long text add up to the mean over the whole of it.
    """
    sums = np.einsum("btw,bt->bw", states.states, states.mask.astype(np.float32))
    counts = states.mask.sum(axis=1, keepdims=True)
    return list(np.concatenate([sums, counts], axis=1).astype(np.float32))


def join_means(windows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean hidden state of a text, ``[width]``, from what :func:`mean_states` kept of its windows."""
    total: NDArray[np.float32] = np.sum(windows, axis=0, dtype=np.float32)
    mean: NDArray[np.float32] = total[:-1] / total[-1]
    return mean


def text_means(
    backbone: Encoder, texts: Sequence[str], *, max_tokens: int, max_windows: int = 0
) -> NDArray[np.float32]:
    """The mean hidden state of each text, ``[texts, width]``; a window that stands in several is encoded once.

    Args:
        backbone: The encoder.
        texts: Any text, one or more.
        max_tokens: Longest window.
        max_windows: Most windows of a text; 0: the whole of it.
    """
    asked = backbone.tokenize(texts, max_tokens=max_tokens, max_windows=max_windows)
    windows = list(dict.fromkeys(window for row in asked for window in row))
    kept: dict[Window, NDArray[np.float32]] = {}
    for batch in batches([len(window) for window in windows]):
        chosen = [windows[at] for at in batch]
        kept.update(zip(chosen, mean_states(backbone.encode(chosen)), strict=True))
    return np.stack([join_means([kept[window] for window in row]) for row in asked])
