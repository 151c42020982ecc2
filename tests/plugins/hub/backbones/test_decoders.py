from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.generation import Decoding, Instruction
from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.testing import check_generator, check_head
from nlptasks_generation import nlptasks_heads
from nlptasks_generation.options import GenerationOptions
from nlptasks_tasks.generation import SPEC

Make = Callable[..., Any]

WRITE = Instruction("generation", "")
TEXTS = ("the phone works", "Größe 👍🏽: it is", "", " a", "good\n\nfilm ")
WAYS = (Decoding(max_new_tokens=12), Decoding(max_new_tokens=12, beams=3, no_repeat=2), Decoding(max_new_tokens=3))

TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def plain(folder: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet_loading():
        return AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).eval()


def written(ours: Any, texts: Any, decoding: Decoding) -> Any:
    return ours.generate(ours.encode(ours.endings(texts)), WRITE, decoding)


def test_passes_the_conformance_check(backbone: Make) -> None:
    check_generator(backbone("gpt2"))


@pytest.mark.parametrize("decoding", WAYS, ids=str)
def test_writes_what_transformers_writes(decoding: Decoding, checkpoint: Make, backbone: Make) -> None:
    tokenizer, model = plain(checkpoint("gpt2"))
    for text, (item,) in zip(TEXTS, written(backbone("gpt2"), TEXTS, decoding), strict=True):
        inputs = tokenizer(text or tokenizer.bos_token, return_tensors="pt")
        found = model.generate(
            **inputs,
            max_new_tokens=decoding.max_new_tokens,
            num_beams=decoding.beams,
            no_repeat_ngram_size=decoding.no_repeat,
            do_sample=False,
            early_stopping=False,
            pad_token_id=tokenizer.eos_token_id,
        )[0]
        whole = tokenizer.decode(found, skip_special_tokens=True)
        assert item.text == whole.removeprefix(text).rstrip("\N{REPLACEMENT CHARACTER}")
        assert item.tokens == len(found) - inputs["input_ids"].shape[1]


@pytest.mark.parametrize("prompt", TEXTS)
def test_a_likelihood_is_transformers_loss(prompt: str, checkpoint: Make, backbone: Make) -> None:
    tokenizer, model = plain(checkpoint("gpt2"))
    text = " good phone"
    before = tokenizer(prompt)["input_ids"] or [tokenizer.bos_token_id]
    ids = [*tokenizer(text)["input_ids"], tokenizer.eos_token_id]
    labels = torch.tensor([[-100] * len(before) + ids])
    with torch.inference_mode():
        loss = model(torch.tensor([[*before, *ids]]), labels=labels).loss
    (found,) = backbone("gpt2").likelihoods([prompt], [text], WRITE)
    assert found.tokens == len(ids)
    assert found.nll == pytest.approx(float(loss) * len(ids), rel=1e-4)


def test_a_long_text_is_scored_to_its_end(backbone: Make) -> None:
    ours = backbone("gpt2")
    text = "good phone " * 100
    short, long = ours.likelihoods(["", ""], ["good phone ", text], WRITE)
    assert long.tokens == len(ours.reader.read([text])[0].ids) + 1
    assert long.nll > short.nll > 0


def test_encoding_takes_no_pass_and_has_no_width(backbone: Make) -> None:
    ours = backbone("gpt2")
    passes: list[int] = []
    hook = ours.model.register_forward_hook(lambda *_: passes.append(1))
    states = ours.encode(ours.endings(TEXTS))
    hook.remove()
    assert not passes
    assert states.states.shape == (len(TEXTS), int(states.mask.sum(axis=1).max()), 0)
    assert ours.width == 0


def test_a_long_prompt_keeps_its_end_and_leaves_room(backbone: Make) -> None:
    ours = backbone("gpt2")
    assert (ours.max_tokens, ours.max_new_tokens) == (32, 32)
    (window,) = ours.endings(["bad " * 200 + "good phone"])
    assert len(window) == 32
    assert ours.reader.write(window.ids).endswith("good phone")
    (item,) = ours.generate(ours.encode([window]), WRITE, Decoding(max_new_tokens=500))[0]
    assert item.tokens <= 32


def test_a_chat_model_is_asked_in_its_template(checkpoint: Make, backbone: Make) -> None:
    ours = backbone("gpt2", template=TEMPLATE)
    tokenizer, _ = plain(checkpoint("gpt2", template=TEMPLATE))
    for text in TEXTS:
        expected = tokenizer.apply_chat_template(
            [{"role": "user", "content": text}], add_generation_prompt=True, return_dict=False
        )
        (window,) = ours.endings([text])
        (behind,) = ours.endings([text], written=[" so far"])
        if len(expected) <= ours.max_tokens:
            assert window.ids == tuple(expected)
        if len(behind) < ours.max_tokens:
            assert behind.ids == (*expected, *tokenizer(" so far")["input_ids"])
    (long,) = ours.endings(["bad " * 200 + "good phone"])
    assert len(long) == ours.max_tokens
    assert ours.reader.write(long.ids).startswith("<user>")
    assert ours.reader.write(long.ids).endswith("good phone\n<assistant>")


def test_a_template_that_fails_is_an_error_of_the_checkpoint(backbone: Make) -> None:
    with pytest.raises(NlptasksError, match=r"chat template of .* cannot be filled in"):
        backbone("gpt2", template="{{ raise_exception('no') }}")


def test_it_writes_and_does_nothing_else(backbone: Make) -> None:
    ours = backbone("gpt2")
    assert ours.instructions == (WRITE,)
    with pytest.raises(UsageError, match="was not trained for translation in de"):
        ours.generate(ours.encode(ours.endings(["a"])), Instruction("translation", "de"), Decoding())


@pytest.mark.parametrize("template", ["", TEMPLATE], ids=["plain", "chat"])
def test_the_generating_head_works_on_it(template: str, backbone: Make) -> None:
    (spec,) = nlptasks_heads()
    settings = {"template": template} if template else {}
    options = GenerationOptions(max_new_tokens=8)
    check_head(SPEC, spec, backbone=backbone("gpt2", **settings), options=options)
