"""The ways of training that ``nlptasks train --method`` offers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: By name, the import string of a :data:`nlptasks._train.Method`. The first is the default.
METHODS: Mapping[str, str] = MappingProxyType(
    {"probe": "nlptasks._train:train_head", "finetune": "nlptasks._finetune:finetune"}
)
