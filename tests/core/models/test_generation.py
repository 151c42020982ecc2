"""What a backbone is told to write, and the texts of many windows put together."""

from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks.models.generation import (
    Continuation,
    Decoding,
    Instruction,
    Likelihood,
    Wording,
    add_up,
    write_in_parts,
)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"max_new_tokens": 0}, "max_new_tokens must be at least 1"),
        ({"beams": 0}, "beams must be at least 1"),
        ({"samples": 0}, "samples must be at least 1"),
        ({"no_repeat": -1}, "no_repeat must be at least 0"),
        ({"temperature": -1.0}, "temperature must be"),
        ({"temperature": float("nan")}, "temperature must be"),
        ({"top_p": 0.0}, "top_p must be"),
        ({"beams": 2, "temperature": 1.0}, "beams are not sampled"),
    ],
)
def test_numbers_out_of_range_are_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Decoding(**values)  # type: ignore[arg-type]


def test_the_language_to_read_does_not_make_another_instruction() -> None:
    assert Instruction("translation", "de", source="en") == Instruction("translation", "de")
    assert min([Instruction("b", "a"), Instruction("a", "z"), Instruction("a", "b")]) == Instruction("a", "b")


@pytest.mark.parametrize(
    ("decoding", "sizes"),
    [
        (Decoding(), [4, 4, 2]),
        (Decoding(beams=2), [2, 2, 2, 2, 2]),
        (Decoding(beams=9), [1] * 10),
        (Decoding(temperature=1.0, samples=2), [2, 2, 2, 2, 2]),
        (Decoding(samples=3), [4, 4, 2]),
    ],
)
def test_so_many_windows_at_a_time_that_memory_is_bounded(decoding: Decoding, sizes: list[int]) -> None:
    asked: list[int] = []

    def write(place: slice, copies: int) -> list[Continuation]:
        windows = range(10)[place]
        asked.append(len(windows))
        return [Continuation(f"{at} {copy}", -1.0, 1, True) for at in windows for copy in range(copies)]

    found = write_in_parts(10, decoding, 4, write)
    assert asked == sizes
    assert [len(row) for row in found] == [decoding.samples] * 10
    assert [row[0].text for row in found] == [f"{at} 0" for at in range(10)]
    different = len({text.text for text in found[0]})
    assert different == (decoding.samples if decoding.temperature else 1)


def test_the_likelihood_of_a_text_is_the_sum_of_its_pieces() -> None:
    assert add_up(3, [(2, 1.5, 4), (0, 0.5, 1), (2, 0.25, 3)]) == [
        Likelihood(0.5, 1),
        Likelihood(0.0, 0),
        Likelihood(1.75, 7),
    ]


def test_a_source_is_put_as_it_is_unless_a_backbone_learned_otherwise() -> None:
    assert Wording().to_model("a b") == Wording().from_model("a b") == "a b"
