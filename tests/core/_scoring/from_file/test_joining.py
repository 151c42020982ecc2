"""Predictions and rows that are joined by ids of different names, by order, or cannot be. See ``test_rescore.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.core._scoring.asked import file_request

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.joining import check, joined, listed
from nlptasks._scoring.from_file.prediction_file import read_predictions
from nlptasks._settings.groups import TableSource
from nlptasks.errors import UsageError
from nlptasks_tasks.sentiment import SPEC as TASK

#: Two rows; the first is without a reference where ``GAP`` is read.
ROWS = "key,text,label\na,x,positive\nb,y,negative\n"
GAP = "key,text,label\na,x,\nb,y,negative\nc,z,positive\n"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def join(registry: Registry, tmp_path: Path) -> Any:
    def found(predictions: str, gold: str = ROWS, id_: str = "", **more: Any) -> dict[str, tuple[str, str | None]]:
        (tmp_path / "p.csv").write_text(predictions)
        (tmp_path / "gold.csv").write_text(gold)
        source = TableSource(data=str(tmp_path / "gold.csv") if gold else "", id=id_)
        request = file_request(tmp_path / "p.csv", TASK, source=source, **more)
        table, given, _ = joined(registry, request, read_predictions(registry, request), ("accuracy",))
        list(check(registry, request, given, table))
        return {item.id: (item.gold, given.answers[item.id].text) for item in table.items}

    return found


JOINED = {"a": ("positive", "positive"), "b": ("negative", "positive")}


def test_ids_of_other_names(join):
    rows = "theirs,prediction\nb,positive\na,positive\n"
    assert join(rows, id_="theirs=key") == JOINED
    assert join(rows.replace("theirs", "a=b"), ROWS.replace("key", "a=b"), id_="a=b") == JOINED
    with pytest.raises(UsageError, match=r"p\.csv: no column 'their' \(--id\)"):
        join(rows, id_="their=key")
    with pytest.raises(UsageError, match=r"gold\.csv: no column 'keys' \(--id\)"):
        join(rows, id_="theirs=keys")
    with pytest.raises(UsageError, match="--id a=b names columns of two files"):
        join("a,label,prediction\n1,positive,positive\n", gold="", id_="a=b")


def test_by_order_where_one_side_has_ids_and_it_is_asked_for(join):
    rows = "prediction\npositive\npositive\n"
    with pytest.raises(UsageError, match=r"gold\.csv has ids and .*p\.csv has none") as refused:
        join(rows, ROWS.replace("key", "id"))
    assert "--id THEIRS=OURS" in refused.value.hint
    assert "--by-order" in refused.value.hint
    assert join(rows, ROWS.replace("key", "id"), by_order=True) == JOINED
    assert join(rows, id_="key", by_order=True) == JOINED
    numbered = {"1": JOINED["a"], "2": JOINED["b"]}
    assert join("id,prediction\nx,positive\ny,positive\n", by_order=True) == numbered
    assert join(rows, by_order=True) == numbered


def test_by_order_counts_rows_without_a_reference(join):
    rows = "prediction\npositive\npositive\nnegative\n"
    found = join(rows, GAP.replace("key", "id"), by_order=True)
    assert found == {"b": ("negative", "positive"), "c": ("positive", "negative")}


def test_by_order_is_refused_where_it_cannot_be(join):
    with pytest.raises(UsageError, match=r"both files have ids \('id' and 'id'\)"):
        join("id,prediction\na,positive\nb,positive\n", ROWS.replace("key", "id"), by_order=True)
    with pytest.raises(UsageError, match=r"p\.csv has 1 rows and .*gold\.csv has 2"):
        join("prediction\npositive\n", ROWS.replace("key", "id"), by_order=True)
    with pytest.raises(UsageError, match="--by-order joins two files"):
        join("label,prediction\npositive,positive\n", gold="", by_order=True)
    with pytest.raises(UsageError, match="1 of the ids stand there more than once: a"):
        join("prediction\npositive\npositive\n", ROWS.replace("key", "id").replace("b,", "a,"), by_order=True)


def test_ids_that_have_nothing_in_common(join):
    with pytest.raises(UsageError, match="the ids of predictions are like 'x1', those of rows like 'a'"):
        join("id,prediction\nx1,positive\nx2,positive\n", ROWS.replace("key", "id"), partial=True)


@pytest.mark.parametrize("gold", ["gold_label", "target", "gold", "expected", "Gold Label"])
@pytest.mark.parametrize("predicted", ["predicted_label", "output", "predicted_mood", "filtered_resps"])
def test_columns_are_found_by_their_names(join, gold, predicted):
    assert join(f"id,{gold},{predicted}\na,positive,negative\n", gold="") == {"a": ("positive", "negative")}


def test_a_message_quotes_some_names():
    assert listed(["a", "b"]) == "a, b"
    assert listed(list("abcdef")) == "a, b, c, d, e, ..."
