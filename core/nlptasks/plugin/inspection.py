"""What a checkpoint says of itself before its weights are read: the contract behind ``BackboneSpec.inspector``."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Inspection"]


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What an inspector finds out about the checkpoint behind a reference.

    Args:
        provides: Its capabilities (see :mod:`nlptasks.plugin`).
        kind: What it is, in a word or two, for example ``encoder``.
        layer: Its trained output layer, in a word; empty: it carries none.
        labels: What its own output layer answers from, in order; empty where that is no closed set.
        tasks: Names of the tasks that its own layer or decoder was made for; empty: that is not known, and its
            capabilities alone decide.
        languages: ISO 639-1 codes of its languages, or what it uses in place of them; empty: not known.
        parameters: Number of its weights; 0: not known before they are downloaded.
        max_tokens: The longest input that it reads at once, special tokens included; 0: there is no such limit.
        facts: What else is worth a line: pairs of a name and a text.
    """

    provides: frozenset[str]
    kind: str = ""
    layer: str = ""
    labels: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    parameters: int = 0
    max_tokens: int = 0
    facts: tuple[tuple[str, str], ...] = ()
