from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest

from nlptasks._tables.columns import Binding, answer_column, bind
from nlptasks._tables.missing import is_no_text
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Row
from nlptasks_tasks.classification import SPEC as CLASSIFICATION
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT
from nlptasks_tasks.summarization import SPEC as SUMMARIZATION
from nlptasks_tasks.translation import SPEC as TRANSLATION


def found(columns: list[str], task=SENTIMENT, gold: str = "", **chosen: str) -> Binding:
    return bind(task, columns, chosen=chosen, gold=gold, source="f.csv")


@pytest.mark.parametrize(
    "name", ["text", "Review", "CONTENT", "sentence", "comment", " body ", "Review Text", "review-text"]
)
def test_a_text_column_is_found_by_its_usual_names(name: str) -> None:
    assert found(["id", name, "label"]).inputs == (("text", 1),)


@pytest.mark.parametrize(
    "name",
    [
        *("Comments", "Kommentar", "Bewertung", "avis", "Commentaire", "opinión", "Comentario", "commento"),
        *(
            "COMENTÁRIO",
            "отзыв",
            "Комментарий",
            "текст",
            "评论",
            "内容",
            "文本",
            "レビュー",
            "テキスト",
            "리뷰",
            "텍스트",
        ),
        unicodedata.normalize("NFD", "Opinión"),
    ],
)
def test_a_text_column_is_found_by_its_names_in_other_languages(name: str) -> None:
    assert found(["id", name, "label"]).inputs == (("text", 1),)
    assert found(["id", name], task=SUMMARIZATION).inputs == (("document", 1),)


def test_the_tasks_own_names_come_first() -> None:
    assert found(["inhalt", "text"]).inputs == (("text", 1),)


def first(*rows: list[str]) -> Callable[[], list[Row]]:
    return lambda: [Row(at, row) for at, row in enumerate(rows, 2)]


def test_the_only_column_with_free_text_is_the_text() -> None:
    rows = first(["1", "Anna", "The film was great"], ["2", "Bob", "I did not like it at all"])
    binding = bind(SENTIMENT, ["nr", "who", "words"], chosen={}, gold="", source="f.csv", first=rows)
    assert binding.inputs == (("text", 2),)
    assert binding.notes == ("text: the column 'words', the only one with free text (--text names another)",)


def test_two_columns_with_free_text_make_it_ask() -> None:
    rows = first(["The film was great", "I did not like it"], ["One more good film", "Never to be seen again"])
    with pytest.raises(UsageError, match="no column 'text'"):
        bind(SENTIMENT, ["one", "two"], chosen={}, gold="", source="f.csv", first=rows)


def test_predictions_are_no_free_text_to_read() -> None:
    """Otherwise a trivial baseline would copy them."""
    rows = first(["Der Hund lief ins Haus", "en"], ["Die Katze schlief im Garten", "en"])
    for name in ("prediction", "Hypothesis", "predicted_translation"):
        with pytest.raises(UsageError, match="no column 'source'"):
            bind(TRANSLATION, [name, "kind"], chosen={}, gold="", source="f.csv", first=rows)
    with pytest.raises(UsageError, match="no column 'source'"):
        bind(TRANSLATION, ["system_a", "kind"], chosen={}, gold="", source="f.csv", first=rows, outputs=("system_a",))


def test_texts_that_are_lists_or_objects_are_said() -> None:
    binding = found(["text"])
    for cell in ('["a", "b"]', '{"0": "great"}', '[{"text": "x"}]', "[1] A note", "{see below}", '["a" he said]'):
        assert binding.example(Row(2, [cell])).inputs == {"text": cell}
    assert binding.notes == (
        "3 texts are lists or objects in JSON, read brackets and all; a table of JSON has one object a row, with a "
        "string for each text",
    )


MISSING = (
    *("N/a", "NAN", "n.a.", "<NA>", "[NULL]", "(blank)", "#NV", "#N/D"),
    *("?", ".", "...", "…", "−", "_", "\u200b", "\ufeff "),
)


@pytest.mark.parametrize(
    "cell", ["none", "na", "???", "?!", "!", "nil", "👎", "ok", "n/a because it broke", "- -", "0"]
)
def test_short_opinions_are_texts(cell: str) -> None:
    assert not is_no_text(cell)


@pytest.mark.parametrize("cell", ["N/A", " n/a ", "NaN", "null", "NULL", "-", "None", "#N/A", "\\N", *MISSING])
def test_cells_that_stand_for_nothing(cell: str) -> None:
    binding = found(["text"])
    assert binding.example(Row(2, [cell])).inputs == {"text": ""}
    assert binding.notes == (f"read as missing: 1 × {cell.strip()!r} (--keep-na reads them as text)",)
    kept = bind(SENTIMENT, ["text"], chosen={}, gold="", source="f.csv", keep_na=True)
    assert kept.example(Row(2, [cell])).inputs == {"text": cell}
    assert kept.notes == ()


def test_gold_cells_that_stand_for_nothing() -> None:
    binding = found(["text", "label"])
    assert [binding.gold_text(Row(2, ["x", cell])) for cell in ("N/A", "null", "none", "-", "NaN ")] == [
        "",
        "",
        "none",
        "-",
        "",
    ]


def test_the_only_column_is_the_text() -> None:
    assert found(["whatever"]).inputs == (("text", 0),)


def test_two_candidates_make_it_ask() -> None:
    with pytest.raises(UsageError, match="'review', 'comment' may each be the column 'text'") as error:
        found(["review", "comment"])
    assert "--text review" in error.value.hint


