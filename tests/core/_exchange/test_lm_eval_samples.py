"""Samples of lm-evaluation-harness as tables. What the harness itself writes: ``tests/cli/test_with_lm_eval.py``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nlptasks._exchange.lm_eval_samples import is_samples, samples_table, task_of
from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.plugin.tables import BadRow, Row, Table


def table_of(*rows: dict[str, Any]) -> Table:
    """A table as JSON Lines gives it: texts, and JSON of what is more."""
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    cells = [[_cell(row.get(key)) for key in columns] for row in rows]
    return Table.of_rows(columns, [Row(number, each) for number, each in enumerate(cells, 1)])


def _cell(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def choice(
    doc_id: int, target: Any, likelihoods: list[Any], choices: tuple[str, ...] = ("no", "yes"), **more: Any
) -> Any:
    pairs = [[str(number), "False"] for number in likelihoods]
    arguments = {f"gen_args_{at}": {"arg_0": "Is it?", "arg_1": f" {text}"} for at, text in enumerate(choices)}
    row = {"doc_id": doc_id, "doc": {"text": f"row {doc_id}"}, "target": target, "arguments": arguments}
    return {**row, "resps": [[pair] for pair in pairs], "filtered_resps": pairs, "filter": "none", **more}


def written(doc_id: int, text: Any, target: str = "['1990', '90']", **more: Any) -> Any:
    arguments = {"gen_args_0": {"arg_0": "When?", "arg_1": {"until": ["\n"]}}}
    row = {"doc_id": doc_id, "doc": {"question": "When?"}, "target": target, "arguments": arguments}
    return {**row, "resps": [[text]], "filtered_resps": [text], "filter": "none", **more}


def cells_of(table: Table) -> list[list[Any]]:
    return [list(row.cells) if isinstance(row, Row) else [row.reason] for row in table.rows]


def read(*rows: Any, chosen: str = "") -> Table:
    return samples_table(table_of(*rows), "samples.jsonl", chosen=chosen)


def test_it_is_known_by_its_columns():
    assert is_samples(table_of(choice(0, "1", [-1, -2])).columns)
    assert not is_samples(("doc_id", "doc", "target", "prediction"))
    assert task_of("samples_mmlu_pro_2026-11-30T02-55-32.822463") == "mmlu_pro"
    assert task_of("samples_mine") == ""


def test_the_likeliest_choice_is_the_prediction():
    table = read(
        choice(0, "1", [-2, -1], acc=1.0), choice(1, "no", [-2.5, -1], acc=0.0), choice(2, "0", [-1, -1], acc=1)
    )
    assert table.columns == ("doc_id", "prediction", "target", "nll", "prompt", "text")
    assert cells_of(table) == [
        ["0", "yes", "yes", None, "Is it?", "row 0"],
        ["1", "yes", "no", None, "Is it?", "row 1"],
        ["2", "no", "no", None, "Is it?", "row 2"],
    ]
    assert "labels: the choices" in table.notes


def test_choices_of_each_row_are_told_apart_by_their_numbers():
    table = read(choice(0, "1", [-2, -1], ("a cat", "a dog")), choice(1, "0", [-2, -1], ("the sea", "the sky")))
    assert [row[1:3] for row in cells_of(table)] == [["1", "1"], ["1", "0"]]


def test_older_versions_wrote_lists_and_numbers():
    row = choice(0, 1, [])
    row |= {"arguments": [["Is it?", " no"], ["Is it?", " yes"]], "filtered_resps": [[-2.0, False], [-1.0, True]]}
    assert [row[1:3] for row in cells_of(read(row))] == [["yes", "yes"]]


def test_choices_without_a_context_stand_behind():
    row = choice(0, "1", [-2, -1, -9, -8], ("no", "yes", "no", "yes"))
    assert [row[1:3] for row in cells_of(read(row))] == [["yes", "yes"]]


def test_what_was_written_is_the_prediction():
    table = read(written(0, "1990"), written(1, None))
    assert [row[1:3] for row in cells_of(table)] == [["1990", "['1990', '90']"], [None, "['1990', '90']"]]


def test_a_filter_is_chosen():
    rows = [written(0, "it was 1990", filter="all"), written(0, "1990", filter="strict")]
    assert cells_of(read(*rows, chosen="strict"))[0][1] == "1990"
    with pytest.raises(UsageError, match="it holds the responses of 2 filters") as refused:
        read(*rows)
    assert "--filter: all, strict" in refused.value.hint
    with pytest.raises(UsageError, match="no responses of a filter 'strct'; it has those of all, strict"):
        read(*rows, chosen="strct")


def test_texts_that_were_only_read_have_a_likelihood():
    row = {**written(0, ""), "arguments": {"gen_args_0": {"arg_0": "a text"}}, "filtered_resps": ["-2.5"]}
    assert cells_of(read(row | {"target": "a text"})) == [["0", None, "a text", "2.5", "a text", "When?"]]
    greedy = {**written(0, ""), "arguments": {"gen_args_0": {"arg_0": "a", "arg_1": " text"}}, "target": " text"}
    assert cells_of(read(greedy | {"filtered_resps": [["-2.5", "True"]]}))[0][1:4] == [" text", " text", "2.5"]
    assert cells_of(read(greedy | {"filtered_resps": [["-2.5", "False"]]}))[0][1:4] == [None, " text", "2.5"]


def test_rows_that_cannot_be_read_stay_where_they_are():
    table = table_of(choice(0, "1", [-2, -1]))
    good = next(row for row in table.rows if isinstance(row, Row))
    both = Table.of_rows(table.columns, [good, BadRow(2, "not valid JSON")])
    assert cells_of(samples_table(both, "samples.jsonl"))[1] == ["not valid JSON"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (choice(0, "2", [-2, -1]), "samples.jsonl:1: the target '2' is none of the choices 'no', 'yes'"),
        (choice(0, "[0, 1]", [-2, -1]), "samples.jsonl:1: the target '[0, 1]' has several right choices"),
        (choice(0, "1", [-2, -1], acc=0.0), "its acc is 0.0, but the likeliest choice is 'yes' and the target 'yes'"),
        (choice(0, "1", [-2]), "samples.jsonl:1: 2 choices, and likelihoods of 1"),
        (choice(0, "1", ["x", -1]), "filtered_resps: the key 'likelihood' must be a number, and this is the text 'x'"),
        (choice(0, "1", [-2, -1], ("same", "same")), "the choices of this task are contexts of one continuation"),
        (written(0, "x") | {"filtered_resps": ["x", "y"]}, "samples.jsonl:1: 2 responses to one request"),
        (written(0, "x") | {"filtered_resps": "x"}, "samples.jsonl:1: the key 'filtered_resps' must be a list"),
        (written(0, "x") | {"doc": "x"}, "samples.jsonl:1: the key 'doc' must be a mapping"),
        (written(0, "x") | {"doc": "{"}, "samples.jsonl:1: the key 'doc' is no JSON"),
        (written(0, "x") | {"arguments": "{}"}, ""),
        (written(0, "[invalid]"), "the filter none found nothing in any of the responses"),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_what_is_wrong_and_where(row, said):
    with pytest.raises(NlptasksError) as refused:
        read(row)
    assert said in refused.value.message
    assert refused.value.hint


def test_a_file_without_samples():
    with pytest.raises(DataError, match="it holds no sample"):
        samples_table(Table.of_rows(("doc_id",), []), "samples.jsonl")
