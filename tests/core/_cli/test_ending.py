"""What leaves the process past us, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

START = "import os, sys\nfrom nlptasks._cli.ending import Ending\nending = Ending()\n"


def code_of(body: str) -> int:
    return subprocess.run([sys.executable, "-c", START + body], check=False, capture_output=True).returncode


def test_leaving_is_an_error_that_can_be_caught():
    assert code_of("try:\n    os._exit(0)\nexcept SystemExit:\n    sys.exit(7)") == 7
    assert code_of("try:\n    os.execlp('true', 'true')\nexcept SystemExit:\n    sys.exit(7)") == 7


def test_at_the_end_the_code_is_ours():
    assert code_of("ending.is_near(5)\nos._exit(0)") == 5
    assert code_of("ending.now(4)") == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_ends_as_it_likes():
    assert code_of("child = os.fork()\nif not child:\n    os._exit(3)\nsys.exit(os.waitpid(child, 0)[1] >> 8)") == 3
    assert code_of("import subprocess\nsys.exit(subprocess.run(['false']).returncode)") == 1
