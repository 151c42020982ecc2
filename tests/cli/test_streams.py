"""Standard input and output."""

from __future__ import annotations

import json
import subprocess

import pytest

CSV = b"id,text\n1,good\n2,bad\n"


def answers(stdout: bytes) -> list[dict[str, object]]:
    """The rows of JSON Lines."""
    return [json.loads(line) for line in stdout.decode().splitlines()]


def test_csv_in_and_json_lines_out(command):
    result = command.constant("--data", "-", stdin=CSV).succeeded()
    rows = [{"id": "1", "text": "good"}, {"id": "2", "text": "bad"}]
    assert answers(result.stdout) == [row | {"sentiment": "positive", "sentiment_score": 0.75} for row in rows]
    assert result.lines[0].endswith("-> <stdout>")
    assert result.after == result.before


def test_another_format_on_standard_input(command):
    data = b'{"text": "good", "n": 1}\n'
    result = command.constant("--data", "-", "--format", "jsonl", stdin=data).succeeded()
    assert answers(result.stdout) == [{"text": "good", "n": 1, "sentiment": "positive", "sentiment_score": 0.75}]


def test_compressed_standard_input_is_found_by_its_bytes(command):
    import gzip

    assert len(answers(command.constant("--data", "-", stdin=gzip.compress(CSV)).succeeded().stdout)) == 2


def test_a_file_to_standard_output(command):
    command.write("reviews.csv", CSV)
    result = command.constant("--data", "reviews.csv", "--output", "-").succeeded()
    assert len(answers(result.stdout)) == 2
    assert result.after == result.before


def test_another_format_on_standard_output(command):
    result = command.constant("--data", "-", "--output-format", "csv", stdin=CSV).succeeded()
    assert result.stdout == b"id,text,sentiment,sentiment_score\n1,good,positive,0.75\n2,bad,positive,0.75\n"


def test_standard_input_to_a_file(command):
    result = command.constant("--data", "-", "--output", "out.csv", stdin=CSV).succeeded()
    assert result.stdout == b""
    assert len(command.read("out.csv").splitlines()) == 3


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "<stdin>: the file is empty"),
        (b"id,text\n1,2,3\n", "<stdin>:2: 3 cells"),
        (b"id,text\n1,\0\n", "<stdin>:2: column 3: a NUL byte"),
    ],
    ids=["empty", "ragged", "NUL"],
)
def test_errors_name_standard_input(command, data, said):
    command.constant("--data", "-", stdin=data).refused(said, code=1)


@pytest.mark.parametrize("closed", ["<&-", ">&-"], ids=["input", "output"])
def test_a_closed_standard_stream(command, closed):
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh"]
    line = command.line("run", "sentiment", "--head", "constant", "--data", "-")
    done = subprocess.run(
        [*shell, *line], cwd=command.folder, env=command.environment(), input=CSV, capture_output=True, check=False
    )
    error = done.stderr.decode().splitlines()[0]
    assert error.startswith("error: ")
    assert "standard" in error or "<std" in error
    assert "Error:" not in error
    assert done.returncode in {1, 2}


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_what_the_encoding_of_the_output_does_not_know(command, flags):
    """The name of a record's folder that is no UTF-8."""
    command.write("a.csv", "text,label\ngood,positive\n")
    made = command("eval", "sentiment", "--head", "constant", "--data", "a.csv", "-o", "rec\udcff", *flags).succeeded()
    shown = command("verify", "rec\udcff", *flags).succeeded().stdout.decode()
    assert "rec\\udcff" in shown
    if flags:
        assert json.loads(shown)
        assert json.loads(made.stdout)
