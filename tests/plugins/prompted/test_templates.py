from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nlptasks.errors import DataError, UsageError
from nlptasks_prompted.shots import read_shots
from nlptasks_prompted.templates import fill, load
from nlptasks_tasks.classification import SPEC as CLASSIFICATION
from nlptasks_tasks.qa import SPEC as QA

GOOD = 'instruction = "Q: {text}"\nsystem = "One of {labels}."\n'


def write(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    more = 'answer = "A:"\nstop = ["\\n"]\ncut = "start"\n[[examples]]\ntext = "t"\nanswer = "a"\n'
    found = load(write(tmp_path, GOOD + more), "classification", ["text"], ["labels"])
    assert (found.instruction, found.answer, found.stop, found.cut) == ("Q: {text}", "A:", ("\n",), "start")
    assert found.examples == ({"text": "t", "answer": "a"},)


def test_a_package_ships_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "prompts_of_others"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "terse.toml").write_text(GOOD, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load("prompts_of_others:terse.toml", "classification", ["text"], ["labels"]).instruction == "Q: {text}"
    with pytest.raises(UsageError, match=r"--template prompts_of_others:none.toml: No such file"):
        load("prompts_of_others:none.toml", "classification", ["text"], ["labels"])
    sys.modules.pop("prompts_of_others")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("instruction = {", "is not a TOML file: ", "texts stand in quotes"),
        ('system = "x"', "mine.toml: instruction is missing", "{text}"),
        ('instruction = "What?"', "instruction holds none of the task's columns", "{text}"),
        ('instruction = "{text} {txt}"', "instruction: {txt} is not known here", "may hold {text}, {labels}"),
        ('instruction = "{text}"\nsystem = "{text}"', "system: {text} is not known here", "write {{text}}"),
        ('instruction = "{text}"\nsytem = "x"', "the key 'sytem' is not known", "instruction, system, background"),
        ('instruction = "{text}"\nanswer = 3', "answer: expected a text, got 3", 'answer = "..."'),
        ('instruction = "{text}"\nstop = "x"', "stop: expected a list of texts, got 'x'", "stop = "),
        ('instruction = "{text}"\ncut = "middle"', "cut: expected 'end' or 'start', got 'middle'", ""),
        ('instruction = "{text}"\n[[examples]]\ntext = "x"', "examples: number 1 is {'text': 'x'}", "text, answer"),
    ],
)
def test_an_error_says_file_key_and_what_is_known(text: str, message: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        load(write(tmp_path, text), "classification", ["text"], ["labels"])
    assert message in error.value.message and "mine.toml" in error.value.message
    assert hint in error.value.hint


@pytest.mark.parametrize("named", ["none.toml", "no_such_package:x.toml", "."])
def test_a_template_that_is_not_there(named: str) -> None:
    with pytest.raises(UsageError, match=r"--template .*: ") as error:
        load(named, "qa", ["question", "context"], [])
    assert error.value.hint == "give a file, or PACKAGE:NAME.toml"


def test_braces_of_a_user_mean_nothing() -> None:
    values = {"text": "{labels} {{text}} {0} }{", "labels": "a, b"}
    assert fill('{{text}} {"k": 1} {text}|{labels}', values) == '{text} {"k": 1} {labels} {{text}} {0} }{|a, b'


def test_examples_of_files(tmp_path: Path) -> None:
    table = tmp_path / "shots.csv"
    table.write_text('Review,category\n"a, b",news\nc,\nd,sport\ne,news\n', encoding="utf-8")
    found = read_shots(str(table), CLASSIFICATION, 2)
    assert found == ({"text": "a, b", "answer": "news"}, {"text": "d", "answer": "sport"})
    lines = tmp_path / "shots.jsonl"
    lines.write_text('{"question": "q", "context": "c x", "answers": {"text": ["x", "c"]}}\n\n', encoding="utf-8")
    assert read_shots(str(lines), QA, 8) == ({"question": "q", "context": "c x", "answer": "x"},)
    assert read_shots(str(lines), QA, 0) == ()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "text\nx\n", "no column 'label'"),
        ("a.csv", "text,label\nx\n", r"a.csv:2: 1 cells, expected 2 \(text, label\)"),
        ("a.csv", "text,label\nx,\n", "no row has gold in the column 'label'"),
        ("a.jsonl", "{\n", "a.jsonl:1: not valid JSON"),
        ("a.jsonl", "3\n", "a.jsonl:1: expected an object, found 3"),
    ],
)
def test_a_file_that_holds_no_examples(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_shots(str(tmp_path / name), CLASSIFICATION, 8)
