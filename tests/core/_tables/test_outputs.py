import pytest

from nlptasks._tables.outputs import output_columns


@pytest.mark.parametrize("taken", ["sentiment", "Sentiment", " SENTIMENT", "sentiment_SCORE"])
def test_columns_that_differ_in_case_alone_are_one(taken):
    assert output_columns([("sentiment", "sentiment_score")], ["text", taken]) == [
        ("predicted_sentiment", "predicted_sentiment_score")
    ]


def test_tasks_keep_out_of_each_others_way():
    assert output_columns([("a",), ("A", "b")], ["x"]) == [("a",), ("predicted_A", "predicted_b")]
    assert output_columns([("a",)], ["a", "Predicted_a"]) == [("predicted_predicted_a",)]
