"""The scripts that measure speed run and print what they promise; how fast this machine is, is not tested here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SPEED = Path(__file__).parents[2] / "benchmarks" / "speed"
SCRIPTS = {
    "startup.py": ["--repeats", "1"],
    "streaming.py": ["--rows", "50", "200"],
    "sharing.py": ["--rows", "5", "--repeats", "1"],
    "memory.py": ["--tasks", "sentiment", "qa"],
    "pipelines.py": ["--rows", "3", "--repeats", "1"],
    "first_answer.py": ["--repeats", "1"],
    "encoding.py": ["--rows", "3", "--repeats", "1", "--sets", "sst2"],
    "generation.py": ["--rows", "3", "--repeats", "1", "--beams", "1", "2"],
    "keeping.py": ["--rows", "200", "5", "--repeats", "1"],
    "tables.py": ["--rows", "20", "2000"],
    "engines.py": ["--rows", "40", "--block", "16", "--repeats", "1"],
    "leaderboard.py": ["--systems", "2", "--forms", "board.csv"],
}


def run(script: str, *args: str) -> str:
    command = [sys.executable, str(SPEED / script), *SCRIPTS[script], "--no-limits", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, check=True).stdout


@pytest.mark.parametrize(
    ("script", "shown"),
    [("startup.py", ["nlptasks run --help", "ratio"]), ("streaming.py", ["difference of the peaks", "       200"])],
)
def test_the_table_tells_the_machine_first(script, shown):
    printed = run(script)
    assert printed.startswith("machine: cpu ")
    assert all(text in printed for text in shown)
    assert str(Path.home()) not in printed


def test_leaderboard_json():
    found = json.loads(run("leaderboard.py", "--json"))
    assert [item["form"] for item in found["forms"]] == ["board.csv"]
    assert all(item["seconds"] > 0 for item in found["forms"])


def test_startup_json():
    found = json.loads(run("startup.py", "--json"))
    assert {item["command"]: item["limit"] for item in found["commands"]}["--help"] == 1.3
    assert all(item["ratio"] == pytest.approx(item["milliseconds"] / found["base"]) for item in found["commands"])


def test_streaming_json():
    found = json.loads(run("streaming.py", "--json"))
    assert [item["rows"] for item in found["runs"]] == [50, 200]
    assert all(10 < item["peak"] < 10_000 and 0 < item["first_row"] < 60 for item in found["runs"])


def test_sharing_json(tmp_path):
    data = tmp_path / "reviews.jsonl"
    data.write_text('{"text": "good", "label": "positive"}\n' * 9, encoding="utf-8")
    found = json.loads(run("sharing.py", "--json", "--data", str(data)))
    assert (found["rows"], found["limit"]) == (5, 1.15)
    assert found["ratio"] == pytest.approx(found["both"] / found["one"])


def test_memory_json():
    found = json.loads(run("memory.py", "--json"))
    assert (found["tasks"], found["skipped"]) == (["sentiment", "qa"], {})
    assert len(found["apart"]) == 2
    assert all(50 < peak < 5_000 for peak in (found["together"], *found["apart"]))
    assert found["ratio"] == pytest.approx(found["together"] / sum(found["apart"]))


def test_pipelines_json():
    found = json.loads(run("pipelines.py", "--json"))
    peer, _, ours = found["pipelines"]
    assert (peer["name"], peer["ratio"], ours["name"]) == ("transformers, batch_size=1", 1, "nlptasks")
    assert all(item["flips"] == 0 and item["difference"] < 1e-4 for item in found["pipelines"])


def test_first_answer_json():
    found = json.loads(run("first_answer.py", "--json"))
    names = ["import torch", "sentiment", "translation --to de --beams 4"]
    assert [item["name"] for item in found["commands"]] == names
    assert all(0 < item["seconds"] < 60 and 50 < item["megabytes"] < 5_000 for item in found["commands"])


def test_encoding_json():
    found = json.loads(run("encoding.py", "--json"))
    flips = {item["name"]: item["flips"] for item in found["systems"]}
    assert flips["nlptasks"] == 0
    assert flips["transformers pipeline, batch_size=1"] is None
    assert all(0 < item["peak"] < 10 for item in found["systems"])


def test_generation_json():
    found = json.loads(run("generation.py", "--json"))
    peers = [item["beams"] for item in found["systems"] if item["name"] == "transformers generate"]
    assert peers == [1, 2]
    assert all(item["same"] == 3 for item in found["systems"] if "int8" not in item["name"])


def test_engines_json():
    found = json.loads(run("engines.py", "--json"))
    assert [run["engine"] for run in found["runs"]][:2] == ["local, 1 worker", "local, 2 workers"]
    rates = [one["rate"] for one in found["simulated"]]
    assert rates == sorted(rates)
    assert all(0 < one["busy"] <= 1 and one["times"] <= one["machines"] * 1.001 for one in found["simulated"])


def test_keeping_json():
    found = json.loads(run("keeping.py", "--json"))
    assert [(item["head"], item["rows"]) for item in found["costs"]] == [("constant", 200), ("binary", 5)]
    assert all(item["bare"] > 0 and item["keeping"] > 0 for item in found["costs"])


def test_tables_json():
    found = json.loads(run("tables.py", "--json"))
    assert [(item["format"], item["rows"]) for item in found["tables"]] == [
        (kind, rows) for kind in ("csv", "jsonl", "parquet") for rows in (20, 2_000)
    ]
    assert all(10 < item["peak"] < 10_000 for item in found["tables"])
