"""The command that a record keeps makes the same record, wherever it is typed."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from nlptasks.records.store import read_record

ROWS = "id,text,label,place\n" + "".join(
    f"r{at},text {at},{('negative', 'positive')[at % 2]},{('post', 'shop')[at % 3 % 2]}\n" for at in range(12)
)
CONSTANT = ("--head", "constant")


def made_again(command, tmp_path, *args: str):
    """The record of a command, and that of the command which it keeps, typed elsewhere."""
    command("eval", "sentiment", *args, "-o", "out/one").succeeded()
    first = read_record(command.folder / "out" / "one").record
    assert str(command.folder) not in " ".join(first.run.argv)
    elsewhere = replace(command, folder=tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    for path in command.folder.rglob("*"):
        if path.is_file() and "out" not in path.relative_to(command.folder).parts:
            shutil.copy(path, elsewhere.folder)
    elsewhere(*first.run.argv[1:], "-o", "again").succeeded()
    again = read_record(elsewhere.folder / "again").record
    assert again.run.argv == first.run.argv
    return first, again


def check(command, tmp_path, *args: str):
    first, again = made_again(command, tmp_path, *args)
    assert again.id == first.id
    assert again.dataset == first.dataset
    assert again.model == first.model
    assert {name: score.value for name, score in again.scores.items()} == {
        name: score.value for name, score in first.scores.items()
    }
    assert again.slices.keys() == first.slices.keys()
    assert again.withheld == first.withheld
    return first


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--answer", "negative", "--certainty", "0.5"),
        ("--metric", "mcc", "--metric", "balanced-accuracy", "--slice", "label,meta.place", "--cluster", "place"),
        ("--language", "de", "--limit", "5", "--name", "my system", "--withhold-texts"),
        ("--id", "text", "--text", "place", "--gold", "label"),
        ("--text", "{place}: {text}", "--max-cell", "2MB", "--device", "cpu"),
    ],
    ids=" ".join,
)
def test_settings_of_an_evaluation(command, tmp_path, args):
    (command.folder / "deep").mkdir()
    command.write("deep/reviews.csv", ROWS)
    check(command, tmp_path, *CONSTANT, "--data", str(command.folder / "deep" / "reviews.csv"), *args)


def test_how_a_table_is_read(command, tmp_path):
    rows = "'gut;schön';'positive'\n'schlecht';'negative'\n'kaputt'\n"
    command.write("reviews.data", rows.encode("cp1252"))
    reading = ("--format", "csv", "--encoding", "cp1252", "--delimiter", ";", "--quote", "'", "--no-header")
    columns = ("--text", "column_1", "--gold", "column_2", "--on-error", "skip")
    record = check(command, tmp_path, *CONSTANT, "--data", "reviews.data", *reading, *columns)
    assert record.dataset.n == 2


def test_a_seed_of_several(command, tmp_path):
    command.write("reviews.csv", ROWS)
    args = ("--head", "drawn", "--data", "reviews.csv")
    command("eval", "sentiment", *args, "--seeds", "3,4", "-o", "one").succeeded()
    records = [read_record(command.folder / f"one-seed{seed}").record for seed in (3, 4)]
    assert [record.run.argv[-2:] for record in records] == [("--seed", "3"), ("--seed", "4")]
    assert records[0].id != records[1].id
    command(*records[1].run.argv[1:], "-o", "again").succeeded()
    assert read_record(command.folder / "again").record.id == records[1].id


def test_a_data_set_of_a_benchmark(command, tmp_path):
    command("eval", "sentiment", "--benchmark", "smoke", "--dataset", "sentiment", *CONSTANT, "-o", "out").succeeded()
    (folder,) = (path.parent for path in command.folder.rglob("record.json"))
    first = read_record(folder).record
    command(*first.run.argv[1:], "-o", "again").succeeded()
    (folder,) = (path.parent for path in (command.folder / "again").rglob("record.json"))
    assert read_record(folder).record.id == first.id


def test_the_type_of_numbers(command, tmp_path):
    command.write("reviews.csv", ROWS)
    args = ("--data", "reviews.csv", "--backbone", "bundled", "--device", "cpu")
    record = check(command, tmp_path, *args, "--precision", "bfloat16")
    assert record.model.dtype == "bfloat16"
    assert record.run.argv[-2:] == ("--precision", "bfloat16")


def test_predictions_that_are_scored(command, tmp_path):
    command.write("mine.data", "key|said|label\n1|positive|positive\n2|negative|positive\n")
    reading = ("--format", "csv", "--delimiter", "|", "--id", "key", "--prediction", "said", "--name", "theirs")
    command("rescore", "mine.data", "--task", "sentiment", *reading, "--metric", "mcc", "-o", "one").succeeded()
    first = read_record(command.folder / "one").record
    command(*first.run.argv[1:], "-o", "again").succeeded()
    again = read_record(command.folder / "again").record
    assert (again.id, again.run.argv, again.scores.keys()) == (first.id, first.run.argv, first.scores.keys())
