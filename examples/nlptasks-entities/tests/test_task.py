"""The task: its gold cells, its predictions and its metrics."""

import json
from dataclasses import replace

import pytest
from nlptasks_entities import TASK, nlptasks_metrics, nlptasks_tasks
from nlptasks_entities.gold import canonical, read_gold
from nlptasks_entities.metrics import f1, f1_loc, f1_misc, f1_org, f1_per, precision, recall
from nlptasks_entities.prediction import Entities, Entity
from nlptasks_entities.tags import in_characters, spans_of

from nlptasks.plugin.protocols import Example
from nlptasks.testing import check_metric, check_task

#: Tags of gold answers and of predictions, with what can go wrong: a wrong type, an end, a start, one too many, one
#: that is missing, two neighbours of one type.
GOLD = ["B-PER I-PER O B-LOC", "B-ORG I-ORG O O", "O O O", "B-LOC B-LOC O", "B-MISC O B-PER", "O B-PER I-PER I-PER"]
FOUND = ["B-PER I-PER O B-ORG", "B-ORG O O O", "O B-LOC O", "B-LOC B-LOC O", "O O B-PER", "O O B-PER I-PER"]


def answers(rows):
    """The canonical answers that tags stand for, each token a letter wide."""
    found = []
    for row in rows:
        tags = row.split()
        places = [(2 * at, 2 * at + 1) for at in range(len(tags))]
        found.append(canonical(in_characters(spans_of(tags), places)))
    return found


def value(metric, found=None, gold=None):
    opened = metric(())
    return float(opened.score(opened.stats(answers(found or FOUND), answers(gold or GOLD)).sum(0)))


def test_the_task_and_its_metrics_pass_their_checks():
    assert nlptasks_tasks() == [TASK]
    check_task(TASK)
    golds = [read_gold("entities", row["entities"]) for row in TASK.examples]
    for spec in nlptasks_metrics():
        check_metric(spec, golds=golds)


def test_the_metrics_are_those_of_counting_by_hand():
    assert value(precision) == pytest.approx(4 / 8)  # found: 8 entities, 4 of them right
    assert value(recall) == pytest.approx(4 / 8)
    assert value(f1) == pytest.approx(0.5)
    assert value(f1_loc) == pytest.approx(2 * 2 / (3 + 3))
    assert value(f1_per) == pytest.approx(2 * 2 / (3 + 3))
    assert value(f1_org) == value(f1_misc) == 0


def test_the_metrics_are_seqevals_in_its_strict_mode():
    seqeval = pytest.importorskip("seqeval.metrics", reason="seqeval is not installed")
    from seqeval.scheme import IOB2

    gold, found = ([row.split() for row in rows] for rows in (GOLD, FOUND))
    for metric, theirs in ((f1, "f1_score"), (precision, "precision_score"), (recall, "recall_score")):
        assert value(metric) == pytest.approx(getattr(seqeval, theirs)(gold, found, mode="strict", scheme=IOB2))
    report = seqeval.classification_report(gold, found, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    for kind, metric in {"LOC": f1_loc, "MISC": f1_misc, "ORG": f1_org, "PER": f1_per}.items():
        assert value(metric) == pytest.approx(report[kind]["f1-score"])


def test_where_there_is_nothing_to_count_a_type_has_no_value():
    assert value(f1, ["O O"], ["O O"]) == 0
    assert str(value(f1_loc, ["O O"], ["O O"])) == "nan"


def test_a_prediction_that_is_no_list_of_entities_is_wrong_and_stops_nothing():
    opened = precision(())
    assert opened.stats(["Lisbon", "", "[]"], ["[]", "[]", "[]"]).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    "cell",
    [
        '[[0, 3, "PER"]]',
        '[{"start": 0, "end": 3, "type": "PER", "text": "Ada"}]',
        '[{"start": 0, "end": 3, "label": "PER"}]',
        '[{"start": 0, "end": 3, "entity_group": "PER", "score": 0.9}, [0, 3, "PER"]]',
    ],
)
def test_gold_cells_of_several_tools_mean_the_same(cell):
    assert read_gold("entities", cell) == '[[0, 3, "PER"]]'


def test_no_entity_is_an_answer_and_a_blank_cell_is_none():
    assert read_gold("entities", "[]") == "[]"
    assert read_gold("entities", "null") is None


@pytest.mark.parametrize("cell", ["PER", '["B-PER", "O"]', '[[3, 3, "PER"]]', '[{"start": 0, "end": 3}]', '{"a": 1}'])
def test_a_cell_that_is_no_list_of_entities_is_refused_with_what_to_write(cell):
    with pytest.raises(ValueError, match="write"):
        read_gold("entities", cell)


def test_a_prediction_has_one_structured_cell():
    made = Entities((Entity(text="Ada", type="PER", score=0.75, start=0, end=3),))
    assert made.canonical == '[[0, 3, "PER"]]'
    assert json.loads(json.dumps(made.cells())) == [
        [{"text": "Ada", "type": "PER", "score": 0.75, "start": 0, "end": 3}]
    ]
    assert "PER" in made._repr_html_()


def test_a_prediction_tells_what_is_wrong_with_it():
    row = Example({"text": "Ada sails"})
    right = Entity(text="Ada", type="PER", score=0.5, start=0, end=3)
    assert Entities((right,)).fault(row, frozenset()) == ""
    assert "at 1 to 4, where the text" in Entities((right, replace(right, start=1, end=4))).fault(row, frozenset())
    assert "the score 1.5" in Entities((replace(right, score=1.5),)).fault(row, frozenset())
