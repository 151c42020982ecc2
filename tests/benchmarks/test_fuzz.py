"""The fuzzer: a short run finds nothing, and it would say what it found."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

FUZZ = Path(__file__).parents[2] / "benchmarks" / "fuzz"

BROKEN = b"""
from nlptasks.errors import UsageError
from nlptasks.plugin import HeadSpec, hookimpl


@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="broken", task="sentiment", summary="s", object="fuzz_broken:Broken")]


class Broken:
    labels = ("negative", "positive")

    def __init__(self, context):
        DOES
"""


def fuzz(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FUZZ), "--faults", str(folder / "faults"), *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    done = fuzz(tmp_path, "--minutes", "0.3", "--seed", "0", "--log", str(log))
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 faults" in log.read_text(encoding="utf-8")
    assert not (tmp_path / "faults").exists()


def replayed(tmp_path: Path, args: tuple[str, ...], files: dict[str, bytes]) -> tuple[int, str]:
    packed: dict[str, Any] = {name: base64.b64encode(data).decode() for name, data in files.items()}
    case = {"kind": "flags", "seed": "0", "args": args, "stdin": "", "changes": [], "files": packed}
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    done = fuzz(tmp_path, "--replay", str(tmp_path / "case.json"))
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (b"raise IndexError", "IndexError at b/bad/fuzz_broken.py:15"),
        (b"open('.out.part', 'w').close(); raise UsageError('no')", "a part was left"),
    ],
)
def test_what_nobody_explained_is_a_fault(tmp_path: Path, does: bytes, said: str) -> None:
    plugin = BROKEN.replace(b"DOES", does)
    args = ("--plugins-dir", "bad", "run", "sentiment", "--head", "broken", "--data", "d.csv", "-o", "out.csv")
    code, printed = replayed(tmp_path, args, {"d.csv": b"text\ngood\n", "bad/fuzz_broken.py": plugin})
    assert code == 1
    assert said in printed


def test_what_is_explained_is_none(tmp_path: Path) -> None:
    assert replayed(tmp_path, ("run", "sentiment", "--data", "nosuch.csv"), {}) == (0, "explained\n")
