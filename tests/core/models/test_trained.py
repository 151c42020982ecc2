"""Trained weights belong to one backbone."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks.errors import BackboneMismatchError
from nlptasks.models.trained import check_backbone


def test_the_same_weights_under_another_name_are_the_same(encoder):
    check_backbone(Path("mine"), name="other", digest=encoder.digest, backbone=encoder)


def test_another_backbone_is_refused_by_both_names_and_digests(encoder, foreign_encoder):
    with pytest.raises(BackboneMismatchError) as caught:
        check_backbone(Path("mine"), name="tiny", digest=encoder.digest, backbone=foreign_encoder)
    assert caught.value.message == (
        f"mine: trained on the backbone 'tiny' with digest {encoder.digest[:12]}, "
        f"but the backbone here is 'tiny' with digest {foreign_encoder.digest[:12]}"
    )
    assert "--backbone" in caught.value.hint
    assert caught.value.exit_code == 1