def test_a_named_column_decides() -> None:
    assert found(["review", "comment"], text="comment").inputs == (("text", 1),)


def test_no_candidate_lists_the_columns() -> None:
    with pytest.raises(UsageError, match=r"no column 'text'.*its columns are 'id', 'words'") as error:
        found(["id", "words"])
    assert "--text COLUMN" in error.value.hint


def test_a_misspelt_column_gets_the_nearest() -> None:
    with pytest.raises(UsageError) as error:
        found(["id", "words"], text="wrods")
    assert "--text 'words'" in error.value.hint


def test_the_gold_column_is_no_candidate_for_the_text() -> None:
    binding = found(["text", "message"], task=CLASSIFICATION, gold="message")
    assert (binding.inputs, binding.gold_at) == ((("text", 0),), 1)


def test_two_inputs() -> None:
    assert found(["answers", "text", "question"], task=QA).inputs == (("question", 2), ("context", 1))


@pytest.mark.parametrize(
    ("column", "cells", "golds"),
    [
        ("label", ["positive", " NEG ", "neutral", "x", ""], ["positive", "negative", "neutral", None, None]),
        ("label", ["Very Positive", "very_negative"], ["positive", "negative"]),
        ("label", ["1", "0.0"], ["positive", "negative"]),
        ("label", ["1"], ["positive"]),
        ("label", ["-1", "0", "1"], ["negative", "neutral", "positive"]),
        ("label", ["0", "1", "2"], ["negative", "neutral", "positive"]),
        ("label", ["1", "2"], ["negative", "positive"]),
        ("target", ["0", "4"], ["negative", "positive"]),
        ("Note", ["1", "3", "5"], ["negative", "neutral", "positive"]),
        ("label", ["1", "0", "7"], [None, None, None]),
        ("rating", ["5", "good", "nan"], ["positive", "positive", None]),
        ("stars", ["1.5"], ["negative"]),
        ("Rating", ["1", "2"], ["negative", "negative"]),
        ("rating", ["9", "3"], ["positive", "negative"]),
    ],
)
def test_gold_answers_of_sentiment(column: str, cells: list[str], golds: list[str | None]) -> None:
    binding = found(["text", column], gold=column)
    kept = [binding.gold_cell(Row(2, ["x", cell])) for cell in cells]
    reading = binding.reading(kept)
    assert [reading.read(cell) for cell in kept] == golds


def test_a_gold_column_can_be_needed() -> None:
    with pytest.raises(UsageError, match="no gold column for the task 'sentiment'"):
        bind(SENTIMENT, ["text"], chosen={}, gold="", source="f.csv", gold_needed=True)


def test_numbers_and_nothing_are_read_as_text() -> None:
    binding = found(["text"])
    assert binding.example(Row(2, [1.5])).inputs == {"text": "1.5"}
    assert binding.example(Row(2, [None])).inputs == {"text": ""}


@pytest.mark.parametrize(
    ("task", "columns", "gold"),
    [
        (SENTIMENT, ["text", "sentiment", "sentiment_score"], ""),
        (SENTIMENT, ["text", "Sentiment", "Sentiment Score"], ""),
        (SENTIMENT, ["text", "sentiment"], "sentiment"),
        (SENTIMENT, ["text", "sentiment", "predicted_sentiment", "predicted_sentiment_score"], "sentiment"),
        (SENTIMENT, ["text", "label", "sentiment", "sentiment_score"], "label"),
        (QA, ["question", "context", "answer", "answer_score", "answer_start", "answer_end"], ""),
        (QA, ["question", "context", "answer"], "answer"),
        (QA, ["question", "context", "answers", "answer", "answer_score"], "answers"),
        (TRANSLATION, ["source", "translation"], ""),
        (TRANSLATION, ["translation", "source"], "translation"),
        (TRANSLATION, ["source", "target", "translation"], "target"),
        (SUMMARIZATION, ["document", "summary"], ""),
        (SUMMARIZATION, ["summary", "document"], "summary"),
        (SUMMARIZATION, ["article", "highlights"], "highlights"),
    ],
)
def test_what_an_earlier_run_wrote_is_no_gold_column(task: TaskSpec, columns: list[str], gold: str) -> None:
    binding = found(columns, task=task)
    assert binding.gold == gold
    said = any("earlier run" in note for note in binding.notes)
    assert said is not bool(gold)


def test_an_output_is_a_gold_column_where_the_user_says_so() -> None:
    assert found(["text", "sentiment", "sentiment_score"], gold="sentiment").gold == "sentiment"
    assert found(["source", "translation"], task=TRANSLATION, gold="translation").gold == "translation"


def test_an_evaluation_takes_texts_that_stand_alone_and_no_labels_with_their_scores() -> None:
    columns = ["source", "translation"]
    assert bind(TRANSLATION, columns, chosen={}, gold="", source="f", gold_needed=True).gold == "translation"
    with pytest.raises(UsageError, match="seem to hold what an earlier run predicted"):
        bind(SENTIMENT, ["text", "sentiment", "sentiment_score"], chosen={}, gold="", source="f", gold_needed=True)


class Place:
    """A prediction type of somebody's own, whose answer stands in its last column."""

    suffixes = ("_line", "_text")
    answer = "_text"


def test_the_column_of_the_answer_is_the_first_or_the_one_that_the_prediction_type_says():
    assert answer_column(SENTIMENT) == "sentiment"
    assert answer_column(replace(SENTIMENT, prediction=f"{__name__}:Place")) == "sentiment_text"
