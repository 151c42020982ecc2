"""Packs windows into batches by a budget of padded tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: Padded tokens in a batch. About 2,000 keep the activations of a small encoder inside a CPU's cache; larger batches
#: measured slower there.
TOKEN_BUDGET = 2_048


def batches(lengths: Sequence[int], budget: int = TOKEN_BUDGET) -> Iterator[list[int]]:
    """Positions of windows, batch by batch, each padding to at most ``budget`` tokens.

    Windows are taken from the shortest to the longest, so that a batch holds windows of nearly one length. A window
    longer than the budget is a batch of its own. Ties keep their order, so the same lengths give the same batches.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[position] > budget:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
