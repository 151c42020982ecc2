import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import DataError

TEXT = st.text(st.sampled_from('a,"\n\r =é🎉ש\u2028\\\x00\ud83d'), max_size=12) | st.text(max_size=12)
SCALARS = TEXT | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2))


def test_an_object_a_line(formats):
    data = '{"id": "1", "text": "a\\nb"}\r\n\n{"text": "c", "label": "x"}\n'
    assert formats.rows("jsonl", data) == (
        ("id", "text", "label"),
        [(1, ["1", "a\nb", None]), (3, [None, "c", "x"])],
    )


def test_other_values_are_kept_as_json(formats):
    data = '{"a": 1, "b": 2.50, "c": true, "d": ["é", {"x": null}], "e": null, "f": "1"}\n'
    _, [(_, cells)] = formats.rows("jsonl", data)
    assert cells == ["1", "2.50", "true", '["é", {"x": null}]', None, "1"]
    assert formats.converted("jsonl", data, "jsonl").decode() == data


@pytest.mark.parametrize("number", ["12345678901234567890.125", "1.10", "1E-400", "1e999", "-0", "1" * 30, "1.0"])
@pytest.mark.parametrize("around", ["{}", "[{}]", '{{"x": [{}, "1"]}}'])
def test_numbers_keep_their_digits(formats, number, around):
    data = f'{{"n": {around.format(number)}, "text": "1"}}\n'
    assert formats.converted("jsonl", data, "jsonl").decode() == data


def test_a_missing_key_stays_missing(formats):
    data = '{"a": "x", "b": null}\n{"a": "y"}\n{"b": 1}\n'
    assert formats.converted("jsonl", data, "jsonl").decode() == data
    assert formats.converted("jsonl", data, "csv") == b"a,b\nx,\ny,\n,1\n"


def test_structures_of_predictions_are_structures(formats):
    found = formats.converted("jsonl", '{"a": "x"}\n', "jsonl", {"p": [[{"answer": "é", "score": 0.5}]], "q": [None]})
    assert found.decode() == '{"a": "x", "p": [{"answer": "é", "score": 0.5}], "q": null}\n'


@pytest.mark.parametrize("space", ["", "\n", "\r\n  "])
def test_an_array_of_objects(formats, space):
    data = f'{space}[{space}{{"a": "x",{space}"b": 1}}{space},{space}{{"a": "y"}}{space}]{space}'
    columns, rows = formats.rows("jsonl", data)
    assert (columns, [cells for _, cells in rows]) == (("a", "b"), [["x", "1"], ["y", None]])


def test_items_of_an_array_have_lines(formats):
    assert [line for line, _ in formats.rows("jsonl", '[\n{"a":"x"},\n{"a":\n"y"},\n{"a":"z"}]')[1]] == [2, 3, 5]


def test_a_large_array_is_read_in_pieces(formats):
    data = json.dumps([{"id": str(number), "text": "word " * 30} for number in range(20_000)])
    rows = formats.rows("jsonl", data)[1]
    assert [cells[0] for _, cells in rows] == [str(number) for number in range(20_000)]


def test_an_empty_array_has_no_rows(formats):
    assert formats.rows("jsonl", "[]\n") == ((), [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": "x" "b"}', "not valid JSON: column 11: expecting ',' delimiter, found '\"b\"}'"),
        ('  {"a": ', "not valid JSON: column 8: expecting value, the line ends here"),
        ('{"a": "x"} {"a": "y"}', 'not valid JSON: column 12: extra data, found \'{"a": "y"}\''),
        ('{"a": NaN}', "not valid JSON: NaN is no JSON value; write null"),
        ('{"a": 1, "a": 2}', "not valid JSON: the key 'a' stands twice in one object"),
        ('{"a": {"x": 1, "x": 1}}', "not valid JSON: the key 'x' stands twice in one object"),
        ('{"a": "x\0y"}', "not valid JSON: column 9: invalid control character"),
        ('["a"]', 'expected an object, found ["a"]'),
        ("[" * 100_000, "not valid JSON: maximum recursion depth"),
        ('{"b": "x", "new": 1}', "the key 'b' is not among the columns"),
    ],
)
def test_bad_lines_stay_in_place(formats, line, reason):
    # The line stands behind those that the columns are gathered from.
    columns, rows = formats.rows("jsonl", '{"a": "x"}\n' * 1000 + line + '\n{"a": "y"}\n', max_cell=1000)
    assert columns == ("a",)
    assert (rows[1000][0], rows[1001]) == (1001, (1002, ["y"]))
    assert rows[1000][1].startswith(reason)
    assert rows[1000][2]


