"""Who speaks in a dialogue, and that names come back where placeholders stood for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks_bundled.dialogue import Cast, cast_of, speakers

PLACEHOLDERS = ("Tom", "Mary", "John")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("Ann: Hi!\nBob: Hello.\nAnn: Bye.", ("Ann", "Bob")),
        ("  Ann : Hi!\n\n\tBob:\nwhat he said\nAnn: Bye", ("Ann", "Bob")),
        ("#Person1#: Hi!\n#Person2#: Hello.", ("#Person1#", "#Person2#")),
        ("Zoë Müller: 你好\n李雷: 👍", ("Zoë Müller", "李雷")),
        ("Ann: Hi!", ()),  # one turn
        ("Dear Ann,\nOne thing: the phone works.\nAnother: it rings.\nYours, Bob", ()),  # not most of its lines
        ("10:30 we meet\n11:00 we eat", ()),
        ("https://example.org\nhttps://example.com", ()),
        ("<file_photo>: one\n<file_gif>: two", ()),
        ("", ()),
        (" \n\n", ()),
    ],
)
def test_speakers(document: str, expected: tuple[str, ...]) -> None:
    assert speakers(document) == expected


def test_names_are_hidden_wherever_they_stand_and_shown_again() -> None:
    document = "Amanda: I'm Amanda.\nJerry: Amanda's cookies! Thanks, Amanda\namanda: Jerry-boy"
    cast = cast_of(document, PLACEHOLDERS)
    hidden = "Tom: I'm Tom.\nMary: Tom's cookies! Thanks, Tom\nTom: Mary-boy"
    assert cast.to_model(document) == hidden
    assert cast.to_model("Jerry likes Amanda's cookies.") == "Mary likes Tom's cookies."
    assert cast.from_model("Mary likes Tom's cookies.") == "Jerry likes Amanda's cookies."


def test_a_name_that_is_a_word_too_is_one_only_where_it_begins_a_turn_or_has_its_capital() -> None:
    document = "will: I will come\nAnn: Will you? ask will\nwill: yes"
    assert cast_of(document, PLACEHOLDERS).to_model(document) == "Tom: I will come\nMary: Tom you? ask will\nTom: yes"
    assert cast_of(document, PLACEHOLDERS).from_model("Tom and Mary") == "will and Ann"


def test_a_name_inside_another_word_stays() -> None:
    document = "Ann: Anna and Ann\nBob: Bobby, Bob_2, Bob"
    assert cast_of(document, PLACEHOLDERS).to_model(document) == "Tom: Anna and Tom\nMary: Bobby, Bob_2, Mary"


def test_the_longer_of_two_names_counts() -> None:
    document = "Ann: hi\nAnn Lee: hi, Ann\nAnn: Ann Lee?"
    assert cast_of(document, PLACEHOLDERS).to_model(document) == "Tom: hi\nMary: hi, Tom\nTom: Mary?"


def test_a_placeholder_that_is_somebodys_name_is_hidden_like_the_others() -> None:
    document = "Mary: Is Tom there?\nBob: Tom is."
    cast = cast_of(document, PLACEHOLDERS)
    assert cast.to_model(document) == "Tom: Is John there?\nMary: John is."
    assert cast.from_model("Tom asks Mary for John.") == "Mary asks Bob for Tom."


def test_more_names_than_placeholders_stay_as_they_are() -> None:
    document = "Ann: hi\nBob: hi\nCid: hi\nDan: hi"
    assert cast_of(document, PLACEHOLDERS) == Cast()
    assert cast_of(document, PLACEHOLDERS).to_model(document) == document


@pytest.mark.parametrize("document", ["no dialogue", "", "Ann: one turn"])
def test_what_is_no_dialogue_has_no_cast(document: str) -> None:
    assert cast_of(document, PLACEHOLDERS) == Cast()


def test_without_placeholders_there_is_no_cast() -> None:
    assert cast_of("Ann: hi\nBob: hi", ()) == Cast()


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=12)


@given(st.lists(st.tuples(NAMES, st.text(max_size=30)), max_size=6))
def test_any_text_can_be_hidden_and_no_name_of_a_turn_is_left(turns: list[tuple[str, str]]) -> None:
    document = "\n".join(f"{name}: {said}" for name, said in turns)
    cast = cast_of(document, ("Tom", "Mary", "John", "Peter", "Jack", "Paul", "David", "Rob"))
    hidden = cast.to_model(document)
    assert set(speakers(hidden)) <= set(cast.names)
    assert hidden.count("\n") == document.count("\n")
    assert cast.from_model(cast.to_model(" and ".join(cast.names.values()))) == " and ".join(cast.names.values())
