"""Opens the trained sentiment heads."""

from __future__ import annotations

from pathlib import Path

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.probe.head import FILE, Probe
from nlptasks.plugin.protocols import HeadContext

from .options import ThreeWayOptions

#: The labels of the three-way head.
LABELS = ("negative", "neutral", "positive")

#: The weights of the three-way head that ship, once there are some.
NEUTRAL = Path(__file__).with_name("weights-neutral")


def open_head(context: HeadContext) -> Probe:
    """The shipped head, or the trained one that the user named."""
    return Probe.open(context, shipped=Path(__file__).with_name("weights"))


def open_three_way(context: HeadContext, *, shipped: Path = NEUTRAL) -> Probe:
    """The shipped head with a neutral label, or the trained one that the user named.

    Raises:
        UsageError: No weights ship, or the user said that there is no neutral label.
        NlptasksError: The weights cannot be read, belong to another backbone, or have other labels.
    """
    options: ThreeWayOptions = context.options or ThreeWayOptions()
    if options.neutral is False:
        raise UsageError("--no-neutral chooses the head 'three-way', which has a neutral label", hint="leave it out")
    train = "nlptasks train sentiment --head three-way --data FILE --output FOLDER"
    if context.weights is None and not (shipped / FILE).is_file():
        raise UsageError(
            "no trained weights with a neutral label ship with this version",
            hint=f"train some on rows with all three labels: {train}, then run with --head FOLDER/",
        )
    probe = Probe.open(context, shipped=shipped)
    if probe.labels != LABELS:
        raise NlptasksError(
            f"{context.weights or shipped}: its labels are {', '.join(probe.labels)}, not {', '.join(LABELS)}",
            hint=f"train it on rows with all three labels: {train}",
        )
    return probe
