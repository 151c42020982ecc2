"""Text generation from prompts and chats, beside plain calls of ``generate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import nlptasks
from nlptasks.errors import NlptasksError, UsageError
from nlptasks_hub.notices import ResultWarning
from nlptasks_hub.pipelines.errors import InputError

from .conftest import TEXTS

#: A model without learned positions reads beyond what its tokenizer says.
pytestmark = pytest.mark.filterwarnings("ignore:a text is longer than the 64 tokens")

GREEDY = {"do_sample": False, "max_new_tokens": 6}
QUESTION = [{"role": "user", "content": "Is it good?"}]
BEGUN = [*QUESTION, {"role": "assistant", "content": "I think"}]


def opened(folder: Path, **settings: Any) -> Any:
    return nlptasks.pipeline("text-generation", model=str(folder), device="cpu", **settings)


def plainly(folder: Path, text: str, **settings: Any) -> list[list[int]]:
    """The token ids that ``generate`` returns for one prompt, without a pipeline."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    coded = tokenizer(text, return_tensors="pt")
    names = ("input_ids", "attention_mask")
    pad = tokenizer.pad_token_id or 0
    found: list[list[int]] = model.generate(
        **{name: coded[name] for name in names}, pad_token_id=pad, **settings
    ).tolist()
    return found


# ------------------------------------------------------------------- prompts


def test_prompts_are_continued_and_kept_exactly(gpt2: Path, llama: Path) -> None:
    for folder in (gpt2, llama):
        pipe = opened(folder)
        for text in (*TEXTS, "  two  spaces ", "a\n\tb"):
            ids = plainly(folder, text, **GREEDY)[0]
            prompt = len(pipe.tokenizer(text)["input_ids"])
            new = pipe.tokenizer.decode(ids[prompt:], skip_special_tokens=True)
            whole = pipe(text, **GREEDY)[0]["generated_text"]
            assert whole.startswith(text)
            assert pipe(text, **GREEDY, return_tensors=True) == [{"generated_token_ids": ids}]
            if "\ufffd" not in new and " " not in new:
                assert whole == text + new
                assert pipe(text, **GREEDY, return_full_text=False) == [{"generated_text": new}]


def test_forms_of_inputs_and_results(gpt2: Path) -> None:
    pipe = opened(gpt2, **GREEDY)
    single = pipe(TEXTS[0])
    assert [sorted(record) for record in single] == [["generated_text"]]
    assert pipe([TEXTS[0]]) == [single]
    assert pipe(text_inputs=TEXTS[0]) == single
    assert pipe(list(TEXTS[:2])) == list(pipe(text for text in TEXTS[:2])) == [single, pipe(TEXTS[1])]
    assert len(pipe(TEXTS[0], num_beams=3, num_return_sequences=2)) == 2
    assert pipe([]) == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"num_beams": 3},
        {"num_beams": 3, "num_return_sequences": 2, "length_penalty": 0.2},
        {"repetition_penalty": 1.8},
        {"no_repeat_ngram_size": 1},
        {"min_length": 9, "max_new_tokens": 10},
        {"max_new_tokens": None, "max_length": 75},
        {"eos_token_id": list(range(0, 300, 3))},
    ],
)
@pytest.mark.parametrize("rows", [{}, {"batch_size": 3}])
def test_a_batch_changes_no_answer(gpt2: Path, llama: Path, settings: dict[str, Any], rows: dict[str, int]) -> None:
    texts = [*TEXTS, "a", "a b", "b a", "The"]
    for folder in (gpt2, llama):
        pipe = opened(folder)
        call = GREEDY | settings | {"return_tensors": True}
        assert pipe(texts, **call, **rows) == [pipe(text, **call) for text in texts]


def test_padding_is_used_where_it_is_harmless(gpt2: Path) -> None:
    pipe = opened(gpt2)
    assert pipe.packing(0, {"max_new_tokens": 5}).pad == 0
    assert pipe.packing(0, {"max_new_tokens": 5}).left
    assert pipe.packing(0, {"max_new_tokens": 5, "repetition_penalty": 1.3}).pad is None


