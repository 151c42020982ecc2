"""Results that other tools wrote, and files that are not what they should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nlptasks._exchange.formats import FORMATS, exchange, imported
from nlptasks._exchange.numbers import hub_dataset
from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.records.schema import Record

LM_EVAL: dict[str, Any] = {
    "results": {
        "hellaswag": {
            "alias": "hellaswag",
            "acc,none": 0.3,
            "acc_stderr,none": 0.01,
            "acc_norm,none": 0.4,
            "acc_norm_stderr,none": "N/A",
        },
        "gsm8k": {"alias": "gsm8k", "exact_match,strict-match": 0.1, "exact_match,flexible-extract": 0.2},
        "wikitext": {"alias": "wikitext", "word_perplexity,none": float("nan"), "word_perplexity_stderr,none": "N/A"},
        "a_group": {" ": " ", "alias": "a_group"},
    },
    "configs": {"hellaswag": {"task": "hellaswag", "tag": ["x"], "dataset_path": "Rowan/hellaswag", "num_fewshot": 5}},
    "versions": {"hellaswag": 1.0, "gsm8k": 3.0, "wikitext": "N/A"},
    "n-shot": {"hellaswag": 5, "gsm8k": 8},
    "higher_is_better": {"hellaswag": {"acc": True, "acc_norm": True}, "wikitext": {"word_perplexity": False}},
    "n-samples": {"hellaswag": {"original": 10042, "effective": 100}},
    "config": {"model": "hf", "model_args": "pretrained=org/model", "model_num_parameters": 123, "model_dtype": "bf16"},
    "git_hash": "abc1234",
    "lm_eval_version": "0.4.9",
    "model_name": "org/model",
}


def load(form: str, data: object, **more: str) -> list[Record]:
    text = data if isinstance(data, str) else json.dumps(data)
    return imported(exchange(form), text, file="results", **more)


def test_lm_eval():
    hellaswag, gsm8k, wikitext = load("lm-eval", LM_EVAL)
    acc = hellaswag.scores["acc"]
    assert (acc.value, acc.low, acc.high) == (0.3, pytest.approx(0.3 - 0.0196), pytest.approx(0.3 + 0.0196))
    assert acc.signature == "imported:lm-eval|metric:acc|filter:none|version:1.0|shots:5|ci:1.96*stderr"
    assert (acc.n, hellaswag.dataset.n) == (100, 100)
    assert (hellaswag.scores["acc_norm"].low, hellaswag.scores["acc_norm"].high) == (None, None)
    assert (hellaswag.task, hellaswag.digests, hellaswag.dataset.source) == ("hellaswag", {}, "Rowan/hellaswag")
    assert (hellaswag.model.name, hellaswag.model.parameters, hellaswag.run.commit) == ("org/model", 123, "abc1234")
    assert hellaswag.run.versions == {"lm-eval": "0.4.9"}
    assert list(gsm8k.scores) == ["exact_match,strict-match", "exact_match,flexible-extract"]
    assert "direction:unknown" in gsm8k.scores["exact_match,strict-match"].signature
    assert (wikitext.scores["word_perplexity"].value, wikitext.scores["word_perplexity"].higher_is_better) == (
        None,
        False,
    )


def test_the_first_lm_eval_had_no_filters():
    (record,) = load("lm-eval", {"results": {"piqa": {"acc": 0.5, "acc_stderr": 0.1}}, "config": {"model_args": "m"}})
    assert (record.scores["acc"].low, record.model.name) == (pytest.approx(0.304), "m")


def test_a_model_card_with_words_around_its_numbers():
    card = """---
license: mit
model-index:
- name: bart
  results:
  - task: {type: summarization}
    dataset: {name: samsum, type: samsum, config: samsum, split: test, revision: 17}
    metrics:
    - {type: rouge, value: 41.5, name: ROUGE-1, verified: true}
    - {type: rouge, value: "20.0 ± 1.2"}
    - {type: bleu, value: "91.3 %"}
