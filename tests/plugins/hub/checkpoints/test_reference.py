"""What a reference means, before anything is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks.errors import UsageError
from nlptasks_hub.checkpoints.reference import parse


@pytest.mark.parametrize(
    ("text", "repository", "revision"),
    [
        ("hf:org/name", "org/name", ""),
        ("hf:org/name@v1.0", "org/name", "v1.0"),
        ("org/name@refs/pr/3", "org/name", "refs/pr/3"),
        ("gpt2", "gpt2", ""),
        ("hf:Helsinki-NLP/opus-mt-en-de", "Helsinki-NLP/opus-mt-en-de", ""),
    ],
)
def test_ids_of_the_hub(text: str, repository: str, revision: str) -> None:
    found = parse(text)
    assert (found.repository, found.revision, found.folder) == (repository, revision, None)
    assert found.text == text


@pytest.mark.parametrize("text", ["./here", "../there", "/some/where", "~/models", "."])
def test_what_looks_like_a_path_is_a_folder(text: str) -> None:
    found = parse(text)
    assert (found.folder, found.repository) == (Path(text).expanduser(), "")


def test_a_folder_wins_only_where_it_holds_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "org" / "name"
    folder.mkdir(parents=True)
    assert parse("org/name").repository == "org/name"
    (folder / "config.json").write_text("{}")
    assert parse("org/name").folder == Path("org/name")
    assert parse("hf:org/name").repository == "org/name"


def test_a_revision_beside_the_reference() -> None:
    assert parse("org/name", "v2").revision == parse("org/name@v2", "v2").revision == "v2"
    with pytest.raises(UsageError, match=r"names the revision 'v1', and beside it stands 'v2'"):
        parse("org/name@v1", "v2")
    with pytest.raises(UsageError, match="which has no revision 'v2'"):
        parse("./folder", "v2")


@pytest.mark.parametrize("text", ["", "hf:", "hf:a/b/c", "org/name@", "org/", "a/b..c", "a b", "hf:-x/y"])
def test_what_names_nothing(text: str) -> None:
    with pytest.raises(UsageError, match="names no checkpoint") as caught:
        parse(text)
    assert "hf:ORGANISATION/NAME" in caught.value.hint


def test_a_folder_is_not_on_the_hub() -> None:
    with pytest.raises(UsageError, match=r"\./x is a folder") as caught:
        parse("hf:./x")
    assert caught.value.hint == "type ./x"