def test_sampling_is_that_of_generate(gpt2: Path) -> None:
    settings = {"do_sample": True, "temperature": 0.7, "max_new_tokens": 8}
    torch.manual_seed(3)
    ids = plainly(gpt2, TEXTS[0], **settings)[0]
    pipe = opened(gpt2, max_new_tokens=8)
    torch.manual_seed(3)
    assert pipe(TEXTS[0], return_tensors=True) == [{"generated_token_ids": ids}]
    torch.manual_seed(4)
    assert pipe(TEXTS[0], return_tensors=True) != [{"generated_token_ids": ids}]


def test_an_empty_prompt_begins_as_texts_begin(gpt2: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(gpt2)
    ids = model.generate(pad_token_id=0, **GREEDY)[0].tolist()
    pipe = opened(gpt2)
    assert pipe("", **GREEDY, return_tensors=True) == [{"generated_token_ids": ids}]
    text = pipe("", **GREEDY, clean_up_tokenization_spaces=False)[0]["generated_text"]
    assert text == pipe.tokenizer.decode(ids, skip_special_tokens=True)
    assert pipe(["", "a", ""], **GREEDY) == [pipe("", **GREEDY), pipe("a", **GREEDY), pipe("", **GREEDY)]


def test_a_prefix_is_read_and_not_returned(gpt2: Path) -> None:
    pipe = opened(gpt2, **GREEDY)
    behind = pipe("Once a film", return_full_text=False)[0]["generated_text"]
    assert pipe("a film", prefix="Once ") == [{"generated_text": "a film" + behind}]
    assert opened(gpt2, prefix="Once ", **GREEDY)("a film") == pipe("a film", prefix="Once ")


def test_any_token_of_a_stop_sequence_ends_a_text(gpt2: Path) -> None:
    pipe = opened(gpt2, **GREEDY)
    ids = pipe(TEXTS[0], return_tensors=True)[0]["generated_token_ids"]
    prompt = len(pipe.tokenizer(TEXTS[0])["input_ids"])
    coded = ((pipe.tokenizer.decode([at]), at) for at in ids[prompt + 1 :])
    stop = next(text for text, at in coded if pipe.tokenizer.encode(text) == [at]) + "!"
    stops = set(pipe.tokenizer.encode(stop))
    assert len(stops) == 2
    end = next(at for at in range(prompt, len(ids)) if ids[at] in stops)
    with pytest.warns(ResultWarning, match="is 2 tokens, and a text ends at any of them"):
        stopped = pipe(TEXTS[0], return_tensors=True, stop_sequence=stop)
    assert stopped == [{"generated_token_ids": ids[: end + 1]}]


def test_scores_stand_beside_the_text(gpt2: Path) -> None:
    pipe = opened(gpt2, **GREEDY)
    record = pipe(TEXTS[0], return_dict_in_generate=True, output_scores=True)[0]
    assert record["generated_text"] == pipe(TEXTS[0])[0]["generated_text"]
    scores = torch.tensor(record["scores"])
    ids = pipe(TEXTS[0], return_tensors=True)[0]["generated_token_ids"]
    assert scores.argmax(dim=1).tolist() == ids[-len(scores) :]


# ------------------------------------------------------------------- lengths


def test_the_end_of_a_long_prompt_is_kept_in_hole_mode(gpt2: Path) -> None:
    pipe = opened(gpt2, do_sample=False)
    long = " ".join(TEXTS)
    found = pipe(long, max_new_tokens=10, handle_long_generation="hole", return_tensors=True)[0]["generated_token_ids"]
    assert len(found) == 128
    assert found[:118] == pipe.tokenizer(long)["input_ids"][-118:]
    short = pipe("a", max_new_tokens=10, handle_long_generation="hole")
    assert short == pipe("a", max_new_tokens=10)
    with pytest.raises(InputError, match="leave no room for a prompt in the 128"):
        pipe(long, max_new_tokens=128, handle_long_generation="hole")


def test_half_of_a_surrogate_pair_is_no_obstacle(gpt2: Path) -> None:
    found = opened(gpt2, **GREEDY)("a\ud83d")
    assert found[0]["generated_text"].startswith("a\ud83d")


def test_prompts_that_are_too_long(gpt2: Path) -> None:
    pipe = opened(gpt2, do_sample=False)
    with pytest.raises(InputError, match="the model reads at most 128") as caught:
        pipe(" ".join(TEXTS), max_new_tokens=5)
    assert "handle_long_generation='hole'" in caught.value.hint
    with (
        pytest.raises(InputError, match="leaves nothing to write within max_length=3"),
        pytest.warns(ResultWarning, match="and is cut there"),
    ):
        pipe(TEXTS[0], max_new_tokens=None, max_length=3)
    with pytest.raises(NlptasksError, match="came to their end unfinished"):
        pipe(TEXTS[0], max_new_tokens=124, eos_token_id=10_000)  # which is never written
    with pytest.warns(ResultWarning, match="max_length=20 does not bound what is written: max_new_tokens=5"):
        kept = pipe(" ".join(TEXTS), max_new_tokens=5, truncation=True, max_length=20, return_tensors=True)
    assert len(kept[0]["generated_token_ids"]) == 25


def test_a_model_without_learned_positions_writes_on(llama: Path) -> None:
    pipe = opened(llama)
    found = pipe(TEXTS[0], do_sample=False, min_new_tokens=70, max_new_tokens=70, return_tensors=True)
    assert len(found[0]["generated_token_ids"]) == len(pipe.tokenizer(TEXTS[0])["input_ids"]) + 70


# --------------------------------------------------------------------- chats


def test_a_chat_gets_the_assistants_message(llama: Path) -> None:
    pipe = opened(llama)
    new = pipe("<|user|>Is it good?<|end|><|assistant|>", **GREEDY, return_full_text=False)[0]["generated_text"]
    answered = [{"generated_text": [*QUESTION, {"role": "assistant", "content": new}]}]
    assert pipe(QUESTION, **GREEDY) == answered
    assert pipe(QUESTION, **GREEDY, return_full_text=False) == [{"generated_text": new}]
    other = [{"role": "system", "content": "Be brief."}, *QUESTION]
    assert pipe([QUESTION, other], **GREEDY) == [answered, pipe(other, **GREEDY)]
    assert pipe((QUESTION, other), **GREEDY) == [answered, pipe(other, **GREEDY)]
    assert list(pipe((chat for chat in (QUESTION, other)), **GREEDY)) == [answered, pipe(other, **GREEDY)]


def test_a_last_message_of_the_assistant_is_continued(llama: Path) -> None:
    pipe = opened(llama)
    new = pipe("<|user|>Is it good?<|end|><|assistant|>I think", **GREEDY, return_full_text=False)[0]["generated_text"]
    continued = [{"generated_text": [*QUESTION, {"role": "assistant", "content": "I think" + new}]}]
    assert pipe(BEGUN, **GREEDY) == continued
    assert pipe(BEGUN, **GREEDY, continue_final_message=True) == continued
    answered = pipe(BEGUN, **GREEDY, continue_final_message=False)[0]["generated_text"]
    assert answered[:2] == BEGUN
    assert [message["role"] for message in answered] == ["user", "assistant", "assistant"]


def test_chats_that_cannot_be(gpt2: Path, llama: Path) -> None:
    with pytest.raises(InputError, match="no chat template"):
        opened(gpt2)(QUESTION)
    with pytest.raises(InputError, match="message 2 of a chat has no 'role' or no 'content'") as caught:
        opened(llama)([*QUESTION, {"role": "user"}])
    assert "'role': 'user'" in caught.value.hint


def test_a_template_that_refuses(llama: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(llama)
    tokenizer.chat_template = "{{ raise_exception('no system message') }}"
    model = AutoModelForCausalLM.from_pretrained(llama)
    pipe = nlptasks.pipeline("text-generation", model=model, tokenizer=tokenizer)
    with pytest.raises(InputError, match="refuses the messages: no system message"):
        pipe(QUESTION)


# -------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("inputs", "settings", "said"),
    [
        (3, {}, "an input must be a prompt or a list of messages, got a int"),
        ("a", {"foo": 1}, r"not used by the model: \['foo'\]"),
        ("a", {"return_full_text": True, "return_tensors": True}, "exclude each other"),
        ("a", {"handle_long_generation": "x"}, "handle_long_generation cannot be 'x'"),
        ("a", {"num_return_sequences": 2}, "num_return_sequences"),
    ],
)
def test_what_cannot_be(gpt2: Path, inputs: Any, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        opened(gpt2, **GREEDY)(inputs, **settings)
    assert isinstance(caught.value, InputError)
    assert caught.value.hint


def test_a_model_of_another_kind(bart: Path) -> None:
    with pytest.raises(UsageError) as caught:
        opened(bart)
    assert "text2text-generation" in caught.value.hint
