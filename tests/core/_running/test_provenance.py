"""Which files decide what a system predicts, and what a record says of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlptasks._plugins.registry import Owned
from nlptasks._running.provenance import files, plain_options
from nlptasks._systems.system import ChosenHead, System
from nlptasks.plugin import HeadSpec
from nlptasks.plugin.options import setting
from nlptasks_tasks.sentiment import SPEC as SENTIMENT


@dataclass(frozen=True)
class Options:
    template: str = setting("", "A file.", path=True)
    items: tuple[str, ...] = setting((), "Files, declared nowhere as such.")
    word: str = setting("", "A word.")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def system(options: Options | None = None, weights: Path | None = None) -> System:
    spec = HeadSpec(name="mine", task="sentiment", summary="one", object="a:b", options=Options)
    return System(
        heads=(ChosenHead(task=SENTIMENT, head=Owned(spec, "mine", "acme"), options=options, weights=weights),),
        backbone=None,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("a.txt", "deep/a.txt", "deep/b.txt", "plain"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def test_each_file_of_a_trained_head_counts_but_its_weights_which_have_a_field(tmp_path: Path) -> None:
    for name in ("head.safetensors", "head.json", "deep/index.npz", ".cache/x", "__pycache__/y.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert files(system(weights=tmp_path)) == {
        "head/deep/index.npz": sha256("deep/index.npz"),
        "head/head.json": sha256("head.json"),
    }


def test_files_that_options_name_count_by_their_content(folder: Path) -> None:
    options = Options(template="plain", items=("a.txt", "deep/a.txt", "~/deep/b.txt", "none.txt"))
    assert files(system(options)) == {
        "template/plain": sha256("plain"),
        "items/a.txt": sha256("a.txt"),
        "items/a.txt#2": sha256("deep/a.txt"),
        "items/b.txt": sha256("deep/b.txt"),
    }


def test_a_folder_counts_with_all_that_is_in_it(folder: Path) -> None:
    one = files(system(Options(template="deep")))
    (folder / "deep" / "b.txt").write_text("other")
    other = files(system(Options(template="deep")))
    assert one.keys() == other.keys() == {"template/deep"}
    assert one != other


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("word", ["plain", "deep", "x\0y", "~nobody/x.txt", "a" * 5_000])
def test_a_word_is_no_file_though_one_is_called_so(word: str) -> None:
    assert files(system(Options(word=word))) == {}


def test_a_file_of_a_package_counts() -> None:
    named = "nlptasks_prompted:options.py"
    (found,) = files(system(Options(template=named))).values()
    import nlptasks_prompted.options as module

    assert found == hashlib.sha256(Path(str(module.__file__)).read_bytes()).hexdigest()


def test_options_are_kept_without_where_their_files_lie(folder: Path) -> None:
    options = Options(template=str(folder / "nowhere" / "t.toml"), items=("~/deep/b.txt", "deep/a.txt"), word="a/b")
    assert plain_options(options) == {"template": "t.toml", "items": ["b.txt", "a.txt"], "word": "a/b"}
    assert plain_options(None) == {}
