"""Make the folder that the multilingual recipes read: the data as they are, and small held-out samples of some sets.

usage: held_out.py DATA FOLDER

A training looks at held-out rows many times, so it looks at few of the long ones. A sample is made of the rows whose
SHA-1 is lowest: it is the same on every machine.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

#: Name of each sample: the set, the language where the set has several, and the number of rows.
SAMPLES = {
    "squad-200": ("squad", "", 200),
    "cmrc2018-100": ("cmrc2018", "", 100),
    "xquad-de-60": ("xquad", "de", 60),
    "xquad-zh-60": ("xquad", "zh", 60),
}

FILE = "validation.jsonl.gz"


def main(data: Path, folder: Path) -> None:
    """Link every set into the folder, and write the samples."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(data.iterdir()):
        link = folder / path.name
        if path.is_dir() and not link.exists():
            link.symlink_to(path.resolve(), target_is_directory=True)
    for name, (source, language, rows) in SAMPLES.items():
        (folder / name).mkdir(exist_ok=True)
        lines = sorted(_lines(data / source / FILE, language), key=lambda line: hashlib.sha1(line).digest())
        (folder / name / FILE).write_bytes(gzip.compress(b"".join(lines[:rows]), mtime=0))


def _lines(path: Path, language: str) -> Iterator[bytes]:
    with gzip.open(path) as file:
        for line in file:
            if not language or json.loads(line).get("language") == language:
                yield line


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
