"""File formats of data: CSV, TSV, JSON Lines, Parquet, Arrow, Excel and plain text."""

from __future__ import annotations

from nlptasks.plugin import FormatSpec, hookimpl
from nlptasks_formats.options import WorkbookOptions

__all__ = ["nlptasks_formats"]


@hookimpl
def nlptasks_formats() -> list[FormatSpec]:
    """The formats, by what they are called on the command line."""
    return [
        FormatSpec(
            name="csv",
            summary="a header and cells between commas; another delimiter and quotes are found",
            suffixes=(".csv",),
            object="nlptasks_formats.delimited:CommaSeparated",
        ),
        FormatSpec(
            name="tsv",
            summary="a header and cells between tabs",
            suffixes=(".tsv", ".tab"),
            object="nlptasks_formats.delimited:TabSeparated",
        ),
        FormatSpec(
            name="jsonl",
            summary="a JSON object a line, or one array of objects",
            suffixes=(".jsonl", ".ndjson", ".json"),
            object="nlptasks_formats.json_lines:JsonLines",
            magic=(b"{", b"["),
        ),
        FormatSpec(
            name="parquet",
            summary="Apache Parquet",
            suffixes=(".parquet", ".pq"),
            object="nlptasks_formats.parquet:Parquet",
            magic=(b"PAR1",),
        ),
        FormatSpec(
            name="arrow",
            summary="Apache Arrow: Feather, IPC files and streams",
            suffixes=(".arrow", ".feather", ".ipc"),
            object="nlptasks_formats.arrow:Arrow",
            magic=(b"ARROW1", b"\xff\xff\xff\xff"),
        ),
        FormatSpec(
            name="xlsx",
            summary="an Excel workbook: one of its sheets",
            suffixes=(".xlsx", ".xlsm"),
            object="nlptasks_formats.workbook:Workbook",
            magic=(b"PK\x03\x04",),
            options=WorkbookOptions,
        ),
        FormatSpec(
            name="text",
            summary="one text a line, in the column 'text'",
            suffixes=(".txt",),
            object="nlptasks_formats.plain:PlainText",
        ),
    ]
