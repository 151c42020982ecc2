"""Which records go into one file, and what the files are called."""

from __future__ import annotations

import pytest

from nlptasks._exchange.parts import data_key, file_names, folder_name, parts


def test_each_system_has_files_of_its_own(named):
    first, second, third, again = named("a", "x"), named("b", "x"), named("a", "y"), named("a", "x")
    found = parts([first, second, third, again], data_key)
    assert found == [[first, third], [again], [second]]
    assert list(file_names(found, ".md")) == ["a.md", "a-x.md", "b.md"]


def test_names_of_files_differ_on_systems_without_case(named):
    found = [[named("org/A", "x")], [named("org-a", "x")], [named("..", "x")]]
    assert list(file_names(found, ".json")) == ["org-A.json", "org-a-2.json", "x.json"]


@pytest.mark.parametrize(
    ("text", "name"), [("a/b", "a-b"), ("../..", "x"), ("", "x"), ("\x00\n", "x"), ("Größe 1", "Größe-1"), ("-v", "v")]
)
def test_a_name_that_file_systems_take(text, name):
    assert folder_name(text) == name
