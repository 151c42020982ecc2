"""Changes of the configuration file: the entry, and nothing beside it."""

from __future__ import annotations

import pytest

from nlptasks._plugins.configuration import parse_config
from nlptasks._plugins.records import PluginRecord
from nlptasks._plugins.switches import disable, enable
from nlptasks.errors import NlptasksError, UsageError

RECORDS = [
    PluginRecord(id=name, distribution=owner, version="1", module="m")
    for owner, name in (("acme", "words"), ("acme", "numbers"), ("other", "numbers"), ("nlptasks", "qa"))
]

FULL = """\
# mine
[run]
threads = 1 # one

[plugins] # what loads
disable = [
  "gone", # it was slow
  "acme",
]
prefer = { "numbers" = "acme" }

[prefer]
"heads.sentiment" = "acme"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "nlptasks" / "config.toml"
    path.parent.mkdir()
    path.write_text(FULL, encoding="utf-8")
    return path


def test_an_entry_is_added_and_all_else_stays(file):
    assert disable(file, "nlptasks-toolkit:qa", RECORDS) is True
    assert file.read_text() == FULL.replace('  "acme",\n', '  "acme",\n  "nlptasks-toolkit:qa",\n')
    assert parse_config(file).disables("qa", "nlptasks")
    assert disable(file, "qa", RECORDS) is False
    assert enable(file, "qa", RECORDS) is True
    assert file.read_text() == FULL


def test_what_an_entry_disables_beside_it_stays_disabled(file):
    assert enable(file, "words", RECORDS) is True
    assert parse_config(file).disable == {"gone", "acme:numbers"}
    assert enable(file, "acme", RECORDS) is True
    assert parse_config(file).disable == {"gone"}
    assert "# it was slow" in file.read_text()


def test_an_entry_of_what_is_gone_can_be_removed(file):
    assert enable(file, "gone", RECORDS) is True
    assert parse_config(file).disable == {"acme"}
    with pytest.raises(UsageError, match="there is no plugin 'gone'"):
        enable(file, "gone", RECORDS)


def test_what_may_load_only_by_name_is_named(file):
    file.write_text('[plugins]\nallow = ["acme"]\n')
    assert enable(file, "words", RECORDS) is False
    assert enable(file, "other", RECORDS) is True
    assert file.read_text() == '[plugins]\nallow = ["acme", "other"]\n'


@pytest.mark.parametrize(
    "text", ["", "[plugins.prefer]\na = 'b'\n", "plugins = {}\n", "plugins.allow = ['acme']\n", "[run]\n"]
)
def test_wherever_the_table_stands(file, text):
    file.write_text(text)
    assert disable(file, "words", RECORDS) is True
    assert parse_config(file).disable == {"words"}
    assert file.read_text().endswith("\n")


def test_a_file_that_is_not_there_is_made(tmp_path):
    path = tmp_path / "new" / "config.toml"
    assert enable(path, "words", RECORDS) is False
    assert not path.exists()
    assert disable(path, "words", RECORDS) is True
    assert path.read_text() == '[plugins]\ndisable = ["words"]\n'


def test_one_id_of_two_distributions_wants_to_be_qualified(file):
    with pytest.raises(UsageError, match="acme and other both have a plugin 'numbers'") as caught:
        disable(file, "numbers", RECORDS)
    assert caught.value.hint == "type acme:numbers or other:numbers"
    assert file.read_text() == FULL


def test_a_file_that_is_not_valid_is_left_alone(file):
    file.write_text("[plugins]\ndisable = 'acme'\n")
    with pytest.raises(UsageError, match=r"config\.toml:2: the key 'plugins\.disable' must be a list of names"):
        disable(file, "words", RECORDS)
    assert file.read_text() == "[plugins]\ndisable = 'acme'\n"


def test_a_folder_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NlptasksError, match="cannot"):
        disable(tmp_path / "file" / "config.toml", "words", RECORDS)
