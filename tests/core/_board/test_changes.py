"""What differs between two boards."""

from __future__ import annotations

import json
import shutil

import pytest

from nlptasks._cli.main import run_command


@pytest.fixture
def pair(make, answers, tmp_path):
    """Two folders: in the second, `a` is gone, `c` has come, and `b` is better."""
    old, new = tmp_path / "old", tmp_path / "new"
    for at, (system, right) in enumerate([("a", 0.9), ("b", 0.6)]):
        predictions, gold = answers(100, right, seed=at)
        make(old / system, system, predictions=predictions, gold=gold)
    for at, (system, right) in enumerate([("c", 0.7), ("b", 0.95)]):
        predictions, gold = answers(100, right, seed=at)
        make(new / system, system, predictions=predictions, gold=gold)
    return old, new


def diff(*args):
    return run_command(["leaderboard", "diff", *map(str, args)])


def test_no_difference(pair, capsys):
    assert diff(pair[0], pair[0]) == 0
    assert capsys.readouterr() == ("", "no difference\n")


def test_folders_and_boards_give_the_same(pair, tmp_path, capsys):
    old, new = pair
    assert run_command(["leaderboard", "build", str(old), "-o", str(tmp_path / "old.json")]) == 0
    capsys.readouterr()
    assert diff(old, new, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [(item["system"], item["what"]) for item in found] == [
        ("a", "vanished"),
        ("b", "moved"),
        ("b", "rank interval"),
        ("b", "score"),
        ("c", "appeared"),
    ]
    assert (found[1]["old"], found[1]["new"]) == ("2", "1")
    assert diff(tmp_path / "old.json", new, "--json") == 0
    assert json.loads(capsys.readouterr().out) == found


def test_another_signature_and_data_set(pair, make, answers, capsys):
    old, new = pair
    shutil.rmtree(new)
    for at, (system, right) in enumerate([("a", 0.9), ("b", 0.6)]):
        predictions, gold = answers(100, right, seed=at)
        shops = [{"shop": str(at // 4)} for at in range(100)]
        make(new / system, system, predictions=predictions, gold=gold, meta=shops, data={"cluster": "shop"})
    make(new / "more", "a", predictions=predictions, gold=gold, dataset="films")
    assert diff(old, new) == 0
    lines = [line.split()[1:] for line in capsys.readouterr().out.splitlines()[1:]]
    assert ["reviews,", "test", "signature"] in [line[:3] for line in lines]
    assert ["films,", "test", "appeared"] in lines


def test_what_is_no_board(tmp_path, capsys, pair):
    assert diff(tmp_path / "nowhere.json", pair[0]) == 2
    (tmp_path / "x.json").write_text('{"schema": "nlptasks.record"}')
    assert diff(tmp_path / "x.json", pair[0]) == 1
    (tmp_path / "x.json").write_text('{"schema": "nlptasks.board", "version": 1, "tasks": [{}]}')
    assert diff(tmp_path / "x.json", pair[0]) == 1
    assert "x.json: tasks[0].panels: missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rank", [1, 2, 3]),
        ("rank", "1"),
        ("score", "high"),
        ("score", "0.5"),
        ("score", True),
        ("system", None),
        ("position", {}),
    ],
)
def test_a_damaged_row_is_named(pair, tmp_path, capsys, field, value):
    file = tmp_path / "board.json"
    assert run_command(["leaderboard", "build", str(pair[0]), "-o", str(file)]) == 0
    board = json.loads(file.read_text())
    board["tasks"][0]["panels"][0]["rows"][1][field] = value
    file.write_text(json.dumps(board))
    capsys.readouterr()
    assert diff(pair[0], file) == 1
    assert f"board.json: tasks[0].panels[0].rows[1].{field}: must be " in capsys.readouterr().err
