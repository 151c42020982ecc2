"""``--runtime`` and ``--precision``: another way to compute the same, which a record says."""

from __future__ import annotations

import csv
import json

import pytest

ROWS = "text,label\nThe phone is very good.,positive\nIt broke in a day.,negative\nA film that I loved.,positive\n"


@pytest.fixture
def answered(command):
    """Runs sentiment with some flags: the rows that come out."""
    command.write("rows.csv", ROWS)

    def run(*flags: str) -> list[dict[str, str]]:
        command("run", "sentiment", "--data", "rows.csv", "-o", "out.csv", "--force", *flags).succeeded()
        return list(csv.DictReader(command.read("out.csv").splitlines()))

    return run


def scores(rows: list[dict[str, str]]) -> list[float]:
    return [float(row["sentiment_score"]) for row in rows]


def test_runtimes_give_the_same_labels_and_scores(answered):
    usual, lean, oracle = answered(), answered("--runtime", "openvino"), answered("--runtime", "torch")
    assert usual == lean
    assert [row["sentiment"] for row in lean] == [row["sentiment"] for row in oracle]
    assert scores(lean) == pytest.approx(scores(oracle), abs=1e-4)


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_fewer_bits_give_nearly_the_same(answered, precision):
    full, fewer = answered(), answered("--precision", precision)
    assert [row["sentiment"] for row in fewer] == [row["sentiment"] for row in full]
    assert scores(fewer) == pytest.approx(scores(full), abs=0.1)


def test_a_record_says_what_computed_it_and_can_be_run_again(command):
    command.write("rows.csv", ROWS)
    command("eval", "sentiment", "--data", "rows.csv", "--precision", "int8", "-o", "record").succeeded()
    model = json.loads(command.read("record/record.json"))["model"]
    assert (model["runtime"], model["dtype"]) == ("openvino", "int8")
    again = command("verify", "record", "--rerun", "3")
    assert "3 of its 3 samples came out the same" in again.succeeded().stdout.decode()


def test_what_cannot_be_computed_so_is_an_error(command):
    command.write("rows.csv", ROWS)
    args = ("run", "sentiment", "--data", "rows.csv")
    command(*args, "--runtime", "openvino", "--precision", "float16").refused("the runtime 'openvino' computes in")
    command(*args, "--runtime", "torch", "--precision", "int8").refused("no number type 'int8'")
