"""``nlptasks eval``: records, and what becomes of an evaluation that is killed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._version import __version__
from nlptasks.records.store import RECORD, read_record

PLUGINS = Path(__file__).parents[3] / "cli" / "plugins"
DRAWN = ("eval", "sentiment", "--head", "drawn", "--data", "reviews.csv")


def reviews(rows: int) -> str:
    labels, places = ("negative", "positive", "positive"), ("post", "shop")
    lines = (f"r{at},text {at},{labels[at % 3]},{places[at % 2]}" for at in range(rows))
    return "\n".join(["id,text,label,place", *lines]) + "\n"


def record_of(command, folder: str):
    return read_record(command.folder / folder)


def test_a_record_says_what_was_found(command):
    command.write("reviews.csv", reviews(300))
    result = command(*DRAWN, "--slice", "label,meta.place,length").succeeded()
    opened = record_of(command, "results/sentiment/reviews/drawn")
    record = opened.record
    assert (record.task, record.primary, record.dataset.n) == ("sentiment", "accuracy", 300)
    assert record.labels == ("negative", "positive")
    right = sum(sample.prediction == sample.gold for sample in opened.samples)
    assert record.scores["accuracy"].value == right / 300
    assert opened.stats["accuracy"].sum(axis=0).tolist() == [right, 300]
    assert [sample.id for sample in opened.samples[:2]] == ["r0", "r1"]
    assert record.scores["accuracy"].baseline == pytest.approx(2 / 3)
    places = record.slices["meta.place"]
    assert {name: part["accuracy"].n for name, part in places.items()} == {"shop": 150, "post": 150}
    assert record.run.argv[:4] == ("nlptasks", "eval", "sentiment", "--data")
    assert str(command.folder) not in (command.folder / "results/sentiment/reviews/drawn" / RECORD).read_text()
    assert "accuracy" in result.stderr
    assert "trivial baseline 0.667" in result.stderr
    assert not list(command.folder.rglob("*journal*"))


def test_the_same_evaluation_is_not_done_twice(command):
    command.write("reviews.csv", reviews(40))
    command(*DRAWN, "-o", "mine").succeeded()
    again = command(*DRAWN, "-o", "mine").succeeded()
    assert "the same evaluation was done before" in again.stderr
    assert again.after == again.before


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--slice", "label,meta.place"), "slices.label, slices.meta"),
        (("--metric", "weighted-f1"), "scores.weighted-f1"),
        (("--name", "mine"), "model.name"),
        (("--language", "de"), "dataset.language"),
        (("--cluster", "place"), "dataset.cluster"),
        (("--id", "text"), "samples"),
        (("--withhold-texts",), "withheld"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_needs_no_model_is_done_anew(command, more, said):
    """And back again: the record is always that which its command makes."""
    command.write("reviews.csv", reviews(40))
    command(*DRAWN, *more, "-o", "wanted").succeeded()
    command(*DRAWN, "-o", "mine").succeeded()
    first = command.files()
    again = command(*DRAWN, *more, "-o", "mine").succeeded()
    assert "predicted before; done anew: " in again.stderr
    assert said in again.stderr
    wanted, mine = (read_record(command.folder / name) for name in ("wanted", "mine"))
    assert mine.samples == wanted.samples
    assert mine.record == replace(
        wanted.record, cost=mine.record.cost, run=replace(wanted.record.run, argv=mine.record.run.argv)
    )
    assert mine.record.run.argv == wanted.record.run.argv
    assert "the same evaluation was done before" in command(*DRAWN, *more, "-o", "mine").succeeded().stderr
    command(*DRAWN, "-o", "mine").succeeded()
    assert {name: data for name, data in command.files().items() if name.startswith("mine")} == {
        name: data for name, data in first.items() if name.startswith("mine")
    }


def test_texts_that_are_withheld_later_are_gone(command):
    command.write("pairs.csv", "source,target\na secret,ein Geheimnis\nsame,same\n")
    line = ("eval", "translation", "--head", "echo", "--data", "pairs.csv", "-o", "mine")
    command(*line).succeeded()
    command(*line, "--withhold-texts").succeeded()
    opened = record_of(command, "mine")
    assert opened.record.withheld
    assert all(sample.inputs == {} and sample.gold.startswith("sha256:") for sample in opened.samples)
    again = command(*line, "--withhold-texts").succeeded()
    assert "the same evaluation was done before" in again.stderr
    assert again.after == again.before
    command(*line, "--name", "other").succeeded()  # hashes tell nothing: it is predicted again
    opened = record_of(command, "mine")
    assert (opened.record.model.name, opened.record.withheld) == ("other", False)
    assert opened.samples[0].prediction == "a secret"


def test_how_a_table_is_read_is_in_the_key(command):
    command.write("reviews.csv", reviews(10) + "r10,N/A,positive,shop\n")
    command(*DRAWN, "-o", "mine").succeeded()
    command(*DRAWN, "-o", "mine", "--keep-na").refused("holds the record of another evaluation", "inputs: it has ")


def test_a_plugin_that_changed_is_another_evaluation(command, tmp_path):
    folder = tmp_path / "plugins"
    shutil.copytree(PLUGINS, folder)
    command.write("reviews.csv", reviews(10))
    command(*DRAWN, "-o", "mine", plugins=folder).succeeded()
    owners = record_of(command, "mine").record.run.plugins
    assert owners["head"].startswith("file:drawn sha256:")
    assert owners["task"] == owners["format"] == owners["metric accuracy"] == f"nlptasks {__version__}"
    with (folder / "drawn.py").open("a") as file:
        file.write("\n# another version\n")
    command(*DRAWN, "-o", "mine", plugins=folder).refused("plugins.head: it has file:drawn sha256:")


def test_the_content_of_a_file_that_an_option_names_is_in_the_key(command):
    command.write("reviews.csv", reviews(10))
    (command.folder / "deep").mkdir()
    command.write("deep/words.txt", "one")
    line = (*DRAWN, "-o", "mine", "--words", str(command.folder / "deep" / "words.txt"))
    command(*line).succeeded()
    record = record_of(command, "mine").record
    assert record.run.decoding["words"] == "words.txt"
    assert record.run.argv[-2:] == ("--words", "words.txt")
    assert record.run.files == {"words/words.txt": hashlib.sha256(b"one").hexdigest()}
    assert str(command.folder) not in command.read("mine/record.json")
    assert "the same evaluation was done before" in command(*line).succeeded().stderr
    command.write("deep/words.txt", "two")
    command(*line).refused("files.words/words.txt: it has 7692c3ad3540bb80")


def test_names_that_differ_have_folders_of_their_own(command):
    command.write("reviews.csv", reviews(10))
    names = ("a b", "a-b", "A-b", "a_b", "模型一", "模型二", "!", "a" * 90, "a" * 91)
    for name in names:
        command(*DRAWN, "--name", name, "--quiet").succeeded()
    folders = list((command.folder / "results" / "sentiment" / "reviews").iterdir())
    assert {read_record(folder).record.model.name for folder in folders} == set(names)
    assert "a-b" in {folder.name for folder in folders}


def test_another_record_is_not_overwritten_and_the_difference_is_named(command):
    command.write("reviews.csv", reviews(40))
    command(*DRAWN, "-o", "mine").succeeded()
    command(*DRAWN, "-o", "mine", "--seed", "7").refused(
        "mine holds the record of another evaluation", "seed: it has 0, this run has 7", "--force replaces it"
    )
    command(*DRAWN, "-o", "mine", "--seed", "7", "--force").succeeded()
    assert record_of(command, "mine").record.run.seed == 7


def test_changed_data_are_another_evaluation(command):
    command.write("reviews.csv", reviews(40))
    command(*DRAWN, "-o", "mine").succeeded()
    command.write("reviews.csv", reviews(41))
    command(*DRAWN, "-o", "mine").refused("data: it has ")


def test_each_seed_has_a_record_and_the_spreads_are_told_apart(command):
    command.write("reviews.csv", reviews(60))
    result = command(*DRAWN, "-o", "mine", "--seeds", "1,2,3").succeeded()
    seeds = {record_of(command, f"mine-seed{seed}").record.run.seed for seed in (1, 2, 3)}
    assert seeds == {1, 2, 3}
    assert "over 3 seeds; standard deviation between seeds" in result.stderr
    assert "half a 95 % interval of the test set" in result.stderr


def test_a_head_that_does_not_draw_has_no_seeds(command):
    command.write("reviews.csv", reviews(5))
    command("eval", "sentiment", "--head", "constant", "--data", "reviews.csv", "--seeds", "1,2").refused(
        "--seed is no option of the head 'constant'"
    )


def test_a_limit_is_marked(command):
    command.write("reviews.csv", reviews(50))
    result = command(*DRAWN, "-o", "mine", "--limit", "10").succeeded()
    record = record_of(command, "mine").record
    assert (record.run.limit, record.dataset.n) == (10, 10)
    assert "on no leaderboard" in result.stderr
    assert "few samples" in result.stderr


def test_rows_without_answers_and_blank_ones_are_counted(command):
    command.write("reviews.csv", "text,label\ngood,positive\n,negative\nbad,\nso so,purple\n")
    result = command(*DRAWN, "-o", "mine").succeeded()
    opened = record_of(command, "mine")
    assert [sample.flags for sample in opened.samples] == [(), ("missing",)]
    assert opened.record.flags == {"missing": 1}
    assert opened.record.scores["accuracy"].n == 2
    assert "2 rows left out: no gold answer that is known" in result.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("sentiment", "--data", "-"), "an evaluation needs a file"),
        (("sentiment",), "one of --data FILE, --benchmark NAME and --suite FILE"),
        (("--data", "reviews.csv"), "a file needs a task"),
        (("sentiment", "--data", "reviews.csv", "--dataset", "x"), "go with a benchmark"),
        (("sentiment", "--data", "reviews.csv", "--seeds", "1,x"), "expected a list of whole numbers"),
        (("sentiment", "--data", "reviews.csv", "--metric", "acuracy"), "there is no metric named 'acuracy'"),
        (("sentiment", "--data", "reviews.csv", "--slice", "meta.plaec"), "no column 'plaec'"),
        (("sentiment", "--data", "reviews.csv", "--id", "idd"), "no column 'idd'"),
        (("sentiment", "--benchmark", "smoke", "--gold", "label"), "--gold goes with --data"),
        (("--benchmark", "smok"), "there is no benchmark named 'smok'"),
    ],
)
def test_what_cannot_be_asked(command, args, said):
    command.write("reviews.csv", reviews(5))
    command("eval", *args).refused(said)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.slow
def test_twenty_kills_change_nothing(command):
    """Whatever moment a kill comes at, the evaluation goes on to the record that an undisturbed one makes."""
    command.write("reviews.csv", reviews(8_000))
    line = (*DRAWN, "--slice", "label")
    command(*line, "-o", "whole").succeeded()
    draw = random.Random(11)
    kills = 0
    for _ in range(20):
        with command.started(*line, "--pause", "0.0001", "-o", "killed") as process:
            journal = command.folder / "killed.journal.jsonl"
            until = time.monotonic() + 30
            size = journal.stat().st_size if journal.exists() else 0
            while process.poll() is None and time.monotonic() < until:
                if journal.exists() and journal.stat().st_size != size:
                    break
                time.sleep(0.005)
            time.sleep(draw.uniform(0, 0.06))
            process.send_signal(signal.SIGKILL)
            process.wait(30)
            kills += process.returncode == -signal.SIGKILL
    command(*line, "--pause", "0.0001", "-o", "killed").succeeded()
    whole, killed = (read_record(command.folder / name) for name in ("whole", "killed"))
    assert kills >= 15
    assert killed.samples == whole.samples
    assert killed.record.digests == whole.record.digests
    assert killed.record.scores == whole.record.scores
    assert killed.record.slices == whole.record.slices
    assert killed.record.flags == whole.record.flags
    assert sorted(path.name for path in command.folder.iterdir()) == ["killed", "reviews.csv", "whole"]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupted_evaluation_goes_on(command):
    command.write("reviews.csv", reviews(2_000))
    line = (*DRAWN, "--pause", "0.002", "-o", "mine")
    journal = command.folder / "mine.journal.jsonl"

    def begun() -> bool:
        return journal.exists() and journal.read_bytes().count(b"\n") > 1

    stopped = command.stop(*line, once=begun, sent=signal.SIGTERM)
    assert stopped.code == 143
    assert not (command.folder / "mine").exists()
    command(*line, "--seed", "3").refused(
        "was left by another evaluation, which is not finished", "seed: it has 0, this run has 3", "--restart"
    )
    assert b"text 1" not in journal.read_bytes()
    more = ("--slice", "meta.place", "--metric", "weighted-f1", "--id", "text", "--name", "mine", "--cluster", "place")
    result = command(*line, *more).succeeded()
    assert "samples of them from the journal" in result.stderr
    command(*line[:-1], "whole", *more).succeeded()
    whole, mine = (read_record(command.folder / name) for name in ("whole", "mine"))
    assert mine.samples == whole.samples
    assert (mine.record.scores, mine.record.slices) == (whole.record.scores, whole.record.slices)


@pytest.mark.usefixtures("disk")
def test_a_full_disk_is_explained(command):
    command.write("reviews.csv", reviews(5_000))
    result = command(*DRAWN, "-o", "disk/mine")
    assert result.code == 1
    assert result.lines[0] == "error: cannot write disk/mine.journal.jsonl: No space left on device"
    assert "make room" in result.lines[1]


def test_the_records_as_json(command):
    command.write("reviews.csv", reviews(10))
    result = command(*DRAWN, "-o", "mine", "--json", "--quiet").succeeded()
    assert json.loads(result.stdout)["dataset"]["name"] == "reviews"
    assert result.stderr == ""


def test_texts_that_must_not_be_passed_on(command):
    command.write("pairs.csv", "source,target\na secret,ein Geheimnis\nsame,same\n")
    line = ("eval", "translation", "--head", "echo", "--data", "pairs.csv", "--withhold-texts", "-o", "mine")
    command(*line).succeeded()
    opened = record_of(command, "mine")
    assert opened.record.withheld
    assert all(sample.inputs == {} and sample.gold.startswith("sha256:") for sample in opened.samples)
    assert [sample.gold == sample.prediction for sample in opened.samples] == [False, True]
    assert command("verify", "mine").code == 0
    command("rescore", "mine").refused("the texts of its data are withheld", code=1)
    command("verify", "mine", "--rerun", "1").refused("the texts of its data are withheld")
    assert b"secret" not in b"".join(data for name, data in command.files().items() if name.startswith("mine"))


def test_labels_are_kept_where_texts_are_withheld(command):
    command.write("reviews.csv", reviews(40))
    command(*DRAWN, "-o", "mine", "--withhold-texts", "--slice", "length,label").succeeded()
    opened = record_of(command, "mine")
    assert {sample.gold for sample in opened.samples} == {"negative", "positive"}
    assert all(sample.inputs == {} for sample in opened.samples)
    assert command("verify", "mine").code == 0
    command("rescore", "mine").succeeded()
