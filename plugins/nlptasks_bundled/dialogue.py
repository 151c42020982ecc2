"""Dialogues: who speaks, and names that stand for the speakers while a decoder reads and writes.

A small decoder writes a name that it has seen thousands of times far better than one that it must spell. So the names
of the speakers are replaced by placeholders before a dialogue is read, and put back into what was written about it
(delexicalization: Wen et al. 2015, arXiv 1508.01745).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nlptasks.models.generation import Wording

__all__ = ["Cast", "cast_of", "speakers"]

#: A turn: who speaks, a colon, and what is said; a colon without space behind it is one of a time or an address.
_TURN = re.compile(r"^[^\S\n]*([^\s:<][^:\n]{0,39}?)[^\S\n]*:(?=\s|$)", re.MULTILINE)

#: A text is a dialogue where so many of its lines are turns: a letter's head or a recipe's list is none.
_PROPORTION = 0.5
_TURNS = 2


def speakers(document: str) -> tuple[str, ...]:
    """Who speaks in a dialogue, in the order of their first turns, as each is written there; empty: it is none.

    A dialogue has two turns or more, which begin more than half of its lines: ``NAME: what is said``.
    """
    turns: list[str] = _TURN.findall(document)
    lines = sum(1 for line in document.splitlines() if line.strip())
    if len(turns) < _TURNS or len(turns) <= _PROPORTION * lines:
        return ()
    return tuple(dict.fromkeys(turns))


@dataclass(frozen=True)
class Cast(Wording):
    """The speakers of a dialogue and their placeholders.

    Args:
        placeholders: The placeholder of each name, in every spelling that the dialogue may have.
        names: The name that each placeholder stands for.
    """

    placeholders: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def to_model(self, text: str) -> str:
        """Put placeholders in the place of names.

        A name in lower case counts only where it begins a turn: ``will`` may be a speaker, and is a word.
        """
        if not self.placeholders:
            return text
        names = [name for name in self.placeholders if not name[0].islower()]
        turn = rf"(?m:^)(?P<space>[^\S\n]*)(?P<turn>{_any(self.placeholders)})(?=[^\S\n]*:(?:\s|$))"
        # No name is the empty text, so an alternative without any must match nothing at all.
        inside = rf"(?<!\w)(?P<name>{_any(names) or '(?!)'})(?!\w)"
        return re.sub(f"{turn}|{inside}", self._hidden, text)

    def from_model(self, text: str) -> str:
        """Put names in the place of placeholders."""
        if not self.names:
            return text
        return re.sub(rf"(?<!\w)(?:{_any(self.names)})(?!\w)", lambda found: self.names[found[0]], text)

    def _hidden(self, found: re.Match[str]) -> str:
        if found["turn"]:
            return found["space"] + self.placeholders[found["turn"]]
        return self.placeholders[found["name"]]


def cast_of(document: str, placeholders: Sequence[str]) -> Cast:
    """The cast of a dialogue; nobody, where a text is none or has more names than there are placeholders.

    The first to speak gets the first placeholder, and so on. A placeholder that the dialogue holds as somebody's name
    is a name like the others, so that what is hidden can be told from what was there.

    Args:
        document: Any text.
        placeholders: Different names, each one word.
    """
    spellings: dict[str, list[str]] = {}
    for name in speakers(document) if placeholders else ():
        spellings.setdefault(name.casefold(), []).append(name)
    if not spellings:
        return Cast()
    for name in placeholders:
        if name.casefold() not in spellings and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", document):
            spellings[name.casefold()] = [name]
    if len(spellings) > len(placeholders):
        return Cast()
    hidden: dict[str, str] = {}
    shown: dict[str, str] = {}
    for names, placeholder in zip(spellings.values(), placeholders, strict=False):
        best = min(names, key=str.islower)
        shown[placeholder] = best
        for name in (*names, best[0].upper() + best[1:]):
            hidden[name] = placeholder
    return Cast(hidden, shown)


def _any(names: Iterable[str]) -> str:
    """A pattern for any of some names, the longest first: one may begin another."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
