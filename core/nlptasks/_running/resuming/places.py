"""Where a run keeps what it has predicted: beside its output, under a hidden name that follows from the output's."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from nlptasks._tables.opening import OpenedTable
from nlptasks.files.atomic import is_direct
from nlptasks.files.remote import is_remote

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


def nothing_kept(opened: OpenedTable, output: str) -> str:
    """Why a run keeps nothing that another could go on behind; empty: it does.

    Args:
        opened: What it reads.
        output: What it writes; empty: the standard output.
    """
    if not output:
        return "its rows go to the standard output; --output FILE keeps them"
    if is_direct(Path(output)):
        return f"{output} is a pipe or a device; --output FILE keeps them"
    if any(map(is_remote, opened.parts)):
        return f"{opened.name} lies elsewhere, and may be another when it is read again; rows of a file are kept"
    if opened.size is None:
        return f"{opened.name} cannot be read again as it was; rows of a file are kept"
    return ""
