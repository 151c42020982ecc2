"""The user's own columns come back as they were: random tables through a run, every format to every other one."""

from __future__ import annotations

import csv
import io
import json
import string
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running.run import run
from nlptasks._settings.groups import SystemChoice, TableSource, TableTarget
from nlptasks._systems.session import Session
from nlptasks.plugin import HeadSpec
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window


class Constant:
    """A head without a backbone that gives one answer."""

    labels = ("negative", "positive")

    def __init__(self, context: HeadContext) -> None:
        pass

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        raise AssertionError

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Label:
        return Label("positive", 0.75)


@pytest.fixture(scope="module")
def go():
    """Run the head over a file, and give the bytes of an output."""
    registry = load_plugins(Config()).registry
    head = HeadSpec(name="same", task="sentiment", summary="s", object=f"{__name__}:Constant")
    session = Session(Registry((*registry.items, Owned(head, "t", "test"))))
    system = session.choose(session.tasks(["sentiment"]), SystemChoice(heads={"sentiment": "same"}))
    observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)

    def call(data: bytes, source: str, target: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path, output = Path(folder, f"in.{source}"), Path(folder, f"out.{target}")
            path.write_bytes(data)
            rows = TableSource(data=str(path), columns={"text": "text"})
            run(session, system, rows, TableTarget(output=str(output)), observers)
            return output.read_bytes()

    return call


# -------------------------------------------------------------------------- every Arrow type

TEXT = st.text(max_size=6)
NAMES = st.text(string.ascii_letters + "é 评", min_size=1, max_size=8).filter(lambda name: "text" not in name.lower())


def raw(kind: Any, bits: int, low: int | None = None, high: int | None = None) -> Any:
    """Values of a type as the numbers that are stored."""
    return kind, st.integers(-(1 << bits - 1) if low is None else low, (1 << bits - 1) - 1 if high is None else high)


def floats(width: int) -> Any:
    return st.floats(width=width, allow_nan=False)


UNITS = ("s", "ms", "us", "ns")
ZONES = (None, "UTC", "Europe/Berlin", "+05:30", "Mars/Base")
SIMPLE = [
    (pa.bool_(), st.booleans()),
    *(raw(kind, bits) for kind, bits in ((pa.int8(), 8), (pa.int16(), 16), (pa.int32(), 32), (pa.int64(), 64))),
    *(
        raw(kind, 64, 0, (1 << bits) - 1)
        for kind, bits in ((pa.uint8(), 8), (pa.uint16(), 16), (pa.uint32(), 32), (pa.uint64(), 64))
    ),
    (pa.float16(), floats(16)),
    (pa.float32(), floats(32)),
    (pa.float64(), floats(64)),
    (pa.string(), TEXT),
    (pa.large_string(), TEXT),
    (pa.binary(), st.binary(max_size=5)),
    (pa.large_binary(), st.binary(max_size=5)),
    (pa.binary(3), st.binary(min_size=3, max_size=3)),
    (pa.decimal128(9, 2), st.decimals(-1_000_000, 1_000_000, places=2)),
    (pa.decimal256(50, 5), st.decimals(-(10**12), 10**12, places=5)),
    (pa.null(), st.none()),
    (pa.string_view(), TEXT),  # these two pyarrow writes by themselves alone
    (pa.binary_view(), st.binary(max_size=20)),
]
TIMES = [
    raw(pa.date32(), 32),
    (pa.date64(), st.integers(-(10**8), 10**8).map(lambda days: days * 86_400_000)),
    raw(pa.time32("s"), 32, 0, 86_399),
    raw(pa.time32("ms"), 32, 0, 86_399_999),
    raw(pa.time64("us"), 64, 0, 86_399_999_999),
    raw(pa.time64("ns"), 64, 0, 86_399_999_999_999),
    *(raw(pa.duration(unit), 50 if unit == "s" else 64) for unit in UNITS),
    *(raw(pa.timestamp(unit, zone), 50 if unit == "s" else 64) for unit in UNITS for zone in ZONES),
]


_SHAPES = (
    *(
        "simple",
        "time",
        "list",
        "large list",
        "fixed list",
        "list of structs",
        "struct",
        "map",
        "dictionary",
        "numbered",
    ),
)


@st.composite
def columns(draw: Any, rows: int) -> Any:
    """An array of any type that Parquet holds."""
    where = draw(st.sampled_from(_SHAPES))

    def values(strategy: Any) -> Any:
        return draw(st.lists(strategy | st.none(), min_size=rows, max_size=rows))

    if where == "time":
        kind, numbers = draw(st.sampled_from(TIMES))
        return pa.array(values(numbers), pa.int32() if kind.bit_width == 32 else pa.int64()).view(kind)
    kind, inner = draw(st.sampled_from(SIMPLE if where == "simple" else SIMPLE[:-3]))
    if where == "list":
        return pa.array(values(st.lists(inner | st.none(), max_size=3)), pa.list_(kind))
    if where == "fixed list":
        return pa.array(values(st.lists(inner, min_size=2, max_size=2)), pa.list_(kind, 2))
    if where == "list of structs":
        return pa.array(
            values(st.lists(st.fixed_dictionaries({"a": inner}), max_size=2)), pa.list_(pa.struct([("a", kind)]))
        )
    if where == "large list":
        return pa.array(values(st.lists(inner, max_size=3)), pa.large_list(kind))
    if where == "struct":
        fields = st.fixed_dictionaries({"a": inner | st.none(), "b c": TEXT})
        return pa.array(values(fields), pa.struct([("a", kind), ("b c", pa.string())]))
    if where == "map":
        return pa.array(values(st.lists(st.tuples(TEXT, inner), max_size=2)), pa.map_(pa.string(), kind))
    if where == "numbered":
        return pa.array(values(st.integers(-3, 3)), pa.int16()).dictionary_encode()
    if where == "dictionary":
        return pa.array(values(st.sampled_from(["a", "b", "é"])), pa.string()).dictionary_encode()
    return pa.array(values(inner), kind)


@st.composite
def tables(draw: Any) -> Any:
    """A table with a text and columns of any types, with metadata."""
    rows = draw(st.integers(1, 5))
    names = draw(st.lists(NAMES, max_size=4, unique_by=lambda name: name.strip().casefold()))
    arrays = [draw(columns(rows)) for _ in names]
    fields = [
        pa.field(name, array.type, metadata=draw(st.sampled_from([None, {"unit": "cm"}])))
        for name, array in zip(names, arrays, strict=True)
    ]
    schema = pa.schema([pa.field("text", pa.string()), *fields], metadata=draw(st.sampled_from([None, {"by": "me"}])))
    return pa.Table.from_arrays([pa.array(["a text"] * rows), *arrays], schema=schema)


def parquet(table: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def plainly(field: Any, value: Any) -> Any:
    """A value as JSON has it, where JSON has it."""
    if pa.types.is_dictionary(field):
        return plainly(field.value_type, value)
    if value is None or pa.types.is_boolean(field) or pa.types.is_integer(field):
        return value
    if pa.types.is_string(field) or pa.types.is_large_string(field):
        return value
    if pa.types.is_float64(field):
        return value if abs(value) != float("inf") else None
    if pa.types.is_list(field) or pa.types.is_large_list(field):
        return [plainly(field.value_type, item) for item in value]
    if pa.types.is_struct(field):
        return {key: plainly(field.field(key).type, item) for key, item in value.items()}
    raise LookupError


settled = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settled
@given(table=tables())
def test_parquet_keeps_every_type_and_all_metadata(go, table):
    before = pq.read_table(io.BytesIO(parquet(table)))
    after = pq.read_table(io.BytesIO(go(parquet(table), "parquet", "parquet")))
    kept = after.select(before.column_names)
    assert kept.schema.equals(before.schema, check_metadata=True)
    assert kept.equals(before)
    assert after.column_names == [*before.column_names, "sentiment", "sentiment_score"]


@settled
@given(table=tables())
def test_parquet_becomes_json_lines(go, table):
    lines = [json.loads(line) for line in go(parquet(table), "parquet", "jsonl").decode().split("\n")[:-1]]
    assert len(lines) == len(table)
    for field in table.schema:
        try:
            expected = [plainly(field.type, value) for value in table.column(field.name).to_pylist()]
        except (LookupError, ValueError, OverflowError):
            assert all(field.name in line for line in lines)
        else:
            assert [line[field.name] for line in lines] == expected


@settled
@given(table=tables(), target=st.sampled_from(["csv", "tsv"]))
def test_parquet_becomes_text(go, table, target):
    data = io.StringIO(go(parquet(table), "parquet", target).decode(), newline="")
    header, *rows = csv.reader(data, delimiter="\t" if target == "tsv" else ",")
    assert header[: table.num_columns] == table.column_names
    assert len(rows) == len(table)
    for at, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_integer(field.type) or pa.types.is_decimal(field.type):
            values = table.column(at).to_pylist()
            assert [row[at] for row in rows] == ["" if value is None else str(value) for value in values]


# --------------------------------------------------------------------- formats of text

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6) | st.from_regex(
    r"-?[0-9]{1,20}(\.[0-9]{1,3})?", fullmatch=True
)
WRITERS = {"csv": ",", "tsv": "\t"}


@settled
@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), via=st.sampled_from(["csv", "tsv", "jsonl"]))
def test_cells_of_text_keep_their_text(go, cells, via):
    data = io.StringIO(newline="")
    csv.writer(data, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [("text", " a ", "b"), *(("some text", *row) for row in cells)]
    )
    there = go(data.getvalue().encode(), "csv", via)
    back = io.StringIO(go(there, via, "csv").decode(), newline="")
    header, *rows = csv.reader(back)
    assert header[:3] == ["text", " a ", "b"]
    assert [tuple(row[1:3]) for row in rows] == cells


