from __future__ import annotations

import csv
import math
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
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window
from nlptasks.testing import HARD_TEXTS, check_head
from nlptasks_generation import nlptasks_heads
from nlptasks_generation.head import Writer
from nlptasks_generation.options import GenerationOptions
from nlptasks_tasks.generation import SPEC as TASK

HEAD = nlptasks_heads()[0]
PROMPTS = ["the film is", "", "a very good phone " * 30, "the film is", "好"]


@dataclass
class Scripted:
    """A generator that writes from a script, without an end, and remembers how it was asked."""

    generator: Generator
    script: Sequence[str]
    asked: list[tuple[tuple[Window, ...], Decoding]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.generator, name)

    def generate(self, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[list[Continuation]]:
        text = self.script[len(self.asked) % len(self.script)]
        self.asked.append((states.windows, decoding))
        piece = Continuation(text, -1.0, decoding.max_new_tokens, False)
        return [[piece] * decoding.samples for _ in states.windows]


def opened(backbone: Any, **options: Any) -> Writer:
    return Writer(HeadContext(task=TASK, backbone=backbone, options=GenerationOptions(**options)))


def written(backbone: Any, prompts: Sequence[str], **options: Any) -> list[Text]:
    task = LoadedHead(task=TASK, name="x:decoder", head=opened(backbone, **options))
    found = predict([task], backbone, [[Example({"prompt": prompt}) for prompt in prompts]]).by_head[0]
    return [prediction for prediction in found if isinstance(prediction, Text)]


@pytest.mark.parametrize(
    "options",
    [{}, {"temperature": 0.0}, {"beams": 3}, {"num_samples": 3, "max_new_tokens": 9}, {"max_new_tokens": 0}],
    ids=str,
)
def test_passes_the_conformance_check(generator: Generator, options: dict[str, Any]) -> None:
    check_head(TASK, HEAD, backbone=generator, options=GenerationOptions(**options))


def test_an_empty_prompt_is_answered(generator: Generator) -> None:
    assert len(written(generator, ["", "  "], max_new_tokens=5)) == 2


def test_the_same_seed_gives_the_same_text_in_any_order(generator: Generator) -> None:
    options = {"max_new_tokens": 2 * generator.max_new_tokens, "num_samples": 2}
    together = written(generator, PROMPTS, **options)
    assert together == written(generator, PROMPTS[::-1], **options)[::-1]
    assert together == [written(generator, [prompt], **options)[0] for prompt in PROMPTS]
    assert together != written(generator, PROMPTS, seed=1, **options)


def test_samples_differ_and_have_a_column_each(generator: Generator) -> None:
    (answer,) = written(generator, ["the film"], num_samples=4, max_new_tokens=20)
    assert len(set(answer.cells())) > 1
    assert answer.canonical == answer.cells()[0] == answer.text
    assert GenerationOptions(num_samples=4).more_suffixes == ("_2", "_3", "_4")
    assert len(answer.cells()) == 4
    assert written(generator, ["a"], num_samples=3, max_new_tokens=0) == [Text("", ("", ""))]


def test_a_long_continuation_goes_on_behind_what_was_written(generator: Generator) -> None:
    scripted = Scripted(generator, [" one", " two", " six"])
    most = generator.max_new_tokens
    (answer,) = written(scripted, ["the film"], max_new_tokens=2 * most + 5)
    assert answer.text == " one two six"
    assert [decoding.max_new_tokens for _, decoding in scripted.asked] == [most, most, 5]
    read = [windows for windows, _ in scripted.asked]
    texts = ["the film", "the film one", "the film one two"]
    assert read == [(window,) for window in generator.endings(texts)]


def test_pieces_and_samples_have_draws_of_their_own(generator: Generator) -> None:
    scripted = Scripted(generator, [" on"])
    written(scripted, ["the film"], max_new_tokens=3 * generator.max_new_tokens, num_samples=2)
    later = [decoding for _, decoding in scripted.asked[1:]]
    assert len({decoding.seed for decoding in later}) == len(later) == 4
    assert {decoding.samples for decoding in later} == {1}


def test_a_text_that_the_decoder_ended_is_not_carried_on(generator: Generator) -> None:
    full = written(generator, PROMPTS, max_new_tokens=5 * generator.max_new_tokens, temperature=0.0)
    once = written(generator, PROMPTS, max_new_tokens=generator.max_new_tokens, temperature=0.0)
    assert all(one.text.startswith(other.text) for one, other in zip(full, once, strict=True))


@pytest.mark.parametrize(
    ("stop", "expected"),
    [((".",), "One"), (("!", "."), "One"), (("wo",), "One. T"), (("\\n",), "One. Two!"), (("x",), "One. Two!\nThree")],
)
def test_a_continuation_ends_before_the_first_stop(generator: Generator, stop: tuple[str, ...], expected: str) -> None:
    scripted = Scripted(generator, ["One. Two!\nThree"])
    assert written(scripted, ["a"], stop=stop, max_new_tokens=9)[0].text == expected


def test_nothing_is_written_behind_a_stop(generator: Generator) -> None:
    scripted = Scripted(generator, ["One ", "end. Two", " three"])
    (answer,) = written(scripted, ["a"], stop=("end",), max_new_tokens=10 * generator.max_new_tokens)
    assert answer.text == "One "
    assert len(scripted.asked) == 2


def test_nothing_is_encoded_where_nothing_is_written(generator: Generator) -> None:
    head = opened(generator, max_new_tokens=0)
    assert head.windows([Example({"prompt": "a"})]) == [[]]
    assert written(generator, ["a", ""], max_new_tokens=0) == [Text(""), Text("")]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["good", "film", "xyz", *HARD_TEXTS[1:]]), max_size=60).map(" ".join))
