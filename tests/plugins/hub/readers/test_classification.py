from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import nlptasks
from nlptasks.errors import UsageError
from nlptasks_hub.parity import differences

Logits = Callable[..., torch.Tensor]


def test_one_label_is_the_softmax_of_the_models_logits(
    checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...]
) -> None:
    for name in ("topics", "roberta-topics"):
        pipe = nlptasks.pipeline("text-classification", model=str(checkpoints[name]))
        for text in texts:
            scores = logits(name, text).softmax(-1)
            best = int(scores.argmax())
            expected = {"label": f"LABEL_{best}", "score": pytest.approx(float(scores[best]), rel=1e-4)}
            assert pipe(text) == [expected]


def test_a_list_answers_as_its_texts_alone_do(checkpoints: dict[str, Path], texts: tuple[str, ...]) -> None:
    many = [text for text in texts for _ in range(3)] + ["a"]
    for name in ("topics", "roberta-topics"):
        pipe = nlptasks.pipeline("sentiment-analysis", model=str(checkpoints[name]), batch_size=4)
        together, alone = pipe(many), [pipe(text)[0] for text in many]
        assert [answer["label"] for answer in together] == [answer["label"] for answer in alone]
        assert [a["score"] for a in together] == pytest.approx([a["score"] for a in alone], rel=1e-5)


@pytest.mark.parametrize(
    ("name", "function"), [("topics", "softmax"), ("many", "sigmoid"), ("one", "sigmoid"), ("number", "none")]
)
def test_the_function_follows_the_kind_of_problem(
    checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...], name: str, function: str
) -> None:
    apply = {"softmax": lambda x: x.softmax(-1), "sigmoid": torch.sigmoid, "none": lambda x: x}
    pipe = nlptasks.pipeline("text-classification", model=str(checkpoints[name]))
    for named in (None, *apply):
        expected = sorted(apply[named or function](logits(name, texts[0])).tolist(), reverse=True)
        answers = pipe(texts[0], top_k=None, function_to_apply=named)
        assert [answer["score"] for answer in answers] == pytest.approx(expected, rel=1e-4)


def test_the_nesting_is_that_of_transformers_4(checkpoints: dict[str, Path], texts: tuple[str, ...]) -> None:
    folder = str(checkpoints["topics"])
    plain = nlptasks.pipeline("text-classification", model=folder)
    best = plain(texts[0])[0]
    assert differences(plain(list(texts[:2])), [best, plain(texts[1])[0]]) == []
    assert plain({"text": texts[0]}) == best
    assert plain([{"text": texts[0]}]) == [best]
    assert plain([]) == []
    assert plain(texts[0], top_k=1) == [best]
    assert [len(found) for found in plain(list(texts[:2]), top_k=2)] == [2, 2]
    assert len(plain(texts[0], top_k=99)) == 4
    ranked = nlptasks.pipeline("text-classification", model=folder, top_k=1)
    assert ranked(texts[0]) == [[best]]  # a list of its own around the list, because the call itself has no top_k
    assert ranked([texts[0]]) == [[best]]
    assert plain(texts[0], return_all_scores=False) == [best]
    unranked = plain(texts[0], return_all_scores=True)
    assert [label["label"] for label in unranked[0]] == ["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"]
    assert nlptasks.pipeline("text-classification", model=str(checkpoints["all"]))(texts[0])[0][3]["label"] == "LABEL_3"


def test_pairs_come_in_four_forms(checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...]) -> None:
    expected = float(logits("topics", texts[0], texts[1]).softmax(-1).max())
    pipe = nlptasks.pipeline("text-classification", model=str(checkpoints["topics"]))
    pair = {"text": texts[0], "text_pair": texts[1]}
    found = [pipe(pair), *pipe([pair]), *pipe([[[texts[0], texts[1]]]]), *pipe([(texts[0], texts[1])])]
    assert [answer["score"] for answer in found] == pytest.approx([expected] * 4, rel=1e-4)


def test_pairs_keep_their_types_under_the_class_of_any_tokenizer(
    checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...], tmp_path: Path
) -> None:
    for path in checkpoints["topics"].iterdir():
        content = path.read_text().replace("BertTokenizer", "PreTrainedTokenizerFast") if "json" in path.suffix else ""
        (tmp_path / path.name).write_bytes(content.encode() or path.read_bytes())
    expected = float(logits("topics", texts[0], texts[1]).softmax(-1).max())
    answer = nlptasks.pipeline("text-classification", model=str(tmp_path))((texts[0], texts[1]))
    assert answer["score"] == pytest.approx(expected, rel=1e-4)


def test_a_text_that_is_too_long_is_cut_only_where_that_is_asked(
    checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...]
) -> None:
    long = " ".join(texts)
    pipe = nlptasks.pipeline("text-classification", model=str(checkpoints["roberta-topics"]))
    with pytest.raises(ValueError, match="the model reads at most 64") as error:
        pipe(long)
    assert isinstance(error.value, UsageError)
    assert "truncation=True" in error.value.hint
    cut = logits("roberta-topics", long, truncation=True).softmax(-1)
    assert pipe(long, truncation=True)[0]["score"] == pytest.approx(float(cut.max()), rel=1e-4)
    shorter = logits("roberta-topics", long, truncation=True, max_length=9).softmax(-1)
    found = nlptasks.pipeline(
        "text-classification", model=str(checkpoints["roberta-topics"]), truncation=True, max_length=9
    )(long)
    assert found[0]["score"] == pytest.approx(float(shorter.max()), rel=1e-4)


def test_a_tokenizer_that_knows_no_limit_is_given_the_models(
    checkpoints: dict[str, Path], loaded: Callable[[str], tuple[Any, Any]], logits: Logits, texts: tuple[str, ...]
) -> None:
    model, tokenizer = loaded("roberta-topics")
    tokenizer.model_max_length = int(1e30)
    pipe = nlptasks.pipeline("text-classification", model=model, tokenizer=tokenizer)
    expected = logits("roberta-topics", " ".join(texts), truncation=True).softmax(-1)
    assert pipe(" ".join(texts), truncation=True)[0]["score"] == pytest.approx(float(expected.max()), rel=1e-4)


@pytest.mark.parametrize(
    ("args", "settings", "said"),
    [
        ((["a", "b"],), {"top_k": 0}, "top_k"),
        (("a",), {"function_to_apply": "default"}, "function_to_apply"),
        (("a",), {"topk": 1}, "did you mean 'top_k'"),
        (([["a", "b"]],), {}, "a pair of texts"),
        ((None,), {}, "NoneType"),
        (({"txt": "a"},), {}, "cannot be read"),
        (("",), {"add_special_tokens": False}, "no tokens"),
    ],
)
def test_what_cannot_be_read_is_a_value_error_that_says_why(
    checkpoints: dict[str, Path], args: tuple[Any, ...], settings: dict[str, Any], said: str
) -> None:
    pipe = nlptasks.pipeline("text-classification", model=str(checkpoints["topics"]))
    with pytest.raises(ValueError, match=said) as error:
        pipe(*args, **settings)
    assert isinstance(error.value, UsageError)
    assert error.value.hint


def test_a_tokenizer_of_another_model_is_found_out(checkpoints: dict[str, Path], texts: tuple[str, ...]) -> None:
    pipe = nlptasks.pipeline(
        "text-classification", model=str(checkpoints["topics"]), tokenizer=str(checkpoints["roberta-topics"])
    )
    with pytest.raises(UsageError, match="do not belong together"):
        pipe(texts[3])
