"""Holds some of the training rows out, where nobody gave held-out rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from nlptasks.plugin.protocols import Example

#: Most rows that are held out.
MOST = 2_000


def hold_out(examples: Sequence[Example], seed: int = 0) -> tuple[list[Example], list[Example]]:
    """Split examples into those to train on and a tenth (one at least) that is held out.

    Rows with the same last input (the same text; of questions, the same context) are never on both sides.

    Args:
        examples: Examples.
        seed: Decides which rows are held out; the order of the examples does not.
    """
    keys = [_key(example, seed) for example in examples]
    wanted = min(MOST, max(1, len(examples) // 10))
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    held: set[str] = set()
    size = 0
    for key in sorted(counts)[:-1]:  # something is left to train on
        if size >= wanted:
            break
        held.add(key)
        size += counts[key]
    train = [example for example, key in zip(examples, keys, strict=True) if key not in held]
    return train, [example for example, key in zip(examples, keys, strict=True) if key in held]


def _key(example: Example, seed: int) -> str:
    text = list(example.inputs.values())[-1]
    return hashlib.sha256(f"{seed} {text.strip()}".encode("utf-8", "replace")).hexdigest()
