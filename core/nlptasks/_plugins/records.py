"""What became of each plugin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from nlptasks._names import canonical, did_you_mean
from nlptasks.errors import UsageError
from nlptasks.text.display import one_line

State = Literal["found", "loaded", "disabled", "incompatible", "conflict", "broken"]

_FAILURES: frozenset[State] = frozenset({"incompatible", "conflict", "broken"})


@dataclass(frozen=True, kw_only=True)
class PluginRecord:
    """The outcome of one plugin.

    Args:
        id: Name of its entry point, or of its file.
        distribution: What it was installed with; ``file:NAME`` for a single file.
        version: Version of the distribution; empty for a file.
        module: What its entry point names.
        state: ``found`` is known from metadata only; ``disabled`` is not loaded because the user said so.
        stage: Where it failed: ``metadata``, ``import``, ``register`` or the name of a hook.
        error: Why it is not loaded, in one line.
        provides: What it registered: ``tasks.sentiment``, ``heads.sentiment.keywords``, ...
        import_seconds: How long importing it took.
        changed: What it changed in the process while it was imported; that was put back.
    """

    id: str
    distribution: str
    version: str
    module: str
    state: State = "found"
    stage: str = ""
    error: str = ""
    provides: tuple[str, ...] = ()
    import_seconds: float = 0.0
    changed: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the user should be told."""
        return self.state in _FAILURES

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON holds them."""
        return asdict(self) | {"provides": list(self.provides), "changed": list(self.changed)}


def named(records: Iterable[PluginRecord], name: str) -> list[PluginRecord]:
    """Return the plugins that an id, a distribution or ``distribution:id`` names.

    Raises:
        UsageError: There is none.
    """
    every = list(records)
    found = [r for r in every if name == r.id or canonical(name) in (r.distribution, f"{r.distribution}:{r.id}")]
    if found:
        return found
    known = {form for record in every for form in (record.id, record.distribution)}
    raise UsageError(
        f"there is no plugin {name!r}{did_you_mean(name, known)}",
        hint=f"there are: {', '.join(sorted(r.id for r in every)) or 'none'}",
    )


def complaints(record: PluginRecord) -> tuple[str, ...]:
    """Return a line for each thing that a user should be told about a plugin."""
    return (*((report(record),) if record.failed else ()), *((_meddled(record),) if record.changed else ()))


def report(record: PluginRecord) -> str:
    """Return the one line that tells a user about a plugin that failed."""
    owner = _owner(record)
    where = f" at {record.stage}" if record.stage and record.state == "broken" else ""
    return one_line(f"plugin {record.id!r} of {owner} is {record.state}{where}: {record.error}", limit=2000)


def _meddled(record: PluginRecord) -> str:
    changed = ", ".join(record.changed)
    line = f"plugin {record.id!r} of {_owner(record)} changed {changed} while it was imported; that was put back"
    return one_line(line, limit=2000)


def _owner(record: PluginRecord) -> str:
    return f"{record.distribution} {record.version}".strip()
