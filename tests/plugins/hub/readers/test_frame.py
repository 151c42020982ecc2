from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import nlptasks
from nlptasks.errors import UsageError
from nlptasks_hub.pipelines.base import longest_input
from nlptasks_hub.pipelines.opening import resolve_device, resolve_dtype
from nlptasks_hub.pipelines.pieces import Packing, TokenRow, distinct


def pieces(*lengths: int, **more: Any) -> list[TokenRow]:
    return [TokenRow({"input_ids": [7] * n, "attention_mask": [1] * n}, **more) for n in lengths]


def test_batches_are_sorted_by_length_and_hold_a_budget_of_tokens() -> None:
    packing = Packing(pad=0, budget=20)
    assert list(packing.batches(pieces(9, 1, 30, 8, 2))) == [[1, 4], [3, 0], [2]]
    assert list(Packing(pad=0, budget=20, rows=1).batches(pieces(2, 1))) == [[1], [0]]


def test_without_padding_a_batch_holds_equal_lengths() -> None:
    assert list(Packing(pad=None).batches(pieces(2, 1, 2, 1))) == [[1, 3], [0, 2]]


def test_groups_do_not_share_a_batch() -> None:
    mixed = [*pieces(2, 2, group="a"), *pieces(2, group="b"), *pieces(1, group="a")]
    assert list(Packing(pad=0).batches(mixed)) == [[3, 0, 1], [2]]


@pytest.mark.parametrize("left", [False, True])
def test_rows_are_filled_and_cut_on_one_side(left: bool) -> None:
    batch = Packing(pad=9, left=left).collate(pieces(1, 3), torch.device("cpu"))
    assert batch.tensors["input_ids"].tolist() == [[9, 9, 7] if left else [7, 9, 9], [7, 7, 7]]
    assert batch.tensors["attention_mask"].tolist() == [[0, 0, 1] if left else [1, 0, 0], [1, 1, 1]]
    assert [row.tolist() for row in batch.rows(batch.tensors["input_ids"])] == [[7], [7, 7, 7]]


def test_equal_pieces_are_read_once() -> None:
    kept, at = distinct(pieces(2, 1, 2))
    assert ([len(piece) for piece in kept], at) == ([2, 1], [0, 1, 0])


def test_a_generator_is_answered_lazily_and_read_ahead_by_bounds(checkpoints: dict[str, Path]) -> None:
    pipe = nlptasks.pipeline("text-classification", model=str(checkpoints["topics"]))
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield f"text {read}"

    answers = pipe(endless())
    assert read == 0
    assert set(next(answers)) == {"label", "score"}
    assert read == 256
    answers, read = pipe(endless(), batch_size=1), 0
    for wanted in (1, 2, 3):
        next(answers)
        assert read == wanted
    with pytest.raises(UsageError, match="no argument"):
        pipe(endless(), unknown=1)  # before anything is read
    assert read == 3


def test_a_data_set_and_an_iterator_are_read_like_a_generator(
    checkpoints: dict[str, Path], texts: tuple[str, ...]
) -> None:
    class Column:
        """As transformers' KeyDataset: a length and items, and no iterator."""

        def __len__(self) -> int:
            return len(texts)

        def __getitem__(self, at: int) -> str:
            return texts[at]

    pipe = nlptasks.pipeline("text-classification", model=str(checkpoints["topics"]))
    expected = pipe(list(texts))
    assert list(pipe(Column())) == expected
    assert list(pipe(map(str, texts))) == expected


def test_the_arguments_of_a_call_win_over_those_of_the_opening(
    checkpoints: dict[str, Path], texts: tuple[str, ...]
) -> None:
    pipe = nlptasks.pipeline(
        "text-classification", model=str(checkpoints["topics"]), top_k=3, function_to_apply="none", num_workers=2
    )
    assert len(pipe(list(texts))[0]) == 3
    assert len(pipe(list(texts), top_k=2)[0]) == 2
    probabilities = pipe(texts[0], top_k=None, function_to_apply="softmax")
    assert sum(label["score"] for label in probabilities) == pytest.approx(1, abs=1e-5)


