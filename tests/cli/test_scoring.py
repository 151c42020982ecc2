"""Scores on standard error where the gold column is there."""

from __future__ import annotations

import re

import pytest


def score(stderr: str, metric: str) -> tuple[float, float, float, int]:
    """A metric's value, its interval and its n."""
    pattern = rf"{metric} (\d\.\d+) +\[95 % (\d\.\d+) to (\d\.\d+)\] +n=([\d,]+)"
    found = re.search(pattern, stderr)
    assert found, stderr
    value, low, high, n = found.groups()
    return float(value), float(low), float(high), int(n.replace(",", ""))


def confusion(stderr: str) -> list[list[str]]:
    """The rows of the table below its title."""
    lines = stderr.splitlines()
    title = next(at for at, line in enumerate(lines) if "down, predictions across" in line)
    return [line.split() for line in lines[title + 1 :]]


def test_accuracy_and_f1_with_interval_and_confusion(command):
    command.write("reviews.csv", "text,label\n" + "good,positive\n" * 30 + "bad,negative\n" * 10)
    result = command.constant("--data", "reviews.csv").succeeded()
    # The Wilson interval of 30 in 40, from R: binom::binom.wilson(30, 40).
    assert score(result.stderr, "accuracy") == (0.75, 0.598, 0.858, 40)
    value, low, high, n = score(result.stderr, "macro-f1")
    assert (value, n) == (0.429, 40)
    assert low < value < high
    assert "trivial baseline 0.750" in result.stderr
    assert confusion(result.stderr) == [["negative", "positive"], ["negative", "0", "10"], ["positive", "0", "30"]]
    assert result.stdout == b""


