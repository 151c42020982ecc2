from __future__ import annotations

import csv
import io
import json
import tomllib
from dataclasses import asdict, dataclass, field, fields, make_dataclass
from typing import Any, Literal

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._cli.once import OnceCommand
from nlptasks.errors import PluginError, UsageError
from nlptasks.plugin.options import from_values, json_schema, option_fields, unescaped


@dataclass(frozen=True)
class Options:
    name: str = field(default="x", metadata={"help": "A name."})
    top_k: int = field(default=3, metadata={"help": "How many.", "min": 1, "max": 1000})
    rate: float = field(default=0.5, metadata={"min": 0})
    fast: bool = True
    mode: Literal["mean", "max"] = "mean"
    labels: tuple[str, ...] = ()
    limit: int | None = None
    note: str | None = None
    style: Literal["a", "b"] | None = None


def parse(*args: str, cls: type = Options) -> Any:
    """Through click, as a command does it."""
    command = OnceCommand("run", params=flags_of(cls))
    return Chosen(command.params, command.make_context("run", list(args)).params).of(cls)


def flags(options: Options) -> list[str]:
    """What one would type."""
    found = []
    for name, value in asdict(options).items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            found.append(f"--{'' if value else 'no-'}{flag}")
        elif isinstance(value, tuple):
            line = io.StringIO()
            csv.writer(line, lineterminator="", quoting=csv.QUOTE_ALL).writerow(value)
            found.append(f"--{flag}={line.getvalue()}")
        elif value is not None:
            found.append(f"--{flag}={value!r}" if isinstance(value, float) else f"--{flag}={value}")
    return found


def toml(options: Options) -> str:
    given = {k: v for k, v in asdict(options).items() if v is not None}
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in given.items())
    return "\n".join(lines).replace("\x7f", "\\u007f")


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\n"), max_size=20)
values = st.builds(
    Options,
    name=text,
    top_k=st.integers(1, 1000),
    rate=st.floats(0, 1e300, allow_nan=False),
    fast=st.booleans(),
    mode=st.sampled_from(["mean", "max"]),
    labels=st.lists(text, max_size=4).map(tuple),
    limit=st.none() | st.integers(-(2**63), 2**63 - 1),
    note=st.none() | text,
    style=st.none() | st.sampled_from(["a", "b"]),
)


@given(values)
def test_flags_toml_and_json_give_the_same_options(options):
    assert parse(*flags(options)) == options
    assert from_values(Options, tomllib.loads(toml(options))) == options
    assert from_values(Options, json.loads(json.dumps(asdict(options)))) == options


def test_nothing_given_is_the_defaults():
    assert parse() == from_values(Options, {}) == Options()


@pytest.mark.parametrize(
    ("typed", "labels"), [("a,b", ("a", "b")), ("a, b c", ("a", "b c")), ('"a,b",c', ("a,b", "c")), ("", ())]
)
def test_a_list_on_the_command_line(typed, labels):
    assert parse("--labels", typed).labels == labels


def test_keys_may_have_dashes():
    assert from_values(Options, {"top-k": 7}).top_k == 7


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"top_k": 0}, "--top-k: 0 is below the minimum of 1"),
        ({"top_k": 1001}, "--top-k: 1001 is above the maximum of 1000"),
        ({"top_k": "3"}, "--top-k: expected a whole number, got '3'"),
        ({"top_k": True}, "--top-k: expected a whole number, got True"),
        ({"top_k": 3.0}, "--top-k: expected a whole number, got 3.0"),
        ({"rate": float("nan")}, "--rate: expected a number, got nan"),
        ({"rate": float("inf")}, "--rate: expected a number, got inf"),
        ({"rate": 10**400}, "--rate: expected a number, got 1000"),
        ({"rate": False}, "--rate: expected a number, got False"),
        ({"fast": 1}, "--fast: expected a boolean, got 1"),
        ({"name": 1}, "--name: expected a string, got 1"),
        ({"labels": ["a", 1]}, "--labels: expected a list of strings, got ['a', 1]"),
        ({"labels": 'a,"b'}, "--labels: expected a list of strings"),
        ({"mode": "meen"}, "--mode: there is no 'meen'; did you mean 'mean'?"),
        ({"topk": 3}, "there is no option 'topk'; did you mean '--top-k'?"),
    ],
)
def test_a_value_that_is_wrong(given, message):
    with pytest.raises(UsageError) as caught:
        from_values(Options, given)
    assert caught.value.message.startswith(message)


def test_an_integer_is_a_number():
    rate = from_values(Options, {"rate": 1}).rate
    assert type(rate) is float


def test_fields_that_do_not_go_together():
    @dataclass(frozen=True)
    class Pair:
        low: int = 0
        high: int = 9

        def __post_init__(self):
            if self.low > self.high:
                raise ValueError("low is above high")

    with pytest.raises(UsageError, match="low is above high"):
        from_values(Pair, {"low": 10})


def test_help_shows_choices_limits_and_defaults():
    command = OnceCommand("run", params=flags_of(Options))
    text = command.get_help(click.Context(command, terminal_width=200))
    assert "--top-k INTEGER" in text
    assert "How many.  [1 to 1000; default: 3]" in text
    assert "--mode [mean|max]" in text
    assert "--fast / --no-fast" in text
    assert "--labels A,B,..." in text


def test_json_schema():
    schema = json_schema(Options)
    assert schema["additionalProperties"] is False
    assert list(schema["properties"]) == [f.name for f in fields(Options)]
    assert schema["properties"]["top_k"] == {
        "type": "integer",
        "default": 3,
        "minimum": 1,
        "maximum": 1000,
        "description": "How many.",
    }
    assert schema["properties"]["labels"] == {"type": "array", "default": [], "items": {"type": "string"}}
    assert schema["properties"]["style"] == {"type": ["string", "null"], "default": None, "enum": ["a", "b", None]}


def options_of(hint: Any, default: Any, **metadata: Any) -> type:
    return make_dataclass("Bad", [("x", hint, field(default=default, metadata=metadata))], frozen=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict, "options must be a frozen dataclass"),
        (Options(), "options must be a frozen dataclass"),
        (make_dataclass("Bad", [("x", int, 1)]), "options Bad must be frozen"),
        (make_dataclass("Bad", [("x", int)], frozen=True), "option Bad.x has no default"),
        (make_dataclass("Bad", [("X", int, 1)], frozen=True), "option Bad.X: a name has"),
        (options_of(bytes, b""), "option Bad.x: the type <class 'bytes'> is not supported"),
        (options_of(Literal[1, 2], 1), "is not supported"),
        (options_of(int | str, 1), "is not supported"),
        (options_of(int | None, 1), "its default must be None"),
        (options_of(int, "1"), "its default is not valid"),
        (options_of(int, 0, min=1), "its default is not valid"),
        (options_of(tuple[str, ...], "a,b"), "its default 'a,b' is not valid"),
        (options_of(int, 1, hlep="x"), "metadata 'hlep' is not known; did you mean 'help'?"),
    ],
)
def test_options_that_are_not_supported(options, message):
    with pytest.raises(PluginError) as caught:
        option_fields(options)
    assert message in caught.value.message


def test_escapes_of_a_command_line():
    assert unescaped(r"a\nb\tc\\n\x") == "a\nb\tc\\n\\x"


@pytest.mark.parametrize(("key", "value"), [("name", "a\0b"), ("labels", ["a", "\0"]), ("note", "\0")])
def test_a_nul_is_refused(key, value):
    with pytest.raises(UsageError, match=f"--{key}: a NUL in"):
        from_values(Options, {key: value})
