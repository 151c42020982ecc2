"""What holds for every metric of the plugin; a new one is tested without another line here."""

from __future__ import annotations

import inspect
import itertools
import json
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks._names import resolve
from nlptasks.plugin import LIKELIHOOD, PREDICTION, PROBABILITIES, STATE, MetricSpec
from nlptasks.plugin.protocols import Metric
from nlptasks.records.schema import FLAGS
from nlptasks.statistics.resampling import values
from nlptasks.statistics.scoring import score_pairs
from nlptasks_metrics import nlptasks_metrics

Pairs = list[tuple[str, str]]

#: Answers, which are the closed set of labels too; no word, and so no run of words, is twice in one of them.
TEXTS = ("A brown dog runs across wet grass.", "Two birds sing in an old tree.", "Nobody bought these red shoes.")
HOSTILE = ("", " ", "\n\t\x00", "\ud800", "[", '["', "{}", "null", "大桥", "\u202eabc", "a|b:c", "%s" * 20, "[]")

SPECS = nlptasks_metrics()
EVERY = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)

_PROBABILITY = st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.5, 1.0])
_READINGS = {
    PREDICTION: st.sampled_from([*TEXTS, "A brown bird sings.", ""]),
    LIKELIHOOD: st.floats(0, 500).map(repr),
    PROBABILITIES: st.dictionaries(st.sampled_from([*TEXTS, "another"]), _PROBABILITY, max_size=3).map(json.dumps),
    STATE: st.sets(st.sampled_from(FLAGS)).map(" ".join),
}
_TARGET = st.sampled_from([*TEXTS, "no label", "", json.dumps(TEXTS[:2])])

#: What a system without fault gives, and what one gives that gives nothing.
_PERFECT = {
    PREDICTION: str,
    LIKELIHOOD: lambda _: "0.0",
    PROBABILITIES: lambda text: json.dumps({text: 1.0}),
    STATE: lambda _: "",
}
_NOTHING = {PREDICTION: "", LIKELIHOOD: "0.0", PROBABILITIES: "{}", STATE: "missing"}


def opened(spec: MetricSpec, labels: tuple[str, ...] = TEXTS, language: str = "") -> Metric:
    return resolve(spec.object)(labels, **({"language": language} if spec.by_language else {}))


def pairs_of(spec: MetricSpec, least: int = 1) -> st.SearchStrategy[Pairs]:
    return st.lists(st.tuples(_READINGS[spec.reads], _TARGET), min_size=least, max_size=6)


def rows(metric: Metric, pairs: Pairs) -> np.ndarray:
    return metric.stats([reading for reading, _ in pairs], [target for _, target in pairs])


def value(metric: Metric, matrix: np.ndarray) -> float:
    found = values(metric, np.ones(len(matrix)), matrix)
    assert found.shape == ()
    return float(found)


def in_range(spec: MetricSpec, metric: Metric, found: float) -> bool:
    """Whether a value is one; an area under a curve needs examples of a label and others."""
    if math.isnan(found):
        return hasattr(metric, "weighted") or spec.reads == LIKELIHOOD
    return spec.range[0] - 1e-9 <= found <= spec.range[1] + 1e-9


@EVERY
@settings(max_examples=10)
@given(data=st.data())
def test_additive_in_any_order_and_in_range(spec: MetricSpec, data: st.DataObject) -> None:
    one, other = data.draw(pairs_of(spec)), data.draw(pairs_of(spec, least=0))
    metric = opened(spec)
    parts, whole = [rows(metric, one), rows(metric, other)], rows(metric, [*one, *other])
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_allclose(metric.score(parts[0].sum(0) + parts[1].sum(0)), metric.score(whole.sum(0)))
    found = value(metric, whole)
    assert in_range(spec, metric, found), found
    assert value(metric, rows(metric, [*other, *one][::-1])) == pytest.approx(found, nan_ok=True)


@EVERY
@settings(max_examples=8)
@given(data=st.data())
def test_weights_count_as_repeated_rows_and_rows_of_zeros_do_not(spec: MetricSpec, data: st.DataObject) -> None:
    metric = opened(spec)
    matrix = rows(metric, data.draw(pairs_of(spec)))
    counts = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(matrix), max_size=len(matrix))))
    found = values(metric, np.stack([counts, np.ones_like(counts)]), matrix)
    assert found.shape == (2,)
    assert found[0] == pytest.approx(value(metric, np.repeat(matrix, counts, axis=0)), nan_ok=True)
    unread = np.concatenate([matrix, np.zeros((3, matrix.shape[1]))])
    assert value(metric, unread) == pytest.approx(value(metric, matrix), nan_ok=True)


