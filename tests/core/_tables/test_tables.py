"""Which format a table has, and what is checked of the plugins that read and write it."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._tables.tables import chosen_columns, format_of, open_writer, read_table
from nlptasks.errors import PluginError, UsageError
from nlptasks.files.paths import open_input
from nlptasks.plugin import FormatSpec
from nlptasks.plugin.protocols import FormatOptions, Table, TableBlock
from nlptasks_formats import nlptasks_formats
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT
from nlptasks_tasks.summarization import SPEC as SUMMARIZATION

REGISTRY = Registry(tuple(Owned(spec, "formats", "nlptasks") for spec in (*nlptasks_formats(), SENTIMENT)))


@pytest.mark.parametrize(
    ("suffix", "name", "head", "found"),
    [
        (".csv", "", b"", "csv"),
        (".csv", "jsonl", b"", "jsonl"),
        (".pq", "", b"", "parquet"),
        ("", "", b"PAR1\x15", "parquet"),
        ("", "", b"a,b\n", "csv"),
    ],
)
def test_the_name_then_the_suffix_then_the_first_bytes(suffix, name, head, found):
    assert format_of(REGISTRY, "f", suffix, name=name, flag="--format", head=head).spec.name == found


def test_a_suffix_that_nobody_reads():
    with pytest.raises(UsageError, match=r"f\.xls: no format for files that end in '\.xls'") as caught:
        format_of(REGISTRY, "f.xls", ".xls", name="", flag="--format")
    assert ".csv" in caught.value.hint
    assert "--format" in caught.value.hint


def read(tmp_path: Path, text: str, registry: Registry = REGISTRY, **options: Any) -> tuple[Table, list[Any]]:
    (tmp_path / "t.csv").write_text(text)
    with open_input(tmp_path / "t.csv") as source:
        table = read_table(registry, source, name="", options=FormatOptions(**options))
        return table, [list(row.cells) for row in table.rows]


def test_one_column_without_a_header_is_all_data(tmp_path):
    table, rows = read(tmp_path, "This phone is really great and I like it.\nThat one is not.\n")
    assert table.columns == ("text",)
    assert len(rows) == 2
    assert table.notes[-1].startswith("no header: the first row, ")
    table, rows = read(tmp_path, "review\nThis phone is great.\n")
    assert (table.columns, len(rows)) == (("review",), 1)
    table, rows = read(tmp_path, "oddly\nThis phone is great.\n")
    assert table.notes[-1] == "the first row, 'oddly', names the column (--no-header: it is data)"


@pytest.mark.parametrize("sign", [":", "#", "=>", "+"])
def test_a_header_that_names_several_columns_is_not_taken_for_one(tmp_path, sign):
    data = f"id{sign}text{sign}label\n1{sign}good{sign}positive\n2{sign}a {sign} b{sign}negative\n"
    with pytest.raises(UsageError, match=r"t\.csv:1: the header .* is one column, and seems to name 3") as caught:
        read(tmp_path, data)
    assert f"--delimiter '{sign}' parts them" in caught.value.hint
    good = data.replace(f"a {sign} b", "bad")
    assert read(tmp_path, good, delimiter=sign)[0].columns == ("id", "text", "label")
    assert len(read(tmp_path, data, header=True)[0].columns) == 1


@pytest.mark.parametrize(
    "data",
    [
        "positive,I love this phone so much\nnegative,the battery is awful\npositive,not bad at all\n",
        "1;1467810369;This one is a bummer, is it not\n4;1467810672;upset that he cannot update it\n",
        "Ann\t酒店非常好下次还会来\nBob\t服务太差了再也不会住\nAnn\t房间很干净\n",
    ],
)
def test_several_columns_without_a_header_are_refused(tmp_path, data):
    with pytest.raises(UsageError, match=r"t\.csv:1: the first row seems to be data") as caught:
        read(tmp_path, data)
    assert caught.value.hint == "--no-header says so; --header says that it names the columns"
    assert len(read(tmp_path, data, header=False)[1]) == data.count("\n")
    assert len(read(tmp_path, data, header=True)[1]) == data.count("\n") - 1


@pytest.mark.parametrize(
    "names",
    ["text,2019", "How satisfied are you with it?,2019", "overall satisfaction,2019", "what the customer said,year"],
)
def test_names_of_columns_are_no_data(tmp_path, names):
    table, rows = read(tmp_path, f"{names}\nI love this phone so much,2020\nthe battery is awful,2021\n")
    assert (table.columns, len(rows)) == (tuple(names.split(",")), 2)


def test_a_header_of_several_words_is_told(tmp_path):
    assert read(tmp_path, "review of x\nThis phone is great.\n")[0].notes[-1].endswith("--delimiter: it names several)")


def test_an_option_of_another_format(tmp_path):
    with pytest.raises(UsageError, match="--sheet is not an option of the format 'csv'"):
        read(tmp_path, "a,b\n1,2\n", given={"sheet": "x"})


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of a format that a test spoils."""
    made = ModuleType("acme_odd")
    monkeypatch.setitem(sys.modules, "acme_odd", made)
    return made


ODD = Registry((Owned(FormatSpec(name="odd", summary="s", suffixes=(".csv",), object="acme_odd:Odd"), "p", "acme"),))


def reading(found: Any) -> type:
    """A format that reads this, whatever there is."""

    class Odd:
        def __init__(self, options: FormatOptions) -> None: ...

        def read(self, stream: Any, name: str) -> Any:
            return found

        def write(self, stream: Any, columns: Any) -> Any:
            raise ValueError("no room")

    return Odd


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (None, "gave str and no Table"),
        (["x"], "it gave str and no TableBlock"),
        ([TableBlock(pa.table({"a": ["1"]}), [2])], "a block has 1 columns and the table 2"),
        ([TableBlock(pa.table({"a": ["1"], "b": ["2"]}), [2, 3])], "a block has 1 rows and 2 lines"),
    ],
)
def test_a_format_that_breaks_its_contract_is_named(tmp_path, odd, blocks, said):
    odd.Odd = reading("x" if blocks is None else Table(("a", "b"), iter(blocks)))
    with pytest.raises(PluginError, match=f"(?s)the format acme:odd, reading .*{said}"):
        read(tmp_path, "a,b\n1,2\n", ODD)


def test_a_writer_that_fails_is_named(odd):
    odd.Odd = reading(None)
    with pytest.raises(PluginError, match=r"the format acme:odd, writing out\.csv, .*no room"):
        open_writer(ODD, io.BytesIO(), "out.csv", ["a"], name="")


def test_the_standard_output_holds_json_lines():
    stream = io.BytesIO()
    writer = open_writer(REGISTRY, stream, "", ["text", "mood"], name="")
    writer.write(TableBlock(pa.table({"text": ["a"]}), [1]), [["positive"]])
    writer.close()
    assert stream.getvalue() == b'{"text": "a", "mood": "positive"}\n'


def test_text_names_the_column_of_any_task_with_one_input():
    assert chosen_columns(SUMMARIZATION, {"text": "body"}) == {"document": "body"}
    assert chosen_columns(SUMMARIZATION, {"text": "body", "document": "own"}) == {"document": "own"}
    assert chosen_columns(QA, {"text": "body", "question": "q", "other": "x"}) == {"question": "q"}