@settled
@given(cells=st.lists(CELLS, min_size=1, max_size=5))
def test_cells_of_text_keep_their_value_in_parquet(go, cells):
    data = io.StringIO(newline="")
    # All in quotes: some versions of the csv module leave \r without, where it would end the row.
    writer = csv.writer(data, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("text", "a"), *(("some text", cell) for cell in cells)])
    column = pq.read_table(io.BytesIO(go(data.getvalue().encode(), "csv", "parquet")))["a"]
    if pa.types.is_string(column.type):
        assert column.to_pylist() == cells
    else:
        assert column.to_pylist() == [float(cell) if "." in cell else int(cell) if cell else None for cell in cells]


NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
JSON = st.recursive(
    NUMBERS | st.sampled_from(["true", "false", "null"]) | st.text(max_size=5).map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=2).map(
            lambda pairs: "{" + ", ".join(f'"{key}": {value}' for key, value in pairs.items()) + "}"
        )
    ),
    max_leaves=5,
)


@settled
@given(values=st.lists(st.none() | JSON, min_size=1, max_size=4))
def test_json_values_keep_every_digit(go, values):
    rows = [f'"text": "some text"{"" if value is None else f", {chr(34)}v{chr(34)}: {value}"}' for value in values]
    after = go("".join(f"{{{row}}}\n" for row in rows).encode(), "jsonl", "jsonl").decode().split("\n")[:-1]
    exactly = {"parse_int": str, "parse_float": str}
    for row, line in zip(rows, after, strict=True):
        found = json.loads(line, **exactly)
        assert (found.pop("sentiment"), found.pop("sentiment_score")) == ("positive", "0.75")
        assert found == json.loads(f"{{{row}}}", **exactly)


