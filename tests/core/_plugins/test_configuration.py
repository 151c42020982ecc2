from __future__ import annotations

import pytest

from nlptasks._plugins.configuration import Config, read_config, user_file
from nlptasks.errors import UsageError


@pytest.fixture
def file(tmp_path):
    def write(text: str):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_everything_there_is(file):
    path = file(
        """
        [plugins]
        disable = ["slow"]
        allow = ["sentiment", "acme"]
        [plugins.prefer]
        sentiment = "acme"
        [prefer]
        "heads.sentiment" = "acme"
        tasks.qa = "nlptasks"
        """
    )
    assert read_config(path, {}) == Config(
        disable=frozenset({"slow"}),
        allow=frozenset({"sentiment", "acme"}),
        prefer_plugins={"sentiment": "acme"},
        prefer={"heads.sentiment": "acme", "tasks.qa": "nlptasks"},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plugin = 1", "the key 'plugin' is not known; did you mean 'plugins'?"),
        ("[plugins]\ndisabled = []", "the key 'plugins.disabled' is not known; did you mean 'disable'?"),
        ("plugins = 1", "the key 'plugins' must be a table"),
        ("[plugins]\ndisable = 'x'", "the key 'plugins.disable' must be a list of names"),
        ("[plugins]\nallow = [1]", "the key 'plugins.allow' must be a list of names"),
        ("[plugins.prefer]\nx = 1", "the key 'plugins.prefer.x' must be the name of a distribution"),
        ("[prefer]\n'head.qa' = 'x'", "the key 'prefer.head.qa' is not known; did you mean 'heads'?"),
        ("[prefer]\nheads = 'x'", "the key 'prefer.heads' is not known"),
        ("[prefer]\n'heads.qa' = 1", "the key 'prefer.heads.qa' must be the name of a distribution"),
        ("x = ", "is not a TOML file"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(file, text, message):
    path = file(text)
    with pytest.raises(UsageError) as caught:
        read_config(path, {})
    assert caught.value.message.startswith(str(path))
    assert message in caught.value.message


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"cannot read the configuration .*gone\.toml: No such file"):
        read_config(tmp_path / "gone.toml", {})


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is not a TOML file"):
        read_config(tmp_path / "c.toml", {})


def test_the_argument_comes_before_the_variable_and_the_variable_before_the_users_own(file, tmp_path, monkeypatch):
    monkeypatch.setattr("click.get_app_dir", lambda _: str(tmp_path / "home"))
    assert read_config(None, {}) == Config()
    (tmp_path / "home").mkdir()
    user_file().write_text("plugins.disable = ['home']")
    other = tmp_path / "other.toml"
    other.write_text("plugins.disable = ['variable']")
    variable = {"NLPTASKS_CONFIG": str(other)}
    assert read_config(None, {}).disable == {"home"}
    assert read_config(None, variable).disable == {"variable"}
    assert read_config(file("plugins.disable = ['argument']"), variable).disable == {"argument"}


def test_the_working_directory_is_not_searched(tmp_path, monkeypatch):
    monkeypatch.setattr("click.get_app_dir", lambda _: str(tmp_path / "home"))
    for name in ("config.toml", "nlptasks.toml", ".nlptasks.toml"):
        (tmp_path / name).write_text("plugins.disable = ['here']")
    monkeypatch.chdir(tmp_path)
    assert read_config(None, {}) == Config()


@pytest.mark.parametrize(
    ("variable", "allow", "disable"),
    [
        ("", {"a"}, {"b"}),
        ("x, y", {"x", "y"}, {"b"}),
        ("-x,-y", {"a"}, {"b", "x", "y"}),
        ("x,-y", {"x"}, {"b", "y"}),
    ],
)
def test_the_environment_adds_to_the_file(file, variable, allow, disable):
    path = file("[plugins]\nallow = ['a']\ndisable = ['b']")
    config = read_config(path, {"NLPTASKS_PLUGINS": variable})
    assert (config.allow, config.disable) == (allow, disable)
