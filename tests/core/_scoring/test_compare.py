from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlptasks._cli.app import App
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.compare import compare
from nlptasks._scoring.metrics import matrices, open_metrics
from nlptasks._scoring.results import result
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.schema import Dataset, Model, Record, Run, Sample
from nlptasks.records.store import StoredRecord

GOLD = ["yes" if at % 3 else "no" for at in range(60)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return App().plugins().registry


def record(
    registry: Registry,
    answers: Sequence[str],
    *,
    name: str = "system",
    seed: int | None = None,
    metrics: Sequence[str] = ("accuracy", "macro-f1"),
    ids: Sequence[str] | None = None,
    gold: Sequence[str] = GOLD,
    cluster: str = "",
) -> StoredRecord:
    names = ids or [str(at) for at in range(len(answers))]
    samples = tuple(
        Sample(id=id_, gold=right, prediction=answer, meta={"page": str(at // 6)})
        for at, (id_, right, answer) in enumerate(zip(names, gold, answers, strict=True))
    )
    opened = open_metrics(registry, metrics, labels=("no", "yes"))
    stats = matrices(opened, samples)
    return StoredRecord(
        folder=Path(name),
        record=Record(
            task="sentiment",
            primary="accuracy",
            dataset=Dataset(name="films", sha256="0" * 64, n=len(samples), cluster=cluster),
            model=Model(name=name),
            run=Run(seed=seed),
            labels=("no", "yes"),
            scores={metric: result(opened[metric], matrix, len(samples)) for metric, matrix in stats.items()},
        ),
        samples=samples,
        stats=stats,
    )


def wrong(count: int, start: int = 0) -> list[str]:
    """Answers of which some are wrong."""
    return [("no" if gold == "yes" else "yes") if start <= at < start + count else gold for at, gold in enumerate(GOLD)]


def test_a_better_system_is_found_better(registry: Registry) -> None:
    found = compare(registry, [record(registry, wrong(20), name="old"), record(registry, wrong(2), name="new")])
    assert [item.metric for item in found.comparisons] == ["accuracy", "macro-f1"]
    accuracy = found.comparisons[0]
    assert (accuracy.a, accuracy.b, accuracy.verdict) == ("A", "B", "better")
    assert accuracy.paired.delta == pytest.approx(18 / 60)
    assert (accuracy.paired.wins, accuracy.paired.losses, accuracy.paired.test) == (18, 0, "mcnemar")
    assert 0 < accuracy.detectable < 0.3
    assert not accuracy.worse_by(0)


def test_all_pairs_are_corrected(registry: Registry) -> None:
    three = [record(registry, wrong(count), name=str(count)) for count in (20, 14, 8)]
    found = compare(registry, three, ["accuracy"])
    assert [(item.a, item.b) for item in found.comparisons] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert all(item.holm >= item.paired.p for item in found.comparisons)
    assert max(item.holm / item.paired.p for item in found.comparisons) == pytest.approx(3)


def test_samples_are_aligned_by_id(registry: Registry) -> None:
    order = np.random.default_rng(0).permutation(60).tolist()
    answers = wrong(9, start=4)
    moved = record(
        registry, [answers[at] for at in order], ids=[str(at) for at in order], gold=[GOLD[at] for at in order]
    )
    found = compare(registry, [record(registry, answers), moved], ["accuracy"])
    assert (found.comparisons[0].paired.ties, found.comparisons[0].paired.p) == (60, 1.0)
    assert found.comparisons[0].verdict == "no difference shown"


def test_ids_that_repeat_go_with_each_other_in_order(registry: Registry) -> None:
    ids = [str(at // 2) for at in range(60)]
    found = compare(registry, [record(registry, wrong(5), ids=ids), record(registry, wrong(5), ids=ids)], ["accuracy"])
    assert found.comparisons[0].paired.ties == 60


def test_every_reason_is_listed(registry: Registry) -> None:
    first = record(registry, wrong(3))
    other = record(
        registry,
        wrong(3)[:58],
        ids=[*(str(at) for at in range(57)), "new"],
        gold=["yes" if at == 3 else gold for at, gold in enumerate(GOLD[:58])],
        metrics=("accuracy",),
    )
    scores = {"accuracy": replace(other.record.scores["accuracy"], signature="metric:accuracy|case:no|ci:wilson")}
    changed = replace(
        other.record,
        task="qa",
        dataset=replace(other.record.dataset, sha256="1" * 64),
        run=replace(other.record.run, limit=58),
        labels=("no", "yes", "maybe"),
        scores=scores,
    )
    with pytest.raises(UsageError) as raised:
        compare(registry, [first, replace(other, record=changed)], ["accuracy", "macro-f1"])
    assert raised.value.message.split("\n") == [
        "the records cannot be compared:",
        "B: task: qa; A has sentiment",
        "B: data: SHA-256 1111111111111111...; A has SHA-256 0000000000000000...",
        "B: limit: 58; A has none",
        "B: labels: maybe, no, yes; A has no, yes",
        "B: sample ids: 3 ('57', '58', '59') of A are missing",
        "B: sample ids: 1 ('new') is not in A",
        "B: gold answers: 1 ('3') has another than in A",
        "B: metric macro-f1: the record has no statistics of it (it has accuracy)",
        "B: signature of accuracy: metric:accuracy|case:no; A has metric:accuracy",
    ]


def test_an_imported_number_is_not_compared(registry: Registry) -> None:
    first = record(registry, wrong(3))
    with pytest.raises(UsageError, match="B: samples: it holds none"):
        compare(registry, [first, replace(first, samples=(), stats={})])


def test_records_that_share_no_metric_are_not_compared(registry: Registry) -> None:
    first, other = record(registry, wrong(3), metrics=("accuracy",)), record(registry, wrong(3), metrics=("macro-f1",))
    with pytest.raises(UsageError, match="share none that is installed"):
        compare(registry, [first, other])


def test_one_record_is_not_compared(registry: Registry) -> None:
    with pytest.raises(UsageError, match="from 2 to 26"):
        compare(registry, [record(registry, wrong(3))])


def test_a_metric_that_reads_the_statistics_otherwise_is_refused(registry: Registry) -> None:
    first = record(registry, wrong(3))
    said = replace(first.record.scores["accuracy"], value=0.1)
    tampered = replace(first, record=replace(first.record, scores={**first.record.scores, "accuracy": said}))
    with pytest.raises(NlptasksError, match="does not read the record's statistics"):
        compare(registry, [first, tampered], ["accuracy"])


def test_seeds_of_a_system_are_one_system(registry: Registry) -> None:
    runs = [record(registry, wrong(5, start=at), name="ours", seed=at) for at in range(3)]
    found = compare(registry, [*runs, record(registry, wrong(9), name="theirs")], ["accuracy"])
    assert [(item.a, item.b) for item in found.comparisons] == [("A", "D"), ("B", "D"), ("C", "D")]
    (seeds,) = found.seeds
    assert (seeds.system, seeds.letters, seeds.metric) == ("ours", ("A", "B", "C"), "accuracy")
    assert seeds.spread.between == pytest.approx(0)
    assert seeds.spread.within == pytest.approx(np.sqrt(5 / 60 * 55 / 60 / 60), rel=0.1)


def test_seeds_alone_are_compared(registry: Registry) -> None:
    runs = [record(registry, wrong(5 + at), name="ours", seed=at) for at in range(2)]
    assert [(item.a, item.b) for item in compare(registry, runs, ["accuracy"]).comparisons] == [("A", "B")]


def test_clusters_of_the_data_are_drawn_as_a_whole(registry: Registry) -> None:
    records = [record(registry, wrong(count), name=str(count), cluster="page") for count in (12, 0)]
    found = compare(registry, records, ["accuracy"])
    assert found.cluster == "page"
    assert found.comparisons[0].paired.test == "randomisation"
    assert found.comparisons[0].paired.p == pytest.approx(0.5, abs=0.03)  # two clusters that differ, swapped as a whole


@pytest.mark.parametrize(("margin", "worse"), [(0.0, True), (0.15, True), (0.5, False)])
def test_worse_is_the_whole_interval_beyond_the_margin(registry: Registry, margin: float, worse: bool) -> None:
    found = compare(registry, [record(registry, wrong(1), name="a"), record(registry, wrong(25), name="b")])
    accuracy = found.comparisons[0]
    assert accuracy.worse_by(margin) is worse is (accuracy.paired.high < -margin)
    assert accuracy.verdict == "worse"


def test_where_lower_is_better_worse_is_above_the_margin(registry: Registry) -> None:
    item = compare(registry, [record(registry, wrong(1), name="a"), record(registry, wrong(25), name="b")]).comparisons[
        0
    ]
    turned = replace(item, higher_is_better=False)
    assert turned.verdict == "better"
    assert not turned.worse_by(0)
    back = replace(turned, paired=replace(item.paired, delta=0.4, low=0.2, high=0.6))
    assert back.verdict == "worse"
    assert back.worse_by(0.1)
    assert not back.worse_by(0.3)
