"""Text to text, summaries and translations, beside plain calls of ``generate``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

import nlptasks
from nlptasks.errors import NlptasksError
from nlptasks_hub.checkpoints.saved_tokenizer import restore
from nlptasks_hub.notices import ResultWarning
from nlptasks_hub.pipelines.errors import InputError

from .conftest import TEXTS


def opened(task: str, folder: Path, **settings: Any) -> Any:
    return nlptasks.pipeline(task, model=str(folder), device="cpu", **settings)


def plainly(folder: Path, text: str, **settings: Any) -> list[str]:
    """What ``generate`` writes for one text, without a pipeline."""
    tokenizer = restore(AutoTokenizer.from_pretrained(folder), folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    coded = tokenizer(text, return_tensors="pt", truncation=settings.pop("truncation", False))
    names = ("input_ids", "attention_mask")
    written = model.generate(**{name: coded[name] for name in names}, **settings)
    return [str(text) for text in tokenizer.batch_decode(written, skip_special_tokens=True)]


# ------------------------------------------------------------------- results


@pytest.mark.parametrize(
    ("task", "key"),
    [
        ("text2text-generation", "generated_text"),
        ("summarization", "summary_text"),
        ("translation", "translation_text"),
        ("translation_en_to_de", "translation_text"),
    ],
)
def test_the_model_writes_what_it_writes_alone(bart: Path, task: str, key: str) -> None:
    pipe = opened(task, bart)
    expected = [plainly(bart, text, num_beams=4)[0] for text in TEXTS]
    assert pipe(list(TEXTS)) == [{key: text} for text in expected]
    assert pipe(TEXTS[0]) == [{key: expected[0]}]
    assert len(set(expected)) > 2


def test_forms_of_inputs_and_results(bart: Path) -> None:
    pipe = opened("summarization", bart, max_new_tokens=4)
    one = pipe(TEXTS[0])
    assert isinstance(one, list)
    assert len(one) == 1
    assert pipe([TEXTS[0]]) == one
    assert pipe([]) == []
    two = pipe(list(TEXTS[:2]), num_return_sequences=2)
    assert [len(result) for result in two] == [2, 2]
    assert pipe(TEXTS[0], num_return_sequences=2) == two[0]
    lazy = pipe(text for text in TEXTS[:2])
    assert isinstance(lazy, Iterator)
    assert list(lazy) == [[result] for result in pipe(list(TEXTS[:2]))]
    assert pipe(TEXTS[0], return_text=True) == one


@pytest.mark.parametrize(
    "settings",
    [
        {"num_beams": 1},
        {"num_beams": 4, "length_penalty": 0.3, "early_stopping": True},
        {"num_beams": 2, "num_return_sequences": 2, "no_repeat_ngram_size": 2},
        {"encoder_no_repeat_ngram_size": 1, "num_beams": 1},
        {"encoder_repetition_penalty": 1.5, "num_beams": 1},
        {"repetition_penalty": 1.5},
        {"min_new_tokens": 6, "max_new_tokens": 7},
    ],
)
@pytest.mark.parametrize("rows", [{}, {"batch_size": 2}])
def test_a_batch_changes_no_answer(bart: Path, t5: Path, settings: dict[str, Any], rows: dict[str, int]) -> None:
    texts = [*TEXTS, "", "a", "a b c"]
    # Several beams of the random T5 tie to 2e-7, so that which comes first is chance.
    for folder in (bart,) if "num_return_sequences" in settings else (bart, t5):
        pipe = opened("text2text-generation", folder, max_new_tokens=10)
        alone = [pipe([text], **settings)[0] for text in texts]
        assert pipe(texts, **settings, **rows) == alone


def test_token_ids(t5: Path, bart: Path) -> None:
    for folder in (t5, bart):
        pipe = opened("summarization", folder, max_new_tokens=5)
        found = pipe(list(TEXTS), return_tensors=True)
        for text, record in zip(TEXTS, found, strict=True):
            ids = record["summary_token_ids"]
            assert isinstance(ids, torch.Tensor)
            assert torch.equal(ids, pipe(text, return_tensors=True)[0]["summary_token_ids"])
            assert pipe.tokenizer.decode(ids, skip_special_tokens=True) == pipe(text)[0]["summary_text"]


def test_a_stop_sequence_ends_by_its_first_token(bart: Path) -> None:
    pipe = opened("text2text-generation", bart, max_new_tokens=8)
    ids = pipe(TEXTS[0], return_tensors=True)[0]["generated_token_ids"].tolist()
    # A token that stands for a text, not for a part of a letter, and ends the text early.
    stop = next(text for at in ids[2:] if pipe.tokenizer.encode(text := pipe.tokenizer.decode([at]))[1:-1] == [at])
    first = pipe.tokenizer.encode(stop)[1]
    with pytest.warns(ResultWarning, match="tokens, and a text ends at the first of them"):
        stopped = pipe(TEXTS[0], stop_sequence=stop + " x", return_tensors=True)[0]["generated_token_ids"].tolist()
    assert stopped == ids[: ids.index(first, 1) + 1]
    assert len(stopped) < len(ids)


# ------------------------------------------------------ settings of the model


def test_prefixes_and_settings_of_a_task(t5: Path) -> None:
    summary = plainly(t5, "summarize: " + TEXTS[0], num_beams=2, min_length=3, max_new_tokens=9)
    assert opened("summarization", t5)(TEXTS[0], max_new_tokens=9) == [{"summary_text": summary[0]}]
    german = plainly(t5, "to German: " + TEXTS[0], num_beams=1, max_new_tokens=9)
    french = plainly(t5, "to French: " + TEXTS[0], num_beams=3, max_new_tokens=9)
    for task, expected in (("translation_en_to_de", german), ("translation_en_to_fr", french), ("translation", german)):
        assert opened(task, t5)(TEXTS[0], max_new_tokens=9) == [{"translation_text": expected[0]}]
    plain = plainly(t5, TEXTS[0], num_beams=4, max_new_tokens=9)
    assert opened("text2text-generation", t5)(TEXTS[0], max_new_tokens=9) == [{"generated_text": plain[0]}]


def test_a_model_in_memory(t5: Path) -> None:
    model, tokenizer = AutoModelForSeq2SeqLM.from_pretrained(t5), AutoTokenizer.from_pretrained(t5)
    pipe = nlptasks.pipeline("summarization", model=model, tokenizer=tokenizer, max_new_tokens=6)
    ids = model.generate(
        **tokenizer("summarize: x y", return_tensors="pt"), num_beams=2, min_length=3, max_new_tokens=6
    )
    assert pipe("x y") == [{"summary_text": tokenizer.decode(ids[0], skip_special_tokens=True)}]


def test_sampling_is_that_of_generate(bart: Path) -> None:
    pipe = opened("text2text-generation", bart, max_new_tokens=9)
    settings = {"do_sample": True, "num_beams": 1, "top_k": 20, "max_new_tokens": 9}
    torch.manual_seed(0)
    found = pipe(TEXTS[1], **settings)
    torch.manual_seed(0)
    assert found == [{"generated_text": plainly(bart, TEXTS[1], max_length=None, **settings)[0]}]


# ------------------------------------------------------------ inputs, errors


def test_a_text_longer_than_the_model(bart: Path) -> None:
    pipe = opened("summarization", bart)
    long = " ".join(TEXTS)
    with pytest.raises(InputError, match="the model reads at most 128") as caught:
        pipe(long)
    assert "truncation=True" in caught.value.hint
    assert pipe(long, truncation=True) == [{"summary_text": plainly(bart, long, truncation=True, num_beams=4)[0]}]


def test_a_text_that_runs_out_of_positions(bart: Path) -> None:
    pipe = opened("summarization", bart)
    with pytest.raises(NlptasksError, match="positions for 128 tokens") as caught:
        pipe(TEXTS[0], max_new_tokens=200, min_new_tokens=127)
    assert "max_new_tokens" in caught.value.hint


@pytest.mark.parametrize(
    ("inputs", "settings", "said"),
    [
        (3, {}, "an input must be a text, got a int"),
        ([["a"]], {}, "an input must be a text, got a list of 1"),
        ("a", {"foo": 1}, r"not used by the model: \['foo'\]"),
        ("a", {"src_lang": "en"}, r"not used by the model: \['src_lang'\]"),
        ("a", {"num_return_sequences": 9}, "num_return_sequences"),
        ("a", {"stop_sequence": ""}, "stop_sequence must be a text"),
        ("a", {"max_new_tokens": 0}, "max_new_tokens must be a whole number"),
    ],
)
def test_what_cannot_be(bart: Path, inputs: Any, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        opened("summarization", bart)(inputs, **settings)
    assert isinstance(caught.value, InputError)
    assert caught.value.hint


# --------------------------------------------------------------- translation


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")  # where the test itself opens it
def test_marian(marian: Path) -> None:
    texts = list(TEXTS[:4])
    pipe = opened("translation_en_to_de", marian, max_new_tokens=7)
    expected = [plainly(marian, text, num_beams=4, max_new_tokens=7)[0] for text in texts]
    assert pipe(texts) == [{"translation_text": text} for text in expected]
    named = opened("translation", marian, src_lang="en", tgt_lang="de", max_new_tokens=7)
    with pytest.warns(ResultWarning, match="src_lang and tgt_lang have no effect: MarianMTModel is told no languages"):
        assert named(texts) == pipe(texts)
    assert len(set(expected)) > 1


def test_a_model_of_many_languages_is_told_which(m2m100: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(m2m100)
    model = AutoModelForSeq2SeqLM.from_pretrained(m2m100)

    def expected(source: str, target: str) -> list[dict[str, str]]:
        tokenizer.src_lang = source
        found = []
        for text in TEXTS[:3]:
            coded = tokenizer(text, return_tensors="pt")
            ids = model.generate(**coded, num_beams=4, forced_bos_token_id=tokenizer.get_lang_id(target))
            text = tokenizer.decode(ids[0], skip_special_tokens=True)
            found.append({"translation_text": re.sub("__[a-z]+__", "", text)})
        return found

    texts = list(TEXTS[:3])
    pipe = opened("translation", m2m100, src_lang="en", tgt_lang="fr")
    assert pipe(texts) == expected("en", "fr")
    assert pipe(texts, tgt_lang="de") == expected("en", "de")
    assert opened("translation_fr_to_en", m2m100)(texts) == expected("fr", "en")
    assert pipe(texts) == expected("en", "fr")
    ids = pipe(TEXTS[0], return_tensors=True)[0]["translation_token_ids"]
    assert int(ids[1]) == tokenizer.get_lang_id("fr")


def test_languages_that_are_missing_or_unknown(m2m100: Path) -> None:
    with pytest.raises(InputError, match="must be told which") as caught:
        opened("translation", m2m100)("x")
    assert "src_lang=... and tgt_lang=..." in caught.value.hint
    assert "af, am, ar" in caught.value.hint
    with pytest.raises(InputError, match="tgt_lang='xx' is no language of this model"):
        opened("translation", m2m100, src_lang="en", tgt_lang="xx")("x")
