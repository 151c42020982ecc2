"""Cells that stand for nothing: what spreadsheets, databases and data frames write where there is no text."""

from __future__ import annotations

#: What is no text in a column of texts.
NO_TEXT = frozenset(
    {
        *(
            "N/A",
            "n/a",
            "NA",
            "#N/A",
            "#N/A N/A",
            "#NA",
            "<NA>",
            "NaN",
            "nan",
            "-nan",
            "NULL",
            "Null",
            "null",
            "<null>",
        ),
        *("None", "\\N", "-", "--", "---", "–", "—", "#NULL!", "#VALUE!", "#REF!", "#NAME?", "#DIV/0!"),
    }
)

#: What is no gold answer: only what no label and no answer is spelt like.
NO_GOLD = frozenset({"N/A", "n/a", "#N/A", "#N/A N/A", "<NA>", "NaN", "nan", "NULL", "Null", "null", "\\N"})
