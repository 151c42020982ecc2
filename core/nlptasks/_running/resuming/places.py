"""Where a run keeps what it has predicted: beside its output, under a hidden name that follows from the output's."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from nlptasks.files.atomic import is_direct
from nlptasks.files.paths import Input

#: How such a file ends.
SUFFIX = ".nlptasks-run"

#: Bytes of an output's name that are taken over; file systems take 255 in all.
_LONGEST = 200


def kept_beside(output: Path) -> Path:
    """Where a run keeps what it predicted; links of the output are followed, so that each of its names leads there."""
    output = Path(os.path.realpath(output))
    name = output.name
    if len(os.fsencode(name)) > _LONGEST:
        name = f"{name[:32]}.{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"
    return output.with_name(f".{name}{SUFFIX}")


def nothing_kept(opened: Input, output: str) -> str:
    """Why a run keeps nothing that another could go on behind; empty: it does.

    Args:
        opened: What it reads.
        output: What it writes; empty: the standard output.
    """
    if not output:
        return "its rows go to the standard output; --output FILE keeps them"
    if is_direct(Path(output)):
        return f"{output} is a pipe or a device; --output FILE keeps them"
    if opened.size is None:
        return f"{opened.name} is a pipe, which cannot be read again; rows of a file are kept"
    return ""
