"""What the configuration file says for a command, and the complaints that name a line of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlptasks._cli.configured import configured
from nlptasks._cli.flags import flags_of
from nlptasks._plugins.configuration import read_config
from nlptasks._settings.groups import Evaluation, TableSource
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec
from nlptasks_tasks import nlptasks_tasks

TASKS = {task.name: task for task in nlptasks_tasks()}
SENTIMENT, QA = TASKS["sentiment"], TASKS["qa"]


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Reads a file's settings for ``run``, by their flags."""

    def found(text: str, *tasks: TaskSpec) -> dict[str, Any]:
        file = tmp_path / "config.toml"
        file.write_text(text)
        params = [*flags_of(TableSource), *flags_of(Evaluation, only=("limit", "metrics"))]
        values = configured(read_config(file, {}), "run", params, tasks=tasks, known=list(TASKS.values()))
        return {flag.setting.key: values[str(flag.name)] for flag in params if str(flag.name) in values}

    return found


def test_a_file_without_the_table_says_nothing(read):
    assert read("") == read("[eval]\nlimit = 3") == {}


def test_keys_are_flags_with_dashes_or_underscores(read):
    assert read("[run]\nkeep-na = true\nlimit = 3") == {"keep-na": True, "limit": 3}
    assert read("[run]\nkeep_na = true") == {"keep-na": True}


def test_one_value_of_a_flag_that_is_repeated_needs_no_list(read):
    assert read('[run]\nmetric = "bleu"') == read('[run]\nmetric = ["bleu"]') == {"metric": ("bleu",)}


def test_the_table_of_a_task_goes_before_that_of_the_command(read):
    text = '[run]\nlimit = 3\ngold = "x"\n[run.sentiment]\nlimit = 5\n[run.qa]\nlimit = 7'
    assert read(text) == {"limit": 3, "gold": "x"}
    assert read(text, SENTIMENT) == {"limit": 5, "gold": "x"}
    assert read(text, QA) == {"limit": 7, "gold": "x"}


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("[run]\n\nlimt = 3", ":3: the key 'run.limt' is not known; did you mean 'limit'?", "known: data,"),
        ("[run]\nlimit = -1", ":2: the key 'run.limit' is not valid: ", ""),
        ('[run]\nlimit = "three"', ":2: the key 'run.limit' is not valid: expected ", ""),
        ("[run.sentimant]\nlimit = 3", "the key 'run.sentimant' is no task; did you mean 'sentiment'?", "known: "),
        ("[run.qa]\nlimt = 3", ":2: the key 'run.qa.limt' is not known", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_line(read, text, said, hint):
    with pytest.raises(UsageError) as caught:
        read(text, QA)
    assert said in caught.value.message
    assert caught.value.hint.startswith(hint)
