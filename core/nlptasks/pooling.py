"""One vector for a text: the mean of its hidden states, over all of its windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nlptasks.contracts import HiddenStates


def mean_states(states: HiddenStates) -> list[NDArray[np.float32]]:
    """For each window of a batch the sum of its hidden states and, last, their number: ``[width + 1]``.

    Sums and not means, so that the windows of a long text add up to the mean over the whole of it.
    """
    mask = states.mask.unsqueeze(-1)
    sums = (states.states * mask).sum(dim=1).cpu().numpy()
    counts = states.mask.sum(dim=1, keepdim=True).cpu().numpy()
    return list(np.concatenate([sums, counts], axis=1).astype(np.float32))


def join_means(windows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean hidden state of a text, ``[width]``, from what :func:`mean_states` kept of its windows."""
    total: NDArray[np.float32] = np.sum(windows, axis=0, dtype=np.float32)
    mean: NDArray[np.float32] = total[:-1] / total[-1]
    return mean
