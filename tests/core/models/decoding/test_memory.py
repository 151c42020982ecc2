"""What a memory of the texts in the making is told, and what becomes of what it says."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from nlptasks.models.decoding.steps import Steps
from nlptasks.models.generation import Instruction


class Wishful:
    """Remembers what it is told, and says that one token comes next."""

    def __init__(self, token: int) -> None:
        self.token = token
        self.told: list[tuple[str, list[int]]] = []

    def mix(self, log_probs: NDArray[np.float32], states: NDArray[np.float32]) -> NDArray[np.float32]:
        self.told.append(("mix", [*log_probs.shape, *states.shape]))
        wished = np.full_like(log_probs, -np.inf)
        wished[:, self.token] = 0.0
        return wished

    def append(self, tokens: NDArray[np.int64]) -> None:
        self.told.append(("append", tokens.tolist()))

    def select(self, rows: NDArray[np.int64]) -> None:
        self.told.append(("select", rows.tolist()))


@pytest.fixture
def states(generator):
    return generator.encode([row[0] for row in generator.tokenize(["good phone", "a film"])])


def test_mix_comes_before_append_with_select_between(generator, runtime, states):
    memory = Wishful(40)
    session = runtime.session(states.states, states.mask)
    steps = Steps(session, 2, generator.text.prefix(Instruction("translation", "de")), memory)
    steps.keep(np.array([1]))
    steps.step(np.array([40]))
    steps.reorder(np.array([0]))
    size, width = generator.text.size, generator.decoder.config.hidden_size
    assert memory.told == [
        ("mix", [2, size, 2, width]),
        ("select", [1]),
        ("append", [40]),
        ("mix", [1, size, 1, width]),
        ("select", [0]),
    ]


def test_what_it_says_is_what_comes_next(generator, runtime, states):
    prefix = generator.text.prefix(Instruction("translation", "de"))
    steps = Steps(runtime.session(states.states, states.mask), 2, prefix, Wishful(41))
    assert steps.log_probs.argmax(axis=1).tolist() == [41, 41]
