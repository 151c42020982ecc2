"""Values of every Arrow type have a text, whatever they hold."""

import datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from nlptasks.plugin import values
from nlptasks.plugin.values import JSON, cells, json_text, json_texts, texts

BERLIN = pa.timestamp("us", "Europe/Berlin")


def column(values, kind=None, *, raw=None, metadata=None):
    array = pa.array(values, kind) if raw is None else pa.array(values, raw).view(kind)
    return array, pa.field("x", array.type, metadata=metadata)


@pytest.mark.parametrize(
    ("given", "text", "json"),
    [
        (column(["é\n", None]), ["é\n", None], ['"é\\n"', None]),
        (column([True, None]), ["true", None], ["true", None]),
        (column([2**64 - 1], pa.uint64()), [str(2**64 - 1)], [str(2**64 - 1)]),
        (column([0.1, 1.0], pa.float32()), ["0.1", "1.0"], ["0.1", "1.0"]),
        (column([float("nan"), float("inf")]), ["nan", "inf"], ["null", "null"]),
        (column([Decimal("1.10")]), ["1.10"], ["1.10"]),
        (column([b"\xff"]), ["/w=="], ['"/w=="']),
        (column([[1, None], None, []]), ["[1, null]", None, "[]"], ["[1, null]", None, "[]"]),
        (column([[1, 2]], pa.list_(pa.int8(), 2)), ["[1, 2]"], ["[1, 2]"]),
        (column([{"a": [0.5], "b": None}]), ['{"a": [0.5], "b": null}'], ['{"a": [0.5], "b": null}']),
        (column([[("k", 1)]], pa.map_(pa.string(), pa.int8())), ['[["k", 1]]'], ['[["k", 1]]']),
        ((pa.array(["a", None]).dictionary_encode(), pa.field("x", pa.string())), ["a", None], ['"a"', None]),
        (column([datetime.date(2024, 1, 2)]), ["2024-01-02"], ['"2024-01-02"']),
        (column([0], BERLIN, raw=pa.int64()), ["1970-01-01 01:00:00+01:00"], ['"1970-01-01 01:00:00+01:00"']),
        (column([1], pa.timestamp("ns"), raw=pa.int64()), ["1970-01-01 00:00:00.000000001"], None),
        (
            column([1], pa.timestamp("ms", "Mars/Base"), raw=pa.int64()),
            ["1970-01-01 00:00:00.001 UTC (Mars/Base)"],
            None,
        ),
        (column([5], pa.duration("ns"), raw=pa.int64()), ["5 ns"], None),
        (column([10**18], pa.timestamp("ms"), raw=pa.int64()), ["1000000000000000000"], None),
        (column(["1.10", '"a"', "null", None, '{"b": 1}'], metadata=JSON), ["1.10", "a", None, None, '{"b": 1}'], None),
    ],
)
def test_texts(given, text, json):
    assert texts(*given) == text
    if json is not None:
        assert json_texts(*given) == json
    assert len(cells(*given)) == len(text)


def test_what_a_task_reads():
    assert cells(*column([1, None])) == [1, None]
    assert cells(*column([0.5, float("nan"), None])) == [0.5, None, None]
    assert cells(*column([float("nan")], pa.float32())) == [None]


def test_strings_that_are_no_utf_8_are_shown():
    data = pa.array([b"caf\xe9", None], pa.binary())
    invalid = pa.Array.from_buffers(pa.string(), 2, data.buffers())
    assert texts(invalid, pa.field("x", pa.string())) == ["caf\\xe9", None]
    assert json_texts(invalid, pa.field("x", pa.string())) == ['"caf\\\\xe9"', None]


def test_json_of_python_values():
    value = {"a": [1, 0.5, True, None, "é"], "b": {"c": (float("nan"),)}}
    assert json_text(value) == '{"a": [1, 0.5, true, null, "é"], "b": {"c": [null]}}'


@pytest.mark.parametrize(
    "column",
    [
        ["a", 'b"', "größer\n"],
        [1.0, 0.1, 1e300],
        [1.0, float("nan")],
        ["a", None, 1],
        [True, 2],
        [[1], {"a": 2}],
        [values.Digits("1.10")],
        [],
    ],
)
def test_json_of_a_column_is_that_of_its_values(column):
    assert values.json_column(column) == [values.json_text(value) for value in column]


@pytest.mark.parametrize(
    "column", [["a", "", "abc"], ["a", None], ["größer", "a"], ["\ud83d"], [], ["\0"], [None], ("a", "b")]
)
def test_an_array_of_strings(column):
    found = values.string_array(column)
    found.validate(full=True)
    assert found.to_pylist() == [None if text is None else values.utf_8(text).decode() for text in column]
