from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from nlptasks.errors import UsageError
from nlptasks.training.log import FILE, PICTURE, plot, read_log, text_plot

LINES = [
    {"kind": "start", "tokens": 0, "machine": "x"},
    {"kind": "loss", "tokens": 10, "loss": {"a": 2.0, "long name": 1.0}},
    {"kind": "loss", "tokens": 20, "loss": {"a": 1.0}},
    {"kind": "scores", "tokens": 20, "scores": {"a/f1": 0.5}, "mean": 0.5},
    {"kind": "loss", "tokens": 30, "loss": {"a": 0.0}},
    {"kind": "kept", "tokens": 30, "at": 20},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = "".join(json.dumps(line) + "\n" for line in LINES)
    (tmp_path / FILE).write_text(text + '{"kind": "loss", "tok', encoding="utf-8")
    return tmp_path


def test_a_log_is_read_and_plotted(folder: Path) -> None:
    log = read_log(folder)
    assert log.losses == {"a": [(10, 2.0), (20, 1.0), (30, 0.0)], "long name": [(10, 1.0)]}
    assert log.scores == {"a/f1": [(20, 0.5)]}
    assert [line.split() for line in text_plot(log)] == [
        ["loss", "a", "2.000", "█▅▁", "0.000"],
        ["loss", "long", "name", "1.000", "▁", "1.000"],
        ["a/f1", "0.500", "▁", "0.500"],
    ]


def test_many_values_share_bars(tmp_path: Path) -> None:
    lines = [json.dumps({"kind": "loss", "tokens": at, "loss": {"a": at}}) + "\n" for at in range(1, 1_001)]
    (tmp_path / FILE).write_text("".join(lines), encoding="utf-8")
    (line,) = text_plot(read_log(tmp_path))
    bars = line.split()[3]
    assert len(bars) == 32
    assert list(bars) == sorted(bars)


def test_a_picture_is_drawn(folder: Path) -> None:
    told: list[str] = []
    plot(folder, told.append)
    assert told[-1] == f"the same as a picture: {folder / PICTURE}"
    assert (folder / PICTURE).read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_a_line_says_how_to_get_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    told: list[str] = []
    plot(folder, told.append)
    assert told[-1] == "no training.png: a picture needs matplotlib; pip install 'nlptasks-toolkit[plot]'"
    assert not (folder / PICTURE).exists()


def test_a_folder_without_a_log_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no log of a training"):
        read_log(tmp_path)