def test_the_gold_column_is_kept_and_answered_beside(command):
    command.write("reviews.csv", "text,sentiment\ngood,pos\nbad,NEG\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert score(result.stderr, "accuracy")[0] == 0.5
    header, first, second = command.read("reviews.sentiment.csv").splitlines()
    assert header == "text,sentiment,predicted_sentiment,predicted_sentiment_score"
    assert (first, second) == ("good,pos,positive,0.75", "bad,NEG,positive,0.75")


@pytest.mark.parametrize(
    ("column", "golds", "accuracy", "n"),
    [
        ("label", ["1", "1", "0", "1.0"], 0.75, 4),
        ("rating", ["5", "4", "2", "1"], 0.5, 4),
        ("stars", ["5.0", "4.5", "1.0"], 0.667, 3),
        ("Label", ["LABEL_1", "LABEL_0"], 0.5, 2),
    ],
)
def test_what_gold_columns_hold(command, column, golds, accuracy, n):
    command.write("reviews.csv", f"text,{column}\n" + "".join(f"good,{gold}\n" for gold in golds))
    result = command.constant("--data", "reviews.csv").succeeded()
    value, low, high, count = score(result.stderr, "accuracy")
    assert (value, count) == (accuracy, n)
    assert low < value < high
    assert "few rows: the interval is wide" in result.stderr


def test_middle_ratings_and_unknown_gold_cells_are_not_scored(command):
    command.write("reviews.csv", "text,rating\ngood,5\nso so,3\nbad,1\nodd,x\nnone,\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert score(result.stderr, "accuracy")[3] == 2
    assert "1 row not scored: their rating is neutral, which is none of the classes: '3'" in result.stderr
    assert "1 row not scored: no gold answer that is known: 'x'" in result.stderr
    assert "its numbers are on a scale from 1 to 5: up to 2 is negative, from 4 positive" in result.stderr
    assert "1 row not scored: no gold answer" in result.stderr


def test_a_gold_column_without_one_answer_that_can_be_scored(command):
    command.write("reviews.csv", "text,label\ngood,joy\nbad,anger\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "no row could be scored against the column 'label'" in result.stderr
    assert "'joy'" in result.stderr
    assert "accuracy" not in result.stderr


def test_a_run_and_an_evaluation_score_alike(command):
    rows = "good,positive\n" * 20 + "bad,negative\n" * 10 + "so so,mixed\n" * 10 + "none,\n"
    command.write("reviews.csv", "text,label\n" + rows)
    ran = command.constant("--data", "reviews.csv", "--label-map", "mixed=other").succeeded().stderr
    line = ("eval", "sentiment", "--head", "constant", "--data", "reviews.csv", "--label-map", "mixed=other")
    evaluated = command(*line, "-o", "mine").succeeded().stderr
    for metric in ("accuracy", "macro-f1"):
        value, *_, n = score(ran, metric)
        assert n == 40, "the label that the head lacks counts as wrong"
        assert re.search(rf"{metric} +{value:.3f}  .*n=40", evaluated), evaluated


def test_rows_without_text_are_not_scored(command):
    command.write("reviews.csv", "text,label\ngood,1\n,0\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert score(result.stderr, "accuracy")[3] == 1
    assert "1 row skipped: no text" in result.stderr


def test_the_user_names_the_gold_column(command):
    command.write("reviews.csv", "text,truth,label\ngood,1,0\nbad,1,0\n")
    result = command.constant("--data", "reviews.csv", "--gold", "truth").succeeded()
    assert score(result.stderr, "accuracy")[0] == 1.0


def test_without_a_gold_column_there_is_no_score(command):
    command.write("reviews.csv", "id,text\n1,good\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "scored" not in result.stderr
    assert "accuracy" not in result.stderr


def test_the_scale_of_ratings_is_told_by_the_whole_column(command):
    command.write("reviews.csv", "text,rating\n" + "good,8\n" * 30 + "bad,4\n" * 10 + "so so,5\n" * 5 + "best,10\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert score(result.stderr, "accuracy")[::3] == (0.756, 41)
    assert "its numbers are on a scale from 1 to 10: up to 4 is negative, from 7 positive" in result.stderr
    assert "5 rows not scored: their rating is neutral, which is none of the classes: '5'" in result.stderr


def test_a_scale_that_only_the_last_row_tells(command):
    command.write("reviews.csv", "text,rating\n" + "good,4\n" * 5_000 + "best,10\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert score(result.stderr, "accuracy")[0] == 0.0


def test_a_scale_that_is_not_clear_is_asked_for(command):
    command.write("reviews.csv", "text,rating\ngood,7\nbad,1\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "no row could be scored" in result.stderr
    assert "--label-map says what they mean" in result.stderr
    again = command.constant("--data", "reviews.csv", "-f", "--label-map", "1..3=negative,5..7=positive").succeeded()
    assert score(again.stderr, "accuracy")[::3] == (0.5, 2)


def test_labels_that_the_data_call_otherwise(command):
    command.write("reviews.csv", "text,label\ngood,toll\nbad,mies\nfine,\U0001f44d\n")
    result = command.constant("--data", "reviews.csv", "--label-map", "toll=positive,mies=negative,x=y").succeeded()
    assert score(result.stderr, "accuracy")[::3] == (0.667, 3)
    assert "--label-map: no cell of the column 'label' is 'x'" in result.stderr
    command.constant("--data", "reviews.csv", "--label-map", "toll").refused("'toll' is no pair")


def test_the_predictions_of_an_earlier_run_are_no_gold_answers(command):
    command.write("reviews.csv", "text\ngood\nbad\n")
    command.constant("--data", "reviews.csv", "-o", "a.csv").succeeded()
    result = command.constant("--data", "a.csv", "-o", "b.csv").succeeded()
    assert "accuracy" not in result.stderr
    assert "'sentiment', 'sentiment_score' seem to hold what an earlier run predicted" in result.stderr
    again = command.constant("--data", "b.csv", "-o", "c.csv").succeeded()
    assert "accuracy" not in again.stderr
    asked = command.constant("--data", "a.csv", "-o", "d.csv", "--gold", "sentiment").succeeded()
    assert score(asked.stderr, "accuracy")[0] == 1.0


def test_an_evaluation_of_two_classes_leaves_middle_ratings_out(command):
    command.write("reviews.csv", "text,stars\ngood,5\nbad,1\nso so,3\n")
    result = command("eval", "sentiment", "--head", "constant", "--data", "reviews.csv", "-o", "mine").succeeded()
    assert "n=2" in result.stderr
    assert "1 row left out: their rating is neutral" in result.stderr


def test_an_evaluation_against_a_column_of_other_labels_is_refused(command):
    command.write("reviews.csv", "text,label\ngood,neutral\nbad,neutral\n")
    line = ("eval", "sentiment", "--head", "constant", "--data", "reviews.csv", "-o", "mine")
    command(*line).refused("no label in the column 'label' is one that the head gives", "--label-map", code=1)


def test_an_evaluation_against_the_predictions_of_an_earlier_run_is_refused(command):
    command.write("reviews.csv", "text\ngood\nbad\n")
    command.constant("--data", "reviews.csv", "-o", "a.csv").succeeded()
    command("eval", "sentiment", "--head", "constant", "--data", "a.csv", "-o", "mine").refused("earlier run")