@settled
@given(values=st.lists(JSON, min_size=1, max_size=4))
def test_json_values_survive_parquet_or_become_their_text(go, values):
    data = "".join(f'{{"text": "some text", "v": {value}}}\n' for value in values).encode()
    column = pq.read_table(io.BytesIO(go(data, "jsonl", "parquet")))["v"]
    before = [json.loads(value) for value in values]
    if pa.types.is_string(column.type):
        found = column.to_pylist()
        for value, text, after in zip(before, values, found, strict=True):
            assert after == value or json.loads(after) == json.loads(text)
    else:
        assert column.to_pylist() == before


@settled
@given(values=st.lists(JSON, min_size=1, max_size=4), target=st.sampled_from(["csv", "tsv"]))
def test_json_values_become_text(go, values, target):
    data = "".join(f'{{"text": "some text", "v": {value}}}\n' for value in values).encode()
    text = io.StringIO(go(data, "jsonl", target).decode(), newline="")
    header, *rows = csv.reader(text, delimiter=WRITERS[target])
    assert header[:2] == ["text", "v"]
    for value, row in zip(values, rows, strict=True):
        plain = json.loads(value)
        if isinstance(plain, str):
            assert row[1] == plain
        elif plain is None:
            assert row[1] == ""
        else:  # numbers digit by digit
            exactly = {"parse_int": str, "parse_float": str}
            assert json.loads(row[1], **exactly) == json.loads(value, **exactly)
