"""Data files that cannot be read: each is one message with the place and the way out, and leaves nothing behind."""

from __future__ import annotations

import gzip
import json

import pytest


def test_a_missing_file_names_the_nearest_one(command):
    command.write("reviews.csv", "text\ngood\n")
    command.constant("--data", "revews.csv").refused("there is no file revews.csv", "did you mean reviews.csv?")


def test_a_missing_file_names_no_other_one(command):
    command.write("o8.csv", "text\ngood\n")
    assert "did you mean" not in command.constant("--data", "nosuch.csv").refused("no file nosuch.csv").stderr


def test_a_missing_folder_is_named(command):
    command.constant("--data", "data/reviews.csv").refused("data/reviews.csv", "there is no folder data")


def test_a_directory(command):
    (command.folder / "reviews").mkdir()
    command.constant("--data", "reviews").refused("reviews is a folder without a file")


def test_an_empty_file(command):
    command.write("reviews.csv", "")
    command.constant("--data", "reviews.csv").refused("reviews.csv", "empty", code=1)


@pytest.mark.parametrize("data", ["\n\n  \n", "\ufeff"], ids=["blank lines", "byte order mark"])
def test_a_file_without_a_header(command, data):
    command.write("reviews.csv", data)
    command.constant("--data", "reviews.csv").refused("reviews.csv: there is no header", code=1)


def test_a_header_without_rows(command):
    command.write("reviews.csv", "id,text\n")
    command.constant("--data", "reviews.csv").refused("reviews.csv", "a header and no row", code=1)


def test_a_header_with_one_name_twice(command):
    command.write("reviews.csv", "text,id,text\na,1,b\n")
    command.constant("--data", "reviews.csv").refused("reviews.csv:1:", "1 and 3", "'text'", code=1)


def test_no_text_column(command):
    command.write("reviews.csv", "id,stuff\n1,good\n")
    command.constant("--data", "reviews.csv").refused("reviews.csv", "'text'", "'id', 'stuff'", "--text COLUMN")


def test_two_columns_that_may_be_the_text(command):
    command.write("reviews.csv", "review,id,comment\ngood,1,bad\n")
    command.constant("--data", "reviews.csv").refused("reviews.csv", "'review', 'comment'", "--text review")
    command.constant("--data", "reviews.csv", "--text", "comment").succeeded()


@pytest.mark.parametrize("flag", ["--text", "--gold"])
def test_a_column_that_is_not_there(command, flag):
    command.write("reviews.csv", "id,comment\n1,bad\n")
    result = command.constant("--data", "reviews.csv", flag, "coment")
    result.refused("reviews.csv: no column 'coment'", f"did you mean {flag} 'comment'?")


@pytest.mark.parametrize(("row", "cells"), [("2,b,c", "3 cells"), ("2", "1 cell")], ids=["long", "short"])
def test_a_ragged_row(command, row, cells):
    command.write("reviews.csv", f'id,text\n1,"two\nlines"\n{row}\n')
    result = command.constant("--data", "reviews.csv")
    result.refused(f"reviews.csv:4: {cells}, expected 2 (id, text)", "--on-error skip", code=1)


def test_a_ragged_row_behind_many_good_ones_leaves_nothing(command):
    command.write("reviews.csv", "id,text\n" + "1,good\n" * 5_000 + "2\n")
    command.constant("--data", "reviews.csv").refused("reviews.csv:5002:", code=1)


def test_ragged_rows_are_left_out_and_reported(command):
    command.write("reviews.csv", "id,text\n1,a\n2,b,c\n3,d\n4\n")
    result = command.constant("--data", "reviews.csv", "--on-error", "skip")
    assert command.read("reviews.sentiment.csv").splitlines()[1:] == ["1,a,positive,0.75", "3,d,positive,0.75"]
    assert "2 rows skipped: cannot be read" in result.stderr
    assert "reviews.csv:3: 3 cells, expected 2" in result.stderr
    assert "reviews.csv:5: 1 cell, expected 2" in result.stderr
    assert result.lines[-2:] == [
        "error: 2 rows could not be read or predicted, and reviews.sentiment.csv is without them",
        "  reviews.sentiment.csv.rejects.jsonl tells which, and why",
    ]
    assert result.code == 3
    told = [json.loads(line) for line in command.read("reviews.sentiment.csv.rejects.jsonl").splitlines()]
    assert told[0] == {
        "file": "reviews.csv",
        "line": 3,
        "why": "cannot be read",
        "reason": "3 cells, expected 2 (id, text)",
    }
    assert [row["line"] for row in told] == [3, 5]


def test_bad_rows_may_be_left_out_without_a_code(command):
    command.write("reviews.csv", "id,text,note\n1,a,x\0y\n2,b,c\n")
    result = command.constant("--data", "reviews.csv", "--skip-bad-rows").succeeded()
    assert command.read("reviews.sentiment.csv").splitlines()[1:] == ["2,b,c,positive,0.75"]
    assert result.lines[-1] == (
        "warning: 1 row could not be read or predicted, and reviews.sentiment.csv is without them; "
        "reviews.sentiment.csv.rejects.jsonl tells which, and why"
    )


def test_rows_that_a_head_cannot_predict_are_left_out_and_reported(command):
    command.write("reviews.csv", "text\n" + "good\n" * 70 + "boom\n" + "good\n" * 3 + "boom boom\n")
    line = ("run", "sentiment", "--head", "raising", "--data", "reviews.csv")
    command(*line).refused("raising failed: KeyError: 'boom'", code=1)
    result = command(*line, "--on-error", "skip")
    assert result.code == 3
    assert "2 rows skipped: cannot be predicted; left out" in result.stderr
    assert command.read("reviews.sentiment.csv").count("\n") == 74
    told = [json.loads(line) for line in command.read("reviews.sentiment.csv.rejects.jsonl").splitlines()]
    assert [(row["line"], row["why"]) for row in told] == [(72, "cannot be predicted"), (76, "cannot be predicted")]


