"""What commands hand on of flags that depend on the task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from nlptasks._cli.app import App
from nlptasks._cli.by_task import OPTION, TaskGroup, heads_given
from nlptasks._cli.flags import flags_of
from nlptasks._settings.groups import TableSource
from nlptasks.errors import UsageError


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Calls a command, and returns the options and heads that it hands on."""

    def call(*args: str, config: str = "") -> tuple[dict[str, Any], list[str]]:
        found: list[Any] = []
        file = tmp_path / "config.toml"
        file.write_text(config)
        group = TaskGroup(
            "run",
            body=lambda app, tasks, chosen: found.extend((chosen.values(OPTION), heads_given(chosen))),
            params_of_body=flags_of(TableSource),
            many=True,
        )
        context = click.Context(group, info_name="run", obj=App(config_file=file))
        with group.make_context("run", list(args), parent=context) as made:
            group.invoke(made)
        return found[0], found[1]

    return call


def test_an_option_of_several_tasks(run):
    both = run("sentiment,classification", "--labels", "complaint,praise,request")
    assert both == ({"labels": ("complaint", "praise", "request")}, [])


def test_an_option_of_one_of_several_tasks(run):
    args = ("sentiment,classification", "--classification.labels", "a,b", "--sentiment.max-windows", "3")
    assert run(*args)[0] == {"classification.labels": ("a", "b"), "sentiment.max_windows": 3}
    config = '[run.classification]\nlabels = ["a", "b"]\nhead = "zero-shot"\n[run]\nmax-windows = 2'
    assert run("sentiment,classification", config=config) == (
        {"classification.labels": ("a", "b"), "max_windows": 2},
        ["classification=zero-shot"],
    )
    assert run("classification", config=config) == ({"labels": ("a", "b"), "max_windows": 2}, ["zero-shot"])


def test_tables_of_tasks_that_do_not_agree(run):
    config = "[run.classification]\nencoding = 'cp1252'\n[run.sentiment]\nencoding = 'utf-8'"
    with pytest.raises(UsageError, match="differs from that of another task"):
        run("sentiment,classification", config=config)
    run("sentiment", config=config)


def test_two_heads_for_one_task(run):
    assert run("sentiment,qa", "--head", "sentiment=binary", "--head", "qa=extractive")[1] == [
        "sentiment=binary",
        "qa=extractive",
    ]
    with pytest.raises(UsageError, match="given twice"):
        run("sentiment", "--head", "binary", "--head", "own")
