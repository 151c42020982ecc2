"""What a run would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks._running.trial.plan import plan
from nlptasks._settings.groups import RowChoice, TableSource, TableTarget
from nlptasks.errors import UsageError


@pytest.fixture
def data(tmp_path: Path) -> str:
    path = tmp_path / "rows.csv"
    path.write_text("id,text,junk\n" + "".join(f"{n},a good film {n},x\n" for n in range(10_000)))
    return str(path)


def test_it_tells_files_columns_system_and_about_how_many_rows(here, worded, data):
    found = plan(here, worded, TableSource(data=data), TableTarget(), rows=RowChoice(keep_columns=("id",)))
    assert (found.source, found.files, found.bytes) == (data, (data,), Path(data).stat().st_size)
    assert (found.columns, found.keeps) == (("id", "text", "junk"), ("id",))
    assert (found.tasks[0].reads, found.tasks[0].writes) == ("text from 'text'", ("sentiment", "sentiment_score"))
    assert found.output == data.replace(".csv", ".sentiment.csv")
    assert found.rows == pytest.approx(10_000, rel=0.15)
    assert (found.first, found.exact) == (64, False)
    assert found.seconds == pytest.approx(found.first_seconds / 64 * found.rows)
    assert not Path(found.output).exists()


def test_it_knows_the_number_of_few_rows_and_of_those_that_are_asked_for(here, worded, data, tmp_path):
    limited = plan(here, worded, TableSource(data=data), TableTarget(), rows=RowChoice(limit=500, sample=7))
    assert (limited.rows, limited.exact) == (7, True)
    few = tmp_path / "few.csv"
    few.write_text("text\ngood\nbad\n")
    found = plan(here, worded, TableSource(data=str(few)), TableTarget(output="-"))
    assert (found.rows, found.exact, found.output) == (2, True, "<stdout>")


def test_it_refuses_what_the_run_would(here, worded, data, tmp_path):
    (tmp_path / "rows.sentiment.csv").touch()
    with pytest.raises(UsageError, match="exists already"):
        plan(here, worded, TableSource(data=data), TableTarget())
    with pytest.raises(UsageError, match="is the input"):
        plan(here, worded, TableSource(data=data), TableTarget(output=data, force=True))
