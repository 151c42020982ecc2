"""Damages what is in order: bytes at random, tokens that parsers stumble over, and values of structures."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

#: What parsers stumble over.
TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b"\\", b",", b";", b"\t", b"\r", b"\n", b"{", b"}", b"[", b"]",
    b":", b"null", b"NaN", b"Infinity", b"1e999", b"-1", b"0", b"true", b"[" * 3_000, b"{" * 200, b'{"a":' * 2_000,
    b"=", b"|", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\\ud800", b"- ", b"&a [*a]", b"!!python/object:os.system",
    b"..", b"/", b"%", b"$", b"99999999999999999999", b"9" * 5_000, b"\x1b[2J", b"\xc3", b"e\xcc\x81",
    b"\xe2\x80\xa8", b"x" * 70_000, b"---", b"{text}", b"{{", b"}}", b"#", b"<<: *a", b"2024-99-99", b"0x1F",
    b"1_000", b"'''", b'"""', b"\x80\x04\x95", b"PK\x03\x04",
)  # fmt: skip

#: Values that stand in places where others are expected.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"), "", " ",
    "x", "a,b", "a" * 300, "a" * 5_000, "\0", "\ud800", "é", "評", "NaN", "1", "-1", "true", "{text}", "{", "../x",
    "/dev/null", "adir", "\n", [], [[]], [None], ["x"], {}, {"": None}, {"x": {"y": []}},
)  # fmt: skip


def damaged(data: bytes, draw: Random, most: int = 4) -> bytes:
    """The bytes with a few changes; sometimes none."""
    found = bytearray(data)
    for _ in range(draw.choice((0, 1, 1, 1, 2, most))):
        at = draw.randrange(len(found) + 1)
        match draw.randrange(8):
            case 0 | 1:
                found[at:at] = draw.choice(TOKENS)
            case 2:
                del found[at : at + draw.randrange(1, 12)]
            case 3:
                found[at : at + 1] = bytes([draw.randrange(256)])
            case 4:
                found[at:at] = found[max(0, at - draw.randrange(1, 60)) : at]
            case 5:
                del found[at:]
            case 6:
                found[at : at + draw.randrange(1, 4)] = draw.choice(TOKENS)
            case 7 if found:
                found[at % len(found)] ^= 1 << draw.randrange(8)
    return bytes(found)


def value(draw: Random) -> Any:
    """A value that nobody expects."""
    if draw.random() < 0.03:
        deep: Any = draw.choice(([], {}, 1))
        for _ in range(draw.choice((20, 400, 900))):
            deep = [deep] if draw.random() < 0.5 else {"a": deep}
        return deep
    return draw.choice(VALUES)


def changed(tree: Any, draw: Random) -> Any:
    """A copy of a structure in which one value is another, gone, doubled or under another name."""
    copy = json.loads(json.dumps(tree))
    places = list(_places(copy))
    if not places:
        return value(draw)
    holder, key = draw.choice(places)
    match draw.randrange(6):
        case 0 | 1 | 2:
            holder[key] = value(draw)
        case 3:
            del holder[key]
        case 4 if isinstance(holder, dict):
            holder[draw.choice((str(key).upper(), "x", "", f"{key} ", "schema", "\0"))] = holder.pop(key)
        case 4:
            holder.append(holder[key])
        case 5:
            other, place = draw.choice(places)
            holder[key] = json.loads(json.dumps(other[place])) if _has(other, place) else value(draw)
    return copy


def json_bytes(tree: Any) -> bytes:
    """A structure as JSON, with what JSON has no word for as Python writes it."""
    return json.dumps(tree).encode()


def damaged_json(data: bytes, draw: Random) -> bytes:
    """A JSON file with a change of its structure or of its bytes."""
    if draw.random() < 0.3:
        return damaged(data, draw)
    tree = json.loads(data)
    for _ in range(draw.choice((1, 1, 2))):
        tree = changed(tree, draw)
    return json_bytes(tree)


