"""File formats of data: CSV, TSV, JSON Lines, Parquet and plain text."""

from __future__ import annotations

from nlptasks.plugin import FormatSpec, hookimpl

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
            name="text",
            summary="one text a line, in the column 'text'",
            suffixes=(".txt",),
            object="nlptasks_formats.plain:PlainText",
        ),
    ]
