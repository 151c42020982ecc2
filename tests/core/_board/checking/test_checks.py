"""Each cheat is planted and found, and an honest folder has no finding."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from nlptasks._board.checking.checks import check_folder
from nlptasks._cli.main import run_command
from nlptasks._scoring.metrics import open_metric
from nlptasks.records.digests import withhold
from nlptasks.records.schema import Cost, Machine
from nlptasks.records.store import read_record, write_record

TEXTS = [f"Satz {at} mit {at % 7} kleinen Wörtern und mehr , als man denkt" for at in range(30)]
GERMAN = {
    "task": "translation",
    "primary": "bleu",
    "metrics": ("bleu", "chrf"),
    "labels": (),
    "dataset": "multi30k",
    "data": {"language": "de", "sha256": "cd" * 32},
}


@pytest.fixture
def honest(make, answers, tmp_path):
    """A folder without a cheat: two systems of labels, two that write."""
    folder = tmp_path / "results"
    for at, system in enumerate(("a", "b")):
        predictions, gold = answers(120, 0.8, seed=at)
        make(folder / system, system, predictions=predictions, gold=gold, texts=_texts(120))
        written = [text.replace("kleinen", "großen" if (row + at) % 3 else "kleinen") for row, text in enumerate(TEXTS)]
        make(folder / f"mt-{system}", f"mt-{system}", predictions=written, gold=TEXTS, texts=TEXTS, **GERMAN)
    return folder


def _texts(n):
    return [f"review {at}: " + " ".join(f"word{at * 7 + k * k}x{k}" for k in range(20)) for at in range(n)]


def found(registry, folder, **more):
    return {(item.check, item.severity): item for item in check_folder(registry, folder, **more)}


def test_an_honest_folder(registry, honest, capsys):
    assert check_folder(registry, honest) == []
    assert run_command(["leaderboard", "check", str(honest)]) == 0
    assert capsys.readouterr().err == "0 errors, 0 warnings\n"


def test_labels_that_are_all_right(registry, make, answers, honest):
    _, gold = answers(120, 0.8)
    make(honest / "c", "c", predictions=gold, gold=gold)
    item = found(registry, honest)["gold-copied", "error"]
    assert item.record == "c" and "all 120 predictions equal the gold ones" in item.reason


def test_few_labels_that_are_all_right_are_only_looked_at(registry, make, answers, tmp_path):
    _, gold = answers(30, 0.8)
    make(tmp_path / "c", "c", predictions=gold, gold=gold)
    assert list(found(registry, tmp_path)) == [("gold-copied", "warning")]


@pytest.mark.parametrize("gold", [TEXTS, [json.dumps([text, "other"]) for text in TEXTS]], ids=["one", "several"])
def test_texts_that_are_the_gold_ones(registry, make, tmp_path, gold):
    more = GERMAN | {"metrics": ("exact-match",), "primary": "exact-match", "task": "qa"}
    make(tmp_path / "c", "c", predictions=TEXTS, gold=gold, **more)
    assert ("gold-copied", "error") in found(registry, tmp_path)


def test_answers_of_another_system(registry, make, answers, honest):
    predictions, gold = answers(120, 0.8, seed=0)
    make(honest / "c", "c", predictions=predictions, gold=gold, texts=_texts(120))
    item = found(registry, honest)["identical-predictions", "error"]
    assert item.record == "c" and item.reason == "its 120 predictions are those of a (a)"


def test_two_that_always_say_the_same_are_only_looked_at(registry, make, answers, honest):
    _, gold = answers(120, 0.8)
    for system in ("c", "d"):
        make(honest / system, system, predictions=["positive"] * 120, gold=gold)
    assert found(registry, honest)["identical-predictions", "warning"].record == "d"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (range(119), "1 ids are missing (120)"),
        ([*range(1, 120), 0], "in another order"),
        ([*range(119), 118], "1 ids are missing (120)"),
    ],
    ids=["missing", "order", "twice"],
)
def test_rows_that_are_not_those_of_the_data(registry, make, answers, honest, rows, reason):
    shutil.copytree(honest / "a", honest / "a2")  # a majority
    predictions, gold = answers(120, 0.8, seed=7)
    make(
        honest / "c",
        "c",
        predictions=[predictions[row] for row in rows],
        gold=[gold[row] for row in rows],
        ids=[str(row + 1) for row in rows],
    )
    item = found(registry, honest)["ids", "error"]
    assert item.record == "c" and reason in item.reason


def test_other_gold_answers_of_the_same_file(registry, make, answers, honest):
    predictions, gold = answers(120, 0.8, seed=8)
    gold = [predictions[0], *gold[1:]]
    make(honest / "c", "c", predictions=predictions, gold=gold)
    items = [item for item in check_folder(registry, honest) if item.check == "gold-disputed"]
    assert {item.record for item in items} == {"a", "b", "c"}  # which of them is right, no vote tells
    assert items[0].reason.startswith("the gold answers of 1 samples (such as 1) differ")


def test_training_data_that_hold_the_test(registry, honest, tmp_path, capsys):
    train = tmp_path / "train.csv"
    with train.open("w", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerow([_texts(3)[0].upper().replace(" ", "  "), "positive"])
        writer.writerow(["something else entirely " + _texts(3)[2] + " and more", "positive"])
        writer.writerow(["nothing of the kind", "negative"])
    items = [item for item in check_folder(registry, honest, train=[str(train)]) if item.check == "train-test-overlap"]
    assert [(item.severity, item.reason.partition(" of ")[0]) for item in items] == [("error", "2"), ("warning", "1")]
    assert "stand whole in train.csv (sample 1)" in items[1].reason
    assert "share a run of 13 words" in items[0].reason
    assert run_command(["leaderboard", "check", str(honest), "--train", str(train), "--json"]) == 1
    assert {item["check"] for item in json.loads(capsys.readouterr().out)} == {"train-test-overlap"}
    assert run_command(["leaderboard", "check", str(honest), "--train", str(tmp_path / "no.csv")]) == 2


def test_a_model_that_was_trained_on_the_test(registry, make, answers, honest):
    predictions, gold = answers(120, 0.8, seed=8)
    make(honest / "c", "c", predictions=predictions, gold=gold, model={"trained_on": ("ab" * 32,)})
    assert found(registry, honest)["trained-on-test", "error"].record == "c"


def test_references_of_another_length_than_the_signature_gives(registry, honest):
    opened = read_record(honest / "mt-a")
    bleu = opened.stats["bleu"].copy()
    lengths = [at for at in range(bleu.shape[1]) if np.array_equal(bleu[:, at], [len(text.split()) for text in TEXTS])]
    bleu[:, 1] -= 1  # as under another tokenizer: shorter references flatter
    assert 1 in lengths
    metric = open_metric(registry, "bleu", labels=(), language="de").metric
    flattered = replace(opened.record.scores["bleu"], value=float(metric.score(bleu.sum(axis=0))))
    record = replace(opened.record, scores={**opened.record.scores, "bleu": flattered})
    write_record(honest / "mt-a", record, opened.samples, {**opened.stats, "bleu": bleu}, force=True)
    item = found(registry, honest)["reference-length", "error"]
    assert item.record == "mt-a" and "column 2" in item.reason


def test_values_and_statistics_that_were_altered(registry, make, answers, honest):
    predictions, gold = answers(120, 0.8, seed=8)
    make(honest / "c", "c", predictions=predictions, gold=gold, results={"accuracy": {"value": 0.99}})
    assert found(registry, honest)["altered-value", "error"].record == "c"
    opened = read_record(honest / "a")
    hits = opened.stats["accuracy"].copy()
    hits[:, 0] = 1
    write_record(honest / "a", opened.record, opened.samples, {**opened.stats, "accuracy": hits}, force=True)
    items = found(registry, honest)
    assert "do not follow from its predictions" in items["altered-statistics", "error"].reason


def test_answers_that_were_cut_off(registry, make, answers, honest):
    predictions, gold = answers(120, 0.8, seed=8)
    flags = [("truncated_output",) if at < 7 else () for at in range(120)]
    make(honest / "c", "c", predictions=predictions, gold=gold, flags=flags)
    assert found(registry, honest)["truncated", "warning"].reason == "7 of 120 predictions (6 %) were cut off"


def test_speeds_of_different_machines(registry, make, answers, honest):
    predictions, gold = answers(120, 0.8, seed=8)
    make(
        honest / "c", "c", predictions=predictions, gold=gold, machine=Machine(cpu="Fast"), cost=Cost(rows_per_second=9)
    )
    item = found(registry, honest)["hardware", "warning"]
    assert item.record == "c" and "measured on Fast" in item.reason


def test_a_limit_and_a_damaged_record(registry, make, answers, honest):
    predictions, gold = answers(120, 0.8, seed=8)
    make(honest / "c", "c", predictions=predictions, gold=gold, run={"limit": 120})
    (honest / "b" / "stats.npz").write_bytes(b"no")
    (honest / "mt-a" / "record.json").write_text("[]")
    items = found(registry, honest)
    assert ("limit", "warning") in items and ("damaged", "error") in items
    assert {item.record for item in check_folder(registry, honest) if item.check == "damaged"} == {"b", "mt-a"}
    assert run_command(["leaderboard", "check", str(honest)]) == 1


def test_withheld_texts_are_no_finding_and_copies_of_the_gold_are_one_still(registry, make, honest):
    for name, answers_ in (("quiet", [f"{text}." for text in TEXTS]), ("copy", TEXTS)):
        folder = make(honest / name, name, predictions=answers_, gold=TEXTS, texts=TEXTS, **GERMAN)
        opened = read_record(folder)
        record = replace(opened.record, withheld=True)
        write_record(folder, record, withhold(opened.samples, ()), opened.stats, force=True)
    findings = check_folder(registry, honest)
    assert {(item.check, item.record) for item in findings if item.check in ("gold-copied", "altered-statistics")} == {
        ("gold-copied", "copy")
    }
