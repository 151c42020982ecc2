"""Records as values, and what decides their ids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlptasks.records.schema import Cost, Dataset, Machine, Model, Record, Result, Run, Sample

RECORDED = Record(
    task="sentiment",
    primary="accuracy",
    dataset=Dataset(name="x", sha256="ab", n=2),
    model=Model(name="m"),
    run=Run(decoding={"labels": ["a", "b"], "beams": 4}, argv=("nlptasks", "eval")),
    scores={"accuracy": Result(value=0.5, low=0.1, high=0.9, n=2, signature="metric:accuracy", scale=(0.0, None))},
    labels=("a", "b"),
)


def test_what_decides_the_answers_decides_the_id() -> None:
    assert replace(RECORDED, run=replace(RECORDED.run, seed=1)).id != RECORDED.id
    assert replace(RECORDED, run=replace(RECORDED.run, argv=("other",))).id == RECORDED.id


def test_what_a_record_does_not_know_changes_no_id() -> None:
    """Records of before the inputs, the files and the plugins were recorded keep their ids."""
    later = {"inputs", "likelihoods", "plugins", "files"}
    assert RECORDED.key.keys().isdisjoint(later)
    run = replace(RECORDED.run, inputs="a", likelihoods="b", plugins={"head": "acme 1"}, files={"head/x": "c"})
    assert later <= replace(RECORDED, run=run).key.keys()
    scored = replace(RECORDED, run=replace(RECORDED.run, plugins={"metric accuracy": "acme 2"}))
    assert scored.id == RECORDED.id


@pytest.mark.parametrize("kind", [Sample, Dataset, Model, Run, Result, Cost, Record])
def test_every_field_is_told(kind, undocumented):
    assert undocumented(kind) == set()


def test_what_does_not_belong_there_is_refused():
    with pytest.raises(ValueError, match="Unexpected keyword argument"):
        Machine(colour="red")
    with pytest.raises(ValueError, match="string"):
        Dataset(name=3, sha256="", n=1)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Dataset, {"name": "d", "sha256": "", "n": "1"}),
        (Dataset, {"name": "d", "sha256": "", "n": True}),
        (Dataset, {"name": "d", "sha256": "", "n": 1.0}),
        (Result, {"value": "0.5", "n": 1, "signature": "s"}),
        (Result, {"value": True, "n": 1, "signature": "s"}),
        (Result, {"value": 0.5, "n": 1, "signature": "s", "higher_is_better": "no"}),
        (Run, {"dirty": 1}),
        (Sample, {"id": "1", "gold": "a", "probabilities": {"a": "1"}}),
    ],
)
def test_nothing_is_converted(kind, values):
    with pytest.raises(ValueError, match="Input should be a valid"):
        kind(**values)


def test_a_whole_number_is_a_number_and_a_list_stands_for_a_tuple():
    made = Result(value=1, n=1, signature="s", scale=[0, None])
    assert (made.value, made.scale) == (1.0, (0.0, None))