@EVERY
@pytest.mark.parametrize("labels", [TEXTS, TEXTS[:2]], ids=["three", "two"])
@pytest.mark.parametrize("language", ["", "zh", "ru"])
def test_a_system_without_fault_reaches_the_best_value(
    spec: MetricSpec, labels: tuple[str, ...], language: str
) -> None:
    metric = opened(spec, labels, language)
    found = value(metric, rows(metric, [(_PERFECT[spec.reads](text), text) for text in labels * 2]))
    assert found == pytest.approx(spec.range[1] if spec.higher_is_better else spec.range[0])


@EVERY
def test_a_system_that_gives_nothing_has_a_value(spec: MetricSpec) -> None:
    metric = opened(spec)
    found = value(metric, rows(metric, [(_NOTHING[spec.reads], text) for text in TEXTS]))
    assert not math.isnan(found)
    assert in_range(spec, metric, found)


@EVERY
def test_one_example_has_a_value_and_only_a_proportion_has_an_interval(spec: MetricSpec) -> None:
    metric = opened(spec)
    score = score_pairs(spec.name, metric, {(_PERFECT[spec.reads](TEXTS[0]), TEXTS[0]): 1})
    assert in_range(spec, metric, score.value)
    assert score.low <= score.value <= score.high if metric.binary else math.isnan(score.low)


@EVERY
def test_no_example_has_statistics_of_the_same_width(spec: MetricSpec) -> None:
    metric = opened(spec)
    empty = metric.stats([], [])
    assert empty.shape == (0, rows(metric, [(_NOTHING[spec.reads], "x")]).shape[1])
    assert empty.dtype == np.float64
    found = value(metric, empty)
    assert math.isnan(found) or in_range(spec, metric, found)
    if spec.higher_is_better and not hasattr(metric, "weighted"):
        assert found == 0, "where more is better, nothing is worth nothing"


@EVERY
def test_many_sums_are_scored_at_once(spec: MetricSpec) -> None:
    metric = opened(spec)
    matrix = rows(metric, [(_PERFECT[spec.reads](one), other) for one in TEXTS for other in TEXTS])
    sums = np.random.default_rng(1).integers(0, 4, (2, 3, len(matrix))) @ matrix
    found = metric.score(sums)
    assert found.shape == (2, 3)
    for at in itertools.product(range(2), range(3)):
        assert found[at] == pytest.approx(float(metric.score(sums[at])), nan_ok=True)


@EVERY
def test_a_reading_without_a_target_is_an_error(spec: MetricSpec) -> None:
    with pytest.raises(ValueError, match=r"argument|2 predictions for 1 targets"):
        opened(spec).stats([_NOTHING[spec.reads]] * 2, ["a"])


@EVERY
@pytest.mark.parametrize(
    "labels", [(), ("only",), HOSTILE, ("twice", "twice")], ids=["none", "one", "hostile", "twice"]
)
def test_hostile_text_and_odd_label_sets_are_scored(spec: MetricSpec, labels: tuple[str, ...]) -> None:
    metric = opened(spec, labels)
    readings = [
        json.dumps({text: 0.5})
        if spec.reads == PROBABILITIES
        else text
        if spec.reads == PREDICTION
        else _NOTHING[spec.reads]
        for text in HOSTILE
    ]
    found = value(metric, rows(metric, list(zip(readings, HOSTILE[::-1], strict=True))))
    assert math.isnan(found) or in_range(spec, metric, found)
    if hasattr(metric, "parts"):
        assert math.isnan(found) == (not labels), "a label set that is not closed is no label set"
    metric.signature.encode()


@EVERY
def test_signatures_are_pairs_and_do_not_change_with_the_order_of_the_data(spec: MetricSpec) -> None:
    targets = [TEXTS[0], json.dumps(TEXTS[:2]), TEXTS[1]]
    readings = [_PERFECT[spec.reads](text) for text in TEXTS]
    forth, back = opened(spec), opened(spec)
    forth.stats(readings, targets)
    for reading, target in list(zip(readings, targets, strict=True))[::-1]:
        back.stats([reading], [target])
    assert forth.signature == back.signature
    parts = forth.signature.split("|")
    assert all(re.fullmatch(r"[a-z]+:[^\s|:]+", part) for part in parts), parts
    assert len({part.partition(":")[0] for part in parts}) == len(parts)


@EVERY
def test_every_metric_says_what_one_must_know(spec: MetricSpec) -> None:
    assert spec.conventions and spec.traps
    for sentence in (*spec.conventions, *spec.traps):
        assert re.fullmatch(r"[A-Z0-9a-z].*\.", sentence), sentence
    text = inspect.getdoc(resolve(spec.object))
    assert len(re.findall(r"^Source: ", text, re.MULTILINE)) == 1
    assert "|" not in spec.summary


def test_names_are_different_and_signatures_too() -> None:
    assert len({spec.name for spec in SPECS}) == len(SPECS)
    signatures = [opened(spec).signature for spec in SPECS if not spec.name.startswith("rouge")]  # as papers write it
    assert len(set(signatures)) == len(signatures)
