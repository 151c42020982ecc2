from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from nlptasks_metrics.summaries import Rouge1, Rouge2, RougeL, RougeLsum

Rouge = Rouge1 | Rouge2 | RougeL | RougeLsum

KINDS = {"rouge1": Rouge1(()), "rouge2": Rouge2(()), "rougeL": RougeL(()), "rougeLsum": RougeLsum(())}
METRICS = pytest.mark.parametrize("metric", KINDS.values(), ids=KINDS)
TEXT = st.lists(st.sampled_from(["cities", "city", "running", "runs", "the", "\n", "ü"]), max_size=8).map(" ".join)
PAIRS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6)


def value(metric: Rouge, prediction: str, *references: str) -> float:
    return float(metric.score(metric.stats([prediction], [json.dumps(references)])[0]))


def total(metric: Rouge, pairs: list[tuple[str, str]]) -> np.ndarray:
    return metric.stats(*zip(*pairs, strict=True)).sum(axis=0)


def test_golden_numbers_of_rouge() -> None:
    one, other = "alpha beta gamma", "delta epsilon zeta"
    assert value(RougeLsum(()), f"{one}\n{other}", f"{other}\n{one}") == 1
    assert value(RougeL(()), f"{one}\n{other}", f"{other}\n{one}") == 0.5
    assert value(RougeLsum(()), f"{one} {other}", f"{other} {one}") == 0.5  # without newlines Lsum is rougeL
    assert value(Rouge1(()), "cities running", "city runs") == 1
    assert value(Rouge2(()), "cities running", "city runs") == 1


@settings(max_examples=40)
@given(PAIRS)
def test_equal_to_the_mean_of_rouge_score(pairs: list[tuple[str, str]]) -> None:
    scorer = RougeScorer(list(KINDS), use_stemmer=True)
    scores = [scorer.score(target, prediction) for prediction, target in pairs]
    for kind, metric in KINDS.items():
        expected = np.mean([score[kind].fmeasure for score in scores])
        assert metric.score(total(metric, pairs)) == pytest.approx(expected, abs=1e-12)


@METRICS
def test_the_best_of_several_references_counts(metric: Rouge) -> None:
    assert value(metric, "The bridge is open.", "Nothing.", "The bridge is open!") == 1


@METRICS
@pytest.mark.parametrize("prediction", ["", "\n", "大桥重新开放"])
def test_a_summary_without_words_scores_zero(metric: Rouge, prediction: str) -> None:
    assert value(metric, prediction, "The bridge is open.") == 0
    assert value(metric, prediction, prediction) == 0


@METRICS
def test_the_signature_names_the_library(metric: Rouge) -> None:
    assert metric.signature == "stem:yes|lsum:newline|tok:ascii|agg:mean|lib:rouge-score|version:0.1.2"


@pytest.mark.parametrize("language", ["zh", "ja", "th", "zh-Hant", "ZH_cn", "ru", "ko", "hi", "ar"])
def test_other_scripts_have_tokens_with_their_language(language: str) -> None:
    texts = {"zh": "大桥重新开放。", "ja": "橋が再開した。", "th": "สะพานเปิดอีกครั้ง", "ru": "Мост снова открыт."}
    texts |= {"ko": "다리가 다시 열렸다.", "hi": "पुल फिर से खुला है।", "ar": "أعيد فتح الجسر."}
    text = texts[language[:2].lower()]
    for kind in (Rouge1, Rouge2, RougeL, RougeLsum):
        assert value(kind((), language=language), text, text) == 1
        assert value(kind(()), text, text) == 0


def test_characters_and_words_are_counted_as_they_should_be() -> None:
    assert value(Rouge1((), language="zh"), "大桥开放", "大桥关闭。") == pytest.approx(0.5)
    assert value(Rouge2((), language="zh"), "大桥开放", "大桥 关闭") == pytest.approx(1 / 3), "a space is no character"
    assert value(Rouge1((), language="zh"), "GPT", "gpt") == 1
    assert value(Rouge1((), language="ru"), "Мост открыт", "мост, закрыт!") == pytest.approx(0.5)
    assert value(Rouge1((), language="hi"), "पुल", "पुल, खुला") == pytest.approx(2 / 3), "marks do not end a word"


@pytest.mark.parametrize(
    ("language", "stem", "token"),
    [("", "yes", "ascii"), ("de", "yes", "ascii"), ("zh", "no", "char"), ("th-TH", "no", "char"), ("ru", "no", "word")],
)
def test_the_signature_names_the_tokenizer(language: str, stem: str, token: str) -> None:
    for kind in (Rouge1, Rouge2, RougeL, RougeLsum):
        found = kind((), language=language).signature
        assert found == f"stem:{stem}|lsum:newline|tok:{token}|agg:mean|lib:rouge-score|version:0.1.2"


def test_references_of_a_single_word_are_remarked_on_where_pairs_count() -> None:
    assert Rouge2(()).remark(["Rain.", '["Rain", "Sun"]', "Heavy rain", '["Rain", "Heavy rain"]']) == (
        "2 references have a single word, and a summary that equals it scores 0; see rouge-1"
    )
    assert Rouge2(()).remark(["Heavy rain"]) == ""
    assert Rouge2((), language="zh").remark(["雨天"]) == ""
