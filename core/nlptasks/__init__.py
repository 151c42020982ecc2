"""nlptasks: any backbone, any task, one harness, plugins all the way.

>>> import nlptasks
>>> nlptasks.load("sentiment")("Not bad at all for the price.").label
'positive'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlptasks._version import __version__

if TYPE_CHECKING:
    from nlptasks.api import LoadedTask, evaluate, load, pipeline, run, train

__all__ = ["LoadedTask", "__version__", "evaluate", "load", "pipeline", "run", "train"]


def __getattr__(name: str) -> Any:
    """Import the API at its first use: the command line reads only the version."""
    if name in {"LoadedTask", "evaluate", "load", "pipeline", "run", "train"}:
        from nlptasks import api

        return getattr(api, name)
    raise AttributeError(f"module 'nlptasks' has no attribute {name!r}")
