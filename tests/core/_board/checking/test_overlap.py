"""How much of a test set stands in training data."""

from __future__ import annotations

import os

import pytest

from nlptasks._board.checking.overlap import overlaps
from nlptasks.errors import UsageError
from nlptasks.records.schema import Sample

RUN = "one two three four five six seven eight nine ten eleven twelve thirteen"
TEXTS = ("The film was good, really.", "no", f"{RUN} x")


def samples() -> list[Sample]:
    return [Sample(id=f"s{at}", inputs={"text": text}, gold="a") for at, text in enumerate(TEXTS)]


def found(registry, tmp_path, *rows: str) -> list[tuple[float, str]]:
    file = tmp_path / "train.csv"
    file.write_text("\n".join(["text,label", *rows]) + "\n")
    return list(overlaps(registry, [str(file)], samples()))


def test_case_and_punctuation_do_not_hide_a_text(registry, tmp_path):
    assert found(registry, tmp_path, "the FILM was good really,a") == [
        (1 / 3, "1 of 3 samples (33.3 %) stand whole in train.csv (sample s0)")
    ]


def test_short_texts_and_part_of_a_text_say_nothing(registry, tmp_path):
    assert found(registry, tmp_path, "no,a", "the film was,a") == []


def test_a_run_of_thirteen_words(registry, tmp_path):
    assert found(registry, tmp_path, f"before {RUN} after,a") == [
        (1 / 3, "1 of 3 samples (33.3 %) share a run of 13 words with a row in train.csv (sample s2)")
    ]
    assert found(registry, tmp_path, f"{RUN.removesuffix(' thirteen')},a") == []


def test_all_inputs_must_stand_in_one_row(registry, tmp_path):
    pair = Sample(id="p", inputs={"context": "the film was good", "question": "was it"}, gold="a")
    file = tmp_path / "train.csv"
    file.write_text("a,b\nthe film was good,other\nother,was it\n")
    assert list(overlaps(registry, [str(file)], [pair])) == []
    file.write_text("a,b\nWas it?,the film was good\n")
    assert [share for share, _ in overlaps(registry, [str(file)], [pair])] == [1.0]


def test_training_data_are_files(registry):
    with pytest.raises(UsageError, match="standard input"):
        list(overlaps(registry, ["-"], samples()))
    with pytest.raises(UsageError, match=r"gone\.csv"):
        list(overlaps(registry, ["gone.csv"], samples()))


def test_a_pipe_is_refused_and_not_waited_for(registry, tmp_path):
    os.mkfifo(tmp_path / "rows.csv")
    with pytest.raises(UsageError, match=r"for each record, and .*rows\.csv is a pipe or a device"):
        list(overlaps(registry, [str(tmp_path / "rows.csv")], samples()))
