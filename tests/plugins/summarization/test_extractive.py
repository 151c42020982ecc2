from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks.errors import BackboneMismatchError, NlptasksError, UsageError
from nlptasks.models.probe.head import FILE, ProbeWeights
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, TrainJob
from nlptasks.testing import HARD_TEXTS, check_head
from nlptasks_summarization import nlptasks_heads
from nlptasks_summarization.head import ExtractiveSummaries, open_head
from nlptasks_summarization.options import ExtractiveOptions
from nlptasks_summarization.training import train
from nlptasks_tasks.summarization import SPEC as TASK

HEAD = nlptasks_heads()[0]
LINES = ["The phone is good.", "A film works.", "Rain fell 2 days!", "Is it broken?", "Nobody came, but they did."]


def own(number: int) -> str:
    """A sentence that no other document has."""
    draw = random.Random(number)
    return " ".join("".join(draw.choices("abcdefghijklmnop", k=6)) for _ in range(12)).capitalize() + "."


def rows(count: int = 12) -> list[Example]:
    """Documents whose summaries hold their first sentence and the one with a digit; the last is of their own words."""
    turned = [[*LINES[at % 5 :], *LINES[: at % 5], own(at)] for at in range(count)]
    return [Example({"document": " ".join(lines)}, " ".join({lines[0]: 0, "Rain fell 2 days!": 0})) for lines in turned]


def job(encoder: Encoder, output: Path, examples: list[Example] | None = None, **changes: Any) -> TrainJob:
    output.mkdir(exist_ok=True)
    given: dict[str, Any] = {"validation": None, "seed": 0, "progress": lambda _: None, "options": ExtractiveOptions()}
    return TrainJob(
        task=TASK,
        head="x:extractive",
        backbone=encoder,
        examples=rows() if examples is None else examples,
        output=output,
        **given | changes,
    )


