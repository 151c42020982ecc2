"""Texts of files, of members of archives, and of several files at once."""

from __future__ import annotations

import zipfile

import pytest

from nlptasks._exchange import source
from nlptasks._exchange.source import apart, member_of, text_of, together
from nlptasks.errors import DataError, UsageError


def test_several_files_come_apart_again():
    files = {"a/b.json": '{"x": 1}', "c": "\ud800"}
    assert apart(together(files), "name") == files
    assert apart("other", "name") == {"name": "other"}
    assert apart('{"nlptasks.files"', "name") == {"name": '{"nlptasks.files"'}


def test_a_text_that_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="there is no file shown"):
        text_of(tmp_path / "x", "shown")
    with pytest.raises(UsageError, match="shown cannot be read: Is a directory"):
        text_of(tmp_path, "shown")
    (tmp_path / "x").write_bytes(b"a\n\xff")
    with pytest.raises(DataError, match="shown:2: not UTF-8"):
        text_of(tmp_path / "x", "shown")
    monkeypatch.setattr(source, "LARGEST", 2)
    with pytest.raises(DataError, match="larger than 2 bytes"):
        text_of(tmp_path / "x", "shown")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_of_an_archive(tmp_path, compression):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("other", "x" * 100)
        archive.writestr("m.json", "Größe " * 100)
    assert member_of(path, "a", "m.json", missing="") == "Größe " * 100
    with pytest.raises(DataError, match="a: it has no member n: why"):
        member_of(path, "a", "n", missing="why")


def test_a_member_that_is_not_what_the_archive_says(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("m", "text")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"text", b"tixt"))
    with pytest.raises(DataError, match="its member m is damaged"):
        member_of(path, "a", "m", missing="")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("m", "text")
    with pytest.raises(DataError, match=r"its member m cannot be read .*compression 12"):
        member_of(path, "a", "m", missing="")
    path.write_bytes(content)
    monkeypatch.setattr(source, "LARGEST", 2)
    with pytest.raises(DataError, match="its member m is larger than 2 bytes"):
        member_of(path, "a", "m", missing="")
    path.write_bytes(b"PK")
    with pytest.raises(DataError, match="cannot be read"):
        member_of(path, "a", "m", missing="")