def test_a_file_without_a_single_object_is_refused(formats):
    with pytest.raises(DataError, match=r"f:1: not valid JSON: column 2: .*the line ends here") as caught:
        formats.rows("jsonl", '{\n "a": 1\n}\n')
    assert "one object a line" in caught.value.hint
    with pytest.raises(DataError, match="f:2: the objects have no keys"):
        formats.rows("jsonl", "\n{}\n{}\n")


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        ('[{"a": 1},\n{"a": 2}', 2, "expected ']', found the end of the file"),
        ('[{"a": 1},\n{"a": ', 2, "not valid JSON: expecting value (line 2)"),
        ('[{"a": 1}\n{"a": 2}]', 2, "expected ']', found '{\"a\": 2}]'"),
        ('[{"a": 1}]\n[]', 2, "expected the end of the file behind the array, found '[]'"),
        ('[{"a": NaN}]', 1, "not valid JSON: NaN is no JSON value"),
        ('[{"a": 1}, 12', 1, "the value is cut off"),
        ('[{"a": "' + "x" * 700_000, 1, "not valid JSON: unterminated string starting at (line 1)"),
    ],
)
def test_a_broken_array_is_refused(formats, data, line, message):
    with pytest.raises(DataError) as caught:
        formats.rows("jsonl", data, max_cell=1000)
    assert str(caught.value).startswith(f"f:{line}: {message}")
    assert "one array of objects" in caught.value.hint


def test_an_array_that_is_never_closed_does_not_fill_the_memory(formats):
    with pytest.raises(DataError, match="or the value is longer than 16,000 characters"):
        formats.rows("jsonl", '[{"a": "' + "x" * 2_000_000, max_cell=1000)


def test_items_that_are_no_objects_are_bad_rows(formats):
    assert [row[:2] for row in formats.rows("jsonl", '[{"a": "x"},\n12,\n{"a": "y"}]')[1]] == [
        (1, ["x"]),
        (2, "expected an object, found 12"),
        (3, ["y"]),
    ]


def test_writing(formats):
    rows = [("é\n", 0.98765432, 3, None), ("\ud83d", float("nan"), 1 << 70, "x")]
    assert formats.written("jsonl", ["text", "p", "n", 'q"'], rows).decode() == (
        '{"text": "é\\n", "p": 0.98765432, "n": 3, "q\\"": null}\n'
        '{"text": "\\ud83d", "p": null, "n": 1180591620717411303424, "q\\"": "x"}\n'
    )


@given(rows=st.lists(st.tuples(TEXT, TEXT | st.none()), min_size=1, max_size=5))
def test_what_is_written_is_read(formats, rows):
    rows = [list(row) for row in rows]
    assert formats.copied("jsonl", ("a", "é"), rows) == (("a", "é"), rows)


@given(values=st.lists(VALUES, min_size=1, max_size=4))
def test_values_of_all_kinds_survive_a_copy(formats, values):
    data = "".join(json.dumps({"value": value}) + "\n" for value in values)
    copy = formats.converted("jsonl", data, "jsonl")
    assert [json.loads(line)["value"] for line in copy.decode().split("\n")[:-1]] == [
        json.loads(line)["value"] for line in data.split("\n")[:-1]
    ]


@pytest.mark.parametrize("depth", [300, 480, 900])
@pytest.mark.parametrize("value", ["[{}]", '{{"a": {}}}'])
def test_a_value_that_nothing_could_write_is_a_bad_row(formats, depth, value):
    deep = "1"
    for _ in range(depth):
        deep = value.format(deep)
    columns, rows = formats.rows("jsonl", f'{{"text": "a"}}\n{{"text": {deep}}}\n{{"text": "b"}}\n')
    assert columns == ("text",)
    assert [rows[0], rows[2]] == [(1, ["a"]), (3, ["b"])]
    assert "deep" in rows[1][1]


@pytest.mark.parametrize(
    "lines",
    [
        ['{"a": [{}', "{}]}", '{"a": 1}, {"a": 2}'],
        ['{"a": 1}', "", '{"a": 2}'],
        ['{"a": 1}, {"a": 2}', '{"a": 3}'],
        ['{"a": 1', '"b": 2}'],
        ['{"a": "}{"}', '{"a": "x"}'],
        ['{"a": 1}', "[1]", '{"a": NaN}', '{"a": 1, "a": 2}'],
    ],
)
def test_lines_that_are_decoded_at_once_are_what_each_is_alone(formats, lines):
    """However lines could be read as one, each is a value of its own."""
    first = '{"a": 0}'
    _, together = formats.rows("jsonl", "\n".join([first, *lines]) + "\n")
    alone = []
    for number, line in enumerate(lines, 2):
        if line:
            _, (_, *rest) = formats.rows("jsonl", f"{first}\n{line}\n")
            alone += [(number, *row[1:]) for row in rest]
    assert together[1:] == alone


def test_objects_behind_the_first_thousand_bring_no_column(formats):
    rows = [f'{{"a": {number}}}' for number in range(1_100)]
    rows[5] = "broken"
    rows[999] = '{"a": 1, "last": 2}'
    rows[1000] = '{"a": 1, "late": 2}'
    columns, found = formats.rows("jsonl", "\n".join(rows))
    assert columns == ("a", "last")
    assert [(line, reason) for line, reason, *_ in found if isinstance(reason, str)] == [
        (6, "not valid JSON: column 1: expecting value, found 'broken'"),
        (1001, "the key 'late' is not among the columns"),
    ]
