"""``nlptasks leaderboard submit``."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._cli.leaderboard.believing import FOLDER
from nlptasks._settings.boards import SubmissionChoice
from nlptasks._settings.groups import BenchmarkChoice, PinnedChoice
from nlptasks.errors import UsageError
from nlptasks.files.names import is_folder, is_there
from nlptasks.text.display import one_line


def _submit(app: App, chosen: Chosen, source: Path) -> None:
    """Check a submission as the maintainer will, and put it where submissions go.

    SOURCE is the folder of a record, which goes below DIR/records, or a file of predictions for a data set whose gold
    answers are hidden, which goes below DIR/submissions. What 'nlptasks leaderboard check' calls an error is not
    submitted, and nothing is written over another submission. The new folder is what you open a pull request with.
    """
    from nlptasks._board.repository.submitting import submit_predictions, submit_record
    from nlptasks._board.trust import Believed
    from nlptasks._scoring.pinned import pinned_data

    choice = chosen.of(SubmissionChoice)
    if not choice.to:
        raise UsageError(
            "where does it go?", hint="--to DIR names the leaderboard's repository, --to FILE.zip an archive"
        )
    if not is_there(source):
        raise UsageError(f"{source}: no such record and no such file", hint="give the folder of a record, or a table")
    registry = app.plugins().registry
    card = replace(choice.card, date=_today())
    record = is_folder(source) or source.name == "record.json"
    if record and (wrong := [flag for flag, value in (("--name", card.system), ("--dataset", card.dataset)) if value]):
        raise UsageError(f"{wrong[0]} goes with a file of predictions; {source} is a record", hint="leave it out")
    if record:
        pinned = pinned_data(registry, chosen.of(PinnedChoice), chosen.of(BenchmarkChoice).data_dir)
        folder = source.parent if source.name == "record.json" else source
        done = submit_record(
            registry, folder, Path(choice.to), card, called=choice.called, believed=Believed(pinned=pinned)
        )
    else:
        done = submit_predictions(registry, source, Path(choice.to), card, called=choice.called)
    for item in done.warnings:
        click.echo(f"warning: {item.check}: {one_line(item.reason)}", err=True)
    click.echo(f"-> {one_line(str(done.path))}")


def _today() -> str:
    """The day in UTC; SOURCE_DATE_EPOCH says another, for archives that are made again byte for byte."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return now.date().isoformat()


submit = command(
    "submit",
    _submit,
    [
        click.Argument(["source"], metavar="SOURCE", type=FOLDER),
        *flags_of(SubmissionChoice),
        *flags_of(PinnedChoice),
        *flags_of(BenchmarkChoice, only=("data_dir",)),
    ],
)
