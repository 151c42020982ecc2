"""Options, apart from what has them, so that they can be shown without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlptasks.plugin.options import setting


@dataclass(frozen=True, kw_only=True)
class ConllOptions:
    """How a .conll file is read.

    Args:
        scheme: ``iob2``: each entity begins with ``B-``. ``iob1``: only one right behind another of its type does.
    """

    scheme: Literal["iob2", "iob1"] = setting("iob2", "Which entities begin with B-: each, or only where it must.")


@dataclass(frozen=True, kw_only=True)
class TaggerOptions:
    """Options of the head.

    Args:
        min_score: Probability below which an entity is left out.
    """

    min_score: float = setting(0.0, "Leave out entities that are less probable.", min=0.0, max=1.0)
