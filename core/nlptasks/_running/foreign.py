"""Texts that a head cannot read: in a language that it was not trained on, or in characters that are unknown to it.

A head predicts something for each of them, and is often sure of it. So a run counts them and names some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlptasks._plugins.guard import plugin_errors
from nlptasks._systems.system import LoadedHead
from nlptasks.plugin.protocols import Encoder, Example, Window
from nlptasks.text.languages import foreign

#: Why a text is foreign where its language does not tell: most of its tokens are unknown.
UNKNOWN = "unknown"

#: The proportion of a text's tokens from which on it counts as unknown.
_MOST = 0.5

#: Rows that are named.
_NAMED = 5


def foreign_texts(
    head: LoadedHead,
    backbone: Encoder | None,
    examples: Sequence[Example],
    asked: Sequence[Sequence[Window] | None],
) -> tuple[str, ...]:
    """For each example why a head cannot read it: its language, or :data:`UNKNOWN`; empty where it can.

    Args:
        head: The head.
        backbone: Its backbone; ``None`` where it has none.
        examples: The examples.
        asked: The windows of each; ``None`` where it has no text.

    Raises:
        PluginError: The backbone failed.
    """
    tell = getattr(backbone, "unknown", None)
    if tell is None and not head.languages:
        return ("",) * len(examples)
    texts = [
        None if windows is None else "\n".join(example.inputs.values())
        for example, windows in zip(examples, asked, strict=True)
    ]
    found = ["" if text is None else foreign(text, head.languages) for text in texts]
    if tell is None:
        return tuple(found)
    with plugin_errors(f"the backbone {getattr(backbone, 'name', type(backbone).__name__)}"):
        return tuple(
            why or (UNKNOWN if windows and _unknown(tell(windows), windows) else "")
            for why, windows in zip(found, asked, strict=True)
        )


def _unknown(proportions: Sequence[float], windows: Sequence[Window]) -> bool:
    unknown = sum(proportion * len(window) for proportion, window in zip(proportions, windows, strict=True))
    return unknown >= _MOST * sum(map(len, windows))


def languages_in(why: Iterable[str]) -> tuple[str, ...]:
    """The languages among the reasons why texts are foreign."""
    return tuple(code for code in why if code != UNKNOWN)


@dataclass
class ForeignTexts:
    """The foreign texts of a table, or of a part of it.

    Args:
        why: How many there are, by why they are.
        first: Number and name of the first rows with one.
    """

    why: Counter[str] = field(default_factory=Counter)
    first: list[tuple[int, str]] = field(default_factory=list)

    @property
    def named(self) -> tuple[str, ...]:
        """Names of the first rows."""
        return tuple(name for _, name in self.first)

    def add(self, number: int, why: str, name: str) -> None:
        """Count a text of the row with a number."""
        self.why[why] += 1
        if len(self.first) < _NAMED:
            self.first.append((number, name))

    def merge(self, other: ForeignTexts) -> None:
        """Add those of another part of the same table."""
        self.why.update(other.why)
        self.first = sorted([*self.first, *other.first])[:_NAMED]

    def to_json(self) -> dict[str, Any]:
        """The counts in types that JSON has."""
        return {"why": dict(sorted(self.why.items())), "first": [list(row) for row in self.first]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ForeignTexts:
        """What :meth:`to_json` wrote."""
        return cls(why=Counter(data["why"]), first=[(number, name) for number, name in data["first"]])
