from __future__ import annotations

import pytest

from nlptasks._scoring.metrics import OpenMetric, matrices
from nlptasks._scoring.slices import length_of, names_of, slices, words
from nlptasks.errors import UsageError
from nlptasks.plugin import LIKELIHOOD, MetricSpec
from nlptasks.records.schema import Sample
from nlptasks.statistics import intervals
from nlptasks_metrics.labels import Accuracy
from nlptasks_metrics.language import BitsPerByte

SAMPLES = [
    Sample(
        id=str(at),
        inputs={"text": "word " * (10 if at % 4 else 100)},
        gold="yes" if at % 2 else "no",
        prediction="yes",
        nll=1.0 if at % 4 == 0 else None,
        meta={"topic": "art" if at < 30 else "sport"} if at < 38 else {},
    )
    for at in range(40)
]
METRICS = {
    "accuracy": OpenMetric(MetricSpec(name="accuracy", summary="s", object="x:y"), Accuracy(())),
    "bits": OpenMetric(MetricSpec(name="bits", summary="s", object="x:y", reads=LIKELIHOOD), BitsPerByte(())),
}
STATS = matrices(METRICS, SAMPLES)


def test_samples_are_scored_by_length_label_and_column() -> None:
    found = slices(SAMPLES, METRICS, STATS, ["length", " label", "meta.topic"])
    assert list(found) == ["length", "label", "meta.topic"]
    assert {value: part["accuracy"].n for value, part in found["length"].items()} == {"0-15": 30, "64-255": 10}
    assert {value: part["accuracy"].value for value, part in found["label"].items()} == {"no": 0.0, "yes": 1.0}
    assert {value: part["accuracy"].n for value, part in found["meta.topic"].items()} == {
        "(none)": 2,
        "art": 30,
        "sport": 8,
    }


def test_parts_that_a_metric_cannot_read_have_no_score_of_it() -> None:
    found = slices(SAMPLES, METRICS, STATS, ["length"])["length"]
    assert "bits" not in found["0-15"]
    assert found["64-255"]["bits"].n == 10


def test_parts_are_drawn_by_cluster() -> None:
    clusters = [str(at // 5) for at in range(40)]
    part = slices(SAMPLES, METRICS, STATS, ["meta.topic"], clusters=clusters, cluster="page")["meta.topic"]["art"]
    expected = intervals.interval(Accuracy(()), STATS["accuracy"][:30], clusters=clusters[:30], scale=(0, 1))
    assert (part["accuracy"].low, part["accuracy"].high) == (expected.low, expected.high)
    assert part["accuracy"].signature.endswith("|cluster:page")


@pytest.mark.parametrize(
    ("name", "said"),
    [("lenght", "did you mean 'length'"), ("meta.author", "there is no slice 'meta.author'"), ("", "no slice ''")],
)
def test_an_unknown_slice_is_an_error_that_says_which_there_are(name: str, said: str) -> None:
    with pytest.raises(UsageError, match="there is no slice") as raised:
        slices(SAMPLES, METRICS, STATS, [name])
    assert said in raised.value.message
    assert raised.value.hint == "there are: length, label, meta.topic"


def test_gold_texts_are_no_labels() -> None:
    free = [Sample(id=str(at), gold=f"text {at}", prediction="text") for at in range(10)]
    assert names_of(free) == ["length"]
    assert names_of(free, labels=["a"]) == ["length", "label"]
    assert names_of(SAMPLES, labels=()) == ["length", "meta.topic"]
    with pytest.raises(UsageError, match="no closed set"):
        slices(free, METRICS, matrices(METRICS, free), ["label"])


def test_a_column_that_names_every_row_is_no_slice() -> None:
    many = [Sample(id=str(at), gold="a", prediction="a", meta={"row": str(at)}) for at in range(101)]
    with pytest.raises(UsageError, match="has 101 values"):
        slices(many, METRICS, matrices(METRICS, many), ["meta.row"])


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("two  words", 2), ("今天天气很好。", 6), ("テスト です", 5), ("GPU 很快", 3), ("한국어 글", 2)],
)
def test_words_are_counted_by_character_where_no_spaces_divide_them(text: str, count: int) -> None:
    assert words(text) == count


@pytest.mark.parametrize(
    ("count", "name"), [(0, "0-15"), (15, "0-15"), (16, "16-63"), (63, "16-63"), (64, "64-255"), (256, "256+")]
)
def test_lengths_have_fixed_classes_over_all_inputs(count: int, name: str) -> None:
    half = count // 2
    assert length_of(Sample(id="1", inputs={"a": "w " * half, "b": "w " * (count - half)}, gold="")) == name
