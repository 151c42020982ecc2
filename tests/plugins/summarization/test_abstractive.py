from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nlptasks._running.predict import predict
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import UsageError
from nlptasks.models.generation import Decoding, Generator, Instruction
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import Example, HeadContext
from nlptasks.testing import check_head
from nlptasks_summarization import nlptasks_heads
from nlptasks_summarization.abstractive import Abstractive
from nlptasks_summarization.options import AbstractiveOptions
from nlptasks_tasks.summarization import SPEC as TASK

HEAD = nlptasks_heads()[1]


def opened(generator: Generator, **options: Any) -> Abstractive:
    return Abstractive(HeadContext(task=TASK, backbone=generator, options=AbstractiveOptions(**options)))


def summary(generator: Generator, document: str, **options: Any) -> str:
    task = LoadedHead(task=TASK, name="x:abstractive", head=opened(generator, **options))
    (found,) = predict([task], generator, [[Example({"document": document})]]).by_head[0]
    assert found is not None
    return found.canonical


@pytest.mark.parametrize("options", [{}, {"beams": 1, "no_repeat": 0}, {"max_new_tokens": 500}], ids=str)
def test_passes_the_conformance_check(generator: Generator, options: dict[str, Any]) -> None:
    check_head(TASK, HEAD, backbone=generator, options=AbstractiveOptions(**options))


def test_a_long_document_is_summarized_window_by_window(generator: Generator) -> None:
    document = "the phone is good but the film is very bad and " * 20
    (windows,) = opened(generator).windows([Example({"document": document})])
    assert len(windows) > 2
    assert not any(window.cut for window in windows)
    decoding = Decoding(max_new_tokens=generator.max_new_tokens, beams=4, no_repeat=3)
    states = [generator.encode([window]) for window in windows]
    texts = [generator.generate(state, Instruction("summarization", "en"), decoding)[0][0].text for state in states]
    lines = [" ".join(text.split()) for text in texts]
    assert summary(generator, document) == "\n".join(line for line in lines if line)


def test_no_pair_of_tokens_twice_where_asked(generator: Generator) -> None:
    assert summary(generator, "good film", no_repeat=2) != summary(generator, "good film", no_repeat=0)


@pytest.mark.parametrize(("name", "value"), [("beams", 0), ("max-new-tokens", 0), ("no-repeat", -1)])
def test_options_out_of_range_are_refused(name: str, value: int) -> None:
    with pytest.raises(UsageError, match=f"--{name}"):
        from_values(AbstractiveOptions, {name: value})


def test_the_example_file_fits_the_task(examples: Path) -> None:
    rows = [json.loads(line) for line in (examples / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 6
    assert all(len(row["summary"]) < len(row["document"]) for row in rows)
