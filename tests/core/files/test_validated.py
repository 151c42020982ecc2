"""What is wrong with a user's file is said in one way: file, line, place, key, what was expected, what stands there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, field_validator

from nlptasks.errors import UsageError
from nlptasks.files.validated import Checked, ProblemError, Rule, misplaced, validated
from nlptasks.files.yaml import read_yaml


class Part(Checked):
    name: str
    weight: float = 1.0

    @field_validator("weight")
    @classmethod
    def _positive(cls, weight: float) -> float:
        if weight <= 0:
            raise ProblemError(f"is {weight:g}, and a weight is above 0", "leave it out")
        return weight


class Whole(Checked):
    title: str
    steps: int = 0
    size: Annotated[int, Field(ge=1), Rule("a number from 1", "write size: 8")] = 1
    part: list[Part] = Field(default_factory=list)


def read(tmp_path: Path, text: str) -> Whole:
    path = tmp_path / "file.yaml"
    path.write_text(text)
    return validated(Whole, read_yaml(path, "plan"), path, "plan", called={"part": "part"})


def test_a_file_that_is_right(tmp_path: Path) -> None:
    found = read(tmp_path, "title: x\nsteps: 3\npart:\n- {name: a, weight: 2}\n")
    assert (found.title, found.steps, found.part[0].weight) == ("x", 3, 2.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- a",
            "file.yaml: a plan is a mapping, and this is a list\n  write its keys at the start of lines: title, steps",
        ),
        ("steps: 1", "file.yaml:1: has no 'title'\n  needed: title"),
        ("title: x\nstep: 1", "file.yaml:2: the key 'step' is not known; did you mean 'steps'?\n  known: title, steps"),
        ("title: x\nsteps: '1'", "file.yaml:2: the key 'steps' must be a whole number, and this is the text '1'"),
        (
            "title: x\nsteps: true",
            "file.yaml:2: the key 'steps' must be a whole number, and this is the truth value True",
        ),
        ("title: 1", "file.yaml:1: the key 'title' must be a text, and this is the number 1\n  put it in quotes"),
        ("title: x\nsize: 0", "file.yaml:2: the key 'size' must be a number from 1, and this is the number 0\n  write"),
        ("title: x\npart: 1", "file.yaml:2: the key 'part' must be a list, and this is the number 1"),
        ("title: x\npart: [1]", "file.yaml:2: the key 'part' has the number 1 as item 1\n  write a mapping with name"),
        ("title: x\npart:\n- name: a\n- weigth: 1", "file.yaml:4: part 2: the key 'weigth' is not known; did you mean"),
        ("title: x\npart:\n- name: a\n  weight: .inf1", "file.yaml:4: part 'a': the key 'weight' must be a number"),
        (
            "title: x\npart:\n- name: a\n  weight: 0",
            "file.yaml:4: part 'a': the key 'weight' is 0, and a weight is above",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert f"{tmp_path}/{said}" in str(caught.value)


def test_without_lines_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"^plan\.toml: part 'a': the key 'weight' must be a number, and this is a list"
    ):
        validated(Whole, {"title": "x", "part": [{"name": "a", "weight": []}]}, Path("plan.toml"), "plan")


def test_what_no_model_can_tell_has_its_place_too(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("title: x\npart:\n- name: a\n- name: b\n")
    found = misplaced(Whole, read_yaml(path, "plan"), path, ("part", 1, "name"), "is there twice", called={})
    assert found.message == f"{path}:4: part 'b': is there twice"