def damaged_json_lines(data: bytes, draw: Random) -> bytes:
    """A file of JSON lines with a change of the structure of one, or of its bytes."""
    lines = data.split(b"\n")
    at = draw.randrange(max(1, len(lines) - 1))
    if draw.random() < 0.3 or not lines[at].strip():
        return damaged(data, draw)
    lines[at] = damaged_json(lines[at], draw)
    return b"\n".join(lines)


def damaged_keys(data: bytes, draw: Random) -> bytes:
    """TOML or YAML of which one line's value is another, or whose lines are in another order."""
    lines = data.split(b"\n")
    at = draw.randrange(len(lines))
    key = re.match(rb"([ \t-]*[\w\".-]+ *[=:] *)(.*)", lines[at])
    match draw.randrange(7):
        case 0 | 1 | 2 if key:
            odd = value(draw)
            text = json.dumps(odd, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")
            lines[at] = key[1] + draw.choice((text, text, text.strip(b'"'), b"", b"nan", b"inf", b"1979-05-27", b"~"))
        case 3:
            lines.insert(draw.randrange(len(lines)), lines[at])
        case 4:
            del lines[at]
        case _:
            return damaged(data, draw)
    return b"\n".join(lines)


def damaged_gzip(data: bytes, draw: Random, inside: Callable[[bytes, Random], bytes] = damaged) -> bytes:
    """A gzip file that is damaged itself, or whose content is."""
    if draw.random() < 0.6:
        return gzip.compress(inside(gzip.decompress(data), draw), 1, mtime=0)
    return damaged(data, draw)


def damaged_archive(data: bytes, draw: Random) -> bytes:
    """An archive of arrays that is damaged itself, or of which one array is."""
    if draw.random() < 0.4:
        return damaged(data, draw)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hit = draw.choice(names)
        for name in names:
            content = old.read(name)
            if name == hit and draw.random() < 0.2:
                continue
            new.writestr(f"{name}x" if name == hit and draw.random() < 0.2 else name, _bit(name, hit, content, draw))
    return out.getvalue()


def damaged_safetensors(data: bytes, draw: Random) -> bytes:
    """A safetensors file of which the length, the header or the numbers are damaged."""
    length = int.from_bytes(data[:8], "little")
    header, rest = data[8 : 8 + length], data[8 + length :]
    match draw.randrange(5):
        case 0:
            return damaged(data, draw)
        case 1:
            return draw.choice((0, 1, length - 1, length + 1, 2**40, 2**63)).to_bytes(8, "little") + header + rest
        case 2:
            count = 4 * draw.randrange(1, 9)
            odd = draw.choice((b"\xff", b"\0", b"\x7f\x80"))
            return data[: 8 + length] + (odd * count)[:count] + rest[count:]
        case _:
            new = damaged_json(header, draw)
            return len(new).to_bytes(8, "little") + new + rest


def damaged_as(name: str, data: bytes, draw: Random) -> bytes:
    """A file damaged by what its name says that it is."""
    if name.endswith(".gz"):
        inside = damaged_json_lines if ".json" in name else damaged
        return damaged_gzip(data, draw, inside)
    if name.endswith((".npz", ".safetensors")):
        return (damaged_archive if name.endswith("z") else damaged_safetensors)(data, draw)
    if name.endswith((".toml", ".yaml", ".yml", ".md")):
        return damaged_keys(data, draw)
    if name.endswith((".jsonl", ".ndjson")):
        return damaged_json_lines(data, draw)
    if name.endswith(".json"):
        return damaged_json(data, draw)
    return damaged(data, draw)


def _bit(name: str, hit: str, content: bytes, draw: Random) -> bytes:
    return damaged(content, draw) if name == hit else content


def _places(tree: Any) -> Any:
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _places(tree[key])


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else 0 <= key < len(holder)


def checksum(data: bytes) -> str:
    """A short name for some bytes."""
    return f"{zlib.crc32(data):08x}"
