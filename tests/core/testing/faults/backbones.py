"""Faults of backbones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nlptasks.plugin import (
    ENCODE,
    BackboneSpec,
)
from nlptasks.plugin.protocols import HiddenStates

from .fault import Fault

HERE = __name__


class Hashing:
    """Hidden states by the code points of a text, a token a character: an honest backbone."""

    name, width, max_tokens = "hashing", 4, 64
    digest = "0" * 64

    def __init__(self) -> None:
        self.weights = 0

    def fingerprint(self) -> str:
        return str(self.weights)

    def tokenize(
        self, texts, *, max_tokens=0, max_windows=0, overlap=0, questions=(), questions_last=False, offsets=False
    ):
        from nlptasks.plugin.protocols import Window

        found = []
        for text in texts:
            ids = [ord(char) for char in text]
            pieces = [ids[at : at + 62] for at in range(0, len(ids), 62)] or [[]]
            kept = pieces[:max_windows] if max_windows else pieces
            cut = self.cut(sum(map(len, pieces[len(kept) :])))
            places = [tuple((at * 62 + p, at * 62 + p + 1) for p in range(len(piece))) for at, piece in enumerate(kept)]
            found.append(
                [
                    Window(
                        (1, *piece, 2), cut=cut if at == len(kept) - 1 else 0, start=1, offsets=place if offsets else ()
                    )
                    for at, (piece, place) in enumerate(zip(kept, places, strict=True))
                ]
            )
        return found

    def cut(self, tokens: int) -> int:
        return tokens

    def encode(self, windows):
        longest = max(map(len, windows))
        mask = np.array([[at < len(window) for at in range(longest)] for window in windows])
        states = np.zeros((len(windows), longest, 4), np.float32)
        for at, window in enumerate(windows):
            states[at, : len(window), 0] = np.array(window.ids, np.float32) / 1e6
        return HiddenStates(states=self.states(states, mask), mask=mask, windows=tuple(windows))

    def states(self, states, mask):
        return states


class Batched(Hashing):
    def states(self, states, mask):
        return states + np.float32(len(states))


class Padded(Hashing):
    def states(self, states, mask):
        return (states - states.mean(1, keepdims=True)) * np.float32(1e3)


class Double(Hashing):
    def states(self, states, mask):
        return states.astype(np.float64)


class Tokenless(Hashing):
    def cut(self, tokens):
        return 0


class Drifts(Hashing):
    def states(self, states, mask):
        self.weights += 1
        return states


class Undigested(Hashing):
    digest = "v1"


class Redigested(Hashing):
    @property
    def digest(self):
        return f"{id(self):064x}"


def opener(made: type) -> Callable[[object], Any]:
    return lambda _context: made()


OPENED = {
    made.__name__: opener(made)
    for made in (Hashing, Batched, Padded, Double, Tokenless, Drifts, Undigested, Redigested)
}
for _name, _opener in OPENED.items():
    globals()[f"open_{_name}"] = _opener


def backbone(made: type) -> BackboneSpec:
    return BackboneSpec(
        name="hashing", summary="s", object=f"{HERE}:open_{made.__name__}", provides=frozenset({ENCODE})
    )


def found() -> list[Fault]:
    changed: list[tuple[str, type, str]] = [
        ("states that depend on the batch", Batched, "a batch of one gives other states of window 1"),
        ("states that depend on padding", Padded, "a batch of one gives other states of window"),
        ("states in another type", Double, "must give states in a NumPy array of float32, got float64"),
        ("a cut that is not told", Tokenless, "which says that 0 are cut"),
        ("weights that encoding changes", Drifts, "encoding changed the weights"),
        ("a digest that is none", Undigested, "the digest must be a SHA-256 in hexadecimal"),
        ("another digest each time", Redigested, "two openings have another digest"),
    ]
    return [Fault("backbone", fault, backbone(made), says) for fault, made, says in changed]
