from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from nlptasks.errors import UsageError
from nlptasks.models.generation import USUAL_PENALTY, Decoding, Instruction
from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.models.writing import choose_instruction
from nlptasks.plugin import HeadSpec, TaskSpec
from nlptasks.testing import check_generator, check_head
from nlptasks_generation import nlptasks_heads as generation_heads
from nlptasks_generation.options import GenerationOptions
from nlptasks_summarization import nlptasks_heads as summarization_heads
from nlptasks_summarization.options import AbstractiveOptions
from nlptasks_tasks.generation import SPEC as GENERATION
from nlptasks_tasks.summarization import SPEC as SUMMARIZATION
from nlptasks_tasks.translation import SPEC as TRANSLATION
from nlptasks_translation import nlptasks_heads as translation_heads
from nlptasks_translation.options import TranslationOptions

Make = Callable[..., Any]

#: M2M100 is left out: its tokenizer, in Python, would take minutes.
KINDS = ("t5", "bart", "marian")

SUMMARY = Instruction("summarization", "")
WRITE = Instruction("generation", "")
GERMAN = Instruction("translation", "de")
FRENCH = Instruction("translation", "fr")

#: Of each kind: an instruction, what stands before the text, and the language of text and answer.
ASKED = (
    ("t5", GERMAN, "translate English to German: ", "", ""),
    ("t5", SUMMARY, "summarize: ", "", ""),
    ("t5", WRITE, "", "", ""),
    ("bart", SUMMARY, "", "", ""),
    ("marian", GERMAN, "", "", ""),
    ("m2m", GERMAN, "", "en", "de"),
    ("m2m", replace(FRENCH, source="de"), "", "de", "fr"),
)

TEXTS = ("the phone works very late", "good film: it is not bad at all, and the service is nothing", "Größe", "a")

WAYS = (
    Decoding(max_new_tokens=12),
    Decoding(max_new_tokens=12, beams=3),
    Decoding(max_new_tokens=12, beams=4, no_repeat=2, length_penalty=2.0),
    Decoding(max_new_tokens=10, no_repeat=1),
)


