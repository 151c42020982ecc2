"""The flags that say whose word counts and what data records are held against, as commands on boards share them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._settings.groups import BeliefChoice, BenchmarkChoice, PinnedChoice

if TYPE_CHECKING:
    from nlptasks._board.trust import Believed

#: A folder that a command is given.
FOLDER = click.Path(path_type=Path)


def believing(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the flags that say whose word counts, and its body what they say as ``believed``."""
    flags = [*flags_of(BeliefChoice), *flags_of(PinnedChoice), *flags_of(BenchmarkChoice, only=("data_dir",))]

    @wraps(function)
    def call(**values: Any) -> None:
        given = {str(flag.name): values.pop(str(flag.name)) for flag in flags}
        app = click.get_current_context().find_object(App)
        assert app is not None  # the group above leaves one
        function(**values, believed=_believed(app, Chosen(flags, given)))

    # click collects what decorators nearer to the function declared in this attribute, the last one first.
    call.__click_params__ = [*getattr(function, "__click_params__", []), *reversed(flags)]  # type: ignore[attr-defined]
    return call


def _believed(app: App, chosen: Chosen) -> Believed:
    from nlptasks._board.trust import believed_of

    registry, data_dir = app.plugins().registry, chosen.of(BenchmarkChoice).data_dir
    return believed_of(registry, chosen.of(BeliefChoice), chosen.of(PinnedChoice), data_dir)
