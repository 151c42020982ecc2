"""What must be known of a workbook before its library reads it: its size, and cells that it would show as empty."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree import ElementTree

from nlptasks.errors import DataError

#: What Excel's old format begins with, and what an encrypted workbook is packed in.
_COMPOUND = b"\xd0\xcf\x11\xe0"

#: Bytes that a workbook may have unpacked. A sheet of a million rows with ten cells each has about 500 MB.
LARGEST = 1 << 30

_CHUNK, _OVERLAP = 1 << 20, 1 << 16
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

_FORMULA = re.compile(rb"<c ([^>]*)>\s*<f[^>]*(?:/>|>[^<]*</f>)\s*(?:</c>|<v\s*/>|<v>\s*</v>)")
_REFERENCE = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_ERROR = re.compile(rb'<c [^>]*t="e"')


@dataclass(frozen=True)
class SheetFacts:
    """What the XML of a sheet tells.

    Args:
        unknown: The first cell with a formula whose value is not stored; empty: there is none.
        errors: How many cells hold an error such as #N/A.
    """

    unknown: str
    errors: int


def check_workbook(stream: BinaryIO, name: str) -> None:
    """Find out whether a workbook can be read.

    Raises:
        DataError: It is encrypted, of the old format, no workbook, damaged, or would be too large unpacked.
    """
    head = stream.read(4)
    stream.seek(0)
    if head == _COMPOUND:
        message = "this is an encrypted workbook, or one of Excel's old format"
        raise DataError(name, message, hint="save it as .xlsx without a password, or as CSV")
    total = 0
    for part in _parts(stream, name):
        for chunk in part:
            total += len(chunk)
            if total > LARGEST:
                message = f"unpacked it has more than {LARGEST >> 30} GB, more than any sheet of text"
                raise DataError(name, message, hint="is it meant to do harm? if not, save the sheet as CSV")
    stream.seek(0)


def facts_of(stream: BinaryIO, sheet: str) -> SheetFacts:
    """What the XML of a sheet tells that was found by :func:`check_workbook` to be sound."""
    unknown, errors, before = "", 0, b""
    with zipfile.ZipFile(stream) as file:
        path = _path_of(file, sheet)
        if path:
            with file.open(path) as part:
                while chunk := part.read(_CHUNK):
                    # What is looked for may stand on the border of two chunks.
                    text = before + chunk
                    errors += sum(1 for found in _ERROR.finditer(text) if found.end() > len(before))
                    unknown = unknown or next(filter(None, map(_unknown, _FORMULA.finditer(text))), "")
                    before = text[-_OVERLAP:]
    stream.seek(0)
    return SheetFacts(unknown, errors)


def _unknown(found: re.Match[bytes]) -> str:
    """The cell of a formula without a value; empty where its value is the empty text."""
    reference = _REFERENCE.search(found[1])
    return reference[1].decode() if reference and b't="str"' not in found[1] else ""


def _parts(stream: BinaryIO, name: str) -> Iterator[Iterator[bytes]]:
    try:
        with zipfile.ZipFile(stream) as file:
            for info in file.infolist():
                with file.open(info) as part:
                    yield iter(lambda part=part: part.read(_CHUNK), b"")  # type: ignore[misc]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        message = f"this is no .xlsx workbook, or it is damaged ({error})"
        raise DataError(name, message, hint="save it again, or name another format with --format") from None


def _path_of(file: zipfile.ZipFile, sheet: str) -> str:
    """Where the XML of a sheet stands; empty where the workbook does not say."""
    try:
        book = ElementTree.fromstring(file.read("xl/workbook.xml"))
        links = ElementTree.fromstring(file.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return ""
    ids = [each.get(_RELATION) for each in book.iter(f"{_MAIN}sheet") if each.get("name") == sheet]
    targets = [str(link.get("Target")) for link in links if ids and link.get("Id") == ids[0]]
    path = targets[0].lstrip("/") if targets else ""
    path = path if path.startswith("xl/") else f"xl/{path}"
    return path if path in file.namelist() else ""
