"""Importing a plugin, and why it failed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._plugins.importing import explain, import_plugin
from nlptasks._plugins.records import PluginRecord
from nlptasks.errors import PluginError


def found(path: Path | None, module: str = "") -> FoundPlugin:
    name = module or path.stem
    return FoundPlugin(record=PluginRecord(id=name, distribution="acme", version="", module=name), path=path)


def test_a_file_is_a_module_of_its_name(tmp_path, monkeypatch):
    (tmp_path / "zoo_file.py").write_text("VALUE = __name__")
    module = import_plugin(found(tmp_path / "zoo_file.py"))
    monkeypatch.delitem(sys.modules, "zoo_file")
    assert module.VALUE == "zoo_file"


@pytest.mark.parametrize(
    ("name", "said"), [("two words.py", "cannot be imported"), ("json.py", "there already is a module 'json'")]
)
def test_a_name_that_is_none_or_taken(tmp_path, name, said):
    (tmp_path / name).touch()
    with pytest.raises(PluginError, match=said) as caught:
        import_plugin(found(tmp_path / name))
    assert "rename" in caught.value.hint


def test_a_file_that_fails_leaves_no_module_and_its_line_is_told(tmp_path):
    path = tmp_path / "zoo_failing.py"
    path.write_text("import json\n\n\njson.loads('{')\n")
    with pytest.raises(ValueError, match="Expecting") as caught:
        import_plugin(found(path))
    assert "zoo_failing" not in sys.modules
    assert explain(caught.value, "zoo_failing").endswith(f"({path}:4)")
    assert explain(caught.value, "zoo_failing").startswith("JSONDecodeError: ")
    assert "zoo_failing.py" not in explain(caught.value, "other")


def test_a_syntax_error_is_told_with_its_line(tmp_path):
    path = tmp_path / "zoo_broken.py"
    path.write_text("\n\nx = = 1\n")
    with pytest.raises(SyntaxError) as caught:
        import_plugin(found(path))
    assert explain(caught.value, "zoo_broken").endswith(f"({path}:3)")


def test_what_it_prints_does_not_reach_the_output(tmp_path, capsys, monkeypatch):
    (tmp_path / "zoo_noisy.py").write_text("print('loud')")
    import_plugin(found(tmp_path / "zoo_noisy.py"))
    monkeypatch.delitem(sys.modules, "zoo_noisy")
    assert capsys.readouterr() == ("", "loud\n")


def test_an_installed_plugin_is_what_its_entry_names():
    assert import_plugin(found(None, "json:loads"))("1") == 1
