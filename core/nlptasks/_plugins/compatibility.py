"""Whether a distribution fits this nlptasks and this Python, by its own metadata."""

from __future__ import annotations

import platform
import re

from nlptasks._names import DISTRIBUTION, OWNER
from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._version import __version__

_OWN = re.compile(r"nlptasks([-_.]+toolkit)?\s*($|[\[(<>=!~;])", re.IGNORECASE)


def misfit(candidate: FoundPlugin) -> str:
    """Return why a plugin must not be imported here; empty where it fits.

    Raises:
        ValueError: Its metadata holds a requirement that cannot be read.
    """
    if candidate.record.distribution == OWNER:
        return ""  # this very distribution: pip checked it, and packaging would cost every start its import
    requirements = [text for text in candidate.requires if _OWN.match(text)]
    return _wrong_python(candidate.requires_python) or _wrong_nlptasks(requirements)


def _wrong_python(wanted: str) -> str:
    if not wanted:
        return ""
    from packaging.specifiers import SpecifierSet

    here = platform.python_version()
    fits = SpecifierSet(wanted).contains(here, prereleases=True)
    return "" if fits else f"it requires Python {wanted}, this is {here}"


def _wrong_nlptasks(requirements: list[str]) -> str:
    if not requirements:
        return ""
    from packaging.requirements import Requirement
    from packaging.version import Version

    here = Version(__version__).base_version  # a development version is to be tested as the release it will become
    for text in requirements:
        requirement = Requirement(text)
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and not requirement.specifier.contains(here, prereleases=True):
            return f"it requires {DISTRIBUTION}{requirement.specifier}, this is {__version__}"
    return ""
