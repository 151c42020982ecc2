"""Columns joined by a template on the command line."""

from __future__ import annotations

ROWS = "title,body,label\ngood,phone,pos\n,,pos\n,film,neg\n"


def test_a_row_that_is_blank_in_all_columns_has_no_answer(command):
    command.write("reviews.csv", ROWS)
    result = command.constant("--data", "reviews.csv", "--text", "{title}: {body}").succeeded()
    answers = [line.split(",")[3] for line in command.read("reviews.sentiment.csv").splitlines()]
    assert answers == ["sentiment", "positive", "", "positive"]
    assert "1 row skipped: no text" in result.stderr


def test_an_unknown_column(command):
    command.write("reviews.csv", ROWS)
    result = command.constant("--data", "reviews.csv", "--text", "{titel} {body}")
    result.refused("no column 'titel'", "did you mean {title}?")


def test_a_lone_brace(command):
    command.write("reviews.csv", ROWS)
    command.constant("--data", "reviews.csv", "--text", "{title} {").refused("the brace '{' at character 9", "{{")


def test_several_tasks_share_one_flag_for_the_text(command):
    shown = command("run", "summarization,translation", "--help").succeeded().stdout.decode()
    assert shown.count("--text") == 1
    assert "--document" in shown
    assert "--source" in shown
