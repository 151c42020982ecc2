"""What is remembered of rows, and what is forgotten."""

from __future__ import annotations

from nlptasks._running.blocks import Block
from nlptasks._running.duplicates.memory import SeenRows, keys_of
from nlptasks.plugin.protocols import Example


def key(text: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    return ((("text", text),),)


def test_a_row_has_one_slot_until_it_is_forgotten() -> None:
    seen = SeenRows(rows=2)
    first, new = seen.slot(key("a"))
    assert new
    assert seen.slot(key("a")) == (first, False)
    assert seen.slot(key("b"))[1]
    assert seen.slot(key("a")) == (first, False)  # b is older now
    assert seen.slot(key("c"))[1]
    assert seen.slot(key("a")) == (first, False)
    assert seen.slot(key("b"))[1]


def test_long_texts_are_forgotten_sooner() -> None:
    seen = SeenRows(characters=25)
    for text in ("a" * 10, "b" * 10):
        assert seen.slot(key(text))[1]
    assert seen.slot(key("b" * 10))[1] is False
    assert seen.slot(key("a" * 10))[1]  # with the names of the inputs there is place for one
    assert seen.slot(key("c" * 100))[1]
    assert seen.slot(key("c" * 100))[1] is False


def test_a_row_is_known_by_all_inputs_and_by_the_text_that_is_asked_for() -> None:
    rows = [("a", "q", "x"), ("a", "q", "x"), ("a", "r", "x"), ("b", "q", "x"), ("a", "q", "y"), ("a", "q", None)]
    block = Block(
        rows=rows,
        examples=[
            [Example({"text": text}, gold=str(at)) for at, (text, _, _) in enumerate(rows)],
            [Example({"context": text, "question": question}) for text, question, _ in rows],
        ],
        first=0,
        texts=[None, [asked for _, _, asked in rows]],
    )
    found = list(keys_of(block))
    assert found[0] == found[1]
    assert len(set(found)) == 5
