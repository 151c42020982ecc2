from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.scoring import score_pairs
from nlptasks_metrics.answers import ExactMatch, SquadF1, SquadV2ExactMatch, SquadV2F1, normalize
from nlptasks_metrics.targets import references
from nlptasks_tasks.qa_gold import read_gold

TEXT = st.text(alphabet="ab the.,é1", max_size=12)
METRICS = pytest.mark.parametrize("metric", [ExactMatch(()), SquadF1(())], ids=["exact-match", "squad-f1"])


def value(metric: Metric, prediction: str, *golds: str) -> float:
    return float(metric.score(metric.stats([prediction], [json.dumps(golds)])[0]))


@pytest.mark.parametrize(
    ("prediction", "gold", "match", "f1"),
    [
        ("the", "a", 1, 0),
        ("New York, New York", "New York", 0, 2 / 3),
        ("1990's", "1990s", 1, 1),
        ("$3.50", "350", 1, 1),
        ("an apple a day", "apple day", 1, 1),
        ("state-of-the-art", "state of the art", 0, 0),
        ("", "Paris", 0, 0),
        ("?!", "?!", 1, 1),
        ("the", "the", 1, 1),
        ("!", "?", 1, 0),
    ],
)
def test_golden_numbers_of_squad(prediction: str, gold: str, match: float, f1: float) -> None:
    assert value(ExactMatch(()), prediction, gold) == match
    assert value(SquadF1(()), prediction, gold) == pytest.approx(f1)


@METRICS
def test_the_best_of_several_gold_answers_counts(metric: ExactMatch | SquadF1) -> None:
    assert value(metric, "the Eiffel Tower", "Paris", "Eiffel Tower", "tower") == 1
    assert metric.score(metric.stats(["Paris"], ["Paris"])[0]) == 1


NO_ANSWER = pytest.mark.parametrize("target", ["", " ", "[]", "[ ]", '[""]', '["the", "?"]'])


@NO_ANSWER
@pytest.mark.parametrize(("prediction", "right"), [("", 1), ("  ", 1), ("the", 1), ("Paris", 0)])
def test_squad_v2_knows_questions_without_an_answer(target: str, prediction: str, right: float) -> None:
    for metric in (SquadV2ExactMatch(()), SquadV2F1(())):
        assert metric.score(metric.stats([prediction], [target])[0]) == right


@pytest.mark.parametrize(
    ("prediction", "golds", "match", "f1"),
    [
        ("the", ("a",), 1, 1),
        ("New York, New York", ("New York",), 0, 2 / 3),
        ("", ("Paris",), 0, 0),
        ("", ("the", "Paris"), 0, 0),
        ("Rome", ("Paris", "Rome, Italy"), 0, 2 / 3),
    ],
)
def test_golden_numbers_of_squad_v2(prediction: str, golds: tuple[str, ...], match: float, f1: float) -> None:
    assert value(SquadV2ExactMatch(()), prediction, *golds) == match
    assert value(SquadV2F1(()), prediction, *golds) == pytest.approx(f1)


@settings(max_examples=50)
@given(TEXT, st.lists(TEXT, min_size=1, max_size=3).filter(lambda golds: any(map(normalize, golds))))
def test_the_two_versions_agree_on_answers_with_words(prediction: str, golds: list[str]) -> None:
    golds = [gold for gold in golds if normalize(gold)]
    assert value(SquadV2ExactMatch(()), prediction, *golds) == value(ExactMatch(()), prediction, *golds)
    assert value(SquadV2F1(()), prediction, *golds) == value(SquadF1(()), prediction, *golds)


def test_exact_match_has_wilsons_interval() -> None:
    score = score_pairs("exact-match", ExactMatch(()), {("Paris", '["paris."]'): 3, ("", '["Rome"]'): 1})
    assert (score.value, score.n) == (0.75, 4)
    assert score.signature == "metric:exact-match|norm:squad-v1.1|refs:max|ci:wilson"


def test_normalisation_keeps_words_that_only_hold_an_article() -> None:
    assert normalize("  The theatre,  an Anthem ") == "theatre anthem"


