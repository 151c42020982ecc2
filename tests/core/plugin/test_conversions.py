"""What text and JSON cannot hold as it was is counted column by column, inside lists and structs too."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from nlptasks.plugin.conversions import Conversions, absent, to_json, to_text
from nlptasks.plugin.values import JSON, UNTYPED

NAN = float("nan")
DAY = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)

WRONG = pa.array([b"a", b"\xff", None], pa.binary()).view(pa.string())

NUMBERS = "2 NaN or infinite numbers written as null"


def noted(array: Any, kind: Any, metadata: dict[bytes, bytes] | None = None) -> tuple[str, ...]:
    """What is said of a column that came in two blocks."""
    conversions = Conversions()
    for part in (array[:1], array[1:]):
        conversions.add("x", kind(pa.chunked_array([part]), pa.field("x", array.type, metadata=metadata)))
    return conversions.notes


@pytest.mark.parametrize(
    ("array", "in_text", "in_json"),
    [
        (pa.array([1, None, 2]), "", ""),
        (pa.array([True, None]), "", ""),
        (pa.array(["a", None, ""]), "", ""),
        (pa.array([1.5, NAN, None, float("-inf")]), "", NUMBERS),
        (pa.array([NAN, 1, NAN], pa.float32()), "", NUMBERS),
        (pa.array([[NAN, 1.0], [NAN], None]), f"2 lists written as JSON text|{NUMBERS}", NUMBERS),
        (pa.array([{"a": NAN}, {"a": NAN}]), f"2 structs written as JSON text|{NUMBERS}", NUMBERS),
        (pa.array([[1], [2]], pa.list_(pa.int64(), 1)), "2 lists written as JSON text", ""),
        (
            pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "1 map written as JSON text",
            "1 map written as a list of pairs",
        ),
        (pa.array([b"a", None, b"b"]), "2 binary values written as base64 text", ""),
        (pa.array([[b"a"], [b"b"]]), "2 lists written as JSON text|2 binary values written as base64 text", ""),
        (pa.array([Decimal("1.10"), None]), "1 decimal written as text", None),
        (pa.array([DAY, DAY]), "2 timestamps written as text", ""),
        (pa.array([DAY.date(), None]), "1 date written as text", ""),
        (pa.array([datetime.time(1), None]), "1 time written as text", ""),
        (pa.array([datetime.timedelta(1), None]), "1 duration written as text", ""),
        (pa.array([DAY, DAY]).dictionary_encode(), "2 timestamps written as text", ""),
        (pa.array([NAN, NAN]).dictionary_encode(), "", NUMBERS),
        (WRONG, "1 text that is no UTF-8 written as text with escapes", ""),
    ],
    ids=str,
)
def test_what_is_written_otherwise(array: Any, in_text: str, in_json: str | None) -> None:
    expected = [f"column 'x': {note}" for note in in_text.split("|") if note]
    assert list(noted(array, to_text)) == expected
    if in_json is None:
        expected = []
    elif in_json:
        expected = [f"column 'x': {in_json}"]
    else:
        expected = [note for note in expected if "JSON text" not in note]
    assert list(noted(array, to_json)) == expected


def test_structures_of_json_are_text_in_formats_of_text() -> None:
    array = pa.array(["[1]", '{"a": 1}', "1", '"x"', "null", None])
    assert noted(array, to_text, JSON) == (
        "column 'x': 1 list written as JSON text",
        "column 'x': 1 object written as JSON text",
    )
    assert noted(array, to_json, JSON) == ()
    assert noted(array, absent, JSON) == ("column 'x': 1 missing key written as null",)


def test_cells_of_text_are_what_they_were() -> None:
    array = pa.array(["[1]", "nan", None])
    assert not any(noted(array, kind, UNTYPED) for kind in (to_text, to_json, absent))
