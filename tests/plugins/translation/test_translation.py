from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks._running.predict import predict
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import UsageError
from nlptasks.models.generation import Continuation, Decoding, Generator, Instruction
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates
from nlptasks.testing import HARD_TEXTS, check_head
from nlptasks_tasks.translation import SPEC as TASK
from nlptasks_translation import nlptasks_heads
from nlptasks_translation.head import Translator, sentences
from nlptasks_translation.options import TranslationOptions

HEAD = nlptasks_heads()[0]

PIECES = st.sampled_from(
    [
        "Good phone.",
        "The film works!",
        "好。",
        "42",
        "👍🏽",
        "...",
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        "\u2028",
        "\ud800",
    ]
)


@dataclass
class Recording:
    """A generator that remembers how it was asked to write, and writes what it is told to."""

    generator: Generator
    says: str = ""
    asked: list[tuple[Instruction, Decoding, int]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.generator, name)

    def generate(self, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[list[Continuation]]:
        self.asked.append((instruction, decoding, max(map(len, states.windows))))
        if self.says:
            return [[Continuation(self.says, -1.0, 1, True)] for _ in states.windows]
        return self.generator.generate(states, instruction, decoding)


def opened(backbone: Any, **options: Any) -> Translator:
    return Translator(HeadContext(task=TASK, backbone=backbone, options=TranslationOptions(**options)))


def translated(backbone: Any, texts: Sequence[str], **options: Any) -> list[str | None]:
    task = LoadedHead(task=TASK, name="x:decoder", head=opened(backbone, **options))
    found = predict([task], backbone, [[Example({"source": text}) for text in texts]]).by_head[0]
    return [prediction and prediction.canonical for prediction in found]


@pytest.mark.parametrize("options", [{}, {"to": "fr", "beams": 1}, {"max_new_tokens": 5}], ids=str)
def test_passes_the_conformance_check(generator: Generator, options: dict[str, Any]) -> None:
    check_head(TASK, HEAD, backbone=generator, options=TranslationOptions(**options))


@settings(max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_line_breaks_and_white_space_around_lines_stay(generator: Generator, text: str) -> None:
    (answer,) = translated(Recording(generator, says="ein\nSatz "), [text])
    if not text.strip():
        assert answer is None
        return
    assert answer is not None
    ours, theirs = text.splitlines(keepends=True), answer.splitlines(keepends=True)
    assert len(ours) == len(theirs)
    for line, other in zip(ours, theirs, strict=True):
        assert line[: len(line) - len(line.lstrip())] == other[: len(other) - len(other.lstrip())]
        assert line[len(line.rstrip()) :] == other[len(other.rstrip()) :]
        assert bool(line.strip()) == bool(other.strip())


def test_each_sentence_is_translated_in_its_place(generator: Generator) -> None:
    text = " One day.  It rained!\n\n42 %\n\tThe end \n"
    assert translated(Recording(generator, says="Satz."), [text]) == [" Satz.  Satz.\n\n42 %\n\tSatz. \n"]


def test_the_same_sentence_reads_the_same_alone_and_in_a_text(generator: Generator) -> None:
    alone = translated(generator, ["Good phone.", "The film works!"])
    assert None not in alone
    assert translated(generator, ["Good phone.\nThe film works!"]) == ["\n".join(map(str, alone))]


def test_a_long_sentence_is_read_to_its_end(generator: Generator) -> None:
    head = opened(generator)
    sentence = "very " * 200 + "good"
    (windows,) = head.windows([Example({"source": sentence})])
    assert sum(len(window) - 2 for window in windows) == 201
    assert all(len(window) * 3 <= generator.max_new_tokens * 2 and not window.cut for window in windows)
    (answer,) = translated(Recording(generator, says="sehr"), [sentence])
    assert answer == " ".join(["sehr"] * len(windows))


@pytest.mark.parametrize("text", ["42", "3.5 %", "👍👍🏽 !!!", "...", "1\n\n2 "])
def test_text_without_a_letter_passes_as_it_is(generator: Generator, text: str) -> None:
    assert opened(generator).windows([Example({"source": text})]) == [[]]
    assert translated(generator, [text]) == [text]


def test_empty_texts_have_no_answer(generator: Generator) -> None:
    assert translated(generator, ["", " \n"]) == [None, None]


def test_the_language_and_the_options_reach_the_decoder(generator: Generator) -> None:
    recording = Recording(generator)
    translated(recording, ["Good phone."], to="FR", beams=2, length_penalty=0.5, max_new_tokens=7)
    (instruction, decoding, _) = recording.asked[0]
    assert instruction == Instruction("translation", "fr")
    assert decoding == Decoding(max_new_tokens=7, beams=2, length_penalty=0.5)


def test_the_bound_depends_on_a_sentence_and_not_on_its_batch(generator: Generator) -> None:
    recording = Recording(generator, says="x")
    short, long = "Good.", "The phone is very good and the film is not bad and the phone works."
    translated(recording, [short, long])
    together = {(decoding.max_new_tokens, length) for _, decoding, length in recording.asked}
    recording.asked.clear()
    for text in (short, long):
        translated(recording, [text])
    assert together == {(decoding.max_new_tokens, length) for _, decoding, length in recording.asked}
    assert len(together) == 2
    assert all(length < most <= generator.max_new_tokens for most, length in together)


def test_more_tokens_than_the_decoder_has_are_as_many_as_it_has(generator: Generator) -> None:
    recording = Recording(generator, says="x")
    translated(recording, ["Good phone."], max_new_tokens=10_000)
    assert recording.asked[0][1].max_new_tokens == generator.max_new_tokens


def test_an_unknown_language_lists_those_there_are(generator: Generator) -> None:
    with pytest.raises(UsageError, match="the task 'translation' in the language 'xx'; it has: de, fr"):
        opened(generator, to="xx")


@pytest.mark.parametrize(("name", "value"), [("beams", 0), ("max-new-tokens", -1), ("beams", 1.5), ("to", 3)])
def test_options_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"--{name}"):
        from_values(TranslationOptions, {name: value})


def test_sentences_hold_letters() -> None:
    text = "He left. 42! (3)\n10:30\nßtraße"
    assert [text[start:end] for start, end in sentences(text)] == ["He left.", "ßtraße"]
    assert not sentences("\n".join(HARD_TEXTS[4:5]))


def test_the_example_file_fits_the_task(examples: Path) -> None:
    with (examples / "translation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert all(row["source"].strip() and row["target"].strip() for row in rows)
