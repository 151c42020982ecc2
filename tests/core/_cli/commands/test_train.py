"""``nlptasks train`` as a command: its ways, and what it tells at its end."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from nlptasks._cli.commands.train import _flags_of_use, _listed
from nlptasks.plugin import HeadSpec


def test_each_score_has_that_of_the_trivial_baseline_behind_it():
    scores = {"accuracy": 0.75, "accuracy_baseline": 0.5, "macro-f1": 0.7, "macro-f1-baseline": 0.33333, "loss": 1.5}
    assert _listed(scores) == (
        "accuracy 0.750 (trivial baseline 0.500), macro-f1 0.700 (trivial baseline 0.333), loss 1.500"
    )
    assert _listed({}) == ""


@pytest.mark.parametrize(
    ("needs", "default", "to", "folder", "said"),
    [
        ({"encode"}, True, "", "", " --head mine"),
        ({"encode"}, True, "", "other", " --head mine --backbone other"),
        ({"generate"}, True, "", "", " --backbone mine"),
        ({"generate"}, False, "de", "", " --head demo --to de --backbone mine"),
    ],
)
def test_the_flags_that_use_what_was_trained(needs, default, to, folder, said):
    spec = HeadSpec(
        name="demo", summary="Demo.", task="translation", object="m:H", needs=frozenset(needs), default=default
    )
    item = SimpleNamespace(head=SimpleNamespace(spec=spec), options=SimpleNamespace(to=to))
    system = SimpleNamespace(heads=[item], context=SimpleNamespace(folder=folder))
    assert _flags_of_use(system, "mine") == said


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ("--recipe", "r.toml", "sentiment"),
            "a recipe names its own tasks\n  leave 'sentiment' out",
        ),
        (("--plot", "folder", "sentiment"), "a log names its own tasks\n  leave 'sentiment' out"),
        (("--recipe", "a.toml", "--recipe", "b.toml"), "--recipe is given twice, and takes one value"),
        (("--recipe", "gone.toml"), "gone.toml"),
        (("--data", "x.csv"), "the task comes first: nlptasks train TASK --data ..."),
    ],
)
def test_what_does_not_go_together(nlptasks, args, said):
    code, out, told = nlptasks("train", *args)
    assert (code, out) == (2, "")
    assert said in told


def test_the_command_takes_a_recipe_or_a_task(site, tmp_path):
    missing = site.run("train", "--output", "x", "--on-error", "skip", "--recipe", "none.toml")
    assert missing.returncode == 2
    assert "cannot read the recipe none.toml" in missing.stderr
    assert "--recipe FILE" in site.run("train", "--help").stdout


def test_the_command_plots_a_log(site, tmp_path):
    (tmp_path / "log.jsonl").write_text('{"kind": "loss", "tokens": 5, "loss": {"a": 1.5}}\n', encoding="utf-8")
    plotted = site.run("train", "--plot", str(tmp_path))
    assert plotted.returncode == 0
    assert "loss a" in plotted.stderr
    assert (tmp_path / "training.png").exists()
    missing = site.run("train", "--plot", "nowhere")
    assert missing.returncode == 2
    assert "nowhere holds no log of a training" in missing.stderr
