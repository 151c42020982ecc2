"""A task in memory, which is called with texts."""

from __future__ import annotations

import pytest

from nlptasks._running.loaded import LoadedTask, Predictions
from nlptasks._settings.groups import SystemChoice
from nlptasks.errors import UsageError
from nlptasks.plugin.predictions import Label


@pytest.fixture
def task(here, worded) -> LoadedTask:
    return LoadedTask(here.load(worded), SystemChoice(heads={"sentiment": "worded"}))


def test_one_input_or_many(task):
    assert task("good").canonical == "positive"
    assert task({"text": "bad"}).canonical == "negative"
    assert task(text="good").canonical == "positive"
    assert task(None) is None
    made = task(["good", None, float("nan"), " "])
    assert isinstance(made, Predictions)
    assert [one and one.canonical for one in made] == ["positive", None, None, None]


@pytest.mark.parametrize(
    ("args", "named", "said"),
    [
        (("good",), {"text": "bad"}, "both by position and by name"),
        ((3,), {}, "and this is int"),
        ((), {"txt": "good"}, "text"),
    ],
)
def test_what_is_no_input(task, args, named, said):
    with pytest.raises(UsageError, match=said):
        task(*args, **named)


def test_a_text_that_the_head_cannot_read_is_told_once(task):
    german = "Der Akku hält zwei Tage und das Telefon ist wirklich sehr gut, ich bin damit überaus zufrieden."
    with pytest.warns(RuntimeWarning, match=r"1 of 2 texts \(50.0%\) is not in a language .* it reads en"):
        task(["good", german])
    task([german])  # warnings are errors here


def test_it_shows_itself(task):
    assert repr(task) == "<task sentiment; head acme:worded; labels negative, positive>"
    assert "<td>acme:worded</td>" in task._repr_html_()
    assert (task.labels, task.backbone, task.task.name) == (("negative", "positive"), None, "sentiment")


def test_predictions_are_a_table_of_at_most_50_rows():
    made = Predictions([Label("a", 0.5), None], output="mood")
    shown = made._repr_html_()
    assert "<th>mood</th><th>mood_score</th>" in shown
    assert "<td>1</td><td></td><td></td>" in shown
    many = Predictions([Label("a", 0.5)] * 60)._repr_html_()
    assert many.count("<td>a</td>") == 50
    assert many.endswith("<p>60 predictions, 50 of them shown</p>")
    assert "<th>prediction</th>" in Predictions()._repr_html_()
