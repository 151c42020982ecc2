"""A folder of text files as a table; see also ``test_opening.py``."""

from __future__ import annotations

from pathlib import Path

from nlptasks._tables.text_files import read_text_files, text_files
from nlptasks.plugin.protocols import BadRow, FormatOptions


def test_files_below_are_named_by_their_path_and_decoded_each_for_itself(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_bytes("größer".encode("utf-16"))
    (tmp_path / "b.TXT").write_text("plain")
    (tmp_path / "c.md").write_text("no text file")
    (tmp_path / "nul.txt").write_bytes(b"a\0b")
    assert [path.name for path in text_files(tmp_path)] == ["b.TXT", "nul.txt", "a.txt"]
    table = read_text_files(tmp_path, FormatOptions())
    assert table.columns == ("name", "text")
    found = list(table.rows)
    assert [list(row.cells) for row in found if not isinstance(row, BadRow)] == [
        ["b.TXT", "plain"],
        ["sub/a.txt", "größer"],
    ]
    assert [row.line for row in found if isinstance(row, BadRow)] == [2]
