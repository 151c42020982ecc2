"""Files that the installed lm-evaluation-harness writes of a dummy model on tasks of a few rows, and is read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(find_spec("lm_eval") is None, reason="lm_eval is not installed: pip install lm_eval")

CHOICES = [{"text": f"row {number}", "choices": ["negative", "positive"], "gold": number % 2} for number in range(12)]
QUESTIONS = [
    {"question": "Who wrote it?", "context": "It was lol.", "answer": ["lol", "LOL"]},
    {"question": "When?", "context": "In 1990.", "answer": ["1990"]},
    {"question": "Where?", "context": "In lol.", "answer": ["lol"]},
]
PAGES = [{"page": "Here is a page of text."}, {"page": "Another page, with more."}]

TASKS: Mapping[str, tuple[list[dict[str, Any]], str]] = {
    "tiny_choice": (
        CHOICES,
        """
output_type: multiple_choice
doc_to_text: "{{text}}"
doc_to_target: gold
doc_to_choice: "{{choices}}"
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
""",
    ),
    "tiny_written": (
        QUESTIONS,
        """
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["\\n"]}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
filter_list:
  - {name: number, filter: [{function: regex, regex_pattern: "(\\\\d+)"}, {function: take_first}]}
  - {name: all, filter: [{function: take_first}]}
""",
    ),
    "tiny_pages": (
        PAGES,
        """
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{page}}"
metric_list: [{metric: word_perplexity}, {metric: bits_per_byte}]
""",
    ),
    "tiny_endings": (
        PAGES,
        """
output_type: loglikelihood
doc_to_text: "{{page.split(' ')[0]}}"
doc_to_target: "{{' ' + page.split(' ')[1]}}"
metric_list:
  - {metric: perplexity, aggregation: perplexity, higher_is_better: false}
  - {metric: acc, aggregation: mean, higher_is_better: true}
""",
    ),
}


#: Runs the harness once for each list of arguments; most of the time of a run is its imports.
RUN = """
import json, runpy, sys
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["lm_eval", *arguments]
    runpy.run_module("lm_eval", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The folders that the harness writes when it evaluates a dummy model on the tasks: of all rows, and of two."""
    folder = tmp_path_factory.mktemp("lm_eval")
    (folder / "tasks").mkdir()
    for name, (rows, config) in TASKS.items():
        data = folder / "tasks" / f"{name}.jsonl"
        data.write_text("".join(json.dumps(row) + "\n" for row in rows))
        head = f"task: {name}\ndataset_path: json\ndataset_kwargs: {{data_files: {{test: {data}}}}}\ntest_split: test\n"
        (folder / "tasks" / f"{name}.yaml").write_text(head + config + "metadata: {version: 1.0}\n")
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(folder / "hub")}
    line = ["run", "--model", "dummy", "--model_args", "pretrained=org/dummy"]
    line += ["--tasks", ",".join(TASKS), "--include_path", "tasks", "--log_samples"]
    runs = [[*line, "--output_path", "all"], [*line, "--output_path", "two", "--limit", "2"]]
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(runs)],
        cwd=folder,
        env=os.environ | offline,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return {name: next((folder / name).iterdir()) for name in ("all", "two")}


@pytest.fixture(scope="module")
def written(folders: Mapping[str, Path]) -> Path:
    """What the harness wrote of all rows."""
    return folders["all"]


@pytest.fixture(scope="module")
def results(written: Path) -> Any:
    """Its results."""
    (file,) = written.glob("results_*.json")
    return json.loads(file.read_text())["results"]


def record_of(command: Any, written: Path, name: str, task: str, *flags: str) -> Any:
    (file,) = written.glob(f"samples_{name}_*.jsonl")
    command("rescore", str(file), "--task", task, "-o", name, *flags).succeeded()
    return json.loads(command.read(f"{name}/record.json"))


def test_its_results_are_imported(command, written, results):
    (file,) = written.glob("results_*.json")
    command("import", str(file), "--from", "lm-eval", "-o", "records").succeeded()
    found = [json.loads(path.read_text()) for path in (command.folder / "records").rglob("record.json")]
    assert {record["dataset"]["name"]: record["dataset"]["n"] for record in found} == {
        name: len(rows) for name, (rows, _) in TASKS.items()
    }
    assert {record["run"]["limit"] for record in found} == {0}
    scores = {record["dataset"]["name"]: record["scores"] for record in found}
    assert scores["tiny_choice"]["acc"]["value"] == results["tiny_choice"]["acc,none"]
    assert set(scores["tiny_written"]) == {"exact_match,number", "exact_match,all"}
    assert scores["tiny_endings"]["token-perplexity"]["value"] == results["tiny_endings"]["perplexity,none"]
    assert not scores["tiny_endings"]["token-perplexity"]["higher_is_better"]


def test_a_limited_run_is_marked(command, folders):
    (file,) = folders["two"].glob("results_*.json")
    done = command("import", str(file), "--from", "lm-eval", "-o", "records").succeeded()
    assert done.stderr.count("only 2 samples were asked for: never ranked") == 2  # of two others these are all


def test_its_samples_give_its_scores(command, written, results):
    choice = record_of(command, written, "tiny_choice", "sentiment")
    assert choice["scores"]["accuracy"]["value"] == pytest.approx(results["tiny_choice"]["acc,none"])
    assert (choice["labels"], choice["dataset"]["name"]) == (["negative", "positive"], "tiny_choice")
    assert choice["model"]["name"] == "org__dummy"
    text = record_of(command, written, "tiny_written", "qa", "--filter", "all")
    assert text["scores"]["exact-match"]["value"] == results["tiny_written"]["exact_match,all"] == pytest.approx(2 / 3)
    pages = record_of(command, written, "tiny_pages", "generation")
    assert pages["scores"]["bits-per-byte"]["value"] == pytest.approx(results["tiny_pages"]["bits_per_byte,none"])
    assert pages["scores"]["perplexity"]["value"] == pytest.approx(results["tiny_pages"]["word_perplexity,none"])
    assert pages["flags"].get("missing", 0) == 0


def test_what_its_samples_do_not_say_is_asked_for(command, written):
    (file,) = written.glob("samples_tiny_written_*.jsonl")
    command("rescore", str(file), "--task", "qa").refused("2 filters", "--filter: number, all")
    command("rescore", str(file), "--task", "qa", "--filter", "number").refused("found nothing in any", code=1)


def test_samples_of_two_systems_are_compared(command, written):
    (file,) = written.glob("samples_tiny_choice_*.jsonl")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    for row in rows:
        row["filtered_resps"].reverse()
        row["acc"] = 1.0 - row["acc"]
    command.write("other.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    first = record_of(command, written, "tiny_choice", "sentiment")
    command("rescore", "other.jsonl", "--task", "sentiment", "-o", "other").succeeded()
    other = json.loads(command.read("other/record.json"))
    assert first["dataset"]["sha256"] == other["dataset"]["sha256"] != ""
    assert "12 samples" in command("compare", "tiny_choice", "other").succeeded().stdout.decode()
