"""``nlptasks metrics list`` and ``explain``, with the plugin of metrics and with a metric of somebody else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nlptasks._cli.main import run_command
from nlptasks_metrics import nlptasks_metrics

NAMES = [spec.name for spec in nlptasks_metrics()]

#: A metric whose plugin writes what it likes into what it says of itself.
FOREIGN = '''
"""A metric of somebody else."""

import math

import numpy as np

from nlptasks.plugin import MetricSpec, hookimpl


@hookimpl
def nlptasks_metrics():
    return [
        MetricSpec(
            name="shouting",
            summary="marks of exclamation in an answer",
            object=f"{__name__}:Shouting",
            range=(0.0, math.inf),
            higher_is_better=False,
            traps=("It is loud.",),
        )
    ]


class Shouting:
    """Marks of exclamation.\\x07\\u202e

    ``stats`` counts them.
    """

    binary = False
    signature = "metric:shouting\\x1b[31m"

    def __init__(self, labels):
        pass

    def stats(self, predictions, targets):
        return np.array([[answer.count("!"), 1.0] for answer in predictions]).reshape(len(predictions), 2)

    def score(self, sums):
        return sums[..., 0] / sums[..., 1]
'''


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """What a command prints, and its exit code; it runs in this process."""
    config = tmp_path / "config.toml"
    config.touch()
    monkeypatch.setenv("NLPTASKS_CONFIG", str(config))
    monkeypatch.setenv("NLPTASKS_PLUGINS", "nlptasks")

    def run(*args: str) -> tuple[int, str, str]:
        code = run_command(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def foreign(said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NLPTASKS_PLUGINS", "")
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "shouting_plugin.py").write_text(FOREIGN, encoding="utf-8")
    return str(folder)


def test_list(said) -> None:
    code, out, err = said("metrics", "list")
    assert (code, err) == (0, "")
    header, *lines = out.splitlines()
    assert header.split() == ["NAME", "RANGE", "BETTER", "FROM", "SUMMARY"]
    assert [line.split()[0] for line in lines] == sorted(NAMES)
    assert re.search(r"^ter +0 to inf +lower +nlptasks ", out, re.MULTILINE)


def test_list_as_json(said) -> None:
    code, out, _ = said("metrics", "list", "--json")
    assert code == 0
    shown = {item["name"]: item for item in json.loads(out)}
    assert shown["bits-per-byte"]["range"] == [0, None]
    assert shown["bleu"]["by_language"] is True


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_explained(said, name: str) -> None:
    code, out, err = said("metrics", "explain", name)
    assert (code, err) == (0, "")
    for part in ("from: nlptasks:", "reads: ", "range: ", "interval: ", "signature: ", "source: "):
        assert f"\n  {part}" in out
    assert "\nconventions:\n  - " in out and "\ntraps:\n  - " in out
    assert "``" not in out and "Source" not in out
    assert max(map(len, out.splitlines())) <= 140, "only a signature may be longer than a page is wide"


def test_explain_with_labels(said) -> None:
    _, out, _ = said("metrics", "explain", "macro-f1", "--labels", "a, b")
    assert "signature: metric:f1|average:macro|labels:2|set:3554d2b8|zero:0\n" in out
    assert "depends on: the label set (--labels)\n" in out
    assert "parts: a value of each label too\n" in out


def test_explain_with_a_language(said) -> None:
    _, out, _ = said("metrics", "explain", "rouge-1", "--language", "zh")
    assert "tok:char" in out
    assert "depends on: the language of the predictions (--language)\n" in out
    assert "tok:ascii" in said("metrics", "explain", "rouge-1")[1]


def test_explain_as_json(said) -> None:
    code, out, _ = said("metrics", "explain", "nlptasks:accuracy", "--json")
    assert code == 0
    shown = json.loads(out)
    assert shown["signature"] == "metric:accuracy"
    assert (shown["interval"], shown["by_labels"], shown["parts"]) == ("wilson", False, False)
    assert shown["source"].startswith("scikit-learn's accuracy_score")
    assert shown["text"][0].startswith("Proportion of predictions")
    assert shown["reads"] == "prediction"


def test_a_metric_of_somebody_else(said, foreign: str) -> None:
    code, out, err = said("--plugins-dir", foreign, "metrics", "explain", "shouting")
    assert code == 0, err
    assert "range: 0 to no end, lower is better" in out
    assert "`stats` counts them." in out
    assert "source:" not in out and "conventions:" not in out
    assert all(character.isprintable() or character == "\n" for character in out)
    assert "\\x07" in out and "\\u202e" in out and "\\x1b[31m" in out


def test_a_name_that_is_unknown(said) -> None:
    code, out, err = said("metrics", "explain", "macro-f2")
    assert (code, out) == (2, "")
    assert err.startswith("error: there is no metric named 'macro-f2'; did you mean 'macro-f1'?\n  there are: ")


def test_listing_imports_nothing_heavy() -> None:
    heavy = ["numpy", "torch", "scipy", "sklearn", "sacrebleu", "rouge_score", "pydantic"]
    code = (
        "import sys; from nlptasks._cli.main import run_command; code = run_command(['metrics', 'list']); "
        f"print(code, sorted(set({heavy}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "0 []"
