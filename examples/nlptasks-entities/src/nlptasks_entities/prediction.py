"""What heads of the task return: entities with their type, probability and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from nlptasks.plugin.notebook import HasColumns
from nlptasks.plugin.predictions import DECIMALS, Cell
from nlptasks.plugin.protocols import Example

from .gold import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A piece of the text that names something.

    Args:
        text: The piece itself.
        type: What it names: ``PER``, ``LOC``, ...
        score: Its probability, 0 to 1.
        start: Offset of its first character.
        end: Offset behind its last character.
    """

    text: str
    type: str
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entities(HasColumns):
    """All entities of a text, in its order."""

    entities: tuple[Entity, ...] = ()

    suffixes: ClassVar[tuple[str, ...]] = ("",)

    @property
    def canonical(self) -> str:
        """The text that is compared with the canonical gold one."""
        return canonical((entity.start, entity.end, entity.type) for entity in self.entities)

    def cells(self) -> tuple[Cell, ...]:
        """One cell: a list with an object for each entity."""
        return ([asdict(entity) | {"score": round(entity.score, DECIMALS)} for entity in self.entities],)

    def fault(self, example: Example, _labels: frozenset[str]) -> str:
        """What is wrong with it; nlptasks asks before it uses a prediction."""
        text = example.inputs["text"]
        for entity in self.entities:
            if not 0 <= entity.start < entity.end or text[entity.start : entity.end] != entity.text:
                return (
                    f"the entity {entity.text!r} at {entity.start} to {entity.end}, where the text has something else,"
                )
            if not 0 <= entity.score <= 1:
                return f"the entity {entity.text!r} with the score {entity.score}, which is not between 0 and 1,"
        return ""


def no_entities(_counts: Mapping[str, int]) -> Callable[[Example], Entities]:
    """The baseline: nothing is named anywhere."""
    return lambda _example: Entities()
