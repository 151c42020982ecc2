from __future__ import annotations

import datasets
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nlptasks._tables.inputs import examples_of, is_missing, is_one
from nlptasks.errors import UsageError
from nlptasks_tasks.generation import SPEC as GENERATION
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT

TEXTS = ["great phone", "", "broke"]
ROWS = {"id": [1, 2, 3], "review": ["great phone", None, "broke"], "label": ["a", "b", "c"]}


def texts(inputs: object) -> list[str]:
    return [example.inputs["text"] for example in examples_of(SENTIMENT, inputs)]


@pytest.mark.parametrize(
    "inputs",
    [
        ROWS,
        pd.DataFrame(ROWS),
        pl.DataFrame(ROWS),
        pl.LazyFrame(ROWS),
        pa.table(ROWS),
        datasets.Dataset.from_dict(ROWS),
        datasets.Dataset.from_dict(ROWS).to_iterable_dataset(),
        datasets.Dataset.from_dict(ROWS)[:],
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_text_column_of_a_table_is_found_by_its_name(inputs: object) -> None:
    assert texts(inputs) == TEXTS


@pytest.mark.parametrize(
    "inputs",
    [
        ["great phone", None, "broke"],
        ("great phone", float("nan"), "broke"),
        [{"text": "great phone"}, {"text": None}, {"text": "broke", "more": "1"}],
        np.array(["great phone", "", "broke"]),
        pd.Series(["great phone", pd.NA, "broke"]),
        pd.Series(["great phone", None, "broke"], dtype="object"),
        pl.Series(["great phone", None, "broke"]),
        pa.chunked_array([["great phone", None], ["broke"]]),
        (text for text in TEXTS),
        {"great phone": 1, "": 2, "broke": 3}.keys(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_columns_and_iterables(inputs: object) -> None:
    assert texts(inputs) == TEXTS


def test_several_inputs_come_by_their_names() -> None:
    row = {"question": "Who?", "context": "Ann."}
    frame = pd.DataFrame([{"id": 1, **row}])
    assert [example.inputs for example in examples_of(QA, frame)] == [row]
    assert [example.inputs for example in examples_of(QA, [row])] == [row]
    assert [example.inputs for example in examples_of(GENERATION, [{}])] == [{"prompt": ""}]


@pytest.mark.parametrize(
    ("task", "inputs", "message"),
    [
        (SENTIMENT, b"bytes", "a text is expected, and this is bytes"),
        (SENTIMENT, 7, "this is int"),
        (SENTIMENT, ["a", 7], "input 1 is of type int"),
        (SENTIMENT, [["a"]], "input 0 is of type list"),
        (SENTIMENT, [{"text": 7}], "'text' is of type int"),
        (
            SENTIMENT,
            [{"txt": "a"}],
            r"(?s)needs 'text'; the input has \['txt'\]\n.*write 'text' in place of 'txt': load\(",
        ),
        (SENTIMENT, [{"zzz": "a"}], r"(?s)the input has \['zzz'\]\n.*for example load\(\"sentiment\"\)\(text="),
        (SENTIMENT, pd.DataFrame({"one": ["a"], "two": ["b"]}), "the table: no column 'text'"),
        (SENTIMENT, {"text": ["a"], "more": "b"}, "are not lists of one length"),
        (QA, ["Who?"], "needs question and context, and input 0 is one text"),
        (QA, [{"question": "Who?"}], "needs 'context'"),
    ],
)
def test_what_is_no_input_is_refused(task: object, inputs: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        list(examples_of(task, inputs))  # type: ignore[arg-type]


def test_one_or_many() -> None:
    assert all(map(is_one, ["a", "", None, float("nan"), pd.NA, {"text": "a"}, {}]))
    assert not any(map(is_one, [["a"], {"text": ["a"]}, pd.Series(["a"]), iter("a")]))
    assert is_missing(pd.NaT)
    assert not is_missing(0.0)
