"""The keywords that a type checker knows are those of the settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nlptasks._settings import keywords as generated
from nlptasks._settings.functions import FUNCTIONS, keywords

ROOT = Path(__file__).parents[3]

SNIPPET = """
import nlptasks

nlptasks.run("sentiment", "a.csv", force=True, encoding="cp1252", gold="label")
nlptasks.evaluate("sentiment", "a.csv", metrics=["accuracy"], limit=3)
nlptasks.train("sentiment", "a.csv", "head", seed=1)
nlptasks.load("classification", labels=("a", "b"), device="cpu")
nlptasks.run("sentiment", "a.csv", forse=True)
nlptasks.evaluate("sentiment", "a.csv", limit="3")
nlptasks.train("sentiment", "a.csv", "head", metod="probe")
nlptasks.load("sentiment", device=1)
"""


def test_a_type_checker_finds_misspelt_keywords(tmp_path):
    file = tmp_path / "snippet.py"
    file.write_text(SNIPPET)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line.partition("snippet.py:")[2] for line in done.stdout.splitlines() if "error:" in line]
    assert [line.partition(":")[0] for line in lines] == ["8", "9", "10", "11"], done.stdout + done.stderr
    for said, line in zip(('"forse"', '"limit"', '"metod"', '"device"'), lines, strict=True):
        assert said in line


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_keywords_that_a_type_checker_knows_are_those_that_there_are(function):
    known = getattr(generated, f"{function.capitalize()}Settings").__annotations__
    assert list(known) == [option.name for option in keywords(function)]
