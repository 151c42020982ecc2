"""By what a run is known again."""

from __future__ import annotations

from pathlib import Path

from nlptasks._running.resuming.key import digest_of, run_key
from nlptasks._settings.groups import RowChoice, TableSource
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks._tables.opening import open_tables
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
    with open_tables(here.registry, source) as opened:
        key = run_key(here, worded, loaded, source, opened, RowChoice(seed=3))
    assert key["input"] == {
        "sha256": sha256_of(path),
        "format": "",
        "delimiter": ";",
        "gold": "stars",
        "columns": {"text": "text"},
    }
    assert key["tasks"]["sentiment"]["head"] == "acme:worded"
    assert "nlptasks" in key["versions"]


def test_other_rows_are_another_run(here: Session, worded: System, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"text\n{name}\n")
    loaded = here.load(worded)

    def key(rows: RowChoice, *names: str) -> object:
        first, *more = (str(tmp_path / name) for name in names)
        source = TableSource(data=first, more=tuple(more))
        with open_tables(here.registry, source) as opened:
            return run_key(here, worded, loaded, source, opened, rows)["input"]

    found = [
        key(RowChoice(), "a.csv"),
        key(RowChoice(), "a.csv", "b.csv"),
        key(RowChoice(), "b.csv", "a.csv"),
        key(RowChoice(limit=1), "a.csv"),
        key(RowChoice(sample=1), "a.csv"),
        key(RowChoice(sample=1, seed=1), "a.csv"),
    ]
    assert all(found.count(one) == 1 for one in found)
    assert key(RowChoice(keep_columns=("text",)), "a.csv") == found[0]
