"""By what a run is known again."""

from __future__ import annotations

from pathlib import Path

from nlptasks._running.resuming.key import digest_of, run_key
from nlptasks._settings.groups import TableSource
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks.files.paths import open_input, sha256_of
from nlptasks.plugin.format_options import FormatOptions


def test_the_digest_leaves_the_file_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"text\n" + b"abc\n" * 1_000_000)
    with open_input(path) as opened:
        assert opened.stream.read(100) == path.read_bytes()[:100]
        assert digest_of(opened) == sha256_of(path)
        assert opened.stream.read() == path.read_bytes()[100:]


def test_what_decides_the_predictions_is_in_it(here: Session, worded: System, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text\nabc\n")
    loaded = here.load(worded)
    source = TableSource(data=str(path), reading=FormatOptions(delimiter=";"), columns={"text": "text"}, gold="stars")
    with open_input(path) as opened:
        key = run_key(here, worded, loaded, source, opened)
    assert key["input"] == {
        "sha256": sha256_of(path),
        "format": "",
        "delimiter": ";",
        "gold": "stars",
        "columns": {"text": "text"},
    }
    assert key["tasks"]["sentiment"]["head"] == "acme:worded"
    assert "nlptasks" in key["versions"]
