"""The ways of training that ``nlptasks train --method`` offers, and which of them a head can be trained by."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nlptasks.plugin import GENERATE, SCORE, HeadSpec

PROBE, FINETUNE, PRETRAIN = "probe", "finetune", "pretrain"

#: By name, the import string of a :data:`nlptasks._training.train.Method`, for heads with weights of their own. The
#: first is the default.
METHODS: Mapping[str, str] = MappingProxyType(
    {PROBE: "nlptasks._training.train:train_head", FINETUNE: "nlptasks._training.finetune:finetune"}
)

#: The same for heads that write text, whose weights are the backbone's decoder.
WRITING: Mapping[str, str] = MappingProxyType(
    {FINETUNE: "nlptasks._training.tune_text:finetune", PRETRAIN: "nlptasks._training.tune_text:pretrain"}
)

#: All names, for ``--help``.
NAMES = (PROBE, FINETUNE, PRETRAIN)

#: What a backbone can do once it has a decoder: training may start without, and makes one.
DECODER = frozenset({GENERATE, SCORE})

#: What a decoder learns of raw text.
OBJECTIVES = ("causal", "denoise")

#: The option of a head that says in which language it writes.
TO = "to"


def writes(head: HeadSpec) -> bool:
    """Whether a head's answers are written by the backbone's decoder."""
    return GENERATE in head.needs


def can_train(head: HeadSpec) -> bool:
    """Whether some method trains a head or its backbone."""
    return bool(head.trainer) or writes(head)


def offers(head: HeadSpec, option: str) -> bool:
    """Whether an option of a head has a meaning in training: of those that say how text is written, only ``to`` has."""
    return bool(head.trainer) or option == TO