@pytest.mark.parametrize("text", ["", "Paris", "[1] A note", "[2, 3]", "[]", '["a", 1]', '{"a": 1}', "[" * 100_000])
def test_a_target_that_is_no_list_of_strings_is_one_reference(text: str) -> None:
    assert references(text) == (text,)


def test_a_list_of_strings_holds_several_references() -> None:
    assert references(' ["a", "", "ü"] ') == ("a", "", "ü")


@pytest.mark.parametrize(
    ("cell", "gold"),
    [
        ("Paris", ["Paris"]),
        ("  Paris ", ["Paris"]),
        ("1984", ["1984"]),
        ('"Ulysses"', ['"Ulysses"']),
        ('{"text": ["Köln", "in Köln"], "answer_start": [3, 0]}', ["Köln", "in Köln"]),
        ('{"text": "Rome", "answer_start": 3}', ["Rome"]),
        ('[{"answer_start": 1, "text": "Rome"}, {"answer_start": 9, "text": " Roma "}]', ["Rome", "Roma"]),
        ('["a", "", "b"]', ["a", "b"]),
        ("[1] A note", ["[1] A note"]),
        ("[2, 3]", ["[2, 3]"]),
        ("[" * 100_000, ["[" * 100_000]),
        ("[]", []),
        ('[""]', []),
        ('{"text": [], "answer_start": []}', []),
        ('{"text": " "}', []),
        ("{'text': array([], dtype=object), 'answer_start': array([], dtype=int32)}", []),
        ('{"text": [1984], "answer_start": [0]}', ["1984"]),
        ('["a", null]', ["a"]),
    ],
)
def test_gold_answers_are_read_as_one_json_list(cell: str, gold: list[str]) -> None:
    assert read_gold("answers", cell) == json.dumps(gold, ensure_ascii=False)


@pytest.mark.parametrize("cell", ["", " ", "[null]", '{"text": null}', "[None]"])
def test_a_cell_without_answer_text_has_no_gold_answer(cell: str) -> None:
    assert read_gold("answers", cell) is None


@given(st.text(max_size=20))
def test_any_answer_survives_reading(text: str) -> None:
    with suppress(ValueError):  # refused, as '["x]' is
        gold = read_gold("answers", text)
        assert gold in (None, "[]") or all(answer.strip() for answer in references(gold))


@pytest.mark.parametrize(
    ("language", "prediction", "gold", "match", "f1"),
    [
        ("zh", "在1998年，北京", "北京", 0, 4 / 7),
        ("zh-Hans", "《北京》。", "北京", 1, 1),
        ("de", "der Dom", "Dom", 1, 1),
        ("de", "„ein Dom“", "Dom", 1, 1),
        ("de", "an der Spree", "Spree", 0, 2 / 3),
        ("es", "el río Ebro", "¿río Ebro?", 1, 1),
        ("vi", "của Hà Nội", "Hà Nội", 1, 1),
        ("ar", "القاهرة", "قاهرة", 1, 1),
        ("hi", "दिल्ली।", "दिल्ली", 1, 1),
        ("fr", "le Louvre", "Louvre", 0, 2 / 3),
        ("en", "the Louvre", "Louvre", 1, 1),
    ],
)
def test_answers_are_cut_by_the_rules_of_their_language(language, prediction, gold, match, f1) -> None:
    assert value(ExactMatch((), language=language), prediction, gold) == match
    assert value(SquadF1((), language=language), prediction, gold) == pytest.approx(f1)
    assert value(SquadV2ExactMatch((), language=language), prediction, gold) == match
    assert value(SquadV2F1((), language=language), prediction, gold) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("language", "norm"),
    [("", "squad-v1.1"), ("en", "squad-v1.1"), ("fr", "squad-v1.1"), ("DE-at", "mlqa-de"), ("zh", "unicode|tok:char")],
)
def test_the_signature_says_by_which_rules(language: str, norm: str) -> None:
    assert SquadF1((), language=language).signature == f"metric:squad-f1|norm:{norm}|refs:max"
    v2 = norm.replace("squad-v1.1", "squad-v2")
    assert SquadV2F1((), language=language).signature == f"metric:squad-v2-f1|norm:{v2}|refs:max|missing:empty"
