from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks_tasks.qa_gold import read_gold as read_answers
from nlptasks_tasks.references import read_gold, references_in

TEXTS = st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ('["a", "b"]', ("a", "b")),
        ("['a', 'b']", ("a", "b")),
        ("['it\\'s', \"b\"]", ("it's", "b")),
        ("['a' 'b']", ("a", "b")),
        ("['a'\n 'b']", ("a", "b")),
        ("('a', 'b')", ("a", "b")),
        ("('a',)", ("a",)),
        ("array(['a', 'b'], dtype=object)", ("a", "b")),
        ("np.array(['a'], dtype='<U1')", ("a",)),
        ("[np.str_('a'), None]", ("a",)),
        ("{'text': array(['Paris'], dtype=object), 'answer_start': array([3], dtype=int32)}", ("Paris",)),
        ("{'text': ['Rome', 'the Rome'], 'answer_start': [3, 4]}", ("Rome", "the Rome")),
        ("[{'text': 'Rome', 'answer_start': 3}]", ("Rome",)),
        ('["He had been bitten.", null]', ("He had been bitten.",)),
        ('["a", 5, 1.50]', ("a", "5", "1.50")),
        ('{"text": [1984], "answer_start": [0]}', ("1984",)),
        ('["\\ud83d\\ude00"]', ("\U0001f600",)),
        ("[['a'], ['b', 'c']]", ("a", "b", "c")),
        ("['\\d']", ("\\d",)),
        ("b'Stra\\xc3\\x9fe'", ("Straße",)),
        ("[b'a', b\"it's\"]", ("a", "it's")),
        ("{'a', 'b'}", ("a", "b")),
        ('{"New York","Rome"}', ("New York", "Rome")),
        ("[]", ()),
        ("[Answer(text='Paris')]", ("Paris",)),
        (
            "[Answer(answer_start=3, text='Paris'), Answer(text=['Rome', \"b\"], answer_start=None)]",
            ("Paris", "Rome", "b"),
        ),
        ("Answer(text='Paris', start=3)", ("Paris",)),
        ("OrderedDict([('text', ['Paris', 'Rome']), ('answer_start', [3, 4])])", ("Paris", "Rome")),
        ("OrderedDict({'text': ['Paris']})", ("Paris",)),
        ("[OrderedDict([('text', 'Paris')])]", ("Paris",)),
        ("deque(['a', 'b'], maxlen=3)", ("a", "b")),
        ("Index(['a', 'b'], dtype='object')", ("a", "b")),
        ("frozenset({'a'})", ("a",)),
        ("tensor([1998, 2])", ("1998", "2")),
        ("[“Paris”, “the ’city’ of Rome”]", ("Paris", "the ’city’ of Rome")),
        ("[‘Paris’, ‘it’s Rome’]", ("Paris", "it’s Rome")),
        ("[„Paris“, «Rome»]", ("Paris", "Rome")),
        ("{“text”: [“Paris”], “answer_start”: [3]}", ("Paris",)),
    ],
)
def test_lists_and_objects_are_read(cell: str, texts: tuple[str, ...]) -> None:
    found = references_in(cell)
    assert found is not None
    assert found.texts == texts


@pytest.mark.parametrize(
    "cell",
    [
        *("Paris", "1984", '"Ulysses"', "[1] A note", "[2, 3]", "[Applause]", "(sighs)", "{see below}", "('a')"),
        *(
            "[" * 100_000,
            "array",
            "['tis the season",
            "“Hello”, she said",
            "‘tis (so)",
            "set (of keys)",
            "Dict",
            "f(x=1)",
            "[“Hello”",
            "OrderedDict is a class (of Python)",
            "print(['a'])",
            '("Hello," she said.)',
            "[x] = 'y'",
            "",
        ),
    ],
)
def test_a_text_with_brackets_is_a_text(cell: str) -> None:
    assert references_in(cell) is None


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("['a', 'b' ... 'z']", "cut short"),
        ("['a', b]", "'b' is no value"),
        ("['a', 'b'], 'c']", "stands behind its end"),
        ('{"answer": "x"}', r"an object without 'text'.*its keys: answer"),
        ('{"en": "a", "de": "b"}', "its keys: en, de"),
        ("{'text' 'a'}", "no ':' behind 'text'"),
        ("['a\\xg']", "is no string"),
        ("defaultdict(<class 'list'>, {'text': ['Paris']})", "'<' stands where a value should"),
        ("[Answer(answer='Paris')]", "an object without 'text'"),
        ("[Answer(text='Paris', 3)]", "not all of its fields have a name"),
        ("[“Paris”, Rome]", "'Rome' is no value"),
        ("deque()", "is empty"),
        ("['a\0', b]", "is no string|is no value"),
    ],
)
def test_what_is_meant_as_a_list_and_is_none_is_refused(cell: str, said: str) -> None:
    for read in (read_gold, read_answers):
        with pytest.raises(ValueError, match=said):
            read("target", cell)


def test_gold_cells() -> None:
    assert read_gold("target", "Ein Hund.") == "Ein Hund."
    assert read_gold("target", '["a",  "b"]') == '["a",  "b"]'
    assert read_gold("target", "['a', None]") == '["a"]'
    assert read_gold("target", "[]") is None
    assert read_gold("target", "[null, null]") is None
    assert read_answers("answers", "[]") == "[]"
    assert read_answers("answers", "[null]") is None


@given(TEXTS)
def test_what_python_prints_is_read_as_what_json_writes(texts: list[str]) -> None:
    found = references_in(repr(texts))
    assert found is not None
    assert found.texts == tuple(texts)
    assert references_in(json.dumps(texts)) == references_in(json.dumps(texts, ensure_ascii=False)) == found


@given(st.text(max_size=30))
def test_any_cell_is_a_text_or_a_list_or_refused(cell: str) -> None:
    try:
        found = references_in(cell)
    except ValueError as error:
        assert "cannot be read" in str(error) or "without 'text'" in str(error)
    else:
        assert found is None or all(isinstance(text, str) for text in found.texts)


@pytest.mark.parametrize(
    ("cell", "cells", "answers"),
    [
        ("[5, 6]", ("[5, 6]", "['a']"), ["5", "6"]),
        ("[5, 6]", ("[5, 6]", "a"), ["[5, 6]"]),
        ("1998.0", ("1998.0", "2001.0"), ["1998", "1998.0"]),
        ("1998.0", ("1998.0", "2001.5"), ["1998.0"]),
        ("1998.0", ("1998.0", "Paris"), ["1998.0"]),
        ("['Par", ("['Par", "tis"), ["['Par"]),
    ],
)
def test_the_column_tells_what_a_cell_leaves_open(cell: str, cells: tuple[str, ...], answers: list[str]) -> None:
    assert json.loads(read_answers("answers", cell, frozenset(cells)) or "") == answers
    texts = read_gold("reference", cell, frozenset(cells))
    assert texts == (cell if answers == [cell] else json.dumps(answers))


def test_a_list_that_is_cut_off_among_whole_ones_is_refused() -> None:
    for read in (read_gold, read_answers):
        with pytest.raises(ValueError, match="cannot be read as one"):
            read("answers", "['Paris', 'the Par", frozenset({"['Paris', 'the Par", "['Rome']"}))


def test_a_printed_series_is_refused() -> None:
    for read in (read_gold, read_answers):
        with pytest.raises(ValueError, match="column of pandas as it is printed"):
            read("answers", "0    Paris\n1    Rome\nName: a, dtype: object")
