"""What of settings stands in a recorded command, and that a command line says the same again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._cli.once import OnceCommand
from nlptasks._settings import groups
from nlptasks._settings.command import of_task, with_precision, words
from nlptasks._settings.groups import Evaluation, RecordTarget, SystemChoice, TableSource
from nlptasks.plugin.format_options import FormatOptions
from nlptasks.plugin.options import OptionField, option_fields

GROUPS = [group for name, group in vars(groups).items() if isinstance(group, type) and hasattr(group, "__match_args__")]
FIELDS = [
    pytest.param(group, option, id=f"{group.__name__}.{option.name}")
    for group in GROUPS
    for option in option_fields(group)
    if group.__module__ == groups.__name__
]


def another(option: OptionField) -> Any:
    """A value that is not the default."""
    given = {
        "string": "x y",
        "boolean": not option.default,
        "list": ("a,b", "c", ""),
        "integers": (3, 1),
        "number": 0.25,
        "integer": 8,
    }
    return option.choices[-1] if option.kind == "choice" else given[option.kind]


def parsed(group: type, *args: str) -> Any:
    command = OnceCommand("x", params=flags_of(group))
    return Chosen(command.params, command.make_context("x", list(args)).params).of(group)


@pytest.mark.parametrize(("group", "option"), FIELDS)
def test_the_words_of_a_setting_give_the_setting_again(group, option):
    value = another(option)
    assert option.of(parsed(group, *option.words(value))) == value


@pytest.mark.parametrize(("group", "option"), FIELDS)
def test_what_differs_from_its_default_is_recorded(group, option):
    chosen = parsed(group, *option.words(another(option)))
    recorded = option.said.get("recorded", True)
    assert list(words(chosen)) == (list(option.words(another(option))) if recorded else [])
    assert list(words(group())) == []


def test_files_are_named_without_the_folder_that_they_lie_in(tmp_path):
    data = tmp_path / "reviews.csv"
    source = TableSource(data=str(data), reading=FormatOptions(delimiter="|", header=False, max_cell=5))
    assert list(words(source)) == [
        *("--data", "reviews.csv"),
        *("--delimiter", "|"),
        "--no-header",
        *("--max-cell", "5"),
    ]
    (tmp_path / "my-backbone").mkdir()
    for named, shown in (
        (str(tmp_path / "my-backbone"), "my-backbone"),
        (str(tmp_path / "gone"), "gone"),
        (f"hub:{tmp_path}/my-backbone", "hub:my-backbone"),
        ("hub:org/name", "hub:org/name"),
        ("org/name", "org/name"),
        ("bundled", "bundled"),
    ):
        assert list(words(SystemChoice(backbone=named))) == ["--backbone", shown]


def test_what_depends_on_the_task(tmp_path):
    system = SystemChoice(heads={"qa": str(tmp_path / "mine"), "sentiment": "other"})
    options = {"top_k": 3, "labels": ("a,b", "c"), "fast": False, "qa.stride": 8, "sentiment.neutral": True, "no": None}
    assert list(of_task("qa", {"context": "{a}: {b}"}, system, options)) == [
        *("--context", "{a}: {b}"),
        *("--head", "mine"),
        "--no-fast",
        *("--labels", '"a,b",c'),
        *("--stride", "8"),
        *("--top-k", "3"),
    ]


def test_where_a_record_lies_is_no_part_of_it():
    target = RecordTarget(output="/home/me/record", force=True, restart=True, name="mine")
    assert list(words(target, replace(Evaluation(), seeds=(1, 2)))) == ["--name", "mine"]


def test_numbers_that_the_machine_chose_are_recorded():
    argv = ("nlptasks", "eval", "qa")
    assert with_precision(argv, "bfloat16") == (*argv, "--precision", "bfloat16")
    assert with_precision(argv, "float32") == (*argv, "--precision", "float32")
    assert with_precision(argv, "") == argv
    assert with_precision((*argv, "--precision", "float16"), "float16") == (*argv, "--precision", "float16")
