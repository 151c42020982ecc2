"""YAML files that users write, with the line of each key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlptasks.errors import UsageError
from nlptasks.files.yaml import LocatedValue, line_of, read_yaml


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def found(content: str | bytes) -> Any:
        path = tmp_path / "f.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_yaml(path, "plan")

    return found


def test_mappings_know_their_lines(read):
    found = read("# a\na: 1\nb:\n  - {c: x,\n     d: y}\n")
    assert isinstance(found, LocatedValue)
    assert (found.line, found.lines) == (2, {"a": 2, "b": 3})
    (inner,) = found.values["b"]
    assert (inner.values, inner.line, inner.lines) == ({"c": "x", "d": "y"}, 4, {"c": 4, "d": 5})


def test_what_a_merge_brings_has_the_line_of_its_origin(read):
    found = read("base: &b\n  k: 1\nuse:\n  <<: *b\n  m: 2\n").values["use"]
    assert found.values == {"k": 1, "m": 2}
    assert found.lines == {"k": 2, "m": 5}


@pytest.mark.parametrize(("text", "value"), [("", None), ("- 1\n- a\n", [1, "a"]), ("\ufeffa\n", "a")])
def test_other_documents(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        ("a: 1\nb: 2\na: 3\n", ":3: not valid YAML: the key 'a' stands twice here, first on line 1", ""),
        ("a:\n\tb: 1\n", ":2: not valid YAML", "indent with spaces; YAML allows no tabs there"),
        ("a: b: c\n", ":1: not valid YAML", "belongs in quotes"),
        ("1: a\n", ":1: not valid YAML: the key '1' is no text: put it in quotes", ""),
        ("? [a]\n: b\n", ":1: not valid YAML: a key must be a text", ""),
        ("a: 2024-99-99\n", "not valid YAML", "put texts in quotes"),
        ("[" * 60, "more than 50 brackets are open", ""),
        (b"a: 1\nb: \xff\n", ":2: not UTF-8", "save the file as UTF-8"),
        ("a: 1\n---\nb: 2\n", "not valid YAML", ""),
        (b"# " + b"x" * (1 << 18), "larger than 262,144 bytes, so it is no plan", ""),
        ("".join(f"k{n}: 1\n" for n in range(101)), "a mapping with more than 100 keys", ""),
    ],
)
def test_what_is_refused(read, content, said, hint):
    with pytest.raises(UsageError) as caught:
        read(content)
    assert said in caught.value.message
    assert hint in caught.value.hint


JSON = """{
\t"results": {
\t\t"sst2": {
\t\t\t"acc,none": "high"
\t\t}
\t},
\t"list": [1,
\t\t{"x": 2}]
}
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("results", "sst2", "acc,none"), 4),
        (("list", 1, "x"), 8),
        (("list", 0), 7),
        (("list", 1, "gone"), 8),
    ],
)
def test_a_value_has_its_line(place: tuple[str | int, ...], line: int) -> None:
    assert line_of(JSON, place) == line


def test_what_cannot_be_parsed_again_has_no_line() -> None:
    assert line_of("", ()) is None
    assert line_of("{", ("a",)) is None
