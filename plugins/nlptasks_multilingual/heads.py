"""Opens the trained heads."""

from __future__ import annotations

from pathlib import Path

from nlptasks.errors import UsageError
from nlptasks.models.probe.head import Probe
from nlptasks.plugin.protocols import HeadContext

_WEIGHTS = Path(__file__).with_name("weights")


def open_sentiment(context: HeadContext) -> Probe:
    """The shipped head for two labels, or the trained one that the user named."""
    return Probe.open(context, shipped=_WEIGHTS / "sentiment")


def open_three_way(context: HeadContext) -> Probe:
    """The shipped head for three labels, or the trained one that the user named.

    Raises:
        UsageError: The user said that there is no neutral label.
    """
    if context.options is not None and context.options.neutral is False:
        message = "--no-neutral chooses the head 'multilingual-three-way', which has a neutral label"
        raise UsageError(message, hint="leave it out")
    return Probe.open(context, shipped=_WEIGHTS / "three-way")


def open_topics(context: HeadContext) -> Probe:
    """The shipped head for topics, or the trained one that the user named."""
    return Probe.open(context, shipped=_WEIGHTS / "topics")
