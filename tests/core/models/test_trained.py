"""Trained weights belong to one backbone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nlptasks.errors import BackboneMismatchError, NlptasksError
from nlptasks.models.trained import check_backbone, check_width, label_names, layer_of


def test_the_same_weights_under_another_name_are_the_same(encoder):
    check_backbone(Path("mine"), name="other", digest=encoder.digest, backbone=encoder)


def test_another_backbone_is_refused_by_both_names_and_digests(encoder, foreign_encoder):
    with pytest.raises(BackboneMismatchError) as caught:
        check_backbone(Path("mine"), name="tiny", digest=encoder.digest, backbone=foreign_encoder)
    assert caught.value.message == (
        f"mine: trained on the backbone 'tiny' with digest {encoder.digest[:12]}, "
        f"but the backbone here is 'tiny' with digest {foreign_encoder.digest[:12]}"
    )
    assert "--backbone tiny, or train the head again" in caught.value.hint
    assert caught.value.exit_code == 1


def file_of(weight, bias) -> SimpleNamespace:
    return SimpleNamespace(get_tensor={"weight": np.asarray(weight), "bias": np.asarray(bias)}.__getitem__)


WEIGHT, BIAS = np.ones((2, 3), np.float32), np.zeros(2, np.float32)


def test_a_layer_is_read_as_it_was_trained():
    weight, bias = layer_of(file_of(WEIGHT, BIAS), 2)
    assert (weight.dtype, weight.shape, bias.shape) == (np.float32, (2, 3), (2,))


@pytest.mark.parametrize(
    ("weight", "bias", "said"),
    [
        (WEIGHT.astype(np.int64), BIAS, "'weight' holds numbers of the type int64, not float32"),
        (WEIGHT.astype(np.float16), BIAS, "'weight' holds numbers of the type float16"),
        (WEIGHT.astype(np.float64), BIAS, "'weight' holds numbers of the type float64"),
        (WEIGHT, BIAS.astype(bool), "'bias' holds numbers of the type bool"),
        (WEIGHT * np.float32("nan"), BIAS, "'weight' holds NaN"),
        (WEIGHT, BIAS + np.float32("inf"), "'bias' holds NaN or infinite"),
        (WEIGHT.T, BIAS, r"'weight' has the shape \[3, 2\], not \[2, width\]"),
        (WEIGHT[:, :0], BIAS, r"shape \[2, 0\]"),
        (WEIGHT[0], BIAS, r"shape \[3\]"),
        (WEIGHT, BIAS[:1], r"'bias' has the shape \[1\], not \[2\]"),
    ],
)
def test_a_layer_that_training_did_not_leave_is_refused(weight, bias, said):
    with pytest.raises(ValueError, match=said):
        layer_of(file_of(weight, bias), 2)


@pytest.mark.parametrize("labels", ["ab", {"a": 1}, ["a", 1], ["a", "a"], None])
def test_labels_are_different_texts(labels):
    with pytest.raises(ValueError, match="label"):
        label_names(labels)


def test_a_layer_of_another_width_is_refused():
    check_width(Path("mine"), WEIGHT, 3)
    with pytest.raises(NlptasksError, match="mine: its weights are for hidden states of width 3, and the backbone's"):
        check_width(Path("mine"), WEIGHT, 4)
