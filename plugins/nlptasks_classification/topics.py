"""Opens the trained topic head."""

from __future__ import annotations

from pathlib import Path

from nlptasks.models.probe.head import Probe
from nlptasks.plugin.protocols import HeadContext


def open_head(context: HeadContext) -> Probe:
    """The shipped head, or the trained one that the user named."""
    return Probe.open(context, shipped=Path(__file__).with_name("weights"))
