"""The options that only some formats have."""

from __future__ import annotations

from dataclasses import dataclass

from nlptasks.plugin.options import setting


@dataclass(frozen=True, kw_only=True)
class WorkbookOptions:
    """Which part of a workbook is read.

    Args:
        sheet: Name of the sheet; empty: the only one that holds anything.
    """

    sheet: str = setting("", "Sheet of a workbook.", metavar="NAME", default_text="the only one that holds anything")