def test_a_model_in_memory_needs_its_tokenizer(
    checkpoints: dict[str, Path], loaded: Callable[[str], tuple[Any, Any]], texts: tuple[str, ...]
) -> None:
    model, tokenizer = loaded("topics")
    folder = str(checkpoints["topics"])
    expected = nlptasks.pipeline("text-classification", model=folder)(texts[0])
    for given in (tokenizer, folder, (folder, {"padding_side": "left"})):
        pipe = nlptasks.pipeline("text-classification", model=model, tokenizer=given)
        assert pipe(texts[0]) == expected
        assert pipe.model is model
    with pytest.raises(UsageError, match="needs its tokenizer"):
        nlptasks.pipeline("text-classification", model=model)
    with pytest.raises(UsageError, match="a reference or a transformers model, got int"):
        nlptasks.pipeline("text-classification", model=3)


def test_left_padding_changes_no_answer(
    checkpoints: dict[str, Path], loaded: Callable[[str], tuple[Any, Any]], texts: tuple[str, ...]
) -> None:
    model, tokenizer = loaded("topics")
    tokenizer.padding_side = "left"
    together = nlptasks.pipeline("text-classification", model=model, tokenizer=tokenizer)(list(texts))
    expected = nlptasks.pipeline("text-classification", model=str(checkpoints["topics"]))(list(texts))
    assert [a["score"] for a in together] == pytest.approx([a["score"] for a in expected], rel=1e-5)


def test_half_precision_answers_a_list_as_its_texts_alone(checkpoints: dict[str, Path], texts: tuple[str, ...]) -> None:
    for dtype in ("bfloat16", torch.bfloat16, "torch.bfloat16"):
        pipe = nlptasks.pipeline("text-classification", model=str(checkpoints["topics"]), torch_dtype=dtype)
        assert pipe.model.dtype == torch.bfloat16
        assert pipe(list(texts)) == [pipe(text)[0] for text in texts]


@pytest.mark.parametrize("device", [-1, "cpu", torch.device("cpu")])
def test_devices_come_in_the_forms_of_transformers_4(device: Any) -> None:
    assert resolve_device(device) == torch.device("cpu")
    assert resolve_device(None, device) == torch.device("cpu")
    assert resolve_device(None, {"": device}) == torch.device("cpu")


def test_a_numbered_device_is_the_accelerator_or_else_the_cpu() -> None:
    assert resolve_device(0) == (torch.device("cuda:0") if torch.cuda.is_available() else resolve_device("auto"))
    for wrong in ("tpu", 1.5, True):
        with pytest.raises(UsageError, match="device"):
            resolve_device(wrong)
    with pytest.raises(UsageError, match="one device"):
        resolve_device(None, {"a": 0, "b": 1})
    with pytest.raises(UsageError, match="twice"):
        resolve_device("cpu", "cpu")


def test_number_types_are_named_or_given() -> None:
    assert resolve_dtype(None) == resolve_dtype("auto") == "auto"
    assert resolve_dtype("float16") is resolve_dtype(torch.float16) is torch.float16
    with pytest.raises(UsageError, match="no number type 'int8'"):
        resolve_dtype("int8")


def test_the_longest_input_is_read_from_the_position_table(loaded: Callable[[str], tuple[Any, Any]]) -> None:
    assert longest_input(loaded("topics")[0]) == 64
    assert longest_input(loaded("roberta-topics")[0]) == 64  # of 66 positions


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"framework": "tf"}, "framework='tf'"),
        ({"pipeline_class": object}, "pipeline_class"),
        ({"binary_output": True}, "binary_output"),
        ({"batch_size": 0}, "batch_size"),
        ({"nonsense": 1}, "no argument 'nonsense'"),
    ],
)
def test_an_argument_that_is_not_supported_is_refused(
    checkpoints: dict[str, Path], settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        nlptasks.pipeline("text-classification", model=str(checkpoints["topics"]), **settings)


def test_arguments_without_effect_are_taken(checkpoints: dict[str, Path], texts: tuple[str, ...]) -> None:
    pipe = nlptasks.pipeline(
        "text-classification",
        model=str(checkpoints["topics"]),
        framework="pt",
        use_fast=False,
        trust_remote_code=True,
        device_map="auto",
        feature_extractor=None,
        model_kwargs={"attn_implementation": "eager"},
    )
    assert pipe.model.config._attn_implementation == "eager"
    assert pipe(texts[0])[0]["label"].startswith("LABEL_")