def plain(folder: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    with quiet_loading():
        return AutoTokenizer.from_pretrained(folder), AutoModelForSeq2SeqLM.from_pretrained(folder).eval()


def written(ours: Any, texts: Any, instruction: Instruction, decoding: Decoding) -> Any:
    windows = [row[0] for row in ours.tokenize(texts, instruction=instruction)]
    return ours.generate(ours.encode(windows), instruction, decoding)


@pytest.fixture(autouse=True)
def recommended(recwarn: pytest.WarningsRecorder) -> None:
    """Marian's tokenizer recommends a package when a test itself opens it."""
    import warnings

    warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")


@pytest.mark.parametrize("kind", KINDS)
def test_passes_the_conformance_check(kind: str, backbone: Make) -> None:
    check_generator(backbone(kind))


@pytest.mark.parametrize("decoding", WAYS, ids=str)
@pytest.mark.parametrize(("kind", "instruction", "lead", "source", "target"), ASKED)
def test_writes_what_transformers_writes(
    kind: str,
    instruction: Instruction,
    lead: str,
    source: str,
    target: str,
    decoding: Decoding,
    checkpoint: Make,
    backbone: Make,
) -> None:
    tokenizer, model = plain(checkpoint(kind))
    model.generation_config.forced_eos_token_id = None  # by ours too: a text that was cut is known to be
    more: dict[str, Any] = {}
    if source:
        tokenizer.src_lang = source
        more = {"forced_bos_token_id": tokenizer.get_lang_id(target)}
    found = written(backbone(kind), TEXTS, instruction, decoding)
    for text, (item,) in zip(TEXTS, found, strict=True):
        inputs = tokenizer(lead + text, return_tensors="pt")
        expected = model.generate(
            **inputs,
            max_new_tokens=decoding.max_new_tokens + bool(more),
            num_beams=decoding.beams,
            no_repeat_ngram_size=decoding.no_repeat,
            length_penalty=USUAL_PENALTY if decoding.length_penalty is None else decoding.length_penalty,
            do_sample=False,
            early_stopping=False,
            min_length=0,
            **more,
        )
        own = expected[:, 1 + bool(more) :]
        with torch.inference_mode():
            logits = model(**inputs, decoder_input_ids=expected[:, :-1]).logits[:, bool(more) :]
        gained = logits.log_softmax(dim=2).gather(2, own[..., None]).sum()
        assert item.log_probability == pytest.approx(float(gained), rel=1e-4)
        assert (item.tokens, item.complete) == (own.shape[1], bool(own[0, -1] == model.config.eos_token_id))
        behind = tokenizer.decode(expected[0], skip_special_tokens=True)
        assert item.text.strip("\N{REPLACEMENT CHARACTER} ") == behind.strip("\N{REPLACEMENT CHARACTER} ")


@pytest.mark.parametrize(("kind", "instruction", "lead", "source", "target"), ASKED)
def test_a_likelihood_is_transformers_loss(
    kind: str, instruction: Instruction, lead: str, source: str, target: str, checkpoint: Make, backbone: Make
) -> None:
    tokenizer, model = plain(checkpoint(kind))
    if source:
        tokenizer.src_lang, tokenizer.tgt_lang = source, target
    text = "good phone"
    ids = tokenizer(text_target=text, add_special_tokens=False)["input_ids"] + [model.config.eos_token_id]
    prefix = [tokenizer.get_lang_id(target)] if target else []
    with torch.inference_mode():
        loss = model(**tokenizer(lead + TEXTS[0], return_tensors="pt"), labels=torch.tensor([[*prefix, *ids]])).logits
    nll = -loss[0, len(prefix) :].log_softmax(dim=1).gather(1, torch.tensor(ids)[:, None]).sum()
    (found,) = backbone(kind).likelihoods([TEXTS[0]], [text], instruction)
    assert found.tokens == len(ids)
    assert found.nll == pytest.approx(float(nll), rel=1e-4)


def test_a_text_longer_than_the_decoder_is_scored_in_pieces(backbone: Make) -> None:
    ours = backbone("bart")
    long = "good phone " * 60
    (whole,) = ours.likelihoods([""], [long], SUMMARY)
    assert whole.tokens == len(ours.reader.read([long])[0].ids) + 1 > ours.max_new_tokens
    assert whole.nll > 0


def test_the_words_before_a_text_stand_in_each_of_its_windows(backbone: Make) -> None:
    ours = backbone("t5")
    windows = ours.tokenize(["good phone " * 100], instruction=GERMAN, offsets=True)[0]
    lead = ours.reader.read(["translate English to German:"])[0].ids
    assert len(windows) > 2
    for window in windows:
        assert len(window) <= ours.max_tokens
        assert list(window.ids[: window.start]) == lead
        assert len(window.offsets) == len(window) - window.start - 1
    ends = [offset for window in windows for offset in window.offsets]
    assert ends[0][0] == 0
    assert max(end for _, end in ends) <= len("good phone " * 100)


def test_instructions_come_from_the_configuration_and_the_tokenizer(backbone: Make) -> None:
    assert backbone("t5").instructions == (WRITE, SUMMARY, GERMAN)
    assert backbone("bart").instructions == (WRITE, SUMMARY)
    assert backbone("marian").instructions == (GERMAN,)
    languages = [item.language for item in backbone("m2m").instructions]
    assert len(languages) == 100
    assert {"de", "en", "fr", "zh"} <= set(languages)


def test_the_language_is_chosen_or_the_only_one(backbone: Make) -> None:
    assert choose_instruction(backbone("marian"), "translation") == GERMAN
    assert choose_instruction(backbone("m2m"), "translation").language == "en"
    assert choose_instruction(backbone("m2m"), "translation", "fr", "de").source == "de"
    with pytest.raises(UsageError, match="in the language 'fr'; it has: de"):
        choose_instruction(backbone("marian"), "translation", "fr")
    with pytest.raises(UsageError, match="reads no language 'xx'"):
        backbone("m2m").tokenize(["a"], instruction=replace(GERMAN, source="xx"))
    with pytest.raises(UsageError, match="was not trained for translation in de"):
        written(backbone("bart"), ["a"], GERMAN, Decoding())


def test_draws_are_those_of_the_seed_whatever_stands_beside(backbone: Make) -> None:
    ours, drawn = backbone("t5"), Decoding(max_new_tokens=8, temperature=1.0, samples=3, seed=1)
    torch.manual_seed(5)
    whole = written(ours, TEXTS, WRITE, drawn)
    torch.manual_seed(6)
    assert [written(ours, [text], WRITE, drawn)[0][1].text for text in TEXTS] == [row[1].text for row in whole]
    assert len({item.text for item in whole[0]}) == 3
    assert written(ours, TEXTS, WRITE, replace(drawn, seed=2)) != whole


def test_a_head_that_needs_places_is_told_that_there_are_none(backbone: Make) -> None:
    with pytest.raises(UsageError, match="does not tell where tokens stand"):
        backbone("marian").tokenize(["good phone"], offsets=True)


def head(found: list[HeadSpec], name: str) -> HeadSpec:
    return next(item for item in found if item.name == name)


HEADS: tuple[tuple[str, TaskSpec, HeadSpec, Any], ...] = (
    ("t5", TRANSLATION, head(translation_heads(), "decoder"), TranslationOptions(max_new_tokens=6, beams=2)),
    ("marian", TRANSLATION, head(translation_heads(), "decoder"), TranslationOptions(max_new_tokens=6, beams=1)),
    ("t5", SUMMARIZATION, head(summarization_heads(), "abstractive"), AbstractiveOptions(max_new_tokens=4, beams=2)),
    ("bart", SUMMARIZATION, head(summarization_heads(), "abstractive"), AbstractiveOptions(max_new_tokens=4, beams=1)),
    ("bart", GENERATION, head(generation_heads(), "decoder"), GenerationOptions(max_new_tokens=8)),
)


@pytest.mark.parametrize(("kind", "task", "spec", "options"), HEADS)
def test_the_heads_that_write_work_on_it(
    kind: str, task: TaskSpec, spec: HeadSpec, options: Any, backbone: Make
) -> None:
    check_head(task, spec, backbone=backbone(kind), options=options)
