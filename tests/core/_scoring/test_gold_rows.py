"""Labels, references and languages of files that anybody's system wrote, as 'rescore' scores them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.rescore_file import FileScored, score_file
from nlptasks.errors import DataError, UsageError
from nlptasks.plugin import TaskSpec

from .asked import file_request


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


def score(registry: Registry, folder: Path, task: str, rows: list[dict[str, object]], **request: object) -> FileScored:
    path = folder / "p.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return score_file(registry, file_request(path, registry.get(TaskSpec, task).spec, **request))


def labels(*pairs: tuple[object, object]) -> list[dict[str, object]]:
    return [{"label": gold, "prediction": said} for gold, said in pairs]


def value(done: FileScored, metric: str) -> tuple[float | None, int]:
    return done.record.scores[metric].value, done.record.scores[metric].n


@pytest.mark.parametrize(
    ("pairs", "accuracy"),
    [
        ([("US", "US"), ("us", "us"), ("A", "A"), ("a", "a")], 1.0),
        ([("US", "us"), ("us", "US")], 0.0),
        ([("Sports", "sports"), ("World", "WORLD")], 1.0),
        ([("1.0", 1), ("0.0", 0)], 1.0),
        ([(1, "1.0"), (0, '"0"')], 1.0),
        ([("caf\u00e9", "cafe\u0301"), ("b", "b")], 1.0),
        ([("cafe\u0301", "caf\u00e9"), ("caf\u00e9", "CAF\u00c9")], 1.0),
        ([(True, "true"), (False, "False")], 1.0),
    ],
)
def test_spellings_of_labels(registry, tmp_path, pairs, accuracy):
    done = score(registry, tmp_path, "classification", labels(*pairs))
    assert value(done, "accuracy") == (accuracy, len(pairs))
    assert not done.record.flags


def test_a_label_map_is_for_both_sides(registry, tmp_path):
    rows = labels(("gut", "positive"), ("mies", "negative"), ("gut", "mies"))
    done = score(registry, tmp_path, "sentiment", rows, label_map=("mies=negative",))
    assert value(done, "accuracy") == (pytest.approx(2 / 3), 3)
    assert done.record.run.columns["label_map"] == "mies=negative"
    with pytest.raises(UsageError, match="texts and no labels"):
        score(registry, tmp_path, "translation", rows, gold="label", label_map=("a=b",))


def test_predictions_that_are_no_label_at_all(registry, tmp_path):
    with pytest.raises(DataError, match=r"no prediction in the column 'prediction' is a label: it has 'x'.*'a', 'b'"):
        score(registry, tmp_path, "classification", labels(("a", "x"), ("b", "x")))
    done = score(registry, tmp_path, "classification", labels(("a", "x"), ("b", "b")))
    assert value(done, "accuracy") == (0.5, 2)


def test_middle_ratings_are_left_out_of_two_classes_and_counted(registry, tmp_path):
    rows = [{"rating": n, "prediction": said} for n, said in ((1, "negative"), (5, "positive"), (9, "positive"))]
    rows.append({"rating": 10, "prediction": "positive"})
    done = score(registry, tmp_path, "sentiment", rows)
    assert value(done, "accuracy") == (1.0, 3)
    assert any("1 row left out: their rating is neutral" in note for note in done.notes)
    assert any("on a scale from 1 to 10" in note for note in done.notes)
    rows[1]["prediction"] = "neutral"
    assert value(score(registry, tmp_path, "sentiment", rows), "accuracy") == (1.0, 4)


# --------------------------------------------------------------- references


def qa(*pairs: tuple[object, str]) -> list[dict[str, object]]:
    return [{"answers": gold, "prediction": said} for gold, said in pairs]


def test_questions_without_an_answer_count_in_squad_v2(registry, tmp_path):
    rows = qa(({"text": ["Paris"]}, "Paris"), ({"text": []}, "Rome"), ([], ""), ("", "Oslo"))
    done = score(registry, tmp_path, "qa", rows, metrics=("squad-v2-f1",))
    assert value(done, "squad-v2-f1") == (0.5, 4)
    assert value(done, "exact-match") == (1.0, 1)
    done = score(registry, tmp_path, "qa", rows)
    assert value(done, "exact-match") == (1.0, 1)
    assert any("2 rows left out: their gold answer says that there is no answer" in note for note in done.notes)
    assert any("1 row left out: no gold answer" in note for note in done.notes)


@pytest.mark.parametrize("task", ["translation", "summarization", "qa"])
@pytest.mark.parametrize(
    "gold",
    ["['Some text.', 'b']", "array(['Some text.'], dtype=object)", ["Some text.", None], {"text": ["Some text."]}],
)
def test_references_that_nearly_parse_are_read(registry, tmp_path, task, gold):
    done = score(registry, tmp_path, task, [{"gold": gold, "prediction": "Some text."}])
    best = done.record.scores[done.record.primary]
    assert best.value == best.scale[1]


@pytest.mark.parametrize("task", ["translation", "summarization", "qa"])
def test_references_that_cannot_be_read_are_refused_with_their_line(registry, tmp_path, task):
    rows = [{"gold": "a b", "prediction": "a b"}, {"gold": "['a', 'b' ... 'c']", "prediction": "a"}]
    with pytest.raises(DataError, match=r"p\.jsonl:2: column 'gold': .*cut short"):
        score(registry, tmp_path, task, rows)
    done = score(registry, tmp_path, task, rows, on_error="skip")
    assert any("1 row left out: their gold answer cannot be read" in note for note in done.notes)


def test_answers_in_two_forms_of_unicode(registry, tmp_path):
    done = score(registry, tmp_path, "qa", qa(("caf\u00e9", "cafe\u0301"), ("Mu\u0308ller", "M\u00fcller")))
    assert value(done, "exact-match") == (1.0, 2)
    assert done.samples[0].prediction == "cafe\u0301"


@pytest.mark.parametrize("task", ["translation", "summarization"])
def test_texts_that_an_earlier_run_wrote(registry, tmp_path, task):
    output = registry.get(TaskSpec, task).spec.output
    rows = [{"text": "x", output: f"a text {n}", f"predicted_{output}": f"a text {n}"} for n in range(3)]
    with pytest.raises(DataError, match="holds word for word what is predicted in all 3 rows"):
        score(registry, tmp_path, task, rows)
    assert score(registry, tmp_path, task, rows, gold=output).record.scores
    rows[0][f"predicted_{output}"] = "another"
    assert score(registry, tmp_path, task, rows).record.scores


def test_labels_that_an_earlier_run_wrote(registry, tmp_path):
    rows = [{"text": "x", "sentiment": "positive", "sentiment_score": 0.9, "predicted_sentiment": "positive"}]
    with pytest.raises(UsageError, match="'sentiment', 'sentiment_score' seem to hold what an earlier run predicted"):
        score(registry, tmp_path, "sentiment", rows)


# ------------------------------------------------------------------ scripts

TEXTS = [
    "昨天他被狗咬了一口。",
    "昨日、犬に噛まれました。",
    "สวัสดีชาวโลก เพื่อนของฉัน",
    "Собака вчера укусила человека.",
    "Ο σκύλος δάγκωσε χθες.",
]
TEXTS += ["عض الكلب الرجل أمس", "कुत्ते ने कल आदमी को काटा", "어제 개가 사람을 물었다 정말"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("task", ["translation", "summarization", "qa"])
def test_identical_texts_in_any_script_are_right(registry, tmp_path, task, text):
    done = score(registry, tmp_path, task, [{"gold": text, "prediction": text}])
    for name in ("bleu", "chrf", "rouge-1", "rouge-2", "rouge-lsum", "squad-f1", "exact-match"):
        if found := done.record.scores.get(name):
            assert found.value == pytest.approx(found.scale[1]), name
    assert done.record.dataset.language
    assert any("by the script of the references" in note for note in done.notes)


def test_answers_in_chinese_share_characters(registry, tmp_path):
    done = score(registry, tmp_path, "qa", qa(("中华人民共和国", "人民共和国"), ("1984年", "1984年")))
    f1 = done.record.scores["squad-f1"]
    assert f1.value == pytest.approx((2 * 1 * (5 / 7) / (1 + 5 / 7) + 1) / 2)
    assert "tok:char" in f1.signature
    assert done.record.scores["exact-match"].value == 0.5


def test_a_reference_without_a_word_is_an_error_and_no_zero(registry, tmp_path):
    rows = [{"gold": "a text", "prediction": "a text"}, {"gold": "!!!", "prediction": "!!!"}]
    with pytest.raises(DataError, match=r"row 2: the reference '!!!' cannot be scored with rouge-lsum.*tok:ascii"):
        score(registry, tmp_path, "summarization", rows)
