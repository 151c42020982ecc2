from __future__ import annotations

import pytest

from nlptasks._names import resolve
from nlptasks._tables.columns import bind
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Example, Row
from nlptasks_tasks import nlptasks_tasks

TASKS = {task.name: task for task in nlptasks_tasks()}


def test_the_six_tasks() -> None:
    assert set(TASKS) == {"classification", "generation", "qa", "sentiment", "summarization", "translation"}
    assert TASKS["qa"].aliases == ("question-answering",)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_example_rows_can_be_read_with_their_gold_answer(task: TaskSpec) -> None:
    for row in task.examples:
        columns = list(row)
        binding = bind(task, columns, chosen={}, gold="", source="examples", gold_needed=True)
        cells = Row(1, [row[column] for column in columns])
        example = binding.example(cells)
        assert set(example.inputs) == {column.name for column in task.inputs}
        cell = binding.gold_cell(cells)
        assert binding.reading([cell]).read(cell)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_the_primary_metric_is_one_of_the_metrics(task: TaskSpec) -> None:
    assert task.primary in task.metrics


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_the_trivial_baseline_answers_with_the_tasks_own_prediction_type(task: TaskSpec) -> None:
    row = task.examples[0]
    answer = resolve(task.baseline)({"x": 2, "y": 1})(
        Example({column.name: row[column.name] for column in task.inputs})
    )
    assert isinstance(answer, resolve(task.prediction))
    assert len(answer.cells()) == len(answer.suffixes)


def test_output_columns_are_the_promised_ones() -> None:
    def columns(name: str) -> list[str]:
        return [TASKS[name].output + suffix for suffix in resolve(TASKS[name].prediction).suffixes]

    assert columns("sentiment") == ["sentiment", "sentiment_score"]
    assert columns("classification") == ["classification", "classification_score"]
    assert columns("qa") == ["answer", "answer_score", "answer_start", "answer_end"]
    assert columns("summarization") == ["summary"]
    assert columns("translation") == ["translation"]
    assert columns("generation") == ["generation"]


def test_the_majority_baseline_breaks_ties_by_name() -> None:
    from nlptasks_tasks.baselines import lead_3, majority

    assert majority({"b": 2, "a": 2, "c": 1})(Example({})).label == "a"
    with pytest.raises(ValueError, match="one gold answer"):
        majority({})
    text = 'One. "Two!" Three? Four.'
    assert lead_3({})(Example({"document": text})).text == 'One. "Two!" Three?'
