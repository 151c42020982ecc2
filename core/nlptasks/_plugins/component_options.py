"""Options of heads, backbones and commands that stand in the configuration file, whatever command they are used by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nlptasks._names import canonical, did_you_mean
from nlptasks.errors import UsageError
from nlptasks.plugin import HeadSpec
from nlptasks.plugin.options import option_fields

if TYPE_CHECKING:
    from nlptasks._plugins.registry import Owned

#: The kinds whose options may stand in the file, in a table of this name.
OPTIONED = ("heads", "backbones", "commands")


def _error(place: Sequence[str], problem: str, hint: str) -> UsageError:
    return UsageError(f"{'.'.join(place)} {problem}", hint=hint)


@dataclass(frozen=True)
class ComponentOptions:
    """What the file says of some components.

    Args:
        tables: By kind and by the name in the file: ``name``, ``distribution:name``, and for heads ``task.name`` too.
        error: Makes the error of a key: its place, what is wrong, and what to do.
    """

    tables: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    error: Callable[[Sequence[str], str, str], UsageError] = _error

    def table(self, kind: str, item: Owned[Any]) -> dict[tuple[str, ...], Any]:
        """What is said of a component, by the place in the file; what names it most closely counts."""
        tables = self.tables.get(kind, {})
        names = sorted((name for name in tables if _names_it(name, item)), key=lambda name: (":" in name, "." in name))
        last = {key: name for name in names for key in tables[name]}
        return {(kind, name, key): tables[name][key] for key, name in last.items()}

    def of(self, kind: str, item: Owned[Any]) -> dict[str, Any]:
        """The options of a head or a backbone, checked, by their names.

        Raises:
            UsageError: It has no such option, or the value is not valid; the message has the file and the line.
        """
        fields = {option.key: option for option in (option_fields(item.spec.options) if item.spec.options else ())}
        found = {}
        for place, value in self.table(kind, item).items():
            option = fields.get(place[-1].replace("_", "-"))
            if option is None:
                known = ", ".join(fields) or "none"
                raise self.error(
                    place, f"is no option of {item.qualified}{did_you_mean(place[-1], fields)}", f"there are: {known}"
                )
            try:
                found[option.name] = option.checked(value)
            except UsageError as error:
                raise self.error(place, f"is not valid: {error.message.partition(': ')[2]}", error.hint) from error
        return found

    def unmatched(self, kind: str, items: Iterable[Owned[Any]]) -> list[str]:
        """A line for each name that no component has: it may be misspelt, or its plugin may not be loaded."""
        every = list(items)
        lines = []
        for name in self.tables.get(kind, {}):
            if not any(_names_it(name, item) for item in every):
                near = did_you_mean(name, {item.spec.name for item in every})
                lines.append(self.error((kind, name), f"names nothing that is loaded{near}", "").message)
        return lines


def _names_it(name: str, item: Owned[Any]) -> bool:
    spec = item.spec
    forms = {spec.name, *([f"{spec.task}.{spec.name}"] if isinstance(spec, HeadSpec) else [])}
    return name in forms or (":" in name and canonical(name) == canonical(item.qualified))
