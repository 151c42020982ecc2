"""Tiny random backbones."""

from __future__ import annotations

from nlptasks.testing import check_encoder, check_generator, tiny_encoder


def test_they_pass_the_checks_of_backbones(encoder, generator) -> None:
    check_encoder(encoder)
    check_generator(generator)


def test_another_seed_is_a_foreign_backbone(encoder, tmp_path) -> None:
    assert tiny_encoder(tmp_path, seed=7).digest != encoder.digest
