"""Finds texts that are equal or nearly so: what is learnt of one of them tells the answer to the others.

Equal are texts with the same letters and digits, whatever their case, blanks, marks and links, whomever they repeat:
copies of a post have short links of their own, and ``RT @somebody:`` before them. Nearly equal are longer ones that
share most of their runs of three letters, numbers left aside: a copy with another number, a word more or a typo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["groups", "text_key"]

#: Letters of the shortest text that is nearly equal to another: of shorter ones each letter tells.
LEAST = 16

#: Proportion of runs of letters that nearly equal texts share, as their signatures estimate it.
ALIKE = 0.8

#: Letters of a run, and numbers of a signature: bands of some rows, one of which two texts must have in common.
RUN, BANDS, ROWS = 3, 16, 5

_UNMARKED = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")
_ADDED = re.compile(r"\s*rt\s+@\w+:?|(?:https?://|www\.|\bpic\.twitter\.com/|\bt\.co/)\S+")

#: Odd numbers that mix the code points of a run, and the seed of the hashes of a signature.
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_SEED = 20_260_101

Hashes = NDArray[np.uint64]


def text_key(text: str) -> str:
    """The letters and digits of a text, in compatible form and without case; of a text without any, the text itself.

    Links and the mark of a repeated post count where there is nothing else.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    own = _ADDED.sub(" ", folded)
    if any(map(str.isalnum, own)):
        folded = own
    if folded.isascii():
        return _UNMARKED.sub("", folded) or folded.strip()
    if not any(sign.isalnum() for sign in folded):
        return "".join(folded.split())
    # The vowel signs of Devanagari or Thai are marks and no letters, and tell words apart.
    return "".join(sign for sign in folded if sign.isalnum() or unicodedata.category(sign) in ("Mn", "Mc"))


def groups(texts: Sequence[str]) -> list[int]:
    """A number for each text, the same for texts that are equal or nearly so, in time linear in their length.

    The groups do not depend on the order of the texts.
    """
    keys = [text_key(text) for text in texts]
    unique = sorted(set(keys))
    group = _Groups(len(unique))
    long = [at for at, key in enumerate(unique) if sum(map(str.isalpha, key)) >= LEAST]
    if len(long) > 1:
        signatures = np.stack([_signature(_NUMBER.sub("0", unique[at])) for at in long])
        for one, other in _pairs(signatures):
            group.join(long[one], long[other])
    numbers = {key: group.of(at) for at, key in enumerate(unique)}
    return [numbers[key] for key in keys]


class _Groups:
    """Sets of numbers that are joined two at a time."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def of(self, at: int) -> int:
        """The least number of a number's set."""
        while self._above[at] != at:
            self._above[at] = self._above[self._above[at]]
            at = self._above[at]
        return at

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.of(one), self.of(other)))
        self._above[high] = low


def _signature(key: str) -> NDArray[np.uint32]:
    """The least hash of a text's runs by each of several hashes (MinHash, Broder 1997)."""
    codes = np.frombuffer(key.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    runs = sum((codes[at : len(codes) - RUN + 1 + at] * np.uint64(_MIX[at]) for at in range(RUN)), np.uint64(0))
    factors, terms = _hashes()
    mixed = np.unique(runs)[:, None] * factors + terms
    least: NDArray[np.uint32] = (mixed >> np.uint64(32)).min(axis=0).astype(np.uint32)
    return least


def _hashes() -> tuple[Hashes, Hashes]:
    draw = np.random.default_rng(_SEED)
    factors, terms = draw.integers(0, 1 << 63, size=(2, BANDS * ROWS), dtype=np.uint64)
    return factors * np.uint64(2) + np.uint64(1), terms


def _pairs(signatures: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    """Texts that are nearly equal: of those with a band in common, each is compared with the first."""
    for band in range(BANDS):
        part = np.ascontiguousarray(signatures[:, band * ROWS : (band + 1) * ROWS])
        _, first, which = np.unique(part, axis=0, return_index=True, return_inverse=True)
        heads = first[which.reshape(-1)]
        alike = (signatures == signatures[heads]).mean(axis=1) >= ALIKE
        for at in np.flatnonzero(alike & (heads != np.arange(len(heads)))).tolist():
            yield int(heads[at]), at
