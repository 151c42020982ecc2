"""Two plugins that want one name: the error names both, ``distribution:name`` works, and so does one preference key."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

ZOO = Path(__file__).parents[1] / "zoo"

RUN = ("run", "sentiment", "--data", "rows.csv", "--output", "-")
READ = ("run", "sentiment", "--data", "rows.pair", "--head", "file:two:same", "--output", "-")
MOOD = ("--head", "file:two:same", "--data", "rows.csv", "--output", "-")

#: What is typed, with the name in braces; that name; its qualified form; the key; and what the one of ``two`` prints.
CLASHES = {
    "task": (("run", "{}", *MOOD), "mood", "file:two:mood", "tasks.mood", "negative"),
    "alias": (("run", "{}", *MOOD), "feeling", "file:two:mood", "tasks.feeling", "negative"),
    "head": ((*RUN, "--head", "{}"), "same", "file:two:same", "heads.sentiment.same", "negative"),
    "metric": (("metrics", "explain", "{}"), "worth", "file:two:worth", "metrics.worth", "worth-of-two"),
    "format": ((*READ, "--format", "{}"), "pair", "file:two:pair", "formats.pair", "two good"),
    "suffix": ((*READ, "--format", "{}"), "", "file:two:pair", "formats..pair", "two good"),
    "backbone": (("backbones", "show", "{}"), "pair-net", "file:two:pair-net", "backbones.pair-net", "Of two."),
    "scheme": (("backbones", "show", "{}"), "pair:x", "file:two:pair:x", "backbones.pair:", "pair:x by two"),
    "command": (("{}", "--whom", "all"), "greet", "file:two:greet", "commands.greet", "good day all from two"),
}


@pytest.fixture
def pair(command) -> Path:
    """Two plugins that have all their names in common, and rows."""
    folder = command.folder.parent / "pair"
    folder.mkdir()
    for name in ("one", "two"):
        shutil.copy(ZOO / "zoo_pair.py", folder / f"{name}.py")
    command.write("rows.csv", "text\ngood\n")
    command.write("rows.pair", "good\n")
    return folder


@pytest.mark.parametrize("kind", CLASHES)
def test_a_clash_and_its_ways_out(command, pair, kind):
    args, name, qualified, key, shown = CLASHES[kind]

    def typed(name: str) -> list[str]:
        words = [word.format(name) for word in args]
        return words if all(words) else words[:-2]  # without --format, the suffix decides

    result = command(*typed(name), plugins=pair)
    result.refused("file:one", "file:two", qualified, f'"{key}" = "file:one"')
    assert shown in command(*typed(qualified), plugins=pair).succeeded().stdout.decode()
    command.config.write_text(f'[prefer]\n"{key}" = "file:two"\n')
    assert shown in command(*typed(name), plugins=pair).succeeded().stdout.decode()


def test_a_flag_that_two_heads_read_as_different_things(command, pair):
    for head, level in (("file:one:same", "3"), ("file:two:same", "high")):
        command(*RUN, "--head", head, "--level", level, plugins=pair).succeeded()
    command(*RUN, "--head", "file:one:same", "--level", "high", plugins=pair).refused("a whole number, got 'high'")
    shown = " ".join(command("run", "sentiment", "--help", plugins=pair).stdout.decode().split())
    assert "head file:one:same: how much [default: 1]; head file:two:same: how much [default: low]" in shown


def test_options_of_a_head_and_flags_of_a_command_stand_in_the_configuration_file(command, pair):
    command.write("rows.csv", "text,label\ngood,positive\n")
    command.config.write_text(
        '[heads.same]\nlevel = 3\n[heads."file:two:same"]\nlevel = "high"\n[commands."file:two:greet"]\nwhom = "you"\n'
    )
    evaluate = ("eval", "sentiment", "--data", "rows.csv", "--head", "file:two:same", "--output")
    command(*evaluate, "kept", plugins=pair).succeeded()
    run = json.loads(command.read("kept/record.json"))["run"]
    assert run["decoding"] == {"level": "high"}
    assert run["argv"][-2:] == ["--level", "high"], "the recorded command does without the file"
    command(*evaluate, "typed", "--level", "low", plugins=pair).succeeded()
    assert json.loads(command.read("typed/record.json"))["run"]["decoding"] == {"level": "low"}
    assert command("file:two:greet", plugins=pair).succeeded().stdout == b"good day you from two\n"
    assert command("file:two:greet", "--whom", "all", plugins=pair).stdout == b"good day all from two\n"
    command("file:one:greet", plugins=pair).succeeded()
    command.config.write_text('[commands.greet]\nwho = "you"\n')
    command("file:two:greet", plugins=pair).refused("config.toml:2: the key 'commands.greet.who'", "there are: whom")
