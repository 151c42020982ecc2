"""An export and an import give back the same record, for records of all kinds and each format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks._exchange.formats import WRITTEN, Exchange, exchange, imported
from nlptasks._exchange.parts import parts
from nlptasks.errors import DataError, UsageError
from nlptasks.records.schema import FLAGS, Cost, Dataset, Machine, Model, Record, Result, Run

#: Texts that formats stumble over.
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ["", "null", "1.0", "a/b", "x\ny", "x\n# nlptasks: {}", "---", "\u202e", "\x00", "hf.co/datasets/a/b"]
)
NAME = TEXT.filter(bool)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
COUNT = st.integers(0, 1 << 40)
JSON = st.recursive(
    st.none() | st.booleans() | COUNT | NUMBER | TEXT, lambda inner: st.lists(inner, max_size=2), max_leaves=4
)
HASH = st.sampled_from(["", "0" * 64, "ab" * 32])

RESULTS = st.builds(
    Result,
    value=st.none() | NUMBER,
    low=st.none() | NUMBER,
    high=st.none() | NUMBER,
    n=COUNT,
    signature=TEXT,
    higher_is_better=st.booleans(),
    scale=st.tuples(st.none() | NUMBER, st.none() | NUMBER),
    baseline=st.none() | NUMBER,
    detectable=st.none() | NUMBER,
)
SCORES = st.dictionaries(NAME, RESULTS, max_size=3)


@st.composite
def records(draw: st.DrawFn, model: str | None = None, dataset: str | None = None) -> Record:
    """A record, perhaps of a given model and data set."""
    scores = draw(SCORES)
    return Record(
        task=draw(TEXT),
        primary=draw(st.sampled_from([*scores, "other"])),
        dataset=Dataset(
            name=draw(TEXT) if dataset is None else dataset,
            benchmark=draw(TEXT),
            split=draw(TEXT),
            revision=draw(TEXT),
            sha256=draw(HASH),
            n=draw(COUNT),
            cluster=draw(TEXT),
            language=draw(TEXT),
            licence=draw(TEXT),
            source=draw(TEXT),
            floor=draw(st.none() | NUMBER),
            ceiling=draw(st.none() | NUMBER),
        ),
        model=Model(
            name=draw(NAME) if model is None else model,
            backbone=draw(TEXT),
            head=draw(TEXT),
            parameters=draw(COUNT),
            digest=draw(HASH),
            trained_on=tuple(draw(st.lists(HASH, max_size=2))),
        ),
        run=Run(
            seed=draw(st.none() | COUNT),
            decoding=draw(st.dictionaries(NAME, JSON, max_size=2)),
            argv=tuple(draw(st.lists(TEXT, max_size=2))),
            commit=draw(TEXT),
            dirty=draw(st.booleans()),
            versions=draw(st.dictionaries(NAME, TEXT, max_size=2)),
            columns=draw(st.dictionaries(NAME, TEXT, max_size=2)),
        ),
        machine=Machine(cpu=draw(TEXT), cores=draw(COUNT), ram_gib=draw(NUMBER)),
        scores=scores,
        slices=draw(st.dictionaries(NAME, st.dictionaries(NAME, SCORES, max_size=1), max_size=1)),
        labels=tuple(draw(st.lists(TEXT, max_size=2))),
        flags=draw(st.dictionaries(st.sampled_from(FLAGS), COUNT, max_size=2)),
        cost=Cost(seconds=draw(NUMBER)),
        digests={"samples": "0" * 64, "stats": "1" * 64},
    )


@pytest.fixture(params=WRITTEN)
def form(request: pytest.FixtureRequest) -> Exchange:
    """Each format."""
    return exchange(request.param)


def back(form: Exchange, *given_: Record) -> list[Record]:
    """What comes back of an export, as bytes in files would."""
    texts = [form.dump(part, 0).encode().decode("utf-8-sig") for part in parts(given_, form.key)]
    return [record for text in texts for record in imported(form, text, file="results")]


def alone(record: Record) -> Record:
    """What an import makes of a record: its samples did not come with it."""
    return replace(record, digests={})


# Making a record takes longer than writing it, so each goes through all the formats.


@settings(max_examples=25)
@given(records())
def test_a_record_comes_back_and_can_be_exported_again(record):
    for form in map(exchange, WRITTEN):
        once = back(form, record)
        assert once == [alone(record)]
        assert back(form, *once) == once


@settings(max_examples=15)
@given(records(model="m", dataset="first"), records(model="m", dataset="second"))
def test_records_of_one_system_come_back_together(first, second):
    for form in map(exchange, WRITTEN):
        assert back(form, first, second) == [alone(first), alone(second)]


def example(**fields: Any) -> Record:
    given_: dict[str, Any] = {
        "task": "sentiment",
        "primary": "accuracy",
        "dataset": Dataset(
            name="reviews", sha256="0" * 64, n=872, source="https://huggingface.co/datasets/org/reviews"
        ),
        "model": Model(name="mine"),
        "scores": {
            "macro-f1": Result(value=0.5, low=0.4, high=0.6, n=872, signature="metric:f1|ci:bootstrap|bs:2000|seed:1"),
            "accuracy": Result(value=0.75, low=0.7, high=0.8, n=872, signature="metric:accuracy|ci:wilson"),
            "bits": Result(
                value=1.5, n=872, signature="metric:bits|x:y", higher_is_better=False, scale=(0.0, None), baseline=2.0
            ),
            "auc": Result(value=None, n=0, signature="metric:auc"),
        },
    }
    return Record(**{**given_, **fields})


def test_names_that_utf_8_cannot_hold(form):
    record = example(model=Model(name="\ud800"), dataset=Dataset(name="\udfff", sha256="", n=1))
    assert back(form, record) == [alone(record)]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_number_that_was_changed_is_refused(name):
    form = exchange(name)
    text = form.dump([example()], 0)
    # The number stands first among those that other tools read, and behind them, or in front, in the whole record.
    first = {"eval-results": "value: 0.75", "model-index": "value: 0.75", "lm-eval": '"accuracy,none": 0.75'}
    first["mteb"] = '"main_score": 0.75'
    shown = first.get(name, '"score": 0.75')
    assert text.count(shown) == 1
    with pytest.raises(
        DataError, match=r"disagree: mine on .*: (accuracy|main_score) is 0.75 in the record, and the file shows 0.95"
    ):
        imported(form, text.replace(shown, shown.replace("0.75", "0.95")), file="results")


def test_a_whole_record_that_was_changed_is_refused():
    data = json.loads(exchange("lm-eval").dump([example()], 0))
    data["nlptasks"][0]["task"] = "other"
    with pytest.raises(DataError, match=r"nlptasks\[0\].id: it is .*, but its fields make"):
        imported(exchange("lm-eval"), json.dumps(data), file="results")
    data["nlptasks"][0]["scores"]["accuracy"]["n"] = "many"
    with pytest.raises(DataError, match=r"nlptasks\[0\].scores.accuracy.n: must be a whole number"):
        imported(exchange("lm-eval"), json.dumps(data), file="results")


def test_results_of_others_beside_ours_are_imported_too():
    data = json.loads(exchange("lm-eval").dump([example()], 0))
    data["results"]["hellaswag"] = {"acc,none": 0.25}
    ours, theirs = imported(exchange("lm-eval"), json.dumps(data), file="results")
    assert ours == alone(example())
    assert (theirs.dataset.name, theirs.scores["acc"].value) == ("hellaswag", 0.25)


def test_one_system_a_file(form):
    second = example(model=Model(name="other"))
    with pytest.raises(UsageError, match=r"is of one (model|system)"):
        form.dump([example(), second], 0)
    with pytest.raises(UsageError, match=r"cannot tell them apart|on one task"):
        form.dump([example(), example()], 0)
    assert [record.model.name for record in back(form, example(), second, example())] == ["mine", "mine", "other"]


def test_another_name_for_the_system():
    (record,) = imported(exchange("lm-eval"), exchange("lm-eval").dump([example()], 0), file="results", model="new")
    assert record == alone(example(model=Model(name="new")))


# ------------------------------------------------- what other tools read of it


def test_a_model_card_as_the_hub_reads_it():
    from huggingface_hub import ModelCard
    from huggingface_hub.repocard_data import model_index_to_eval_results

    text = exchange("model-index").dump([example()], 0)
    name, results = model_index_to_eval_results(yaml.safe_load(text.split("---")[1])["model-index"])
    assert (name, [result.metric_type for result in results]) == ("mine", ["accuracy", "bits", "macro-f1"])
    first = results[0]
    assert (first.task_type, first.dataset_type, first.dataset_name) == (
        "text-classification",
        "org/reviews",
        "reviews",
    )
    assert (first.metric_value, first.verified) == (0.75, False)
    assert first.metric_args == {"signature": "metric:accuracy|ci:wilson", "n": 872, "interval_95": [0.7, 0.8]}
    # What the Hub's own library writes of it can be imported, and holds the whole record still.
    card = ModelCard(f"{text}\n# My model\n")
    assert imported(exchange("model-index"), str(card), file="README.md") == [alone(example())]


def test_eval_results_as_the_hub_reads_them():
    from huggingface_hub import parse_eval_result_entries

    (entry,) = parse_eval_result_entries(yaml.safe_load(exchange("eval-results").dump([example()], 0)))
    assert (entry.dataset_id, entry.task_id, entry.value) == ("org/reviews", "sentiment", 0.75)
    assert entry.notes.startswith("nlptasks: metric accuracy; n 872; 95 % interval 0.7 to 0.8; signature")


def test_a_missing_error_is_a_text_in_lm_eval():
    data = json.loads(exchange("lm-eval").dump([example()], 0))
    results = data["results"]["reviews"]
    assert results["accuracy,none"] == 0.75
    assert results["accuracy_stderr,none"] == "N/A"
    assert not [key for key in results if key.startswith("auc")]
    assert data["higher_is_better"]["reviews"]["bits"] is False
    assert data["n-samples"]["reviews"] == {"original": 872, "effective": 872}
    assert data["configs"]["reviews"]["dataset_path"] == "org/reviews"


def details(value: object) -> Iterator[object]:
    """The values of all ``additional_details``."""
    if isinstance(value, dict):
        yield from value.get("additional_details", {}).values()
        for inner in value.values():
            yield from details(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from details(inner)


def test_every_eval_ever_0_3_0():
    data = json.loads(exchange("every-eval-ever").dump([example()], 1_700_000_000))
    required = {"schema_version", "evaluation_id", "retrieved_timestamp", "source_metadata", "model_info"}
    assert data.keys() == {*required, "eval_library", "evaluation_results"}
    assert (data["schema_version"], data["retrieved_timestamp"]) == ("0.3.0", "1700000000")
    found = list(details(data))
    assert found
    assert all(isinstance(value, str) for value in found)
    assert {"deployment_type", "model_availability"} <= data["model_info"]["additional_details"].keys()
    scores = {result["metric_config"]["metric_id"]: result for result in data["evaluation_results"]}
    assert list(scores) == ["accuracy", "bits", "macro-f1"]
    assert scores["accuracy"]["score_details"] == {
        "score": 0.75,
        "uncertainty": {
            "num_samples": 872,
            "confidence_interval": {"lower": 0.7, "upper": 0.8, "confidence_level": 0.95, "method": "wilson"},
        },
    }
    config = scores["bits"]["metric_config"]
    assert (config["lower_is_better"], config["min_score"], config["max_score"]) == (True, 0.0, "Infinity")
    source = scores["bits"]["source_data"]
    assert (source["source_type"], source["hf_repo"], source["samples_number"]) == ("hf_dataset", "org/reviews", 872)
