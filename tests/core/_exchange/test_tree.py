"""Errors in imported files name the line."""

from __future__ import annotations

import pytest

from nlptasks._exchange.tree import line_of, parse_json, parse_yaml
from nlptasks.errors import DataError

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
    ("keys", "line"),
    [
        ((), 1),
        (("results", "sst2", "acc,none"), 4),
        (("list", 1, "x"), 8),
        (("list", 0), 7),
        (("list", 1, "gone"), 8),
    ],
)
def test_a_value_of_json_has_its_line(keys: tuple[object, ...], line: int) -> None:
    assert line_of(JSON, keys) == line


def test_an_error_in_json_names_line_and_key() -> None:
    node = parse_json(JSON, "x.json").at("results").at("sst2").at("acc,none")
    with pytest.raises(DataError, match=r"^x\.json:4: results\.sst2\.acc,none: a number was expected, and not 'high'"):
        node.number()


def test_an_error_in_yaml_names_line_and_key() -> None:
    root = parse_yaml("---\na:\n  - b: 1\n  - c: x\n", "card.md")
    with pytest.raises(DataError, match=r"^card\.md:4: a\[1\]\.c: a number was"):
        root.at("a").items()[1].at("c").count()


def test_what_cannot_be_parsed_again_has_no_line() -> None:
    assert line_of("", ()) is None
    assert line_of("{", ("a",)) is None
