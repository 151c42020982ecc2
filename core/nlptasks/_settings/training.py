"""The settings of a training. Apart from the other groups, since few commands need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlptasks._settings.groups import LARGEST_SEED
from nlptasks.plugin.options import setting


@dataclass(frozen=True, kw_only=True)
class TrainingData:
    """Files to train on."""

    data: tuple[str, ...] = setting(
        (),
        "What holds rows and gold answers: a file, a folder, a glob in quotes; may be repeated.",
        repeat=True,
        metavar="FILE",
        path=True,
    )
    validation: tuple[str, ...] = setting(
        (),
        "File with held-out rows; may be repeated.",
        repeat=True,
        metavar="FILE",
        path=True,
        default_text="a tenth of the data",
    )


@dataclass(frozen=True, kw_only=True)
class TrainingTarget:
    """A folder with what was trained."""

    output: str = setting(
        "",
        "Where the trained head or decoder goes.",
        short="o",
        metavar="FOLDER",
        path=True,
        recorded=False,
        default_text="TASK-head, TASK-backbone or RECIPE-backbone",
    )
    force: bool = setting(False, "Train again where the folder holds what was trained.", short="f", recorded=False)


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How to train."""

    method: Literal["probe", "finetune", "pretrain"] = setting(
        "probe",
        "Train a head on the frozen backbone, or the backbone too (of heads that write text: its decoder), or the "
        "decoder on raw text in the gold column.",
    )
    epochs: float | None = setting(
        None, "Passes of fine-tuning over the rows.", above=0, max=10_000, metavar="N", default_text="3"
    )
    tokens: int | None = setting(None, "Tokens to fine-tune on, in place of --epochs.", min=1, metavar="N")
    rate: float | None = setting(
        None,
        "Highest learning rate of fine-tuning.",
        above=0,
        max=1,
        metavar="R",
        default_text="0.0001, of a decoder 0.0005",
    )
    max_tokens: int | None = setting(
        None, "Longest window of fine-tuning.", min=8, max=1 << 20, metavar="N", default_text="256"
    )
    objective: Literal["causal", "denoise"] | None = setting(
        None, "What is learnt of raw text: to carry it on, or to restore spoilt copies.", default_text="causal"
    )
    language: str = setting("", "Language that a decoder learns to write.", metavar="CODE", default_text="en")
    layers: str = setting(
        "",
        "Make the head of the output layer of a fine-tuned backbone, and train nothing; replaces --data.",
        flag="from-layers",
        metavar="FOLDER",
        path=True,
    )
    layer: str = setting("", "Which one, where the folder holds several that fit.", metavar="NAME")
    seed: int = setting(0, "Seed of everything random.", min=0, max=LARGEST_SEED, metavar="N")
