"""``nlptasks leaderboard score``."""

from __future__ import annotations

from pathlib import Path

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._cli.leaderboard.believing import FOLDER
from nlptasks._settings.boards import HiddenScoring
from nlptasks.text.display import one_line


def _score(app: App, chosen: Chosen, source: Path) -> None:
    """Score a submission by gold answers that only you have, and publish what it scores without a row of them.

    SOURCE is a folder below submissions/ with predictions, or a record that you made yourself. The record that appears
    below records/ has values and intervals and no samples, since what one row scores tells its gold answer; an
    attestation of yours says that you scored it. --keep keeps the record with its rows for comparisons of your own.
    """
    import getpass

    from nlptasks._board.repository.hidden import score_submission
    from nlptasks._board.repository.layout import open_repository

    how = chosen.of(HiddenScoring)
    done = score_submission(
        app.plugins().registry,
        open_repository(Path(how.repository)),
        source,
        by=how.by or getpass.getuser(),
        sign=how.sign,
        keep=Path(how.keep) if how.keep else None,
    )
    result = done.record.scores[done.record.primary]
    value = "–" if result.value is None else f"{result.value:.4f}"
    click.echo(f"{one_line(done.record.model.name)}: {done.record.primary} {value} on {result.n:,} samples")
    click.echo(f"-> {one_line(str(done.folder))}, {one_line(str(done.attestation))}", err=True)


score = command("score", _score, [click.Argument(["source"], metavar="SOURCE", type=FOLDER), *flags_of(HiddenScoring)])