def test_the_window_of_a_prompt_is_its_end(generator: Generator, prompt: str) -> None:
    ((window,),) = opened(generator).windows([Example({"prompt": prompt})])
    whole = [token for piece in generator.tokenize([prompt])[0] for token in piece.ids[piece.start : len(piece) - 1]]
    kept = list(window.ids[window.start : -1])
    assert whole[len(whole) - len(kept) :] == kept
    assert window.cut == len(whole) - len(kept)
    assert len(window) == min(len(whole) + 2, generator.max_tokens)
    assert (window.ids[0], window.ids[-1]) == (2, 3)


def test_a_cut_prompt_is_counted(generator: Generator) -> None:
    task = LoadedHead(task=TASK, name="x:decoder", head=opened(generator, max_new_tokens=3))
    answers = predict([task], generator, [[Example({"prompt": prompt}) for prompt in PROMPTS]])
    assert (sum(answers.cut), sum(answers.long)) == (1, 0)


def test_likelihoods_are_those_of_the_backbone(generator: Generator) -> None:
    examples = [Example({"prompt": prompt}) for prompt in PROMPTS]
    texts = [" good", "a", " bad " * 60, "", "ü"]
    nll = opened(generator).likelihoods(examples, texts)
    expected = generator.likelihoods(PROMPTS, texts, Instruction("generation", "en"))
    assert nll == [item.nll for item in expected]
    assert all(0 < value < math.inf for value in nll)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beams": 2, "temperature": 0.5}, "--beams 2 samples nothing"),
        ({"num_samples": 2, "temperature": 0.0}, "--num-samples 2 would all be the same"),
        ({"num_samples": 2, "beams": 2}, "--num-samples 2 would all be the same"),
        ({"top_p": 0.5, "beams": 2}, "--top-p 0.5 has no effect: nothing is sampled"),
        ({"top_p": 0.5, "temperature": 0.0}, "--top-p 0.5 has no effect: nothing is sampled"),
        ({"top_p": 0.0}, "--top-p: 0.0"),
        ({"top_p": 1.5}, "--top-p"),
        ({"stop": ("a", "")}, "--stop"),
        ({"max_new_tokens": -1}, "--max-new-tokens"),
        ({"temperature": -1.0}, "--temperature"),
        ({"seed": -1}, "--seed"),
    ],
    ids=str,
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        from_values(GenerationOptions, options)
    assert error.value.exit_code == 2


def test_the_usual_temperature() -> None:
    assert GenerationOptions().sampled_at == 0.8
    assert GenerationOptions(beams=2).sampled_at == 0
    assert GenerationOptions(temperature=0.0).sampled_at == 0
    assert GenerationOptions(beams=2, temperature=0.0).sampled_at == 0


def test_the_example_file_fits_the_task(examples: Path) -> None:
    with (examples / "prompts.csv").open(encoding="utf-8", newline="") as file:
        assert sum(bool(row["prompt"].strip()) for row in csv.DictReader(file)) == 8
