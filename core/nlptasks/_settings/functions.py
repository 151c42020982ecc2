"""Which groups of settings the functions of the Python API take as keywords.

``docs/generate.py`` writes :mod:`nlptasks._settings.keywords` from it, so that a type checker knows each keyword.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from nlptasks._names import did_you_mean
from nlptasks._settings.groups import (
    EngineChoice,
    Evaluation,
    PredictionCache,
    RecordTarget,
    RowChoice,
    SystemChoice,
    TableSource,
    TableTarget,
)
from nlptasks._settings.training import TrainingSettings, TrainingTarget
from nlptasks.errors import UsageError
from nlptasks.plugin.options import OptionField, from_values, option_fields

T = TypeVar("T")

#: By function, its groups, each with the fields that are no keywords or that the function takes by name.
FUNCTIONS: Mapping[str, Mapping[type, Sequence[str]]] = MappingProxyType(
    {
        "run": {
            TableSource: ("data", "id"),
            TableTarget: ("output",),
            RowChoice: (),
            Evaluation: ("metrics", "slices", "cluster", "limit", "seeds"),
            SystemChoice: (),
            EngineChoice: (),
            PredictionCache: (),
        },
        "evaluate": {
            TableSource: ("data",),
            RecordTarget: ("output",),
            Evaluation: ("seeds",),
            SystemChoice: (),
            EngineChoice: (),
        },
        "train": {TableSource: ("data", "id"), TrainingTarget: ("output",), TrainingSettings: (), SystemChoice: ()},
    }
)


def keywords(function: str) -> Iterator[OptionField]:
    """The settings that a function takes as keywords."""
    for group, left_out in FUNCTIONS[function].items():
        yield from (option for option in option_fields(group) if option.name not in left_out)


@dataclass(frozen=True)
class GivenKeywords:
    """The keywords that a function was given.

    Args:
        function: Its name.
        values: The keywords.
        named: The parameters that it takes by name.
    """

    function: str
    values: Mapping[str, Any]
    named: Sequence[str]

    def check(self) -> GivenKeywords:
        """Return these keywords.

        Raises:
            UsageError: The function has no such keyword.
        """
        known = [*self.named, *(option.name for option in keywords(self.function))]
        if wrong := next((name for name in self.values if name not in known), None):
            raise UsageError(
                f"nlptasks.{self.function}() has no keyword {wrong!r}{did_you_mean(wrong, known)}",
                hint=f"it has: {', '.join(known)}",
            )
        return self

    def of(self, group: type[T], **more: Any) -> T:
        """A group of settings; ``more`` are those that the function takes by name.

        Raises:
            UsageError: A value has the wrong type or is out of range.
        """
        names = {option.name for option in option_fields(group)}
        return from_values(group, {name: self.values[name] for name in self.values.keys() & names} | more)
