"""Results of other tools, from their file to the leaderboard, through the real command."""

from __future__ import annotations

import json
from typing import Any

import pytest


def lm_eval(model: str, value: float, metric: str = "acc,none", **more: Any) -> str:
    task = {"alias": "t", metric: value, metric.replace(",", "_stderr,"): 0.01}
    direction = {"t": {metric.partition(",")[0]: True}}
    return json.dumps({"results": {"t": task}, "model_name": model, "higher_is_better": direction, **more})


@pytest.mark.parametrize("metric", ["acc,none", "exact_match,strict-match"])
def test_imported_numbers_are_ranked_where_they_are_asked_for(command, metric):
    for model, value in (("worse", 0.4), ("better", 0.6)):
        command.write(f"{model}.json", lm_eval(model, value, metric))
        command("import", f"{model}.json", "--from", "lm-eval", "-o", f"records/{model}").succeeded()
    command("leaderboard", "build", "records", "--min-trust", "V0", "-o", "board.json").succeeded()
    panel = json.loads(command.read("board.json"))["tasks"][0]["panels"][0]
    assert [(row["position"], row["system"], row["n"]) for row in panel["rows"]] == [(1, "better", 0), (2, "worse", 0)]
    board = command("leaderboard", "build", "records", "--min-trust", "V0").succeeded().stdout.decode()
    assert "a number of samples that is not known" in board
    assert "Fewer than 30 samples" not in board
    command("leaderboard", "build", "records", "-o", "trusted.json").succeeded()
    panel = json.loads(command.read("trusted.json"))["tasks"][0]["panels"][0]
    assert [row["position"] for row in panel["rows"]] == [None, None]


def test_a_limited_run_of_another_tool_is_never_ranked(command):
    command.write("whole.json", lm_eval("whole", 0.5))
    command.write("part.json", lm_eval("part", 0.9, config={"limit": 10.0}))
    for name in ("whole", "part"):
        done = command("import", f"{name}.json", "--from", "lm-eval", "-o", f"records/{name}").succeeded()
        assert ("only 10 samples were asked for" in done.stderr) == (name == "part")
    command("leaderboard", "build", "records", "--min-trust", "V0", "-o", "board.json").succeeded()
    board = json.loads(command.read("board.json"))
    assert [row["system"] for row in board["tasks"][0]["panels"][0]["rows"]] == ["whole"]
    assert [(left["system"], left["reason"]) for left in board["left_out"]] == [
        ("part", "--limit 10: it was run on a part of the data")
    ]


def test_each_system_gets_a_file_of_its_own(command):
    for model in ("org/a", "org/b"):
        command.write("r.json", lm_eval(model, 0.5))
        command("import", "r.json", "--from", "lm-eval", "-o", f"records/{model[-1]}").succeeded()
    both = ("export", "records/a", "records/b", "--to", "model-index")
    command(*both).refused("a model card is of one model, and these records are of 2: 'org/a', 'org/b'")
    assert command(*both, "-o", "cards/").succeeded().stderr.split() == ["cards/org-a.md", "cards/org-b.md"]
    command(*both, "-o", "cards/").refused("cards/org-a.md exists already")
    command(*both, "-o", "cards/", "--force").succeeded()
    assert "name: org/a" in command.read("cards/org-a.md")
