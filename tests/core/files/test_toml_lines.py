"""On which line each key of a TOML file stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from nlptasks.files._toml_lines import Key, lines_of


def keys(value: Any, place: Key = ()) -> set[Key]:
    """All keys, tables and items of lists of a file that was parsed."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place, *(found for key, item in inner for found in keys(item, (*place, key)))} - {()}


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb.c = 2\n",
        "[t]\nx = [1, [2, 3]]\n[t.u]\ny = { a = 1, b = { c = 2 } }\n",
        "[[m]]\na = 1\n[[m]]\nb = 2\n[m.n]\nc = 3\n[[m.o]]\nd = 4\n",
        "a = \"\"\"\nb = 1\n[c]\n\"\"\"\nd = '''\n# e\n''' # f = 1\n",
        '"quo\\"ted" = 1\n\'li=teral\' = 2\n"é\\u0065".x = 3\n',
        "d = 1979-05-27 07:32:00\ni = -inf\nf = 6.26e-34\n",
        "x = [\n  1, # one\n  2,\n]\n",
    ],
)
def test_every_key_has_a_line_and_nothing_else_has(text):
    assert keys(tomllib.loads(text)) <= set(lines_of(text))
    assert {key for key in lines_of(text) if key not in keys(tomllib.loads(text))} == set()


def test_a_table_that_is_opened_twice_has_the_line_of_the_first():
    found = lines_of("[a.b]\nx = 1\n\n[a]\ny = 2\n")
    assert (found["a", "b"], found["a", "b", "x"], found["a",], found["a", "y"]) == (1, 2, 4, 5)


def test_lines_go_on_behind_texts_and_lists_of_several():
    found = lines_of('a = """\n\n"""\nb = [\n1,\n2]\nc = 1\n')
    assert (found["a",], found["b",], found["b", 1], found["c",]) == (1, 4, 6, 7)


def test_a_file_without_keys():
    assert lines_of("") == lines_of("# nothing = here\n\n") == {}
