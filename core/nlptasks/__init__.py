"""nlptasks: any backbone, any task, one harness, plugins all the way.

>>> import nlptasks
>>> nlptasks.load("sentiment")("Not bad at all for the price.").label
'positive'
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from nlptasks import errors as _errors
from nlptasks._version import __version__

if TYPE_CHECKING:
    from nlptasks.api import (
        LoadedTask,
        Predictions,
        build_board,
        compare,
        embed,
        errors,
        evaluate,
        load,
        pipeline,
        rescore,
        run,
        slice,  # noqa: A004
        train,
    )

__all__ = [
    "LoadedTask",
    "Predictions",
    "__version__",
    "build_board",
    "compare",
    "embed",
    "errors",
    "evaluate",
    "load",
    "pipeline",
    "rescore",
    "run",
    "slice",
    "train",
]


def __getattr__(name: str) -> Any:
    """Import the API at its first use: the command line reads only the version."""
    if name in __all__:
        from nlptasks import api

        return getattr(api, name)
    raise AttributeError(f"module 'nlptasks' has no attribute {name!r}")


class _ErrorsModule(ModuleType):
    """The module of errors, which can be called too: ``nlptasks.errors(record)`` lists what a system got wrong.

    A module and a function of the API cannot have one name otherwise, and both have theirs from elsewhere: the module
    as everybody's place of errors, the function from the command.
    """

    def __call__(self, *records: Any, **settings: Any) -> Any:
        """See :func:`nlptasks.api.errors`."""
        from nlptasks import api

        return api.errors(*records, **settings)


_errors.__class__ = _ErrorsModule
