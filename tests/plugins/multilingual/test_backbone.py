"""The backbone's hidden states are those of transformers' model, and it behaves as every backbone must."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlptasks.plugin.protocols import BackboneContext
from nlptasks.testing import check_backbone
from nlptasks_multilingual import nlptasks_backbones
from nlptasks_multilingual.backbone import MultilingualEncoder, load
from nlptasks_multilingual.options import MultilingualOptions

#: Texts with their tokens and hidden states, of transformers' BertModel in float32 with the whole vocabulary.
RECORDED = np.load(Path(__file__).with_name("states.npz"))
TEXTS = range(sum(name.startswith("text") for name in RECORDED.files))


@pytest.mark.parametrize("number", TEXTS)
@pytest.mark.parametrize("runtime", ["openvino", "torch"])
def test_states_are_those_of_transformers(content, encoder, number, runtime, computed):
    opened = encoder if runtime == "openvino" else computed
    ((window,),) = opened.tokenize([str(RECORDED[f"text{number}"])])
    assert [opened.tokenizer.id_to_token(token) for token in window.ids] == RECORDED[f"tokens{number}"].tolist()
    states = opened.encode([window]).states[0]
    np.testing.assert_allclose(states, RECORDED[f"states{number}"].astype(np.float32), atol=1e-3)


@pytest.fixture(scope="module")
def computed(content):
    """The backbone on PyTorch."""
    return MultilingualEncoder(device="cpu", runtime="torch")


def test_it_passes_the_conformance_check(content):
    (spec,) = nlptasks_backbones()
    check_backbone(spec)


def test_it_is_what_its_descriptor_says(encoder):
    (spec,) = nlptasks_backbones()
    assert encoder.name == spec.name
    assert encoder.parameters == spec.parameters
    assert {"en", "de", "zh", "ar", "hi"} < set(spec.languages)


def test_a_file_that_is_named_gives_the_same_backbone(content, encoder, damaged):
    path = damaged(lambda whole: whole)
    opened = load(BackboneContext(options=MultilingualOptions(e5_weights=str(path)), device="cpu"))
    assert opened.digest == encoder.digest


@pytest.mark.parametrize(
    "text",
    [
        "ሆቴሉ በጣም ንጹህ ነበር እና ሰራተኞቹ ተግባቢ ነበሩ።",
        "호텔이 매우 깨끗하고 직원들이 친절했습니다.",
        "Το ξενοδοχείο ήταν πολύ καθαρό και το προσωπικό εξαιρετικά φιλικό.",
        "សណ្ឋាគារស្អាតណាស់ ហើយបុគ្គលិកក៏រួសរាយរាក់ទាក់។",
        "酒店很干净，服务员也很热情。",
    ],
)
def test_a_text_of_many_scripts_is_not_said_to_be_unknown(encoder, text):
    (proportion,) = encoder.unknown(encoder.tokenize([text])[0])
    assert proportion < 0.5


def test_a_sentence_is_like_its_translation(encoder):
    from nlptasks.models.pooling import text_means

    texts = [
        "The hotel was very clean.",
        "Das Hotel war sehr sauber.",
        "酒店很干净",
        "I bought a red bicycle yesterday.",
    ]
    means = text_means(encoder, texts, max_tokens=64)
    unit = means / np.linalg.norm(means, axis=1, keepdims=True)
    german, chinese, unrelated = unit[1:] @ unit[0]
    assert min(german, chinese) > unrelated + 0.05
