"""Values of YAML and JSON texts have their lines, for errors that name them."""

from __future__ import annotations

import pytest

from nlptasks.files.yaml import line_of

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
