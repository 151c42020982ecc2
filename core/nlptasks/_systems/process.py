"""The plugins and the session of this process, which calls from Python share."""

from __future__ import annotations

import warnings
from functools import cache

from nlptasks._plugins.configuration import read_config
from nlptasks._plugins.loader import Plugins, load_plugins
from nlptasks._systems.session import Session


@cache
def plugins() -> Plugins:
    """The plugins of this process: what is installed does not change while it runs."""
    loaded = load_plugins(read_config())
    for line in loaded.complaints():
        warn(line)
    return loaded


@cache
def session() -> Session:
    """One session a process, so that a second ``load`` finds the backbone of the first."""
    return Session(plugins().registry, plugins=plugins().source)


def warn(line: str) -> None:
    """Tell the caller a line for the user."""
    warnings.warn(line, RuntimeWarning, stacklevel=3)