---
# BART
"""
    (record,) = load("model-index", card)
    assert {name: result.value for name, result in record.scores.items()} == {
        "rouge": 41.5,
        "rouge (2)": 20.0,
        "bleu": 91.3,
    }
    assert (record.scores["rouge (2)"].low, record.scores["rouge (2)"].high) == (None, None)
    assert (record.dataset.split, record.dataset.revision, record.model.name) == ("test", "17", "bart")


def test_eval_results_name_no_model():
    text = "- dataset: {id: org/bench, task_id: main, revision: abc}\n  value: 20.9\n  date: 2026-01-14\n"
    with pytest.raises(UsageError, match="does not name its model"):
        load("eval-results", text)
    (record,) = load("eval-results", text, model="m")
    assert (record.dataset.name, record.task, record.scores["value"].value) == ("org/bench", "main", 20.9)
    several = "- dataset: {id: a/b}\n  metrics: [{metric_id: accuracy, value: 1}, {metric_id: f1, value: 2}]\n"
    (record,) = load("eval-results", several, model="m")
    assert (list(record.scores), record.task) == (["accuracy", "f1"], "unknown")


EEE: dict[str, Any] = {
    "schema_version": "0.3.0",
    "evaluation_id": "x/y/1",
    "retrieved_timestamp": "1",
    "source_metadata": {
        "source_type": "documentation",
        "source_organization_name": "o",
        "evaluator_relationship": "third_party",
    },
    "eval_library": {"name": "helm", "version": "1"},
    "model_info": {"name": "m", "id": "o/m", "additional_details": {}},
    "evaluation_results": [
        {
            "evaluation_name": "mmlu",
            "source_data": {"dataset_name": "mmlu", "source_type": "url", "url": ["https://example.org/mmlu"]},
            "metric_config": {"metric_name": "em", "lower_is_better": False, "min_score": 0, "max_score": "Infinity"},
            "score_details": {
                "score": 0.5,
                "uncertainty": {"standard_error": {"value": 0.1}, "confidence_interval": {"lower": 0, "upper": 1}},
            },
        }
    ],
}


def test_every_eval_ever():
    (record,) = load("every-eval-ever", EEE)
    result = record.scores["em"]
    # An interval of a level that is not told is not taken for one of 95 %.
    assert (result.low, result.high, result.scale) == (pytest.approx(0.304), pytest.approx(0.696), (0.0, None))
    assert result.signature == "imported:every-eval-ever|library:helm|metric:em|ci:1.96*stderr"
    assert (record.dataset.source, record.run.versions) == ("https://example.org/mmlu", {"helm": "1"})


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        ("lm-eval", "{", "results:1: not valid JSON"),
        ("lm-eval", DEEP, "not valid JSON"),
        ("lm-eval", "[]", "results:1: a result file of lm-evaluation-harness is a mapping, and this is a list"),
        ("lm-eval", "{}", "results:1: has no 'results'"),
        ("lm-eval", '{"results": {"a": 3}}', "results: the key 'a' must be a mapping, and this is the number 3"),
        ("lm-eval", '{"results": {"a": {"alias": "a"}}}', "it holds no result"),
        (
            "lm-eval",
            '{"model_name": "m", "results": {"a": {"acc,none": 1' + "0" * 400 + "}}}",
            "results.a: the key 'acc,none' is a number that is too large",
        ),
        (
            "lm-eval",
            '{"model_name": "m", "results": {"a": {"acc": 1}}, "n-samples": {"a": {"effective": -1}}}',
            "n-samples.a: the key 'effective' must be a whole number from 0, and this is the number -1",
        ),
        (
            "lm-eval",
            '{"model_name": "m", "results": {"a": {"acc": 1}}, "higher_is_better": {"a": {"acc": "yes"}}}',
            "higher_is_better.a: the key 'acc' must be true or false, and this is the text 'yes'",
        ),
        ("lm-eval", '{"results": {}, "nlptasks": [{"schema": "x"}]}', "nlptasks[0]: not a record of nlptasks"),
        ("lm-eval", '{"results": {}, "nlptasks": {}}', "the key 'nlptasks' must be a list, and this is a mapping"),
        ("model-index", "---\na: [\n---\n", "results:2: not valid YAML"),
        ("model-index", "---\na: 2024-99-99\n---\n", "not valid YAML"),
        ("model-index", "a: &x [*x]\nmodel-index: *x\n", "model-index: item [0] must be a mapping, and this is a list"),
        (
            "model-index",
            "# A card without front matter\n",
            "the front matter of a model card is a mapping, and this is empty",
        ),
        ("model-index", "model-index: [{name: m, results: [{}]}]", "model-index[0].results[0]: has no 'task'"),
        (
            "model-index",
            "model-index: [{name: m, results: [{task: {type: t}, dataset: {type: d}, "
            "metrics: [{type: acc, value: high}]}]}]",
            "model-index[0].results[0].metrics[0]: the key 'value' must be a number, and this is the text 'high'",
        ),
        ("model-index", "nlptasks: ['{']\nmodel-index: []", "nlptasks[0]: no JSON"),
        ("eval-results", "a: 1", "a file of .eval_results is a list, and this is a mapping"),
        ("eval-results", "- dataset: {id: x}\n", "[0]: has no 'value'"),
        ("eval-results", "- dataset: {}\n  value: 1", "[0].dataset: has no 'id'"),
        ("eval-results", "- value: !!python/object/apply:os.system [ls]", "not valid YAML"),
        ("eval-results", "# nlptasks: {\n[]", "the comment 1: no JSON"),
        ("eval-results", "[]", "it holds no result"),
        ("every-eval-ever", "{}", "has no 'schema_version'"),
        ("every-eval-ever", '{"schema_version": "9.0"}', "schema_version: the schema '9.0' is not known here"),
        (
            "every-eval-ever",
            '{"schema_version": "0.3.0", "model_info": {"id": "m"}, "evaluation_results": [{}]}',
            "evaluation_results[0]: has no 'evaluation_name'",
        ),
        (
            "every-eval-ever",
            json.dumps({**EEE, "eval_library": {"additional_details": {"nlptasks_records": "{}"}}}),
            "eval_library.additional_details.nlptasks_records: no list of records",
        ),
        (
            "every-eval-ever",
            json.dumps({**EEE, "eval_library": {"additional_details": {"nlptasks_records": "[1]"}}}),
            "eval_library.additional_details.nlptasks_records[0]: not a record of nlptasks",
        ),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_wrong_and_where(form, text, said):
    with pytest.raises(DataError) as refused:
        load(form, text, model="m")
    assert said in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("value", ["", "null", "3", '"text"', "[[]]", "[null]", '{"results": null}', "\x00", "\ud800"])
def test_nothing_is_never_a_traceback(form, value):
    with pytest.raises(NlptasksError):
        load(form, value, model="m")


def test_a_format_that_is_not_there():
    with pytest.raises(UsageError, match="there is no format 'lmeval' for results; did you mean 'lm-eval'") as refused:
        exchange("lmeval")
    assert all(name in refused.value.hint for name in FORMATS)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("https://huggingface.co/datasets/org/name", "org/name"),
        ("hf.co/datasets/org/name/", "org/name"),
        ("org/name", "org/name"),
        ("written for this project", ""),
        ("https://example.org/datasets/a", ""),
        ("name", ""),
    ],
)
def test_a_data_set_on_the_hub(place, found):
    assert hub_dataset(place) == found
