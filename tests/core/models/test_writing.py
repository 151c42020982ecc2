"""What a decoder is told, and its text on one line."""

from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks.models.generation import Decoding, Instruction
from nlptasks.models.writing import best_lines, choose_instruction


def test_the_language_that_is_asked_for_or_the_usual_one(generator):
    assert choose_instruction(generator, "translation", "FR") == Instruction("translation", "fr")
    assert choose_instruction(generator, "generation") == Instruction("generation", "en")
    assert choose_instruction(generator, "translation") == Instruction("translation", "de")  # it writes no English
    assert choose_instruction(generator, "translation", "de", source="en").source == "en"


def test_what_it_was_not_trained_for(generator):
    with pytest.raises(UsageError, match="not trained for the task 'qa', but for: generation, summarization, transl"):
        choose_instruction(generator, "qa")
    with pytest.raises(UsageError, match="in the language 'it'; it has: de, fr"):
        choose_instruction(generator, "translation", "it")


def test_the_best_text_of_each_window_is_a_line(generator):
    windows = [row[0] for row in generator.tokenize(["good phone", "the film is very bad"], max_windows=1)]
    states = generator.encode(windows)
    instruction, decoding = Instruction("translation", "de"), Decoding(max_new_tokens=12)
    lines = best_lines(generator, states, instruction, decoding)
    written = [texts[0] for texts in generator.generate(states, instruction, decoding)]
    assert [line.text for line in lines] == [" ".join(text.text.split()) for text in written]
    assert [line.complete for line in lines] == [text.complete for text in written]
