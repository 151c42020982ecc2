"""Names that people type: nearest matches, one spelling of a distribution, and import strings."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from nlptasks._signals import Terminated
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.text.display import one_line

#: What nlptasks is installed as. ``nlptasks`` itself is a distribution of somebody else on the public index.
DISTRIBUTION = "nlptasks-toolkit"

#: Whom its own plugins belong to, in names that people type and that records keep: ``nlptasks:binary``. It is the name
#: of the command and of the package, and stays what it is whatever the distribution is called.
OWNER = "nlptasks"


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that looks most like ``name``, or ``None`` where none does."""
    from difflib import get_close_matches  # only needed once something went wrong

    return next(iter(get_close_matches(name, list(candidates), n=1)), None)


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"``, or nothing where no candidate is near."""
    match = nearest(name, candidates)
    return f"; did you mean {match!r}?" if match else ""


def spelled(distribution: str) -> str:
    """Return the one spelling of a distribution's name that package indexes use."""
    return "-".join(filter(None, distribution.lower().replace("_", "-").replace(".", "-").split("-")))


def canonical(distribution: str) -> str:
    """Return the one name under which a distribution is compared: its spelling, or :data:`OWNER` for nlptasks itself.

    Of ``distribution:id`` likewise.
    """
    name, colon, rest = spelled(distribution).partition(":")
    return f"{OWNER if name == DISTRIBUTION else name}{colon}{rest}"


def is_import_string(text: object) -> bool:
    """Whether ``text`` reads ``package.module:object``."""
    if not isinstance(text, str):
        return False
    module, _, path = text.partition(":")
    return all(part.isidentifier() and part.isascii() for part in (*module.split("."), *path.split(".")))


def resolve(import_string: str) -> Any:
    """Import what ``"package.module:object"`` names.

    Raises:
        PluginError: It is malformed, or it cannot be imported.
        NlptasksError: Whatever explained error the module itself raised.
    """
    if not is_import_string(import_string):
        raise PluginError(f"{import_string!r} is not an import string", hint="write it as package.module:object")
    module, _, path = import_string.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for attribute in path.split("."):
            found = getattr(found, attribute)
    except (NlptasksError, KeyboardInterrupt, Terminated):
        raise
    except BaseException as error:  # a module that calls sys.exit must not end the run as if all were done
        cause = one_line(f"{type(error).__name__}: {error}")
        raise PluginError(f"cannot import {import_string!r}: {cause}") from error
    return found
