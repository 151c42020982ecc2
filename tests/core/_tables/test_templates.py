from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._tables.columns import Binding, bind
from nlptasks._tables.templates import RowTemplate, is_template, parse
from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import Row
from nlptasks_tasks.generation import SPEC as GENERATION
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT

COLUMNS = ("title", "text", "a b", "{odd}")
TEXT = st.text(alphabet="ab{}\\nt\n 好", max_size=8)


def filled(template: str, *cells: str) -> str:
    return parse(template, COLUMNS.index, flag="--prompt").fill(cells)


def found(columns: list[str], task=SENTIMENT, gold: str = "", **chosen: str) -> Binding:
    return bind(task, columns, chosen=chosen, gold=gold, source="f.csv")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Title: {title}\n{text}", "Title: A\nB"),
        (r"{title}\n\t{text}\\n", "A\n\tB\\n"),
        ("{text}{text}", "BB"),
        ("{a b}!", "C!"),
        ('{{"x": "{title}"}}', '{"x": "A"}'),
        ("{{{title}}}", "{A}"),
    ],
)
def test_columns_stand_in_braces(template: str, expected: str) -> None:
    assert filled(template, "A", "B", "C") == expected


@given(TEXT, TEXT)
def test_cells_are_data_and_never_read_as_a_template(title: str, text: str) -> None:
    expected = f"<{title}|{text}>" if (title + text).strip() else ""
    assert filled("<{title}|{text}>", title, text) == expected


@given(TEXT)
def test_doubled_braces_and_backslashes_make_any_text(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}")
    assert filled(f"{{title}}{escaped}", "A") == f"A{text}"


@pytest.mark.parametrize(("template", "brace"), [("{title} {", "{"), ("} {title}", "}"), ("{title} {}", "{")])
def test_a_lone_brace_is_explained(template: str, brace: str) -> None:
    with pytest.raises(UsageError, match=f"--prompt: the brace '\\{brace}' at character") as error:
        filled(template, "A")
    assert brace * 2 in error.value.hint


def test_what_is_a_template() -> None:
    assert is_template("{a}")
    assert not any(map(is_template, ("", "text", "{", "}", "{}", "{{a}}", "{{a")))


def test_a_row_that_is_blank_in_all_columns_of_the_template_is_blank() -> None:
    assert filled("Title: {title} {text}", " ", "") == ""
    assert filled("Title: {title}", "x") == "Title: x"
    assert RowTemplate().fill(("a",)) == ""


def test_an_input_can_be_a_template() -> None:
    binding = found(["title", "text", "label"], text="{title}: {text}")
    assert binding.example(Row(2, ["A", None, "x"])).inputs == {"text": "A: "}
    assert binding.gold == "label"
    two = found(["q", "a", "b"], task=QA, question="{q}?", context="{a} {b}")
    assert two.example(Row(2, ["Who", 1, "x"])).inputs == {"question": "Who?", "context": "1 x"}


def test_a_column_whose_name_has_braces_is_no_template() -> None:
    assert found(["{odd}", "odd"], text="{odd}").inputs == (("text", 0),)


def test_columns_of_a_template_are_neither_other_inputs_nor_gold() -> None:
    assert found(["label", "text"], text="{label}").gold == ""
    with pytest.raises(UsageError, match="no column 'context'"):
        found(["question", "context"], task=QA, question="{question} {context}")


def test_an_unknown_column_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"f\.csv: no column 'titel', which stands in braces \(--text\)") as error:
        found(["title", "words"], text="{titel} {words}")
    assert error.value.hint == "did you mean {title}?"


def test_an_optional_input_may_be_missing_where_the_gold_column_is_there() -> None:
    binding = found(["text", "id"], task=GENERATION, gold="text")
    row = Row(2, [" some text ", "1"])
    assert binding.example(row).inputs == {"prompt": ""}
    assert (binding.gold_text(row), binding.gold_cell(row)) == (" some text ", "some text")
    assert binding.notes == ("no column 'prompt': it is empty in every row",)
    assert found(["text"], task=GENERATION, gold="text").inputs == (("prompt", RowTemplate()),)
    assert found(["prompt", "text"], task=GENERATION, gold="text").inputs == (("prompt", 0),)
    with pytest.raises(UsageError, match="no column 'prompt'"):
        found(["id", "words"], task=GENERATION)
    with pytest.raises(UsageError, match="may each be the column 'prompt'"):
        found(["input", "query", "text"], task=GENERATION, gold="text")
