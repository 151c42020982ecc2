"""Precision, recall and F1 of whole entities, equal to seqeval's in its strict mode (a test holds them to it)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .gold import Place, places

Numbers = NDArray[np.float64]

#: ``(right, found, gold)`` to what is divided by what.
Measure = Callable[[Numbers, Numbers, Numbers], tuple[Numbers, Numbers]]

#: Stands for a prediction that is no list of entities: wrong wherever it is.
_NONSENSE: frozenset[Place] = frozenset({(-1, -1, "")})


class EntityMetric:
    """A proportion of whole entities, all rows together.

    Statistics of a row: entities that are right, that were found, and that are in the gold answer. Where there is
    nothing to divide by, the value is 0; that of one type is then not defined.

    Source: the shared task of CoNLL-2003 (Tjong Kim Sang and De Meulder 2003); the values are seqeval's with
    ``mode="strict", scheme=IOB2``.
    """

    binary = False
    smooth = True

    def __init__(self, _labels: tuple[str, ...], *, name: str, measure: Measure, kind: str = "") -> None:
        self._measure = measure
        self._kind = kind
        self._empty = math.nan if kind else 0.0
        self.signature = f"metric:{name}|match:type+offsets|average:micro{f'|type:{kind}' if kind else '|zero:0'}"

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> Numbers:
        rows = []
        for prediction, target in zip(predictions, targets, strict=True):
            found, gold = self._entities(prediction), self._entities(target)
            rows.append((len(found & gold - _NONSENSE), len(found), len(gold)))
        return np.array(rows, dtype=np.float64).reshape(-1, 3)

    def score(self, sums: Numbers) -> Numbers:
        part, whole = self._measure(sums[..., 0], sums[..., 1], sums[..., 2])
        value: Numbers = np.divide(part, whole, out=np.full(whole.shape, self._empty), where=whole != 0)
        return value

    def _entities(self, text: str) -> frozenset[Place]:
        if not text.strip():
            return frozenset()
        try:
            found = places(text)
        except ValueError:
            return _NONSENSE
        return frozenset(place for place in found if self._kind in ("", place[2]))


def _f1(right: Numbers, found: Numbers, gold: Numbers) -> tuple[Numbers, Numbers]:
    return 2 * right, found + gold


def _precision(right: Numbers, found: Numbers, _gold: Numbers) -> tuple[Numbers, Numbers]:
    return right, found


def _recall(right: Numbers, _found: Numbers, gold: Numbers) -> tuple[Numbers, Numbers]:
    return right, gold


f1 = partial(EntityMetric, name="entity-f1", measure=_f1)
precision = partial(EntityMetric, name="entity-precision", measure=_precision)
recall = partial(EntityMetric, name="entity-recall", measure=_recall)
f1_loc = partial(EntityMetric, name="entity-f1-loc", measure=_f1, kind="LOC")
f1_misc = partial(EntityMetric, name="entity-f1-misc", measure=_f1, kind="MISC")
f1_org = partial(EntityMetric, name="entity-f1-org", measure=_f1, kind="ORG")
f1_per = partial(EntityMetric, name="entity-f1-per", measure=_f1, kind="PER")
