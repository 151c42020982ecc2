"""Draw what a command prints as an SVG: ``python docs/picture.py FILE.svg COMMAND``.

The command runs in a temporary copy of ``examples/``; the picture shows its real output and nothing else.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]


def draw(command: str) -> str:
    """The SVG of a command line and of what it prints."""
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        done = subprocess.run(
            command, shell=True, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True
        )
    console = Console(record=True, width=96, file=io.StringIO())
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text(done.stdout.rstrip()))
    svg = console.export_svg(title="nlptasks", unique_id="nlptasks")
    # The fonts would be fetched from a server; a picture must not depend on one.
    return re.sub(r"@font-face \{.*?\}\n*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw(sys.argv[2]), encoding="utf-8")
