from __future__ import annotations

import pytest

from nlptasks.files.toml import line_of

TEXT = """
top = 1

[run]
# a comment = 2
force = true
"data-dir" = "x"
inline = { a = 1, b = 2 }
run.x = 3

[ run . sentiment ]
force = false
[[many]]
name = 1
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("top",), 2),
        (("run",), 4),
        (("run", "force"), 6),
        (("run", "data-dir"), 7),
        (("run", "inline", "b"), 8),
        (("run", "run", "x"), 9),
        (("run", "sentiment"), 11),
        (("run", "sentiment", "force"), 12),
        (("many", "name"), 14),
        (("nowhere",), 0),
    ],
)
def test_the_line_of_a_key(tmp_path, key, line):
    file = tmp_path / "a.toml"
    file.write_text(TEXT)
    assert line_of(file, key) == line
