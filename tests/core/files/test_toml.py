from __future__ import annotations

import tomllib

import pytest

from nlptasks.errors import UsageError
from nlptasks.files.toml import line_of, read_toml

TEXT = r'''
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
note = """
name = 2
[run.other]
"""
"a=b" . 'c' = [
  [1, 2],
  { d = "}" },
]
[[many]]
[many."inn\u0065r"] # e
e.f = 2024-01-01 10:00:00
[[many.deep]]
g = 'x'
'''


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
        (("many", 0, "note"), 15),
        (("many", 0, "a=b", "c", 1, "d"), 21),
        (("many", 0, "a=b", "c", 0), 20),
        (("many", 1), 23),
        (("many", 1, "name"), 23),
        (("many", 1, "inner", "e", "f"), 25),
        (("many", 1, "deep", 0, "g"), 27),
        (("run", "other"), 4),
        (("nowhere",), 0),
    ],
)
def test_the_line_of_a_key(tmp_path, key, line):
    file = tmp_path / "a.toml"
    file.write_text(TEXT)
    tomllib.loads(TEXT)
    assert line_of(file, key) == line


def test_brackets_without_end(tmp_path):
    path = tmp_path / "deep.toml"
    path.write_text("a = " + "[" * 20_000)
    with pytest.raises(UsageError, match="nested too deep"):
        read_toml(path, "settings")
    assert line_of(path, ["a"]) == 0
