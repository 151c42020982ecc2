"""Scores made anew of records and of anybody's predictions, and what 'verify' says of changed records."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.rescore_file import FileScored, score_file
from nlptasks._scoring.rescore import rescore, rescored
from nlptasks._scoring.verify import verify_scores
from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.files.paths import sha256_of
from nlptasks.plugin import TaskSpec
from nlptasks.records.schema import METRIC, Result
from nlptasks.records.store import StoredRecord, read_record, write_record

from .asked import file_request

#: Golden numbers of scikit-learn 1.7: accuracy .6, macro-F1 .5873015873.
GOLD = ["a", "b", "c", "a", "b", "c", "c", "b", "a", "c"]
GIVEN = ["a", "c", "b", "a", "a", "c", "c", "b", "a", "b"]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


def score(registry: Registry, path: Path, task: str = "classification", **request: object) -> FileScored:
    spec = registry.get(TaskSpec, task).spec
    return score_file(registry, file_request(path, spec, **request))


def table(path: Path, *columns: str, rows: list[tuple[str, ...]]) -> Path:
    path.write_text("\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    rows = list(zip(map(str, range(10)), GOLD, GIVEN, strict=True))
    return table(tmp_path / "mine.csv", "id", "label", "prediction", rows=rows)


@pytest.fixture
def record(registry: Registry, predictions: Path, tmp_path: Path) -> StoredRecord:
    done = score(registry, predictions)
    write_record(tmp_path / "record", done.record, done.samples, done.scored.stats)
    return read_record(tmp_path / "record")


# -------------------------------------------------------------- predictions


def test_golden_numbers(registry, predictions):
    done = score(registry, predictions)
    assert done.record.scores["accuracy"].value == pytest.approx(0.6)
    assert done.record.scores["macro-f1"].value == pytest.approx(0.5873015873)
    assert done.record.scores["accuracy"].baseline == pytest.approx(0.4)
    assert done.record.labels == ("a", "b", "c")
    assert done.record.primary == "macro-f1"
    assert done.record.dataset.sha256 == sha256_of(predictions)
    assert (done.record.dataset.name, done.record.dataset.n, done.covered) == ("mine", 10, 10)
    assert (done.record.model.name, done.record.model.head) == ("mine", "")
    assert [sample.id for sample in done.samples] == list(map(str, range(10)))


def test_answers_of_another_file_by_id_in_any_order(registry, predictions, tmp_path):
    rows = [(str(at), GIVEN[at]) for at in reversed(range(10))]
    alone = table(tmp_path / "alone.csv", "id", "pred", rows=rows)
    done = score(registry, alone, data=str(predictions), name="mine")
    assert done.record.scores["accuracy"].value == pytest.approx(0.6)
    assert done.record.dataset.sha256 == sha256_of(predictions)
    assert [sample.id for sample in done.samples] == list(map(str, range(10)))


def test_answers_of_another_file_by_their_order(registry, tmp_path):
    data = table(tmp_path / "data.csv", "text", "label", rows=[(f"t{at}", label) for at, label in enumerate(GOLD)])
    alone = table(tmp_path / "alone.csv", "prediction", rows=[(label,) for label in GIVEN])
    done = score(registry, alone, data=str(data))
    assert done.record.scores["accuracy"].value == pytest.approx(0.6)
    assert done.samples[3].inputs == {"text": "t3"}
    short = table(tmp_path / "short.csv", "prediction", rows=[(label,) for label in GIVEN[:9]])
    with pytest.raises(UsageError, match=r"9 rows and .* has 10; without ids"):
        score(registry, short, data=str(data), partial=True)


def test_ids_in_one_file_only(registry, predictions, tmp_path):
    alone = table(tmp_path / "alone.csv", "prediction", rows=[(label,) for label in GIVEN])
    with pytest.raises(UsageError, match=r"has ids and .* has none"):
        score(registry, alone, data=str(predictions))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("0", "a"), ("1", "a")], "8 of 10 rows have no prediction: 2, 3, 4, 5, 6, ..."),
        ([*((str(at), "a") for at in range(10)), ("x", "a")], "1 of 11 predictions have no row: x"),
        ([*((str(at), "a") for at in range(10)), ("3", "b")], "1 of the ids stand there more than once: 3"),
    ],
)
def test_what_does_not_match_is_refused_and_named(registry, predictions, tmp_path, rows, said):
    alone = table(tmp_path / "alone.csv", "id", "prediction", rows=rows)
    with pytest.raises(UsageError) as refused:
        score(registry, alone, data=str(predictions))
    assert said in refused.value.message
    assert "--partial" in refused.value.hint
    done = score(registry, alone, data=str(predictions), partial=True)
    assert len(done.samples) == 10
    assert said in done.notes


def test_a_missing_prediction_counts_as_wrong(registry, predictions, tmp_path):
    alone = table(tmp_path / "alone.csv", "id", "prediction", rows=[(str(at), GOLD[at]) for at in range(7)])
    done = score(registry, alone, data=str(predictions), partial=True)
    assert done.record.scores["accuracy"].value == pytest.approx(0.7)
    assert done.record.scores["accuracy"].n == 10
    assert (done.covered, done.record.flags) == (7, {"missing": 3})


def test_null_is_missing_and_an_empty_text_is_an_answer(registry, tmp_path):
    path = tmp_path / "answers.jsonl"
    rows = [{"target": "one", "output": "one"}, {"target": "two", "output": ""}, {"target": "three", "output": None}]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with pytest.raises(UsageError, match="1 of 3 rows have no prediction: 3"):
        score(registry, path, "translation", gold="target")
    done = score(registry, path, "translation", gold="target", partial=True)
    assert [sample.prediction for sample in done.samples] == ["one", "", None]
    assert done.record.flags == {"empty": 1, "missing": 1}


def test_parquet_and_what_any_format_can(registry, tmp_path):
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "mine.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"label": GOLD, "predicted": GIVEN}), path)
    assert score(registry, path).record.scores["accuracy"].value == pytest.approx(0.6)


def test_predicted_labels_are_read_as_gold_labels_are(registry, tmp_path):
    # Alone, "1" would stand for "positive" beside 0 too; the gold column says that it is the lower of two classes.
    rows = [("1", "1"), ("2", "1"), ("1", "NEG"), ("2", "Positive"), ("2", "rubbish")]
    done = score(registry, table(tmp_path / "x.csv", "label", "prediction", rows=rows), "sentiment")
    assert [sample.gold for sample in done.samples] == ["negative", "positive", "negative", "positive", "positive"]
    assert [sample.prediction for sample in done.samples] == ["negative", "negative", "negative", "positive", "rubbish"]
    assert done.record.flags == {"invalid_label": 1}


def test_labels_that_the_user_names(registry, predictions):
    done = score(registry, predictions, labels=("A", "b"))
    assert {sample.gold for sample in done.samples} == {"A", "b"}
    assert done.record.dataset.n == 6
    assert "4 rows left out: their gold answer is not among --labels" in done.notes
    assert done.record.flags == {"invalid_label": 1}
    with pytest.raises(DataError, match="no gold answer is among --labels"):
        score(registry, predictions, labels=("x",))
    with pytest.raises(UsageError, match="texts and no labels"):
        score(registry, predictions, "translation", gold="label", labels=("x",))


def test_questions_with_several_right_answers(registry, tmp_path):
    path = tmp_path / "qa.jsonl"
    rows = [
        {"id": "q1", "answers": {"text": ["Paris", "the city of Paris"], "answer_start": [1, 2]}, "answer": "PARIS!"},
        {"id": "q2", "answers": {"text": ["New York"], "answer_start": [0]}, "answer": "New York, New York"},
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    scores = score(registry, path, "qa").record.scores
    assert scores["exact-match"].value == pytest.approx(scores["exact-match"].scale[1] / 2)
    assert scores["squad-f1"].value == pytest.approx(scores["squad-f1"].scale[1] * (1 + 2 / 3) / 2)


def test_the_column_of_gold_answers_is_never_that_of_the_predictions(registry, tmp_path):
    path = table(tmp_path / "qa.csv", "answer", "gold", rows=[("Paris", "Rome")])
    done = score(registry, path, "qa")
    assert done.record.run.columns["gold"] == "gold"
    assert done.samples[0].prediction == "Paris"


def test_columns_that_are_not_there(registry, predictions, tmp_path):
    with pytest.raises(UsageError, match="no column 'predicton'") as refused:
        score(registry, predictions, prediction="predicton")
    assert "'prediction'" in refused.value.hint
    with pytest.raises(UsageError, match="no gold column"):
        score(registry, table(tmp_path / "x.csv", "id", "prediction", rows=[("1", "a")]))
    with pytest.raises(UsageError, match="no column of predictions"):
        score(registry, table(tmp_path / "x.csv", "id", "label", rows=[("1", "a")]))
    with pytest.raises(UsageError, match=r"no column 'nr' \(--id\)"):
        score(registry, predictions, id="nr")


def test_probabilities(registry, tmp_path):
    rows = [("a", "a", "0.25"), ("b", "a", "")]
    path = table(tmp_path / "x.csv", "label", "prediction", "prediction_score", rows=rows)
    assert [sample.score for sample in score(registry, path).samples] == [0.25, None]
    path = table(tmp_path / "y.csv", "label", "prediction", "sure", rows=[("a", "a", "97")])
    with pytest.raises(DataError, match=r":2: '97' in the column 'sure' is no probability"):
        score(registry, path, score_column="sure")


def test_two_systems_on_the_same_data_are_two_evaluations(registry, predictions, tmp_path):
    other = table(tmp_path / "other.csv", "id", "prediction", rows=[(str(at), "a") for at in range(10)])
    first = score(registry, predictions, data=str(predictions)).record
    second = score(registry, other, data=str(predictions)).record
    assert first.dataset == second.dataset
    assert first.id != second.id


# ------------------------------------------------------------------ records


def test_a_record_gives_its_own_scores_again(registry, record):
    changes, scored = rescore(record, registry, ("bleu",))
    assert [change.metric for change in changes] == [*record.record.scores, "bleu"]
    assert not any(change.differs for change in changes)
    assert changes[0].difference == 0
    assert changes[-1].old is None
    assert changes[-1].new is not None
    new = rescored(record.record, changes, scored, registry)
    assert {**new.scores, "bleu": None} == {**record.record.scores, "bleu": None}
    assert new.run.plugins.keys() == {f"{METRIC}{name}" for name in new.scores}
    assert new.id == record.record.id, "who scores decides no prediction"


def test_a_value_that_was_changed_differs(registry, record):
    accuracy = record.record.scores["accuracy"]
    for value, differs in ((accuracy.value + 2e-9, True), (accuracy.value + 5e-10, False), (None, True)):
        scores = {"accuracy": replace(accuracy, value=value)}
        changes, _ = rescore(replace(record, record=replace(record.record, scores=scores)), registry)
        assert changes[0].differs is differs


def test_values_with_other_signatures_are_not_compared(registry, record):
    scores = {"accuracy": replace(record.record.scores["accuracy"], value=0.1, signature="metric:other")}
    changes, _ = rescore(replace(record, record=replace(record.record, scores=scores)), registry)
    assert (changes[0].comparable, changes[0].differs) == (False, False)
    assert changes[0].difference == pytest.approx(0.5)


def test_an_imported_number_cannot_be_scored(registry, record):
    with pytest.raises(NlptasksError, match="no samples"):
        rescore(replace(record, samples=(), stats={}), registry)


def test_a_record_that_holds(registry, record):
    assert verify_scores(record, registry) == []


def changed(record: StoredRecord, **fields: object) -> StoredRecord:
    return replace(record, record=replace(record.record, **fields))


def test_every_field_that_does_not_hold_is_named(registry, record):
    said = record.record
    accuracy = said.scores["accuracy"]
    cases: list[tuple[StoredRecord, str]] = [
        (
            changed(record, scores={**said.scores, "accuracy": replace(accuracy, value=0.7)}),
            "scores.accuracy.value: it",
        ),
        (changed(record, scores={**said.scores, "accuracy": replace(accuracy, high=1.0)}), "scores.accuracy.high: it"),
        (changed(record, scores={**said.scores, "accuracy": replace(accuracy, n=9)}), "scores.accuracy.n: it says 9"),
        (
            changed(record, scores={**said.scores, "accuracy": replace(accuracy, signature="x")}),
            "scores.accuracy.signature: it says x",
        ),
        (changed(record, scores={**said.scores, "made-up": accuracy}), "scores.made-up: the metric is not installed"),
        (changed(record, flags={"missing": 1}), "flags.missing: it says 1, and 0 samples have it"),
        (changed(record, dataset=replace(said.dataset, n=11)), "dataset.n: it says 11, and it holds 10"),
        (changed(record, primary="bleu"), "primary: it says 'bleu'"),
    ]
    for opened, line in cases:
        (mismatch,) = verify_scores(opened, registry)
        assert mismatch.startswith(line)


def test_matrices_that_the_samples_do_not_give(registry, record):
    matrix = record.stats["accuracy"].copy()
    matrix[4, 0] = 1 - matrix[4, 0]
    matrix[7, 0] = 1 - matrix[7, 0]
    (line,) = verify_scores(replace(record, stats={**record.stats, "accuracy": matrix}), registry)
    assert line == "stats.accuracy: row 5 and 1 more is not what the sample gives"
    (line,) = verify_scores(replace(record, stats={**record.stats, "accuracy": matrix[:5]}), registry)
    assert line == "stats.accuracy: it has the shape (5, 2), and its samples give (10, 2)"
    rest = {name: found for name, found in record.stats.items() if name != "accuracy"}
    assert verify_scores(replace(record, stats=rest), registry) == ["stats.accuracy: there is no matrix"]


def test_slices_are_verified_too(registry, record):
    from nlptasks._scoring.slices import slices

    _, scored = rescore(record, registry)
    made = slices(record.samples, scored.metrics, scored.stats, ("label",))
    opened = changed(record, slices=made)
    assert verify_scores(opened, registry) == []
    wrong: dict[str, dict[str, dict[str, Result]]] = {
        "label": {part: dict(found) for part, found in made["label"].items()}
    }
    first = next(iter(wrong["label"]))
    wrong["label"][first]["accuracy"] = replace(wrong["label"][first]["accuracy"], value=math.pi)
    (line,) = verify_scores(changed(record, slices=wrong), registry)
    assert line.startswith(f"slices.label.{first}.accuracy.value: it says 3.14")


def test_nothing_of_it_needs_torch(predictions, tmp_path):
    code = f"""
import sys
from nlptasks._cli.main import run_command
code = run_command(["rescore", {str(predictions)!r}, "--task", "classification", "-o", {str(tmp_path / "new")!r}])
code += run_command(["rescore", {str(tmp_path / "new")!r}])
code += run_command(["verify", {str(tmp_path / "new")!r}])
code += run_command(["errors", {str(tmp_path / "new")!r}])
print("LOADED", *sorted({{"torch", "transformers"}} & sys.modules.keys()))
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "LOADED"