@pytest.fixture(scope="module")
def trained(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extractive")
    report = train(job(encoder, folder))
    assert report.labels == ("leave", "keep")
    assert (report.n_train, report.n_validation) == (12, 1)
    assert report.scores["average_precision"] > 0.7
    assert report.scores["accuracy"] >= report.scores["accuracy_baseline"] >= 0.5
    assert 0.5 > report.scores["macro_f1_baseline"] >= 0.3
    assert report.scores["macro_f1"] <= 1
    return folder


def opened(encoder: Encoder, weights: Path, **options: Any) -> ExtractiveSummaries:
    return open_head(HeadContext(task=TASK, backbone=encoder, options=ExtractiveOptions(**options), weights=weights))


def summary(head: ExtractiveSummaries, encoder: Encoder, document: str) -> str:
    example = Example({"document": document})
    windows = head.windows([example])[0]
    reduced = [kept for at in range(0, len(windows), 32) for kept in head.reduce(encoder.encode(windows[at : at + 32]))]
    return head.read(example, windows, reduced).text


def in_order(lines: list[str], document: str) -> bool:
    """Whether each line is a piece of the document, behind the one before it."""
    at = 0
    for line in lines:
        found = document.find(line, at)
        if found < 0:
            return False
        at = found + len(line)
    return True


@pytest.mark.parametrize("options", [{}, {"sentences": 2}, {"ratio": 0.2, "redundancy": 0.5}], ids=str)
def test_passes_the_conformance_check(encoder: Encoder, trained: Path, options: dict[str, Any]) -> None:
    check_head(TASK, HEAD, backbone=encoder, weights=trained, options=ExtractiveOptions(**options))


def test_it_learns_which_sentences_summaries_keep(encoder: Encoder, trained: Path) -> None:
    head = opened(encoder, trained, sentences=2)
    assert sum(summary(head, encoder, row.inputs["document"]).split("\n") == _gold(row) for row in rows(5)) >= 4


def _gold(row: Example) -> list[str]:
    return sorted((line for line in LINES if line in (row.gold or "")), key=row.inputs["document"].find)


PIECES = st.sampled_from(
    [
        *LINES,
        *HARD_TEXTS[1:],
        "e\u0301 a\u0308.",
        "👍🏽!",
        "好。",
        "「行く。」",
        "Mr. X",
        "\n",
        "\u2028",
        "\ud800",
        "\u200b",
        "",
        "?",
    ]
)


@settings(max_examples=60)
@given(
    pieces=st.lists(PIECES, min_size=1, max_size=12),
    sentences=st.integers(0, 4),
    redundancy=st.sampled_from([0.0, 0.7]),
)
def test_each_line_is_a_piece_of_the_document_in_its_order(
    encoder: Encoder, trained: Path, pieces: list[str], sentences: int, redundancy: float
) -> None:
    document = " ".join(pieces)
    if not document.strip():
        return
    head = opened(encoder, trained, sentences=sentences, redundancy=redundancy)
    lines = summary(head, encoder, document).splitlines()
    assert lines and in_order(lines, document)
    assert not sentences or len(lines) <= sentences


@pytest.mark.parametrize("document", ["One.", "One. Two.", " no marks ", "好。坏。"])
def test_one_or_two_sentences_are_their_own_summary(encoder: Encoder, trained: Path, document: str) -> None:
    lines = summary(opened(encoder, trained, ratio=0.1), encoder, document).split("\n")
    assert "".join(lines).replace(" ", "") == document.replace(" ", "")


def test_a_document_of_ten_thousand_words_is_read_within_seconds(encoder: Encoder, trained: Path) -> None:
    head = opened(encoder, trained, redundancy=0.3)
    document = " ".join(f"{line} {at}" for at in range(400) for line in LINES)
    example = Example({"document": document})
    windows = head.windows([example])[0]
    reduced = [kept for window in windows for kept in head.reduce(encoder.encode([window]))]
    started = time.process_time()
    assert in_order(head.read(example, windows, reduced).text.split("\n"), document)
    assert time.process_time() - started < 10


def test_training_twice_gives_the_same_bytes(encoder: Encoder, trained: Path, tmp_path: Path) -> None:
    train(job(encoder, tmp_path))
    assert (tmp_path / FILE).read_bytes() == (trained / FILE).read_bytes()


def test_validation_data_are_scored_and_not_learned(encoder: Encoder, tmp_path: Path) -> None:
    report = train(job(encoder, tmp_path, validation=rows(5)))
    assert (report.n_train, report.n_validation) == (12, 5)


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "hold no row"),
        (rows(1), "two documents or more"),
        ([Example({"document": f"One {n}."}, f"One {n}.") for n in range(3)], "keep every sentence"),
        ([Example({"document": f"One. Two {n}."}, "Other words.") for n in range(3)], "keep no sentence"),
        (rows(1) * 9, "two documents or more that differ"),
    ],
)
def test_data_that_cannot_train(encoder: Encoder, tmp_path: Path, examples: list[Example], message: str) -> None:
    with pytest.raises(NlptasksError, match=message):
        train(job(encoder, tmp_path, examples))


def test_a_foreign_backbone_is_refused(foreign_encoder: Encoder, trained: Path) -> None:
    with pytest.raises(BackboneMismatchError, match="trained on the backbone 'tiny' with digest") as error:
        opened(foreign_encoder, trained)
    assert "--backbone" in error.value.hint


@pytest.mark.parametrize("change", [{"task": "classification"}, {"labels": ("a", "b")}], ids=str)
def test_a_head_of_another_kind_is_refused(
    encoder: Encoder, trained: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    ProbeWeights(**{**vars(ProbeWeights.load(trained)), **change}).save(tmp_path)
    with pytest.raises(NlptasksError, match="holds no extractive head of the task 'summarization'"):
        opened(encoder, tmp_path)


def test_the_shipped_head_refuses_the_tiny_backbone(encoder: Encoder) -> None:
    with pytest.raises(BackboneMismatchError, match="trained on the backbone 'bundled'"):
        open_head(HeadContext(task=TASK, backbone=encoder))


@pytest.mark.parametrize(
    ("name", "value"),
    [("sentences", -1), ("ratio", -0.1), ("ratio", 1.1), ("redundancy", -1.0), ("redundancy", 2.0), ("sentences", 1.5)],
)
def test_options_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"--{name}"):
        from_values(ExtractiveOptions, {name: value})
