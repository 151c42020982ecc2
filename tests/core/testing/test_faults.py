"""The page that says what the checks of plugins catch is made of the faults that their tests plant."""

from __future__ import annotations

import os
from pathlib import Path

from . import faults

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "faults.md"


def test_the_page_is_up_to_date() -> None:
    text = faults.table()
    if os.environ.get("NLPTASKS_DOCS") == "write":
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, (
        "write it again: NLPTASKS_DOCS=write pytest tests/core/testing/test_faults.py"
    )
