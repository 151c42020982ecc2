"""What a memory of the texts in the making is told, and what becomes of what it says."""

from __future__ import annotations

import pytest
import torch

from nlptasks.models.decoding.steps import Steps
from nlptasks.models.generation import Instruction


class Wishful:
    """Remembers what it is told, and says that one token comes next."""

    def __init__(self, token: int) -> None:
        self.token = token
        self.told: list[tuple[str, list[int]]] = []

    def mix(self, log_probs: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        self.told.append(("mix", [*log_probs.shape, *states.shape]))
        wished = torch.full_like(log_probs, -torch.inf)
        wished[:, self.token] = 0.0
        return wished

    def append(self, tokens: torch.Tensor) -> None:
        self.told.append(("append", tokens.tolist()))

    def select(self, rows: torch.Tensor) -> None:
        self.told.append(("select", rows.tolist()))


@pytest.fixture
def states(generator):
    return generator.encode([row[0] for row in generator.tokenize(["good phone", "a film"])])


def test_mix_comes_before_append_with_select_between(generator, states):
    memory = Wishful(40)
    with torch.inference_mode():
        steps = Steps(
            generator.decoder,
            states.states,
            states.mask,
            generator.text.prefix(Instruction("translation", "de")),
            memory,
        )
        steps.keep(torch.tensor([1]))
        steps.step(torch.tensor([40]))
        steps.reorder(torch.tensor([0]))
    size, width = generator.text.size, generator.decoder.config.hidden_size
    assert memory.told == [
        ("mix", [2, size, 2, width]),
        ("select", [1]),
        ("append", [40]),
        ("mix", [1, size, 1, width]),
        ("select", [0]),
    ]


def test_what_it_says_is_what_comes_next(generator, states):
    with torch.inference_mode():
        prefix = generator.text.prefix(Instruction("translation", "de"))
        steps = Steps(generator.decoder, states.states, states.mask, prefix, Wishful(41))
    assert steps.log_probs.argmax(dim=1).tolist() == [41, 41]