def test_a_head_that_predicts_nothing_is_an_error_still(command):
    command.write("reviews.csv", "text\n" + "boom\n" * 70)
    line = ("run", "sentiment", "--head", "raising", "--data", "reviews.csv", "--on-error", "skip")
    command(*line).refused("raising failed", code=1)


def test_rows_that_are_left_out_of_the_standard_output_are_told(command):
    command.write("reviews.csv", "id,text\n1,a\n2,b,c\n3,d\n")
    result = command.constant("--data", "reviews.csv", "--on-error", "skip", "--output", "-", "--quiet")
    assert result.code == 3
    assert result.stdout.count(b"\n") == 2
    assert result.lines[0] == "left out: reviews.csv:3: 3 cells, expected 2 (id, text)"
    assert result.after == result.before


def test_an_older_file_of_such_rows_is_not_replaced_unasked(command):
    command.write("reviews.csv", "id,text\n1,a\n2,b,c\n3,d\n")
    command.write("reviews.sentiment.csv.rejects.jsonl", "mine\n")
    command.constant("--data", "reviews.csv", "--on-error", "skip").refused("rejects.jsonl exists already", "--force")
    command.constant("--data", "reviews.csv", "--on-error", "skip", "--force")
    assert json.loads(command.read("reviews.sentiment.csv.rejects.jsonl"))["line"] == 3
    command.write("reviews.csv", "id,text\n1,a\n3,d\n")
    command.constant("--data", "reviews.csv", "--on-error", "skip", "--force").succeeded()
    assert command.files().keys() == {"reviews.csv", "reviews.sentiment.csv"}


def test_only_ragged_rows_are_an_error_even_where_they_may_be_skipped(command):
    command.write("reviews.csv", "id,text\n1\n2\n")
    command.constant("--data", "reviews.csv", "--on-error", "skip").refused("reviews.csv", "none of its rows", code=1)


def test_a_nul_byte(command):
    command.write("reviews.csv", b"id,text\n1,good\n2,b\0d\n")
    command.constant("--data", "reviews.csv").refused("reviews.csv:3: column 4", "NUL", code=1)


def test_a_row_with_a_nul_byte_is_left_out_on_request(command):
    command.write("reviews.csv", b"id,text,note\n1,good,a\0b\n2,bad,c\n")
    result = command.constant("--data", "reviews.csv", "--on-error", "skip")
    assert "reviews.csv:2: column 9: a NUL byte" in result.stderr
    assert command.read("reviews.sentiment.csv").splitlines()[1:] == ["2,bad,c,positive,0.75"]


def test_broken_utf_8(command):
    command.write("reviews.csv", "id,text\n1,café\n2,ab".encode() + b"\xc3(\n")
    result = command.constant("--data", "reviews.csv")
    result.refused("reviews.csv:3: column 5: 0xC3 is not valid utf-8", "--encoding cp1252", code=1)


def test_an_unknown_encoding(command):
    command.write("reviews.csv", "text\ngood\n")
    command.constant("--data", "reviews.csv", "--encoding", "utf-9").refused("'utf-9'", "did you mean 'utf-8'?")


def test_a_huge_cell(command):
    size = 5 << 20
    command.write("reviews.csv", "id,text\n1,good\n2," + "x" * size + "\n")
    result = command.constant("--data", "reviews.csv")
    result.refused("reviews.csv:3:", "longer than 1,048,576 characters", "--max-cell", code=1)
    command.constant("--data", "reviews.csv", "--max-cell", "8MB").succeeded()
    assert len(command.read("reviews.sentiment.csv")) > size


def test_a_size_that_is_none(command):
    command.write("reviews.csv", "text\ngood\n")
    command.constant("--data", "reviews.csv", "--max-cell", "much").refused("--max-cell", "'much'", "8MB")


def test_an_unclosed_quote(command):
    command.write("reviews.csv", 'id,text\n1,a\n2,"b\n3,c\n4,d\n')
    result = command.constant("--data", "reviews.csv")
    result.refused("reviews.csv:3: a quote opens here that is not closed", "--quote none", code=1)


def test_an_unclosed_quote_is_read_as_text_on_request(command):
    command.write("reviews.csv", 'id,text\n1,a\n2,"b\n')
    command.constant("--data", "reviews.csv", "--quote", "none", "--output", "out.jsonl").succeeded()
    assert '"text": "\\"b"' in command.read("out.jsonl")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("reviews.jsonl", '{"text": "a"}\n{"text": \n', "reviews.jsonl:2: not valid JSON"),
        ("reviews.parquet", "text\ngood\n", "reviews.parquet: this is not a Parquet file"),
        ("reviews.csv.gz", "text\ngood\n", "reviews.csv.gz: the name ends in .gz, but it holds no gzip data"),
        ("reviews.csv", "PK\x03\x04...", "reviews.csv: this is a zip archive"),
        (
            "reviews.csv.gz",
            gzip.compress(b"text\n" + b"good\n" * 9_000, mtime=0)[:-9],
            "reviews.csv.gz: the gzip data are cut off",
        ),
    ],
)
def test_data_that_are_not_what_the_name_says(command, name, data, said):
    command.write(name, data)
    command.constant("--data", name).refused(said, code=1)


@pytest.mark.parametrize("name", ["reviews.docx", "reviews.xml"])
def test_an_input_without_a_format(command, name):
    command.write(name, "text\ngood\n")
    ending = name.partition(".")[2]
    command.constant("--data", name).refused(name, f"'.{ending}'", ".csv", ".parquet", "--format")
