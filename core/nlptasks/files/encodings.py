"""Which encoding some bytes are in."""

from __future__ import annotations

import codecs
import difflib
import re
from encodings.aliases import aliases

from nlptasks.errors import DataError, UsageError
from nlptasks.files.cyrillic_encodings import cyrillic_encoding
from nlptasks.files.latin_encodings import latin_encoding

#: Bytes that the encoding is guessed from.
HEAD = 1 << 20

#: Bytes that a detector reads, of cells that are not plain ASCII.
_READ = 1 << 16

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
_BINARY = (
    (b"PK\x03\x04", "a zip archive or an Office document", "save it as CSV first"),
    (b"PAR1", "a Parquet file", "give it the suffix .parquet, or name the format: --format parquet"),
    (b"%PDF-", "a PDF document", "extract its text first"),
    (b"BZh", "bzip2 data", "decompress it first: bunzip2"),
    (b"\xfd7zXZ\x00", "xz data", "decompress it first: unxz"),
)

#: Marks of encodings that are ASCII otherwise.
_ESCAPES = ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr"))
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
_HZ_MARK = re.compile(rb"~[{}]")

#: Encodings of scripts other than Latin, by the names of Python's codecs.
_OTHER_SCRIPTS = (
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
    "koi8_r",
    "cp1251",
    "cp866",
    "iso8859_5",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "cp737",
    "cp862",
    "iso8859_6",
)

#: Under which names people know some of them.
_SHOWN = {"cp932": "shift_jis", "cp949": "euc_kr", "euc_jp": "euc-jp", "koi8_r": "koi8-r"}

#: So many bytes that are no UTF-8, beside as many that are, are slips in a short text.
_SLIPS = 3

_MULTI_BYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")
#: What stands between cells; none of these bytes is a part of a character in any of the encodings.
_CELLS = re.compile(rb'[,;\t"\r\n]+')
_LETTERS = re.compile(rb"[A-Za-z]")
_HINT = "name its encoding: --encoding gb18030, big5, shift_jis, euc_kr, koi8-r, cp1251, ..."


def known_encoding(encoding: str) -> str:
    """The codec of an encoding that the user named.

    Raises:
        UsageError: There is none.
    """
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):  # UnicodeError is one, and so is what a NUL in a name gives
        known = {name.replace("_", "-") for name in (*aliases, *aliases.values())}
        nearest = difflib.get_close_matches(encoding.lower().replace("_", "-"), sorted(known), n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else "common ones: utf-8, utf-16, cp1252, latin-1, gb18030"
        raise UsageError(f"there is no text encoding {encoding!r}", hint=hint) from None


def detect_encoding(head: bytes, name: str) -> str:
    """The encoding of the bytes that a file begins with.

    A byte order mark tells it, and NULs tell UTF-16 and UTF-32. What is mostly UTF-8 is UTF-8, with mistakes. Other
    bytes are accents in a Latin script, where :mod:`nlptasks.files.latin_encodings` tells the encoding, or else what
    charset-normalizer takes them for.

    Raises:
        DataError: The file is no text, or its script is not recognized.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    for magic, kind, hint in _BINARY:
        if head.startswith(magic):
            raise DataError(name, f"this is {kind}, not text", hint=hint)
    if b"\0" in head:
        if found := _utf_32(head) or _utf_16(head):
            return found
        head = head.replace(b"\0", b"")
    if found := _seven_bits(head):
        return found
    if _is("utf-8", head):
        return "utf-8"
    if found := legacy_encoding(head, whole=len(head) < HEAD):
        return found
    raise DataError(name, "the text is neither UTF-8 nor in an encoding that is recognized", hint=_HINT)


def legacy_encoding(data: bytes, *, whole: bool = True) -> str:
    """The encoding of bytes that are not UTF-8; ``utf-8`` where they are but for mistakes, empty where unknown.

    Args:
        data: The bytes.
        whole: Whether they end where a text does, and not within a character.
    """
    good = sum(map(len, _MULTI_BYTE.findall(data)))
    wrong = sum(map(len, _HIGH.findall(data))) - good
    # Pairs of bytes of other encodings look like UTF-8 too, by chance.
    if 9 * wrong <= good or wrong <= min(good, _SLIPS):
        return "utf-8"
    parts = _CELLS.split(data)
    cells = b"\n".join(cell for cell in (parts if whole else parts[:-1]) if _HIGH.search(cell)) or data
    if not _is_other_script(cells):
        return latin_encoding(cells)
    from charset_normalizer import from_bytes  # few files need it

    sample = cells if len(cells) <= _READ else cells[: cells.rfind(b"\n", 0, _READ)]
    found = (each.encoding for each in from_bytes(sample, cp_isolation=list(_OTHER_SCRIPTS)))
    best = cyrillic_encoding(sample, next((name for name in found if not _half_width(sample, name)), ""))
    # What Windows calls Shift-JIS has more characters than the standard.
    return "cp932" if best == "cp932" and not _is("shift_jis", data) else _SHOWN.get(best, best)


def _seven_bits(head: bytes) -> str:
    """The encoding of a script whose characters stand between marks as ASCII; empty where there are no marks."""
    if not head.isascii():
        return ""
    for mark, encoding in _ESCAPES:
        if mark in head and _is(encoding, head):
            return encoding
    # Chinese of old e-mails. Its marks are signs that a text may hold, so all between them must be Chinese.
    if _HZ.search(head) and not _HZ_MARK.search(_HZ.sub(b"", head)) and _is("hz", head):
        return "hz"
    return ""


def _half_width(sample: bytes, encoding: str) -> bool:
    """Whether bytes make half-width katakana mostly, which is what other encodings look like in Shift-JIS."""
    if encoding != "cp932":
        return False
    beyond = [sign for sign in sample.decode(encoding, "replace") if sign > "\x7f"]
    return 3 * sum("\uff61" <= sign <= "\uff9f" for sign in beyond) > len(beyond)


def _utf_32(head: bytes) -> str:
    """UTF-32 without a mark: the planes of the characters, of which there are 17, stand in every fourth byte."""
    for encoding, planes, zeros in (("utf-32-le", 2, 3), ("utf-32-be", 1, 0)):
        if not any(head[zeros::4]) and max(head[planes::4], default=0) <= 0x10 and _is(encoding, head):
            return encoding
    return ""


def _utf_16(head: bytes) -> str:
    """UTF-16 without a mark: where ASCII characters are common, every other byte of them is NUL."""
    first, second = head[::2].count(0), head[1::2].count(0)
    if max(first, second) * 10 < len(head) or min(first, second) * 4 > max(first, second):
        return ""
    encoding = "utf-16-le" if second > first else "utf-16-be"
    return encoding if _is(encoding, head) else ""


def _is(encoding: str, head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD)
    except UnicodeError:
        return False
    return True


def _is_other_script(cells: bytes) -> bool:
    """In Latin scripts accented letters stand alone among others; elsewhere most letters are no ASCII."""
    runs = [len(run) for run in _HIGH.findall(cells)]
    most = 2 * sum(run for run in runs if run >= 3) > sum(runs)
    return most or (sum(runs) > len(_LETTERS.findall(cells)) and max(runs) > 1)
