"""``python -m nlptasks``: the same as the command ``nlptasks``."""

import os
import sys

# Python puts the working directory first; nothing that lies there may run by itself.
if not sys.flags.safe_path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - pathlib is not needed to start
    del sys.path[0]

from nlptasks._cli.main import main

main()
